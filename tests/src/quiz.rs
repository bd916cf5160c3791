//! Answering questions as a person with the key in hand would, rightly or wrongly at will.

use crate::browser::Browser;
use anyhow::{Context, Result, bail, ensure};
use domain::ids::ItemId;
use domain::item::{Item, ItemBody, Response};
use domain::marking::{self, Mark, Outcome, Rule};
use serde_json::json;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use wire::catalogue::{BankEntry, Catalogue, CourseEntry, VenueEntry};
use wire::pack::{Bank, CoursePack, RegistryPack};

/// What a site offers, with the keys of all its banks.
#[derive(Debug)]
pub struct Keys {
    site: PathBuf,
    /// The catalogue.
    pub catalogue: Catalogue,
    items: HashMap<ItemId, Item>,
}

/// How an item is to be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Exactly the key.
    Right,
    /// With one wrong option, or the wrong judgement.
    Wrong,
    /// With one right option of several; other kinds than multiple choice are answered rightly.
    Incomplete,
}

/// An answer that was given and its mark by our own reckoning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The item.
    pub item: ItemId,
    /// What was chosen.
    pub response: Response,
    /// What it must be marked as.
    pub mark: Mark,
}

/// The question that a page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The item.
    pub item: ItemId,
    /// `single`, `multiple` or `true-false`, as the page says.
    pub kind: String,
    /// 1 and up.
    pub place: usize,
    /// Whether its feedback is shown.
    pub answered: bool,
}

/// Where `next` led.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// To another question.
    Item(Shown),
    /// To the result.
    Result,
}

impl Keys {
    /// The keys of a built site.
    pub fn of_site(site: &Path) -> Result<Self> {
        let entries = std::fs::read_dir(site).with_context(|| format!("no site at {}", site.display()))?;
        let mut catalogues = entries.flatten().map(|entry| entry.path()).filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("catalogue.") && path.extension().is_some_and(|ending| ending == "json")
        });
        let path = catalogues
            .next()
            .with_context(|| format!("no catalogue.*.json in {}", site.display()))?;
        ensure!(
            catalogues.next().is_none(),
            "more than one catalogue in {}",
            site.display()
        );
        let catalogue = Catalogue::read(&std::fs::read(path)?)?;
        let mut items = HashMap::new();
        for (bank, _) in catalogue.banks() {
            let pack = read_bank(site, bank)?;
            ensure!(
                pack.items.len() == bank.items,
                "the catalogue says {} items of {}",
                bank.items,
                bank.id
            );
            items.extend(pack.items);
        }
        Ok(Self {
            site: site.into(),
            catalogue,
            items,
        })
    }

    /// The course that the journeys take: the one on the Work Safety Law.
    pub fn course(&self) -> Result<&CourseEntry> {
        let mut courses = self.catalogue.courses.iter();
        courses
            .find(|course| course.slug == "work-safety-law")
            .context("the catalogue lacks the journeys' course")
    }

    /// The venue that the journeys take: the small restaurant.
    pub fn venue(&self) -> Result<&VenueEntry> {
        self.catalogue
            .venues
            .iter()
            .find(|venue| venue.slug == "small-restaurant" && venue.pack.is_some())
            .context("the journeys' venue has no content")
    }

    /// The lessons of a course.
    pub fn lessons(&self, course: &CourseEntry) -> Result<CoursePack> {
        Ok(serde_json::from_slice(&self.pack(&course.pack)?)?)
    }

    /// The registry of regulations.
    pub fn registry(&self) -> Result<RegistryPack> {
        Ok(serde_json::from_slice(&self.pack(&self.catalogue.registry)?)?)
    }

    /// The item.
    pub fn item(&self, id: &ItemId) -> Result<&Item> {
        self.items
            .get(id)
            .with_context(|| format!("{id} is in no pack of the site"))
    }

    fn pack(&self, hash: &str) -> Result<Vec<u8>> {
        let path = self.site.join("packs").join(format!("{hash}.json"));
        std::fs::read(&path).with_context(|| format!("no pack {}", path.display()))
    }

    /// The response that fulfils a wish.
    pub fn response(&self, id: &ItemId, wish: Wish) -> Result<Response> {
        let body = &self.item(id)?.body;
        Ok(match (body, wish) {
            (ItemBody::Single(choices) | ItemBody::Multiple(choices), Wish::Wrong) => {
                let wrong = choices
                    .options()
                    .iter()
                    .find(|option| !option.right)
                    .context("no wrong option")?;
                Response::Options(vec![wrong.id.clone()])
            }
            (ItemBody::Multiple(choices), Wish::Incomplete) => {
                let right = choices
                    .options()
                    .iter()
                    .find(|option| option.right)
                    .context("no right option")?;
                Response::Options(vec![right.id.clone()])
            }
            (ItemBody::TrueFalse { answer, .. }, Wish::Wrong) => Response::Truth(Some(!answer)),
            _ => body.key(),
        })
    }

    /// The mark that practice gives.
    pub fn mark(&self, id: &ItemId, response: &Response) -> Result<Mark> {
        let body = &self.item(id)?.body;
        Ok(marking::mark(
            body,
            response,
            body.kind().default_points(),
            Rule::default(),
        ))
    }
}

fn read_bank(site: &Path, entry: &BankEntry) -> Result<Bank> {
    let path = site.join("packs").join(format!("{}.json", entry.pack));
    let bytes = std::fs::read(&path).with_context(|| format!("no pack {}", path.display()))?;
    ensure!(
        wire::pack::hash(&bytes).to_string() == entry.pack,
        "{} does not have the hash of its name",
        path.display()
    );
    Ok(wire::pack::read_bank(&bytes)?)
}

/// The name that a page gives an outcome.
pub fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Right => "right",
        Outcome::Incomplete | Outcome::Partial => "incomplete",
        Outcome::Awaiting => "awaiting",
        Outcome::Wrong | Outcome::Unanswered | Outcome::Invalid(_) => "wrong",
    }
}

/// The options to press, by their `data-option`.
pub fn options(response: &Response) -> Vec<String> {
    match response {
        Response::Options(ids) => ids.iter().map(ToString::to_string).collect(),
        Response::Truth(truth) => truth.iter().map(ToString::to_string).collect(),
        // Other kinds are not answered by pressing options.
        _ => Vec::new(),
    }
}

/// The selector of an option.
pub fn choice(option: &str) -> String {
    format!("[data-bench=choice][data-option=\"{option}\"]")
}

impl Browser {
    /// Waits for a question and says what it is.
    pub async fn question(&self) -> Result<Shown> {
        self.wait("a question", async || self.question_now().await).await
    }

    /// The question shown at this moment.
    async fn question_now(&self) -> Result<Option<Shown>> {
        let script = "const e = document.querySelector('main[data-page=practice] [data-item]');
            return e && { item: e.dataset.item, kind: e.dataset.kind, place: e.dataset.place,
                answered: !!document.querySelector('[data-bench=feedback][data-outcome]') }";
        let found = self.script(script, vec![]).await?;
        if found.is_null() {
            return Ok(None);
        }
        let text = |name: &str| {
            found[name]
                .as_str()
                .with_context(|| format!("no data-{name} at the question"))
        };
        let (item, place) = (text("item")?.parse()?, text("place")?.parse()?);
        Ok(Some(Shown {
            item,
            kind: text("kind")?.into(),
            place,
            answered: found["answered"] == json!(true),
        }))
    }

    /// Answers the question shown, waits for its feedback, and checks that it says what our own marking says.
    pub async fn answer(&self, keys: &Keys, wish: Wish) -> Result<Given> {
        let shown = self.question().await?;
        ensure!(!shown.answered, "{} is answered already", shown.item);
        let response = keys.response(&shown.item, wish)?;
        let kind = wire::item::kind_name(keys.item(&shown.item)?.body.kind());
        ensure!(
            shown.kind == kind,
            "{} is {kind}, the page says {}",
            shown.item,
            shown.kind
        );
        for option in options(&response) {
            self.press(&choice(&option)).await?;
        }
        if kind == "multiple" {
            self.press("[data-bench=check]").await?;
        }
        self.feedback_of(keys, shown.item, response).await
    }

    /// Waits for the feedback to a response and checks it.
    pub async fn feedback_of(&self, keys: &Keys, item: ItemId, response: Response) -> Result<Given> {
        let mark = keys.mark(&item, &response)?;
        let said = self.attr("[data-bench=feedback]", "data-outcome").await?;
        let expected = outcome_name(mark.outcome);
        ensure!(
            said == expected,
            "{item} answered with {response:?} is {expected}, the page says {said}"
        );
        Ok(Given { item, response, mark })
    }

    /// Goes on from a question with feedback.
    pub async fn next(&self) -> Result<Step> {
        let before = self.question().await?;
        self.press("[data-test=next]").await?;
        self.arrive(&before.item).await
    }

    /// Waits until another question than `before`, or the result, is shown.
    pub async fn arrive(&self, before: &ItemId) -> Result<Step> {
        self.wait("the next question or the result", async || {
            if self.shows("main[data-page=result] [data-test=score]").await? {
                return Ok(Some(Step::Result));
            }
            let now = self.question_now().await?;
            Ok(now.filter(|now| now.item != *before).map(Step::Item))
        })
        .await
    }

    /// Answers `count` questions and goes on from each.
    pub async fn answer_some(&self, keys: &Keys, count: usize) -> Result<Vec<Given>> {
        let mut given = Vec::new();
        for n in 0..count {
            let wish = [Wish::Right, Wish::Wrong, Wish::Incomplete][n % 3];
            given.push(self.answer(keys, wish).await?);
            ensure!(
                matches!(self.next().await?, Step::Item(_)),
                "the result came after {} questions",
                n + 1
            );
        }
        Ok(given)
    }

    /// Answers all questions that are left, until the result.
    pub async fn answer_rest(&self, keys: &Keys) -> Result<Vec<Given>> {
        let mut given = Vec::new();
        for n in 0..100 {
            if self.question().await?.answered {
                bail!("a question that is answered already is shown first");
            }
            let wish = [Wish::Right, Wish::Right, Wish::Wrong, Wish::Incomplete][n % 4];
            given.push(self.answer(keys, wish).await?);
            if self.next().await? == Step::Result {
                return Ok(given);
            }
        }
        bail!("no result after 100 questions")
    }

    /// Checks the result page against what was given in the attempt.
    pub async fn result_is(&self, given: &[Given]) -> Result<()> {
        let right = given
            .iter()
            .filter(|given| given.mark.outcome == Outcome::Right)
            .count();
        let shown_right = self.number("[data-test=score]", "data-right").await?;
        let shown_items = self.number("[data-test=score]", "data-items").await?;
        ensure!(
            (shown_right, shown_items) == (right, given.len()),
            "the result says {shown_right} of {shown_items} right; it is {right} of {}",
            given.len()
        );
        Ok(())
    }

    /// Joins with a unit's code that comes with the link, and waits until the page says so.
    pub async fn join(&self, code: &str) -> Result<()> {
        self.open(&format!("/join#{code}")).await?;
        self.join_here(code).await
    }

    /// Joins on the page that the link with the code led to.
    pub async fn join_here(&self, code: &str) -> Result<()> {
        self.join_as(code, "张小安").await
    }

    /// The same under another name.
    pub async fn join_as(&self, code: &str, name: &str) -> Result<()> {
        self.wait_for("input[name=code]").await?;
        let prefilled = self
            .script("return document.querySelector('input[name=code]').value", vec![])
            .await?;
        let plain = |text: &str| text.replace(['-', ' '], "").to_uppercase();
        let prefilled = prefilled.as_str().map(plain).unwrap_or_default();
        ensure!(
            prefilled == plain(code),
            "the link's code is not in its field, which holds `{prefilled}`"
        );
        self.fill("input[name=name]", name).await?;
        self.press("input[name=consent]").await?;
        self.press("[data-test=join]").await?;
        self.wait_for("[data-test=joined]").await
    }
}
