//! What an answer of the endpoint says: told apart from what a static site, a proxy or a captive portal answers in its place.

use crate::platform::request::Reply;
use wire::api::Problem;

/// Why something was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fail {
    /// No answer came.
    Offline,
    /// Nobody is signed in, or not any more.
    SignedOut,
    /// What answered is no endpoint with a desk.
    NoEndpoint,
    /// The endpoint refused; its stable code.
    Refused(String),
    /// A server in between, or a fault of the endpoint; the HTTP status.
    Broken(u16),
    /// The answer is of another form than this page knows.
    Unreadable,
}

/// What is to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// JSON, or nothing with status 204.
    Json,
    /// A file.
    File,
}

/// The answer, if it is what was wanted.
///
/// # Errors
/// Anything else, told apart.
pub fn outcome(reply: Reply, want: Want) -> Result<Reply, Fail> {
    let problem = (reply.media == "application/problem+json")
        .then(|| serde_json::from_slice::<Problem>(&reply.body).ok())
        .flatten();
    match (reply.status, problem) {
        (204, _) => Ok(reply),
        (200..=299, _) => match (want, reply.media.as_str()) {
            (Want::Json, "application/json") => Ok(reply),
            // A page in place of an answer: a static site, or a portal that answers everything.
            (Want::Json, _) | (Want::File, "text/html" | "") => Err(Fail::NoEndpoint),
            (Want::File, _) => Ok(reply),
        },
        (401, Some(_)) => Err(Fail::SignedOut),
        // An older endpoint knows no such address; a person or unit that is not there has another code.
        (_, Some(problem)) => Err(Fail::Refused(problem.code)),
        // What a web server for files says to GET, POST and DELETE.
        (404 | 405 | 501, None) => Err(Fail::NoEndpoint),
        (status, None) => Err(Fail::Broken(status)),
    }
}

/// How many characters a key has.
const KEY: usize = 43;

/// The key in a link or fragment that was opened or pasted: what stands behind its last `#`.
pub fn key_in(text: &str) -> Option<&str> {
    let key = text.rsplit('#').next().unwrap_or_default().trim();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (key.len() == KEY && key.bytes().all(plain)).then_some(key)
}

/// The name that `content-disposition` gives a file (RFC 6266), without a way into another folder.
pub fn file_name(disposition: &str) -> Option<String> {
    let mut plain = None;
    for part in disposition.split(';').skip(1) {
        let Some((name, value)) = part.split_once('=') else {
            continue;
        };
        let value = value.trim();
        match name.trim().to_ascii_lowercase().as_str() {
            "filename*" => {
                let encoded = value.rsplit('\'').next().unwrap_or_default();
                return safe(&super::address::decoded(&encoded.replace('+', "%2B")));
            }
            "filename" => plain = safe(value.trim_matches('"')),
            _ => {}
        }
    }
    plain
}

fn safe(name: &str) -> Option<String> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(status: u16, media: &str, body: &str, want: Want) -> Result<u16, Fail> {
        let reply = Reply {
            status,
            media: media.into(),
            disposition: String::new(),
            body: body.as_bytes().to_vec(),
        };
        outcome(reply, want).map(|reply| reply.status)
    }

    fn problem(code: &str) -> String {
        format!(r#"{{"type":"about:blank","title":"t","status":400,"code":"{code}"}}"#)
    }

    #[test]
    fn an_answer_counts_only_if_the_endpoint_gave_it() {
        const PROBLEM: &str = "application/problem+json";
        let refused = |code: &str| Err(Fail::Refused(code.to_owned()));
        for (status, media, body, want, expected) in [
            (200, "application/json", String::new(), Want::Json, Ok(200)),
            (204, "", String::new(), Want::Json, Ok(204)),
            (200, "text/html", "<p>".into(), Want::Json, Err(Fail::NoEndpoint)),
            (200, "text/html", "<p>".into(), Want::File, Err(Fail::NoEndpoint)),
            (200, "text/csv", String::new(), Want::File, Ok(200)),
            (404, "text/html", "<p>".into(), Want::Json, Err(Fail::NoEndpoint)),
            (405, "", String::new(), Want::Json, Err(Fail::NoEndpoint)),
            (404, PROBLEM, problem("not-found"), Want::Json, refused("not-found")),
            (401, PROBLEM, problem("signed-out"), Want::Json, Err(Fail::SignedOut)),
            (409, PROBLEM, problem("unit-taken"), Want::Json, refused("unit-taken")),
            (502, "text/html", "<p>".into(), Want::Json, Err(Fail::Broken(502))),
            (401, "text/html", "<p>".into(), Want::Json, Err(Fail::Broken(401))),
        ] {
            assert_eq!(told(status, media, &body, want), expected, "{status} {media} {want:?}");
        }
    }

    #[test]
    fn a_key_is_taken_from_a_link_a_fragment_or_by_itself() {
        let key = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123_-9";
        assert_eq!(key.len(), KEY);
        for text in [
            key.to_owned(),
            format!("#{key}"),
            format!(" https://learn.example/organize#{key}\n"),
        ] {
            assert_eq!(key_in(&text), Some(key), "{text}");
        }
        for text in [
            "",
            "#main",
            "https://learn.example/organize",
            &key[1..],
            &format!("{key}9"),
        ] {
            assert_eq!(key_in(text), None, "{text}");
        }
    }

    #[test]
    fn a_file_is_called_what_the_endpoint_says_and_goes_to_no_other_folder() {
        for (header, name) in [
            (
                "attachment; filename=\"results-2026-07-01.csv\"",
                Some("results-2026-07-01.csv"),
            ),
            ("attachment; filename=a.xlsx", Some("a.xlsx")),
            (
                "attachment; filename=\"a.csv\"; filename*=UTF-8''%E6%88%90%E7%BB%A9.csv",
                Some("成绩.csv"),
            ),
            ("attachment; filename=\"../../x.csv\"", Some("x.csv")),
            ("attachment; filename=\"\"", None),
            ("inline", None),
            ("", None),
        ] {
            assert_eq!(file_name(header).as_deref(), name, "{header}");
        }
    }
}
