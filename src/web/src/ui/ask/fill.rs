//! Filling in (填空题); and text fields that follow a response without getting into the way of whoever types.

use super::Asking;
use super::choices::{frame, when_locked};
use crate::field;
use crate::html::{Html, el, none, text};
use crate::text::choose;
use domain::asked::AskedBlank;
use domain::ids::OptionId;
use domain::item::Response;
use domain::kinds::fill::MAX_TEXT;
use leptos::prelude::*;

/// A text field. While somebody types in it, what stands in it is theirs: setting it, even to the same text, would move
/// the caret and break off the composition of Chinese characters. Otherwise it follows the response.
#[derive(Clone, Copy)]
pub(super) struct Typed {
    /// What stands in the field.
    inside: StoredValue<String>,
    /// What was last put there from outside.
    shown: RwSignal<String>,
    /// Whether the field has the focus.
    held: StoredValue<bool>,
}

impl Typed {
    /// A field for the text that `of` finds in a response.
    pub(super) fn new(asking: &Asking, of: impl Fn(&Response) -> String + 'static) -> Self {
        let (response, locked) = (asking.response, asking.locked);
        let first = response.with_untracked(&of);
        let typed = Self {
            inside: StoredValue::new(first.clone()),
            shown: RwSignal::new(first),
            held: StoredValue::new(false),
        };
        // Talks to the outside: what changed elsewhere comes into the field.
        Effect::new(move |_| {
            let (now, locked) = (response.with(&of), locked.get());
            let free = locked || !typed.held.get_value();
            if free && typed.inside.with_value(|inside| *inside != now) {
                typed.inside.set_value(now.clone());
                typed.shown.set(now);
            }
        });
        typed
    }

    /// What stands in the field.
    pub(super) fn get(self) -> String {
        self.inside.get_value()
    }

    /// Makes `field`, an input or a text area, this one; `typed` is called after each change that a person makes.
    pub(super) fn bind(self, field: Html, typed: impl Fn() + 'static) -> Html {
        field
            .prop_of("value", move || self.shown.get().into())
            .on("focus", move |_| self.held.set_value(true))
            .on("blur", move |_| self.held.set_value(false))
            .on("input", move |event| {
                self.inside.set_value(field::value(event));
                typed();
            })
    }
}

/// A part of a stem, in reading order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece<'a> {
    Text(&'a str),
    /// A blank, by its place among the blanks.
    Blank(usize),
}

/// The stem in pieces. What stands in braces and names no blank stays text.
fn pieces<'a>(stem: &'a str, blanks: &[AskedBlank]) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let mut rest = stem;
    let next = |rest: &str| {
        let place = |(index, blank): (usize, &AskedBlank)| {
            let place = format!("{{{}}}", blank.id);
            Some((rest.find(&place)?, place.len(), index))
        };
        blanks.iter().enumerate().filter_map(place).min()
    };
    while let Some((at, length, index)) = next(rest) {
        pieces.extend([Piece::Text(&rest[..at]), Piece::Blank(index)]);
        rest = &rest[at + length..];
    }
    pieces.push(Piece::Text(rest));
    pieces.retain(|piece| *piece != Piece::Text(""));
    pieces
}

/// The entries of a response: one for each blank that has something in it, in the order of the blanks.
fn entries(texts: impl Iterator<Item = (OptionId, String)>) -> Vec<(OptionId, String)> {
    texts
        .filter(|(_, text)| !text.trim().is_empty())
        // Some keyboards type beyond `maxlength`; a longer text would make the whole answer none.
        .map(|(id, text)| (id, text.chars().take(MAX_TEXT).collect()))
        .collect()
}

fn of_blank(response: &Response, id: &OptionId) -> String {
    match response {
        Response::Blanks(blanks) => blanks.iter().find(|(blank, _)| blank == id),
        _ => None,
    }
    .map(|(_, text)| text.clone())
    .unwrap_or_default()
}

/// The exercise: the stem with a field for each blank in it.
pub(super) fn fill(asking: &Asking, blanks: &[AskedBlank]) -> Html {
    let fields: Vec<(OptionId, Typed)> = blanks
        .iter()
        .map(|blank| {
            let id = blank.id.clone();
            (
                blank.id.clone(),
                Typed::new(asking, move |response| of_blank(response, &id)),
            )
        })
        .collect();
    let (all, changed) = (fields.clone(), asking.clone());
    // Out of the fields and not of the response: nothing typed elsewhere is lost, however late the response follows.
    let change = move || {
        let texts = all.iter().map(|(id, typed)| (id.clone(), typed.get()));
        changed.change(Response::Blanks(entries(texts)));
    };
    let mut place = 0;
    let piece = |piece: Piece| match piece {
        Piece::Text(words) => text(words),
        Piece::Blank(index) => {
            place += 1;
            let field = blanks.get(index).zip(fields.get(index));
            field.map_or_else(none, |(shown, (_, typed))| {
                blank(asking, shown, place, *typed, change.clone())
            })
        }
    };
    let stem = none().all(pieces(&asking.asked.stem, blanks).into_iter().map(piece));
    frame(asking, stem, choose::HINT_FILL.get(asking.lang))
}

/// The field of a blank, the `place`th of the stem from 1, and its unit.
fn blank(asking: &Asking, blank: &AskedBlank, place: usize, typed: Typed, change: impl Fn() + 'static) -> Html {
    let unit_id = format!("{}-{}-unit", asking.asked.id, blank.id);
    let mut input = el("input")
        .attr("type", "text")
        .attr("class", if blank.number { "number" } else { "words" })
        .attr("maxlength", &MAX_TEXT.to_string())
        .attr("autocomplete", "off")
        .attr("autocapitalize", "off")
        .attr("spellcheck", "false")
        .attr("data-blank", blank.id.as_str())
        // The name is in the language of the interface, unlike the stem around it.
        .attr("lang", asking.lang.code())
        .attr("aria-label", &choose::BLANK.with(asking.lang, &[&place]))
        .attr_of("readonly", when_locked(asking));
    if blank.number {
        input = input.attr("inputmode", "decimal");
    }
    if !blank.unit.is_empty() {
        input = input.attr("aria-describedby", &unit_id);
    }
    let unit = (!blank.unit.is_empty()).then(|| el("span").class("unit").attr("id", &unit_id).text(&blank.unit));
    el("span").class("blank").child(typed.bind(input, change)).maybe(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(id: &str) -> OptionId {
        id.parse().unwrap()
    }

    fn blanks(ids: &[&str]) -> Vec<AskedBlank> {
        let blank = |name: &&str| AskedBlank {
            id: id(name),
            number: true,
            unit: "日".into(),
        };
        ids.iter().map(blank).collect()
    }

    #[test]
    fn blanks_stand_where_the_stem_has_them() {
        use Piece::{Blank, Text};
        let blanks = blanks(&["a", "b"]);
        assert_eq!(
            pieces("应当在 {b} 内，{a}。", &blanks),
            [Text("应当在 "), Blank(1), Text(" 内，"), Blank(0), Text("。")]
        );
        assert_eq!(pieces("{a}{b}", &blanks), [Blank(0), Blank(1)]);
        assert_eq!(pieces("{c} { {{a}", &blanks), [Text("{c} { {"), Blank(0)]);
        assert_eq!(pieces("", &blanks), []);
    }

    #[test]
    fn only_what_was_filled_in_is_answered() {
        let texts = [("b", " 三十 "), ("a", "  "), ("c", &"9".repeat(300))];
        let entries = entries(texts.into_iter().map(|(name, text)| (id(name), text.to_owned())));
        assert_eq!(entries, [(id("b"), " 三十 ".into()), (id("c"), "9".repeat(MAX_TEXT))]);
        let response = Response::Blanks(entries);
        assert_eq!(of_blank(&response, &id("b")), " 三十 ");
        assert_eq!(of_blank(&response, &id("a")), "");
        assert_eq!(of_blank(&Response::Text("x".into()), &id("a")), "");
    }
}
