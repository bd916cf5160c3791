//! An inspection with the handbook, check by check, with one thumb.

use super::{authority, find, load, revised};
use crate::html::{Html, dynamic, el, none};
use crate::page;
use crate::platform::clock;
use crate::platform::dom;
use crate::platform::timer::spawn;
use crate::route::Route;
use crate::state::app::{App, app};
use crate::state::inspections::{Finding, Found, Kept, NOTE, Unstored, over};
use crate::state::packs::LoadError;
use crate::text::{self, Lang, Text};
use crate::ui::basis::basis;
use domain::citation::Basis;
use indexmap::IndexMap;
use leptos::prelude::*;
use std::sync::Arc;
use wire::catalogue::VenueEntry;
use wire::pack::{CheckForm, VenuePack};

/// Milliseconds after a mark within which a further press is taken for the same finger.
const SETTLE: i64 = 350;

/// What both pages of an inspection read: the venue, and what was found so far.
#[derive(Clone)]
pub(super) struct Desk {
    pub(super) entry: VenueEntry,
    pub(super) pack: Arc<VenuePack>,
    pub(super) kept: RwSignal<Kept, LocalStorage>,
    /// What the page has and the database does not; tried again with every change and every word of another tab.
    unstored: RwSignal<Unstored, LocalStorage>,
}

type Loaded = Option<Result<Option<Desk>, LoadError>>;

/// Loads venue and inspection and has them drawn; a page that says so where there is no such inspection here.
pub(super) fn with_desk(venue: String, id: String, draw: impl Fn(App, &Desk) -> Html + Clone + 'static) -> Html {
    let app = app();
    let loaded: RwSignal<Loaded, LocalStorage> = RwSignal::new_local(None);
    let looked_up = Memo::new(move |_| {
        let entry = app
            .catalogue
            .with(|load| load.ready().map(|catalogue| find(catalogue, &venue)));
        let open = app.identity.with(Option::is_some);
        entry.filter(|_| open)
    });
    // Talks to the outside: fetches once the catalogue is there and the database was read; not with every word of another
    // tab, which would draw the page anew under the person's thumb.
    Effect::new(move |_| {
        let Some(entry) = looked_up.get() else { return };
        let id = id.clone();
        spawn(async move {
            let Some(entry) = entry else {
                loaded.try_set(Some(Ok(None)));
                return;
            };
            let kept = app
                .inspections()
                .await
                .into_iter()
                .find(|kept| kept.inspection.id == id);
            let desk = match (load(app, entry.clone()).await, kept) {
                (Err(error), _) => Err(error),
                (Ok(_), None) => Ok(None),
                (Ok(pack), Some(kept)) => Ok(Some(Desk {
                    entry,
                    pack,
                    kept: RwSignal::new_local(kept),
                    unstored: RwSignal::new_local(Unstored::default()),
                })),
            };
            loaded.try_set(Some(desk));
        });
    });
    // Another tab may have the same inspection open.
    Effect::new(move |_| {
        app.word.track();
        let Some(Some(Ok(Some(desk)))) = loaded.try_with_untracked(Clone::clone) else {
            return;
        };
        spawn(async move {
            let id = desk.kept.with_untracked(|kept| kept.inspection.id.clone());
            let fresh = app
                .inspections()
                .await
                .into_iter()
                .find(|kept| kept.inspection.id == id);
            let Some(fresh) = fresh else {
                // Removed in the other tab.
                loaded.try_set(Some(Ok(None)));
                return;
            };
            let fresh = desk.unstored.with_untracked(|unstored| over(fresh, unstored));
            if desk.kept.with_untracked(|kept| *kept != fresh) {
                desk.kept.try_set(fresh);
            }
            store(app, &desk).await;
        });
    });
    page::with_catalogue(app, move |_| {
        let draw = draw.clone();
        dynamic(move || {
            loaded.with(|loaded| match loaded {
                None => page::loading(app),
                Some(Err(error)) => page::failed(app, error),
                Some(Ok(None)) => page::not_found(app),
                Some(Ok(Some(desk))) => draw(app, desk),
            })
        })
    })
}

/// The page of an inspection.
pub fn inspection(venue: String, id: String) -> Html {
    let at = RwSignal::new(None::<usize>);
    with_desk(venue, id, move |app, desk| show(app, desk, at))
}

/// The checks of the venue in order.
pub(super) fn checks(pack: &VenuePack) -> Vec<&CheckForm> {
    pack.sections.iter().flat_map(|section| &section.checks).collect()
}

/// The first check from `from` on that was not marked; around the end to the beginning, none where all are marked.
fn next_open(checks: &[&CheckForm], findings: &IndexMap<String, Finding>, from: usize) -> Option<usize> {
    let order = (from..checks.len()).chain(0..from.min(checks.len()));
    let mut open = order.filter(|place| !findings.contains_key(&checks[*place].id));
    open.next()
}

fn show(app: App, desk: &Desk, at: RwSignal<Option<usize>>) -> Html {
    let lang = app.lang.get();
    let kept = desk.kept;
    let all = checks(&desk.pack);
    let count = all.len();
    if at.get_untracked().is_none() {
        let first = kept.with_untracked(|kept| next_open(&all, &kept.findings, 0));
        at.set(Some(first.unwrap_or(0)));
    }
    let title = kept.with_untracked(|kept| kept.inspection.place.clone());
    let title = if title.is_empty() {
        desk.entry.title.zh.clone()
    } else {
        title
    };
    let (ids, id) = (
        all.iter().map(|check| check.id.clone()).collect::<Vec<_>>(),
        kept.with_untracked(|kept| kept.inspection.id.clone()),
    );
    let marked = move || kept.with(|kept| ids.iter().filter(|id| kept.findings.contains_key(*id)).count());
    let findings = Route::Findings(desk.entry.slug.clone(), id);
    let progress = el("p")
        .class("facts")
        .attr("role", "status")
        .attr("data-test", "marked")
        .text_of(move || text::INSPECT_DONE.with(lang, &[&marked(), &count]));
    let whole = desk.clone();
    let turned = RwSignal::new(None);
    let card = move || {
        let checks = checks(&whole.pack);
        let place = at.get().unwrap_or(0).min(checks.len().saturating_sub(1));
        checks.get(place).map_or_else(none, |check| {
            one(&Here {
                app,
                desk: whole.clone(),
                check: (*check).clone(),
                place,
                at,
                turned,
                lang,
            })
        })
    };
    let list = overview(desk, at, lang);
    let body = none()
        .child(progress)
        .dynamic(card)
        .child(
            el("p").class("buttons").child(
                page::button_link(app, "primary", &findings, text::INSPECT_FINDINGS.get(lang))
                    .attr("data-test", "findings"),
            ),
        )
        .child(list)
        .child(el("p").class("quiet").text(text::INSPECT_HERE.get(lang)));
    page::frame(app, "inspection", &title, body)
}

/// All checks with how they were found, to jump to any.
fn overview(desk: &Desk, at: RwSignal<Option<usize>>, lang: Lang) -> Html {
    let kept = desk.kept;
    let row = |(place, check): (usize, &&CheckForm)| {
        let id = check.id.clone();
        let state = move || kept.with(|kept| kept.findings.get(&id).map(|finding| finding.found));
        let words = state.clone();
        let jump = el("button")
            .attr("type", "button")
            .class("jump")
            .attr_of("data-found", move || state().map(|found| name(found).to_owned()))
            .on("click", move |_| {
                at.set(Some(place));
                dom::focus("#check h2");
            })
            .child(el("span").attr("lang", "zh-CN").text(&check.title))
            .child(el("small").text_of(move || words().map_or(text::INSPECT_OPEN, label).get(lang).to_owned()));
        el("li").child(jump)
    };
    el("details")
        .class("sources")
        .child(el("summary").text(text::INSPECT_ALL.get(lang)))
        .child(
            el("ol")
                .class("jumps")
                .all(checks(&desk.pack).iter().enumerate().map(row)),
        )
}

/// What a finding is called in scripts and styles.
pub(super) fn name(found: Found) -> &'static str {
    match found {
        Found::Pass => "pass",
        Found::Fail => "fail",
        Found::NotApplicable => "na",
    }
}

/// What a finding is called on the page.
pub(super) fn label(found: Found) -> Text {
    match found {
        Found::Pass => text::INSPECT_PASS,
        Found::Fail => text::INSPECT_FAIL,
        Found::NotApplicable => text::INSPECT_NA,
    }
}

/// Stores what was found; the page has it at once, and takes it back where it could not be stored.
fn mark(app: App, desk: &Desk, check: &CheckForm, found: Option<Found>, note: &str) {
    let kept = desk.kept;
    let finding = found.map(|found| Finding {
        found,
        note: note.chars().take(NOTE).collect(),
        revision: check.revision,
        at: clock::now().0,
    });
    kept.update(|kept| {
        match finding.clone() {
            Some(finding) => kept.findings.insert(check.id.clone(), finding),
            None => kept.findings.shift_remove(&check.id),
        };
        kept.findings.sort_unstable_keys();
    });
    desk.unstored.update(|unstored| {
        unstored.insert(check.id.clone(), finding);
    });
    let desk = desk.clone();
    spawn(async move { store(app, &desk).await });
}

/// Stores what the page has and the database does not. Where there is no room, the notice above the page says so; what is on
/// the page stays.
async fn store(app: App, desk: &Desk) {
    let (Some(id), Some(wanted)) = (
        desk.kept.try_with_untracked(|kept| kept.inspection.id.clone()),
        desk.unstored.try_get_untracked(),
    ) else {
        return;
    };
    if wanted.is_empty() || app.note_findings(&id, &wanted).await.is_err() {
        return;
    }
    // What was changed again meanwhile is not stored yet.
    desk.unstored
        .try_update(|unstored| unstored.retain(|check, finding| wanted.get(check) != Some(&*finding)));
}

/// A check on the page, and where it stands.
#[derive(Clone)]
struct Here {
    app: App,
    desk: Desk,
    check: CheckForm,
    place: usize,
    at: RwSignal<Option<usize>>,
    /// When a mark last went on to another check, milliseconds since 1970.
    turned: RwSignal<Option<i64>>,
    lang: Lang,
}

impl Here {
    /// What was found at the check, and the note on it.
    fn finding(&self) -> Option<Finding> {
        self.desk.kept.with(|kept| kept.findings.get(&self.check.id).cloned())
    }

    fn found(&self) -> Option<Found> {
        self.finding().map(|finding| finding.found)
    }

    fn note(&self) -> String {
        self.finding().map(|finding| finding.note).unwrap_or_default()
    }

    fn press(&self, of: Found) {
        let now = clock::now().0;
        // The second tap of a double tap would fall on the check that the first one went on to.
        if untrack(|| self.turned.get()).is_some_and(|turned| (0..SETTLE).contains(&(now - turned))) {
            return;
        }
        let known = untrack(|| self.finding());
        // Pressed again it is taken back.
        let next = (known.as_ref().map(|finding| finding.found) != Some(of)).then_some(of);
        let note = known.map(|finding| finding.note).unwrap_or_default();
        mark(self.app, &self.desk, &self.check, next, &note);
        // Where there may be a note to write the page stays; otherwise it goes on to what is still open.
        if next.is_some() && of != Found::Fail {
            let all = checks(&self.desk.pack);
            let findings = self.desk.kept.with_untracked(|kept| kept.findings.clone());
            if let Some(open) = next_open(&all, &findings, self.place + 1) {
                self.at.set(Some(open));
                self.turned.set(Some(now));
            }
        }
    }

    /// The three buttons.
    fn marks(&self) -> Html {
        let button = |of: Found| {
            let (state, pressed) = (self.clone(), self.clone());
            el("button")
                .attr("type", "button")
                .class("mark")
                .attr("data-found", name(of))
                .attr_of("aria-pressed", move || Some((state.found() == Some(of)).to_string()))
                .text(label(of).get(self.lang))
                .on("click", move |_| pressed.press(of))
        };
        el("div")
            .class("marks")
            .attr("role", "group")
            .attr("aria-label", text::INSPECT_HOW.get(self.lang))
            .child(button(Found::Pass))
            .child(button(Found::Fail))
            .child(button(Found::NotApplicable))
    }

    /// The note: stored with every letter, there once the check is marked.
    fn note_field(&self) -> Html {
        let (shown, typed, marked) = (self.clone(), self.clone(), self.clone());
        let area = el("textarea")
            .attr("rows", "2")
            .attr("maxlength", &NOTE.to_string())
            .attr("data-test", "note")
            .prop_of("value", move || shown.note().into())
            .on("input", move |event| {
                // Without a mark there is nothing that the note could belong to.
                if let Some(found) = untrack(|| typed.found()) {
                    mark(typed.app, &typed.desk, &typed.check, Some(found), &dom::lines(event));
                }
            });
        let field = el("label")
            .class("field")
            .child(el("span").text(text::INSPECT_NOTE.get(self.lang)))
            .child(area);
        el("div")
            .attr_of("hidden", move || marked.found().is_none().then(String::new))
            .child(field)
    }

    /// To the check before and after.
    fn steps(&self) -> Html {
        let count = checks(&self.desk.pack).len();
        let (at, lang) = (self.at, self.lang);
        let turn = |label: Text, to: Option<usize>| {
            el("button")
                .attr("type", "button")
                .class("plain step")
                .attr_of("disabled", move || to.is_none().then(String::new))
                .text(label.get(lang))
                .on("click", move |_| {
                    if to.is_some() {
                        at.set(to);
                        dom::focus("#check h2");
                    }
                })
        };
        let after = (self.place + 1 < count).then_some(self.place + 1);
        el("div")
            .class("steps")
            .child(turn(text::INSPECT_BACK, self.place.checked_sub(1)))
            .child(el("span").text(&format!("{} / {count}", self.place + 1)))
            .child(turn(text::INSPECT_NEXT, after))
    }
}

/// One check: what to look at, and the three buttons under the thumb.
fn one(here: &Here) -> Html {
    let (check, lang) = (&here.check, here.lang);
    let part = |label: Text, words: &str| {
        let words = el("dd").attr("lang", "zh-CN").text(words);
        none().child(el("dt").text(label.get(lang))).child(words)
    };
    let stop = check
        .stop
        .then(|| el("span").class("tag tag-wrong").text(text::CHECK_STOP.get(lang)));
    let heading = el("h2")
        .attr("tabindex", "-1")
        .attr("lang", "zh-CN")
        .text(&check.title)
        .maybe(stop);
    let facts = el("dl")
        .child(part(text::CHECK_LOOK, &check.look))
        .child(part(text::CHECK_HOW, &check.how))
        .child(part(text::CHECK_VIOLATION, &check.violation));
    el("article")
        .class("inspect")
        .attr("id", "check")
        .attr("data-check", &check.id)
        .child(heading)
        .maybe(revised(check, &here.desk.pack, lang))
        .child(facts)
        .child(here.note_field())
        .child(background(here.app, check, &here.desk.pack, lang))
        .child(el("div").class("thumb").child(here.steps()).child(here.marks()))
}

/// The basis, who decides and what follows, behind a fold: not needed while looking.
fn background(app: App, check: &CheckForm, pack: &VenuePack, lang: Lang) -> Html {
    let part = |label: Text, words: &str| {
        let words = el("dd").attr("lang", "zh-CN").text(words);
        none().child(el("dt").text(label.get(lang))).child(words)
    };
    let stop = (!check.stop_note.is_empty()).then(|| part(text::CHECK_STOP, &check.stop_note));
    let rests = Basis::try_from(&check.basis)
        .ok()
        .map(|rests| basis(&rests, &pack.regulations, &app.base(), lang));
    let list = el("dl")
        .maybe(stop)
        .child(part(text::CHECK_HANDOVER, &check.handover))
        .child(el("dt").text(text::CHECK_AUTHORITY.get(lang)))
        .child(el("dd").text(&authorities(check, lang)))
        .child(el("dt").text(text::BASIS.get(lang)))
        .child(el("dd").maybe(rests));
    el("details")
        .class("sources")
        .child(el("summary").text(text::INSPECT_BACKGROUND.get(lang)))
        .child(list)
}

/// Who is competent, by name.
pub(super) fn authorities(check: &CheckForm, lang: Lang) -> String {
    let names = check.authority.iter().filter_map(|name| authority(name));
    let names: Vec<&str> = names.map(|text| text.get(lang)).collect();
    names.join(text::AND.get(lang))
}
