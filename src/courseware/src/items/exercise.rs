//! The bodies of the kinds beyond choices: TOML tables to the JSON of packs, each field held against the shape of its
//! kind, each text kept for the paste detector, each citation held against the registry.

use super::shape::{self, Field, Shape, What};
use super::{basis, choice};
use crate::content::Role;
use crate::diagnostic::{Place, Rule};
use crate::fields::Fields;
use crate::reader::Reader;
use crate::scene::{self, Scene};
use crate::source::Tree;
use domain::ids::OptionId;
use domain::item::ItemKind;
use domain::kinds::branching::Criterion;
use domain::kinds::number::Decimal;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::cell::RefCell;
use wire::exercise::{
    BranchingForm, EssayForm, FillForm, HazardForm, MatchingForm, OrderingForm, PenaltyForm, ProofreadingForm,
};

/// The body of an exercise as read.
pub(super) struct Body {
    /// As packs carry it; none where something is wrong with it.
    pub(super) value: Option<Value>,
    tables: Vec<Table>,
}

/// A table inside the item.
struct Table {
    list: &'static str,
    id: String,
    place: Place,
}

impl Body {
    /// Where the table stands that a message of the domain names: `situation s-1 …`, or at its beginning `s-1 has …`.
    pub(super) fn place(&self, message: &str) -> Option<&Place> {
        const VERBS: [&str; 5] = ["stands", "has", "reads", "is", "there"];
        let words = message.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        // The last one: where an id stands twice, the second table is the one to change.
        let find = |wanted: &dyn Fn(&Table) -> bool| self.tables.iter().rev().find(|table| wanted(table));
        let named = words
            .windows(2)
            .find_map(|pair| find(&|table| table.list == pair[0] && table.id == pair[1]));
        let first = || match words.as_slice() {
            [id, verb, ..] if VERBS.contains(verb) => find(&|table| table.id == *id),
            _ => None,
        };
        named.or_else(first).map(|table| &table.place)
    }
}

/// Reads the fields of the kind out of the item's table; the item's id is `owner`, pictures lie in `folder`.
pub(super) fn read(
    tree: &Tree<'_>,
    reader: &Reader<'_>,
    folder: &str,
    fields: &Fields<'_>,
    kind: ItemKind,
    owner: &str,
) -> Body {
    let before = reader.report.count();
    let walk = Walk {
        tree,
        reader,
        folder,
        owner,
        tables: RefCell::default(),
        scene: RefCell::default(),
    };
    let map = walk.table(fields, shape::of(kind));
    walk.regions();
    let mut value = None;
    if reader.report.count() == before {
        match canonical(kind, Value::Object(map)) {
            Ok(read) => value = Some(read),
            Err(error) => fields.wrong("id", Rule::ItemKind, error.to_string(), "correct the item"),
        }
    }
    Body {
        value,
        tables: walk.tables.into_inner(),
    }
}

/// The value by the names of packs, which say lists in the plural, its keys in order: whether a map of `serde_json` sorts
/// its keys depends on what else is compiled into the program, and packs and the lock must not.
fn canonical(kind: ItemKind, value: Value) -> serde_json::Result<Value> {
    fn through<T: Serialize + DeserializeOwned>(value: Value) -> serde_json::Result<Value> {
        serde_json::to_value(serde_json::from_value::<T>(value)?)
    }
    let value = match kind {
        ItemKind::Single | ItemKind::Multiple | ItemKind::TrueFalse => Ok(value),
        ItemKind::Fill => through::<FillForm>(value),
        ItemKind::Ordering => through::<OrderingForm>(value),
        ItemKind::Matching => through::<MatchingForm>(value),
        ItemKind::Hazard => through::<HazardForm>(value),
        ItemKind::Proofreading => through::<ProofreadingForm>(value),
        ItemKind::Penalty => through::<PenaltyForm>(value),
        ItemKind::Branching => through::<BranchingForm>(value),
        ItemKind::Essay => through::<EssayForm>(value),
    };
    value.map(sorted)
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Array(list) => list.into_iter().map(sorted).collect(),
        Value::Object(map) => {
            let mut entries: Vec<(String, Value)> = map.into_iter().collect();
            entries.sort_by(|one, other| one.0.cmp(&other.0));
            let entries = entries.into_iter().map(|(key, value)| (key, sorted(value)));
            Value::Object(entries.collect())
        }
        plain => plain,
    }
}

struct Walk<'w, 'r> {
    tree: &'w Tree<'w>,
    reader: &'w Reader<'r>,
    folder: &'w str,
    owner: &'w str,
    tables: RefCell<Vec<Table>>,
    scene: RefCell<Option<Scene>>,
}

impl Walk<'_, '_> {
    fn table(&self, fields: &Fields<'_>, shape: &Shape) -> Map<String, Value> {
        either(fields, shape);
        let mut map = Map::new();
        for field in shape.fields {
            if fields.has(field.name) {
                map.insert(field.name.into(), self.value(fields, field));
            } else if field.must {
                let tables = format!("[[item.{}]]", field.name);
                let example = if matches!(field.what, What::Tables(_)) {
                    &tables
                } else {
                    "…"
                };
                fields.need(field.name, example);
            }
        }
        map
    }

    fn value(&self, fields: &Fields<'_>, field: &Field) -> Value {
        let name = field.name;
        match field.what {
            What::Id => {
                fields.id::<OptionId>(name);
                fields.raw(name).into()
            }
            What::Ids => self.texts(fields, name, usize::MAX, |id| {
                id.parse::<OptionId>().err().map(|error| error.to_string())
            }),
            What::Text(most) => {
                let text = fields.text(name, most);
                self.reader.passage(fields.at(name), &text);
                text.into()
            }
            What::Texts(most) => self.texts(fields, name, most, |_| None),
            What::Flag => fields.flag(name).unwrap_or_default().into(),
            What::Whole(least, most) => fields.number(name, least..=most).into(),
            What::Decimal => {
                let text = fields.text(name, 40);
                if let Some(error) = text.parse::<Decimal>().err().filter(|_| !text.is_empty()) {
                    let message = format!("`{name}` is `{text}`");
                    fields.wrong(name, Rule::FieldValue, message, error.to_string());
                }
                text.into()
            }
            What::Word(words) => {
                let words: Vec<(&str, &str)> = words.iter().map(|word| (*word, *word)).collect();
                fields.one_of(name, &words).into()
            }
            What::Basis => form(&basis(self.reader, fields, self.owner)),
            What::Cite => {
                let text = fields.text(name, 120);
                self.reader.citation(self.owner, &text, Role::Ground, &fields.at(name));
                text.into()
            }
            What::Award => award(fields, name),
            What::Scene => {
                let file = fields.text(name, 80);
                let scene = scene::load(self.tree, self.reader, self.folder, fields, name, &file);
                let markup = scene.as_ref().map(|scene| scene.markup.clone());
                *self.scene.borrow_mut() = scene;
                markup.into()
            }
            What::Options => form(&choice::options(self.reader, fields)),
            What::Tables(shape) => self.tables(fields, name, shape),
        }
    }

    fn texts(&self, fields: &Fields<'_>, name: &str, most: usize, refuse: impl Fn(&str) -> Option<String>) -> Value {
        let texts = fields.placed_texts(name, most).into_iter();
        texts
            .map(|(text, place)| {
                if let Some(why) = refuse(&text).filter(|_| !text.is_empty()) {
                    fields.wrong_at(&place, Rule::IdForm, format!("`{text}` is no id"), why);
                }
                self.reader.passage(place, &text);
                Value::from(text)
            })
            .collect()
    }

    fn tables(&self, fields: &Fields<'_>, list: &'static str, shape: &Shape) -> Value {
        let mut seen: Vec<String> = Vec::new();
        let mut values = Vec::new();
        for table in fields.tables(list) {
            let id = table.raw("id").unwrap_or_default().to_owned();
            let table = table.named(&id);
            table.known(&shape.names());
            if seen.contains(&id) && !id.is_empty() {
                let message = format!("`{id}` stands twice");
                table.wrong("id", Rule::IdDuplicate, message, "give one another id");
            }
            values.push(Value::Object(self.table(&table, shape)));
            let place = table.place();
            seen.push(id.clone());
            self.tables.borrow_mut().push(Table { list, id, place });
        }
        Value::Array(values)
    }

    /// Holds the regions of the item against those of its picture.
    fn regions(&self) {
        let (scene, tables) = (self.scene.borrow(), self.tables.borrow());
        let Some(scene) = scene.as_ref() else { return };
        let regions = || {
            tables
                .iter()
                .filter(|table| table.list == "region" && !table.id.is_empty())
        };
        let add = |place: &Place, message: String, remedy: String| {
            let message = format!("item {}: {message}", self.owner);
            self.reader
                .report
                .add(place.clone(), Rule::SceneRegion, message, remedy);
        };
        for Table { id, place, .. } in regions() {
            if !scene.regions.iter().any(|(known, _)| known == id) {
                let message = format!("the picture has no region `{id}`");
                add(place, message, format!("draw it in <g id=\"{id}\">, or correct the id"));
            }
        }
        for (id, place) in &scene.regions {
            if !regions().any(|table| table.id == *id) {
                let message = format!("<g id=\"{id}\"> is no region of the item");
                add(
                    place,
                    message,
                    "describe it in a [[item.region]], or remove the id".into(),
                );
            }
        }
    }
}

/// A form of texts, numbers and flags always has a value.
fn form(form: &impl Serialize) -> Value {
    serde_json::to_value(form).unwrap_or_default()
}

fn award(fields: &Fields<'_>, name: &str) -> Value {
    let keys = Criterion::ALL.map(Criterion::key);
    let Some(table) = fields.table(name, "{ procedure = 1 }") else {
        return Value::Null;
    };
    table.known(&keys);
    let points = keys.into_iter().filter(|key| table.has(key));
    let points = points.map(|key| (key.to_owned(), table.number(key, 1..=100).into()));
    Value::Object(points.collect())
}

/// Holds the table against the sets of fields that exclude one another.
fn either(fields: &Fields<'_>, shape: &Shape) {
    let all = || {
        shape
            .either
            .iter()
            .flat_map(|set| set.must.iter().chain(set.may))
            .copied()
    };
    let present: Vec<_> = shape.either.iter().filter(|set| fields.has(set.must[0])).collect();
    let refuse = |field, message: String| {
        fields.wrong(
            field,
            Rule::ItemKind,
            message,
            "keep one of the two, or add what is missing",
        );
    };
    match present.as_slice() {
        [] => {
            let heads: Vec<&str> = shape.either.iter().map(|set| set.must[0]).collect();
            let heads = heads.join(", ");
            if let Some(stray) = all().find(|field| fields.has(field)) {
                refuse(stray, format!("`{stray}` stands without any of {heads}"));
            } else if !shape.or_none {
                let remedy = "add what the kind asks for (courses/README.md)";
                fields.wrong(
                    heads.as_str(),
                    Rule::ItemKind,
                    format!("there is none of {heads}"),
                    remedy,
                );
            }
        }
        [set] => {
            for field in set.must {
                fields.need(field, "…");
            }
            let odd = all().find(|field| fields.has(field) && !set.must.contains(field) && !set.may.contains(field));
            if let Some(odd) = odd {
                refuse(odd, format!("`{odd}` does not go with `{}`", set.must[0]));
            }
        }
        [one, other, ..] => {
            let (one, other) = (one.must[0], other.must[0]);
            refuse(other, format!("`{other}` stands beside `{one}`"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_are_sorted_at_every_depth() {
        let value = json!({"b": [{"d": 1, "c": 2}], "a": {"z": null, "y": true}});
        let text = serde_json::to_string(&sorted(value)).unwrap();
        assert_eq!(text, r#"{"a":{"y":true,"z":null},"b":[{"c":2,"d":1}]}"#);
    }

    #[test]
    fn a_message_leads_to_the_table_that_it_names() {
        let place = |line| Place {
            line,
            ..Place::top("x")
        };
        let table = |list, id: &str, line| Table {
            list,
            id: id.into(),
            place: place(line),
        };
        let body = Body {
            value: None,
            tables: vec![
                table("blank", "a", 1),
                table("situation", "s-1", 2),
                table("choice", "go", 3),
                table("choice", "go", 4),
            ],
        };
        for (message, line) in [
            ("an item has 1 to 6 blanks", None),
            ("a case has at most 200 situations", None),
            ("blank `a`: the lower bound is above the upper one", Some(1)),
            ("a has an empty text", Some(1)),
            ("choice go: there is no situation s-1", Some(4)),
            ("a path from situation s-1 comes back to it", Some(2)),
            ("there is no situation s-2 to start from", None),
        ] {
            assert_eq!(body.place(message).map(|place| place.line), line, "{message}");
        }
    }
}
