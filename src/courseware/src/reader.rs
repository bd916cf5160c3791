//! What every reader of a content file shares: the report, the registry, the ids seen and what is gathered on the way.

use crate::content::{CitationUse, Passage, Role};
use crate::diagnostic::{Place, Report, Rule};
use crate::layers::BUILT_IN;
use crate::registry::{Found, Registry};
use domain::citation::Citation;
use domain::ids::BankId;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

/// What an id names; ids are unique within each of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Space {
    Course,
    Lesson,
    /// Items and checks: they share `items.lock`.
    Locked,
    Venue,
    /// Slugs of courses, venues and exercises and ids of stock: they name banks.
    Slug,
    /// Exams and contests.
    Exam,
}

pub(crate) struct Reader<'a> {
    pub(crate) report: &'a Report,
    pub(crate) registry: &'a Registry,
    ids: RefCell<HashMap<(Space, String), Place>>,
    /// Ids that were taken twice: what stands under one of them is not to be compared with anything.
    doubles: RefCell<HashSet<String>>,
    /// The texts of files of which a part could not be read: an id in them is not called unknown or vanished.
    broken: RefCell<Vec<String>>,
    /// Banks that lost an item to an error: what they lack is not looked at.
    damaged: RefCell<HashSet<BankId>>,
    pub(crate) citations: RefCell<Vec<CitationUse>>,
    pub(crate) passages: RefCell<Vec<Passage>>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(report: &'a Report, registry: &'a Registry) -> Self {
        Self {
            report,
            registry,
            ids: RefCell::default(),
            doubles: RefCell::default(),
            broken: RefCell::default(),
            damaged: RefCell::default(),
            citations: RefCell::default(),
            passages: RefCell::default(),
        }
    }

    /// Takes an id; reports the second one of the same name.
    pub(crate) fn claim(&self, space: Space, id: &str, place: Place) {
        if id.is_empty() {
            return;
        }
        match self.ids.borrow_mut().entry((space, id.into())) {
            std::collections::hash_map::Entry::Occupied(first) => {
                self.doubles.borrow_mut().insert(id.into());
                // Whichever is read first: a deployment can change its own alone.
                let built_in = |place: &Place| place.file.starts_with(BUILT_IN);
                let (at, other) = if built_in(&place) && !built_in(first.get()) {
                    (first.get().clone(), place)
                } else {
                    (place, first.get().clone())
                };
                let message = format!("the id `{id}` is already taken at {other}");
                self.report.add(
                    at,
                    Rule::IdDuplicate,
                    message,
                    "give this one another id; ids are never used again",
                );
            }
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(place);
            }
        }
    }

    /// Remembers a file of which a part was lost.
    pub(crate) fn lost(&self, text: &str) {
        self.broken.borrow_mut().push(text.into());
    }

    /// Remembers a bank that lost an item.
    pub(crate) fn damage(&self, bank: &BankId) {
        self.damaged.borrow_mut().insert(bank.clone());
    }

    /// Whether the bank lost an item.
    pub(crate) fn damaged(&self, bank: &BankId) -> bool {
        self.damaged.borrow().contains(bank)
    }

    /// Whether the id was seen, be it in a part of a file that could not be read: there it is looked for without its
    /// quotes, because a lost quote is what often breaks a file.
    pub(crate) fn seen(&self, space: Space, id: &str) -> bool {
        self.ids.borrow().contains_key(&(space, id.into())) || self.broken.borrow().iter().any(|text| text.contains(id))
    }

    /// Whether the id was taken twice.
    pub(crate) fn double(&self, id: &str) -> bool {
        self.doubles.borrow().contains(id)
    }

    /// Where the id was taken.
    pub(crate) fn first(&self, space: Space, id: &str) -> Option<Place> {
        self.ids.borrow().get(&(space, id.into())).cloned()
    }

    /// Keeps a text of our own for the paste detector.
    pub(crate) fn passage(&self, place: Place, text: &str) {
        if !text.is_empty() {
            self.passages.borrow_mut().push(Passage {
                place,
                text: text.into(),
            });
        }
    }

    /// Reads a citation and holds it against the registry.
    pub(crate) fn citation(&self, owner: &str, text: &str, role: Role, place: &Place) -> Option<Citation> {
        let add = |rule, message: String, remedy: String| {
            self.report
                .add(place.clone(), rule, format!("{owner}: {message}"), remedy);
        };
        if text.is_empty() {
            return None;
        }
        let citation: Citation = match text.parse() {
            Ok(citation) => citation,
            Err(error) => {
                let remedy = "write it like anquan-shengchan-fa@2021-06-10#36.3";
                add(Rule::CitationForm, format!("`{text}`: {error}"), remedy.into());
                return None;
            }
        };
        let known = match self.registry.find(&citation) {
            Found::Here(form) => form,
            Found::Lost => return None,
            Found::Version(versions) => {
                let message = format!("`{text}`: the registry has no version {} of it", citation.version);
                let remedy = format!("cite {}, or add the version to regulations.toml", versions.join(" or "));
                add(Rule::CitationVersion, message, remedy);
                return None;
            }
            Found::Nothing => {
                let message = format!("`{text}`: the registry has no regulation `{}`", citation.regulation);
                add(
                    Rule::CitationUnknown,
                    message,
                    "correct the id, or add the regulation to regulations.toml".into(),
                );
                return None;
            }
        };
        match (role, known.text) {
            (Role::Article, false) => {
                let message = format!("`{text}`: the text of {} is not at hand", known.short);
                add(
                    Rule::BasisText,
                    message,
                    "use a `cited` basis with its certainty".into(),
                );
            }
            (Role::Cited, true) => {
                let message = format!("`{text}`: the text of {} is at hand", known.short);
                add(Rule::BasisText, message, "use an `article` basis".into());
            }
            _ => {}
        }
        match (citation.article, known.articles) {
            (Some(article), Some(last)) if article.number > last => {
                let message = format!("`{text}`: {} ends with article {last}", known.short);
                add(Rule::CitationArticle, message, "look the article up in the text".into());
            }
            (None, Some(_)) if role != Role::Cited => {
                let message = format!("`{text}` names no article");
                add(Rule::CitationArticle, message, "add the article: #36 or #36.3".into());
            }
            _ => {}
        }
        self.citations.borrow_mut().push(CitationUse {
            citation: citation.clone(),
            role,
            place: place.clone(),
        });
        Some(citation)
    }

    /// Reads a list of citations; reports repeated ones.
    pub(crate) fn citations(&self, owner: &str, texts: &[(String, Place)], role: Role) -> Vec<Citation> {
        for (nth, (text, place)) in texts.iter().enumerate() {
            if texts[..nth].iter().any(|(other, _)| other == text) {
                let message = format!("{owner}: `{text}` stands twice in the list");
                self.report
                    .add(place.clone(), Rule::CitationRepeat, message, "remove one");
            }
        }
        texts
            .iter()
            .filter_map(|(text, place)| self.citation(owner, text, role, place))
            .collect()
    }
}
