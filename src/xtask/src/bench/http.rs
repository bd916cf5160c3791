//! As little HTTP/1.1 as a load generator needs: keep-alive, `Content-Length`, nothing else.

use anyhow::{Context, Result, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A connection that is kept.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status code.
    pub(crate) status: u16,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// Nobody listens.
    pub(crate) async fn open(addr: &str) -> Result<Self> {
        let stream = TcpStream::connect(addr)
            .await
            .with_context(|| format!("cannot connect to {addr}"))?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(16 * 1024),
        })
    }

    /// Sends a whole request and reads the answer.
    ///
    /// # Errors
    /// The connection breaks, or the answer has no length.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> Result<Answer> {
        self.stream.write_all(request).await?;
        loop {
            if let Some((answer, used)) = parse(&self.buffer)? {
                self.buffer.drain(..used);
                return Ok(answer);
            }
            ensure!(
                self.stream.read_buf(&mut self.buffer).await? > 0,
                "the server closed the connection"
            );
        }
    }
}

/// A POST of JSON.
pub(crate) fn post(path: &str, token: &str, body: &[u8]) -> Vec<u8> {
    let authorization = if token.is_empty() {
        String::new()
    } else {
        format!("Authorization: Bearer {token}\r\n")
    };
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{authorization}Content-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// A GET; `accept` names the content coding that is taken, if any.
pub(crate) fn get(path: &str, token: &str, accept: &str) -> Vec<u8> {
    let line = |name: &str, value: &str| {
        if value.is_empty() {
            String::new()
        } else {
            format!("{name} {value}\r\n")
        }
    };
    let head = format!(
        "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{}{}\r\n",
        line("Authorization: Bearer", token),
        line("Accept-Encoding:", accept)
    );
    head.into_bytes()
}

/// The answer at the beginning of the bytes and its length; none while it is not all there.
fn parse(bytes: &[u8]) -> Result<Option<(Answer, usize)>> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = std::str::from_utf8(&bytes[..end]).context("the answer's head is no text")?;
    let mut lines = head.split("\r\n");
    let status = lines
        .next()
        .and_then(|line| line.split(' ').nth(1)?.parse().ok())
        .context("no status line")?;
    let length = lines.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().ok())?
    });
    let Some(length) = length else {
        bail!("the answer has no Content-Length")
    };
    let (from, to) = (end + 4, end + 4 + length);
    Ok((bytes.len() >= to).then(|| {
        (
            Answer {
                status,
                body: bytes[from..to].to_vec(),
            },
            to,
        )
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_once_it_is_whole() {
        let bytes = b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabcHTTP/1.1 ";
        for end in 0..bytes.len() {
            let parsed = parse(&bytes[..end]).unwrap();
            assert_eq!(parsed.is_some(), end >= 41, "{end}");
        }
        let (answer, used) = parse(bytes).unwrap().unwrap();
        assert_eq!((answer.status, answer.body.as_slice(), used), (200, &b"abc"[..], 41));
        assert!(parse(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }

    #[test]
    fn a_get_says_only_what_it_is_told() {
        assert_eq!(get("/x", "", ""), b"GET /x HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        let text = String::from_utf8(get("/x", "T", "br")).unwrap();
        assert!(text.ends_with("\r\nAuthorization: Bearer T\r\nAccept-Encoding: br\r\n\r\n"));
    }

    #[test]
    fn a_post_has_its_length_and_its_token() {
        let text = String::from_utf8(post("/x", "T", b"{}")).unwrap();
        assert!(text.starts_with("POST /x HTTP/1.1\r\n") && text.ends_with("Content-Length: 2\r\n\r\n{}"));
        assert!(text.contains("Authorization: Bearer T\r\n"));
        assert!(
            !String::from_utf8(post("/x", "", b""))
                .unwrap()
                .contains("Authorization")
        );
    }
}
