//! Which entry of the registry a text is.

use super::Draft;
use courseware::{Layer, LockUse, Options, load_layers};
use std::path::Path;
use wire::pack::RegulationForm;

/// The registry of a deployment.
#[derive(Debug, Default)]
pub(super) struct Known(Vec<RegulationForm>);

/// What a text is to the registry.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// This entry.
    Here {
        /// The regulation.
        id: String,
        /// The version, `YYYY-MM-DD`.
        version: String,
        /// The number of the last article, where the registry says.
        last: Option<u16>,
    },
    /// None: why nobody cites it.
    Other(String),
    /// Nobody can tell: what the file ought to say.
    Unsure(String),
}

/// What stands before the names of many laws in one collection and not in another.
const COUNTRY: &str = "中华人民共和国";

impl Known {
    /// The registry of the layers of content.
    pub(super) fn of(layers: &[Layer]) -> Self {
        let (content, _) = load_layers(layers, Options { lock: LockUse::Ignore });
        Self(content.regulations.into_iter().map(|known| known.form).collect())
    }

    /// Whether a file is named like a regulation of the registry, be it with the day of the text in brackets.
    pub(super) fn has(&self, file: &Path) -> bool {
        let name = file.file_stem().and_then(|name| name.to_str()).map(plain);
        let named = |name: &String| {
            let title = |form: &RegulationForm| plain(&form.title);
            self.0.iter().map(title).any(|title| {
                name.strip_prefix(&title)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('（'))
            })
        };
        name.as_ref().is_some_and(named)
    }

    /// Finds the entry of a text: by its id, else by its title.
    pub(super) fn fit(&self, draft: &Draft) -> Fit {
        let by_id = |form: &&RegulationForm| Some(&form.id) == draft.id.as_ref();
        let title = plain(&draft.title);
        let by_title = |form: &&RegulationForm| plain(&form.title) == title;
        let mut of: Vec<&RegulationForm> = self.0.iter().filter(by_id).collect();
        if of.is_empty() {
            of = self.0.iter().filter(by_title).collect();
        }
        if of.is_empty() {
            return Fit::Other(format!("《{}》 is not in the registry", draft.title));
        }
        let Some(version) = &draft.version else {
            return Fit::Unsure(
                "nothing says of which day the text is: add a line like 2021年6月10日 …通过 before INFO END".into(),
            );
        };
        if let Some(form) = of.iter().find(|form| form.version == *version) {
            return Fit::Here {
                id: form.id.clone(),
                version: form.version.clone(),
                last: form.articles,
            };
        }
        let versions: Vec<&str> = of.iter().map(|form| form.version.as_str()).collect();
        Fit::Other(format!(
            "《{}》 of {version}, the registry has {}",
            draft.title,
            versions.join(" and ")
        ))
    }
}

/// A title without what differs between collections: the country, blanks, and the width of brackets.
fn plain(title: &str) -> String {
    let title: String = title
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '(' => '（',
            ')' => '）',
            c => c,
        })
        .collect();
    title.strip_prefix(COUNTRY).map_or(title.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        let form = |id: &str, title: &str, version: &str| RegulationForm {
            id: id.into(),
            title: title.into(),
            short: String::new(),
            issuer: String::new(),
            kind: "law".into(),
            version: version.into(),
            effective: None,
            articles: Some(3),
            text: true,
            source: String::new(),
            note: String::new(),
            certainty: None,
            supersedes: Vec::new(),
        };
        Known(vec![
            form("fa", "中华人民共和国某法", "2021-06-10"),
            form("fa", "中华人民共和国某法", "2014-08-31"),
            form("jieshi", "某解释（二）", "2022-12-15"),
        ])
    }

    fn fit(id: Option<&str>, title: &str, version: Option<&str>) -> Fit {
        known().fit(&Draft {
            id: id.map(Into::into),
            title: title.into(),
            version: version.map(Into::into),
            line: 1,
            articles: Vec::new(),
            slips: Vec::new(),
        })
    }

    #[test]
    fn a_text_is_found_by_id_or_by_title_and_only_in_its_own_version() {
        let here = |id: &str, version: &str| Fit::Here {
            id: id.into(),
            version: version.into(),
            last: Some(3),
        };
        assert_eq!(fit(Some("fa"), "别名", Some("2014-08-31")), here("fa", "2014-08-31"));
        assert_eq!(fit(None, "某法", Some("2021-06-10")), here("fa", "2021-06-10"));
        assert_eq!(
            fit(Some("x"), "某解释 (二)", Some("2022-12-15")),
            here("jieshi", "2022-12-15")
        );
        assert!(
            matches!(fit(None, "某法", Some("2009-08-27")), Fit::Other(why) if why.contains("2021-06-10 and 2014-08-31"))
        );
        assert!(matches!(fit(None, "别的法", None), Fit::Other(_)));
        assert!(matches!(fit(None, "某法", None), Fit::Unsure(_)));
    }
}
