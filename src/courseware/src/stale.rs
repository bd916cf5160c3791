//! What rests on a text that another in the registry replaces: to be looked at again by whoever wrote it.
//!
//! No problem of the content, which was right when it was written: a law that comes into force must not stop a build.
//! Items on replaced texts are left out of packs, lessons and checks carry a mark.

use crate::content::{Content, Regulation};
use crate::diagnostic::Place;
use domain::citation::Citation;
use domain::time::Day;
use std::fmt;

/// An item, check or lesson that cites a replaced text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stale {
    /// Where it stands.
    pub place: Place,
    /// The id of the item, check or lesson.
    pub id: String,
    /// What it cites.
    pub cited: String,
    /// The text that replaces it, `id@version`.
    pub by: String,
    /// The day from which that one is in force.
    pub from: Day,
}

impl fmt::Display for Stale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            place,
            id,
            cited,
            by,
            from,
        } = self;
        write!(f, "{place}: `{id}` cites {cited}, replaced by {by} from {from}")
    }
}

/// What replaces the text cited, and from which day: a later version of the same regulation, or one that names it in
/// `supersedes`; of several the one in force first. A text whose day of force is not known replaces nothing yet.
pub fn replacement<'c>(content: &'c Content, cited: &Citation) -> Option<(&'c Regulation, Day)> {
    let whole = format!("{}@{}", cited.regulation, cited.version);
    let version = cited.version.to_string();
    let replaces = |regulation: &&Regulation| {
        let form = &regulation.form;
        let later = form.id == cited.regulation.as_str() && form.version > version;
        later || form.supersedes.contains(&whole)
    };
    let replacing = content.regulations.iter().filter(replaces);
    let dated = replacing.filter_map(|regulation| {
        let from = regulation.form.effective.as_deref().and_then(Day::parse)?;
        Some((regulation, from))
    });
    dated.min_by_key(|(_, from)| *from)
}

/// Everything in `content`, training stock and drafts too, that cites a text which is replaced or known to be replaced
/// some day, in order of file and line; each thing once for each citation.
pub fn list(content: &Content) -> Vec<Stale> {
    let mut list = Vec::new();
    let mut add = |place: &Place, id: &str, cited: &Citation| {
        if let Some((regulation, from)) = replacement(content, cited) {
            list.push(Stale {
                place: place.clone(),
                id: id.into(),
                cited: cited.to_string(),
                by: format!("{}@{}", regulation.form.id, regulation.form.version),
                from,
            });
        }
    };
    for item in content.items() {
        item.citations()
            .into_iter()
            .for_each(|cited| add(&item.place, item.item.id.as_str(), cited));
    }
    for check in content.checks() {
        let cited = check.basis.citations().iter();
        cited.for_each(|cited| add(&check.place, &check.form.id, cited));
    }
    for lesson in content.courses.iter().flat_map(|course| &course.lessons) {
        let cited = lesson.citations.iter();
        cited.for_each(|cited| add(&lesson.place, lesson.id.as_str(), cited));
    }
    list.sort();
    list.dedup();
    list
}
