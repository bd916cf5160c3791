//! Hazard spotting (隐患排查): the scene with what was found, missed and marked in vain, and everything again in words.

use super::Telling;
use crate::gesture::{self, Words, picture};
use crate::html::{Html, el, none};
use crate::text::{self, Lang, Text, spot};
use crate::ui::basis::basis;
use domain::ids::OptionId;
use domain::item::Response;
use domain::kinds::hazard::{Ground, Hazard, Region, RegionState, WEIGHTS};
use domain::kinds::spotting::{Found, Label, Spot, Weights};

/// How a place turned out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Faulty and marked.
    Found,
    /// Faulty and not marked.
    Missed,
    /// In order, yet marked.
    False,
}

impl Verdict {
    /// How a place turned out that has a fault or none and was marked or not; none where there is nothing to say.
    pub(super) fn of(faulty: bool, marked: bool) -> Option<Self> {
        match (faulty, marked) {
            (true, true) => Some(Self::Found),
            (true, false) => Some(Self::Missed),
            (false, true) => Some(Self::False),
            (false, false) => None,
        }
    }

    /// Its name for scripts and styles.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Missed => "missed",
            Self::False => "false",
        }
    }

    /// Its sign with the number that leads from the picture or the document to the words.
    pub(super) fn sign(self, number: usize) -> String {
        let sign = match self {
            Self::Found => '✓',
            Self::Missed => '!',
            Self::False => '×',
        };
        format!("{sign}{number}")
    }

    /// What it is called.
    pub(super) fn word(self) -> Text {
        match self {
            Self::Found => spot::FOUND,
            Self::Missed => spot::MISSED,
            Self::False => spot::FALSE_MARK,
        }
    }
}

/// The marks of a response; none of another kind's.
pub(super) fn marks(response: &Response) -> &[Spot] {
    match response {
        Response::Marks(marks) => marks,
        _ => &[],
    }
}

/// The mark at a place.
pub(super) fn mark_at<'a>(marks: &'a [Spot], at: &OptionId) -> Option<&'a Spot> {
    marks.iter().find(|mark| mark.at == *at)
}

/// What was answered beside the key.
pub(super) fn hazard(telling: &Telling, hazard: &Hazard) -> Html {
    let lang = telling.lang;
    let marks = marks(&telling.response);
    let entries = entries(hazard, marks);
    let found = hazard.found(marks);
    let counts = spot::HAZARD_COUNTS.with(
        lang,
        &[
            &found.found,
            &found.missed,
            &found.false_marks,
            &found.first_right,
            &found.second_right,
        ],
    );
    let told = |entry: &Entry<'_>| entry.told(telling, hazard);
    let (vain, faults): (Vec<_>, Vec<_>) = entries.iter().partition(|entry| entry.verdict == Verdict::False);
    el("div")
        .class("told told-hazard")
        .attr("data-told", "hazard")
        .child(summary(&counts, WEIGHTS, found, lang))
        .child(scene(hazard, &entries, lang))
        .child(section(spot::HAZARDS, faults.into_iter().map(told).collect(), lang))
        .child(section(spot::IN_VAIN, vain.into_iter().map(told).collect(), lang))
}

/// The counts and what they earn by the rule.
pub(super) fn summary(counts: &str, weights: Weights, found: Found, lang: Lang) -> Html {
    let earned = weights.earned(found);
    let lost = u32::try_from(found.false_marks).unwrap_or(u32::MAX);
    let lost = lost.saturating_mul(weights.false_mark);
    let mut points = spot::PARTS.with(lang, &[&earned.earned, &earned.of]);
    if lost > 0 {
        // A sentence of its own: Chinese puts nothing between two of them.
        points.push_str(if lang == Lang::En { " " } else { "" });
        points.push_str(&spot::LOST.with(lang, &[&lost]));
    }
    el("p")
        .class("spot-counts")
        .child(el("span").text(counts))
        .text(" ")
        .child(el("b").text(&points))
}

/// A heading that counts and its list; nothing where there is none.
pub(super) fn section(title: Text, rows: Vec<Html>, lang: Lang) -> Html {
    if rows.is_empty() {
        return none();
    }
    none()
        .child(el("h3").text(&title.with(lang, &[&rows.len()])))
        .child(el("ol").class("verdicts").all(rows))
}

/// An entry of such a list: sign, name, the word for how it turned out, and what there is to say.
pub(super) fn entry(verdict: Verdict, number: usize, name: &str, said: Html, lang: Lang) -> Html {
    let head = el("h4")
        .child(el("b").class("verdict-sign").text(&verdict.sign(number)))
        .child(el("span").attr("lang", "zh-CN").text(name))
        .child(el("span").class("tag").text(verdict.word().get(lang)));
    el("li").attr("data-verdict", verdict.name()).child(head).child(said)
}

/// A name and a text of the content.
pub(super) fn fact(name: Text, said: Html, lang: Lang) -> Html {
    none().child(el("dt").text(name.get(lang))).child(el("dd").child(said))
}

/// What was said of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said<'a> {
    /// It was not marked.
    Unmarked,
    /// It was marked and nothing said of it.
    Nothing,
    /// This label.
    Label(&'a str),
}

impl<'a> Said<'a> {
    /// What `mark` says with the label that `id` takes from it and `text` names.
    pub(super) fn of(
        mark: Option<&'a Spot>,
        id: impl Fn(&'a Spot) -> Option<&'a OptionId>,
        text: impl Fn(&'a OptionId) -> &'a str,
    ) -> Self {
        let Some(mark) = mark else { return Self::Unmarked };
        id(mark).map_or(Self::Nothing, |id| Self::Label(text(id)))
    }
}

/// What was chosen beside what is right.
pub(super) fn choice(name: Text, right: &str, chosen: Said<'_>, lang: Lang) -> Html {
    let (state, words) = compared(right, chosen, lang);
    let words = el("span").attr("data-choice-state", state).text(&words);
    fact(name, words, lang)
}

/// How a choice turned out, for the styles and in words.
fn compared(right: &str, chosen: Said<'_>, lang: Lang) -> (&'static str, String) {
    match chosen {
        Said::Unmarked => ("", right.to_owned()),
        Said::Nothing => ("wrong", format!("✗ {}", spot::CHOSE_NONE.with(lang, &[&right]))),
        Said::Label(chosen) if chosen == right => ("right", format!("✓ {}", spot::CHOSE_RIGHT.with(lang, &[&right]))),
        Said::Label(chosen) => (
            "wrong",
            format!("✗ {}", spot::CHOSE_WRONG.with(lang, &[&right, &chosen])),
        ),
    }
}

/// A region of which there is something to say.
#[derive(Clone, Copy)]
struct Entry<'a> {
    number: usize,
    verdict: Verdict,
    region: &'a Region,
    mark: Option<&'a Spot>,
}

/// The hazards and then what was marked in vain, numbered through.
fn entries<'a>(hazard: &'a Hazard, marks: &'a [Spot]) -> Vec<Entry<'a>> {
    let entry = |region: &'a Region| {
        let mark = mark_at(marks, &region.id);
        let verdict = Verdict::of(matches!(region.state, RegionState::Hazard { .. }), mark.is_some())?;
        Some(Entry {
            number: 0,
            verdict,
            region,
            mark,
        })
    };
    let mut entries: Vec<_> = hazard.regions().iter().filter_map(entry).collect();
    entries.sort_by_key(|entry| entry.verdict == Verdict::False);
    for (place, entry) in entries.iter_mut().enumerate() {
        entry.number = place + 1;
    }
    entries
}

fn scene(hazard: &Hazard, entries: &[Entry<'_>], lang: Lang) -> Html {
    let places = picture::places(hazard.scene());
    let rings = entries.iter().filter_map(|entry| {
        let place = places.get(entry.region.id.as_str()).copied()?;
        let sign = entry.verdict.sign(entry.number);
        Some(gesture::ring(place, entry.verdict.name(), &sign))
    });
    let words = Words {
        picture: spot::PICTURE_TOLD.get(lang),
        nearer: spot::NEARER.get(lang),
        farther: spot::FARTHER.get(lang),
        whole: spot::WHOLE.get(lang),
    };
    let key = [Verdict::Found, Verdict::Missed, Verdict::False].map(|verdict| {
        let sign = verdict.sign(0);
        el("span")
            .attr("data-ring", verdict.name())
            .child(el("b").attr("aria-hidden", "true").text(sign.trim_end_matches('0')))
            .text(verdict.word().get(lang))
    });
    none()
        .child(gesture::frame(hazard.scene(), none().all(rings), words, |_| {}))
        .child(el("p").class("ring-key").all(key))
}

fn text_of<'a>(labels: &'a [Label], id: &OptionId) -> &'a str {
    labels
        .iter()
        .find(|label| label.id == *id)
        .map_or("", |label| &label.text)
}

fn ground_of<'a>(grounds: &'a [Ground], id: &OptionId) -> &'a str {
    let ground = grounds.iter().find(|ground| ground.id == *id);
    ground.map_or("", |ground| &ground.text)
}

impl Entry<'_> {
    fn told(&self, telling: &Telling, hazard: &Hazard) -> Html {
        let lang = telling.lang;
        let said = match &self.region.state {
            RegionState::Fine(why) => el("p").attr("lang", "zh-CN").text(why),
            RegionState::Hazard {
                category,
                ground,
                finding,
                why,
                basis: rests_on,
            } => {
                let (categories, grounds) = (hazard.categories(), hazard.grounds());
                let first = Said::of(self.mark, |mark| mark.first.as_ref(), |id| text_of(categories, id));
                let second = Said::of(self.mark, |mark| mark.second.as_ref(), |id| ground_of(grounds, id));
                let why = el("span").attr("lang", "zh-CN").text(why);
                let rests_on = basis(rests_on, &telling.regulations, &telling.base, lang);
                let facts = el("dl")
                    .class("verdict-facts")
                    .child(fact(spot::WHY, why, lang))
                    .child(choice(spot::CATEGORY, text_of(categories, category), first, lang))
                    .child(choice(spot::GROUND, ground_of(grounds, ground), second, lang))
                    .child(fact(text::BASIS, rests_on, lang));
                let finding = el("p").class("finding").attr("lang", "zh-CN").text(finding);
                none().child(finding).child(facts)
            }
        };
        entry(self.verdict, self.number, &self.region.label, said, lang)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::citation::Basis;

    fn id(text: &str) -> OptionId {
        text.parse().unwrap()
    }

    fn label(text: &str) -> Label {
        Label {
            id: id(text),
            text: text.to_owned(),
        }
    }

    /// Three hazards a, b, c between the objects w, x, y, z.
    fn scene() -> Hazard {
        let region = |(at, category): (&str, &str)| Region {
            id: id(at),
            label: at.to_owned(),
            state: match category {
                "" => RegionState::Fine("in order".into()),
                _ => RegionState::Hazard {
                    category: id(category),
                    ground: id("g1"),
                    finding: "seen".into(),
                    why: "because".into(),
                    basis: Basis::Practice("habit".into()),
                },
            },
        };
        let grounds = ["g1", "g2", "g3", "g4"].map(|text| Ground {
            id: id(text),
            text: text.to_owned(),
            citation: None,
        });
        let regions = [
            ("x", ""),
            ("a", "c1"),
            ("y", ""),
            ("b", "c2"),
            ("c", "c3"),
            ("z", ""),
            ("w", ""),
        ]
        .map(region);
        let categories = ["c1", "c2", "c3"].map(label);
        Hazard::new("<svg/>".into(), categories.into(), grounds.into(), regions.into()).unwrap()
    }

    #[test]
    fn hazards_come_first_and_numbers_go_through() {
        let marked: Vec<Spot> = ["z", "b", "x", "unknown"]
            .map(|at| Spot {
                at: id(at),
                first: None,
                second: None,
            })
            .into();
        let scene = scene();
        let shown: Vec<String> = entries(&scene, &marked)
            .iter()
            .map(|entry| format!("{} {}", entry.region.id, entry.verdict.sign(entry.number)))
            .collect();
        assert_eq!(shown, ["a !1", "b ✓2", "c !3", "x ×4", "z ×5"]);
        assert!(
            entries(&scene, &[])
                .iter()
                .all(|entry| entry.verdict == Verdict::Missed)
        );
    }

    #[test]
    fn a_choice_is_told_beside_what_is_right() {
        let told = |chosen| compared("燃气", chosen, Lang::Zh);
        assert_eq!(told(Said::Unmarked), ("", "燃气".into()));
        assert_eq!(told(Said::Nothing), ("wrong", "✗ 应为“燃气”，没有选".into()));
        assert_eq!(told(Said::Label("燃气")), ("right", "✓ 燃气，选对".into()));
        assert_eq!(
            told(Said::Label("用电")),
            ("wrong", "✗ 应为“燃气”，选成了“用电”".into())
        );
    }

    #[test]
    fn a_response_of_another_kind_has_no_marks() {
        assert!(marks(&Response::Truth(Some(true))).is_empty());
        assert_eq!(Verdict::of(false, false), None);
    }
}
