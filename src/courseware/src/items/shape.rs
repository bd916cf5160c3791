//! What the kinds beyond choices hold, as tables: which fields, of which type, how long.

use super::choice::OPTION_TEXT;
use super::{STEM, WHY};
use crate::fields::SHORT;
use domain::item::ItemKind;

/// The type of a field.
#[derive(Debug, Clone, Copy)]
pub(super) enum What {
    /// An id inside the item: of the table itself, or of another one that it names.
    Id,
    /// A list of such ids.
    Ids,
    /// A text with at most so many characters.
    Text(usize),
    /// A list of such texts.
    Texts(usize),
    /// Yes or no.
    Flag,
    /// A whole number.
    Whole(u16, u16),
    /// A decimal number in quotes.
    Decimal,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A basis.
    Basis,
    /// A citation.
    Cite,
    /// Points by criterion.
    Award,
    /// The file name of a picture.
    Scene,
    /// Tables of options.
    Options,
    /// Tables.
    Tables(&'static Shape),
}

/// A field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) what: What,
    /// Whether it must be there.
    pub(super) must: bool,
}

/// A table of fields, some of which exclude one another.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) fields: &'static [Field],
    /// Of these sets of fields a table has exactly one, or none where `or_none` says so.
    pub(super) either: &'static [Either],
    pub(super) or_none: bool,
}

/// Fields that go together.
#[derive(Debug)]
pub(super) struct Either {
    /// All of them are there; the first one tells the set.
    pub(super) must: &'static [&'static str],
    /// What else may be there.
    pub(super) may: &'static [&'static str],
}

impl Shape {
    /// The names of its fields.
    pub(super) fn names(&self) -> Vec<&'static str> {
        self.fields.iter().map(|field| field.name).collect()
    }
}

const fn must(name: &'static str, what: What) -> Field {
    Field { name, what, must: true }
}

const fn may(name: &'static str, what: What) -> Field {
    Field {
        name,
        what,
        must: false,
    }
}

const fn plain(fields: &'static [Field]) -> Shape {
    Shape {
        fields,
        either: &[],
        or_none: true,
    }
}

/// The most characters of what stands in a document, is shown as a situation or rated by jurors.
const PARAGRAPH: usize = 400;

static LABEL: Shape = plain(&[must("id", What::Id), must("text", What::Text(OPTION_TEXT))]);

static BLANK: Shape = Shape {
    fields: &[
        must("id", What::Id),
        may("number", What::Decimal),
        may("tolerance", What::Decimal),
        may("from", What::Decimal),
        may("to", What::Decimal),
        may("unit", What::Texts(SHORT)),
        may("text", What::Texts(OPTION_TEXT)),
        must("why", What::Text(WHY)),
    ],
    either: &[
        Either {
            must: &["number"],
            may: &["tolerance", "unit"],
        },
        Either {
            must: &["from", "to"],
            may: &["unit"],
        },
        Either {
            must: &["text"],
            may: &[],
        },
    ],
    or_none: false,
};

static STEP: Shape = plain(&[
    must("id", What::Id),
    must("text", What::Text(OPTION_TEXT)),
    may("parallel", What::Flag),
]);

static PROMPT: Shape = plain(&[
    must("id", What::Id),
    must("text", What::Text(OPTION_TEXT)),
    must("target", What::Id),
    must("why", What::Text(WHY)),
]);

static GROUND: Shape = plain(&[
    must("id", What::Id),
    must("text", What::Text(OPTION_TEXT)),
    may("cite", What::Cite),
]);

static REGION: Shape = Shape {
    fields: &[
        must("id", What::Id),
        must("label", What::Text(20)),
        may("category", What::Id),
        may("ground", What::Id),
        may("finding", What::Text(OPTION_TEXT)),
        may("why", What::Text(WHY)),
        may("basis", What::Basis),
        may("fine", What::Text(WHY)),
    ],
    either: &[
        Either {
            must: &["category", "ground", "finding", "why", "basis"],
            may: &[],
        },
        Either {
            must: &["fine"],
            may: &[],
        },
    ],
    or_none: false,
};

static PASSAGE: Shape = Shape {
    fields: &[
        must("id", What::Id),
        must("text", What::Text(PARAGRAPH)),
        may("field", What::Text(SHORT)),
        may("para", What::Flag),
        may("reason", What::Id),
        may("correct", What::Text(PARAGRAPH)),
        may("why", What::Text(WHY)),
        may("basis", What::Basis),
    ],
    either: &[Either {
        must: &["reason", "correct", "why", "basis"],
        may: &[],
    }],
    or_none: true,
};

static PART: Shape = Shape {
    fields: &[
        must("id", What::Id),
        must("ask", What::Text(OPTION_TEXT)),
        must("weight", What::Whole(1, 5)),
        may("option", What::Options),
        may("many", What::Flag),
        may("from", What::Decimal),
        may("to", What::Decimal),
        may("unit", What::Texts(SHORT)),
        may("why", What::Text(WHY)),
    ],
    either: &[
        Either {
            must: &["option"],
            may: &["many"],
        },
        Either {
            must: &["from", "to", "why"],
            may: &["unit"],
        },
    ],
    or_none: false,
};

static CHOICE: Shape = plain(&[
    must("id", What::Id),
    must("text", What::Text(OPTION_TEXT)),
    must("to", What::Id),
    may("gain", What::Ids),
    may("needs", What::Ids),
    may("award", What::Award),
    must("note", What::Text(WHY)),
    may("basis", What::Basis),
]);

static SITUATION: Shape = plain(&[
    must("id", What::Id),
    must("text", What::Text(STEM)),
    may("end", What::Word(&["good", "bad"])),
    may("debrief", What::Text(STEM)),
    may("choice", What::Tables(&CHOICE)),
]);

static RUBRIC: Shape = plain(&[
    must("id", What::Id),
    must("title", What::Text(SHORT)),
    must("points", What::Whole(1, 1_000)),
    must("text", What::Text(PARAGRAPH)),
]);

static NONE: Shape = plain(&[]);
static FILL: Shape = plain(&[must("blank", What::Tables(&BLANK))]);
static ORDERING: Shape = plain(&[must("step", What::Tables(&STEP))]);
static MATCHING: Shape = plain(&[
    must("prompt", What::Tables(&PROMPT)),
    must("target", What::Tables(&LABEL)),
]);
static HAZARD: Shape = plain(&[
    must("scene", What::Scene),
    must("category", What::Tables(&LABEL)),
    must("ground", What::Tables(&GROUND)),
    must("region", What::Tables(&REGION)),
]);
static PROOFREADING: Shape = plain(&[
    must("document", What::Text(SHORT)),
    must("reason", What::Tables(&LABEL)),
    must("passage", What::Tables(&PASSAGE)),
]);
static PENALTY: Shape = plain(&[must("part", What::Tables(&PART))]);
static BRANCHING: Shape = plain(&[
    must("start", What::Id),
    must("best", What::Ids),
    must("situation", What::Tables(&SITUATION)),
    may("evidence", What::Tables(&LABEL)),
]);
static ESSAY: Shape = plain(&[
    must("rubric", What::Tables(&RUBRIC)),
    must("min", What::Whole(1, 20_000)),
    must("max", What::Whole(1, 20_000)),
]);

/// The fields that an item of the kind has besides those of every item; none for choices.
pub(super) fn of(kind: ItemKind) -> &'static Shape {
    match kind {
        ItemKind::Single | ItemKind::Multiple | ItemKind::TrueFalse => &NONE,
        ItemKind::Fill => &FILL,
        ItemKind::Ordering => &ORDERING,
        ItemKind::Matching => &MATCHING,
        ItemKind::Hazard => &HAZARD,
        ItemKind::Proofreading => &PROOFREADING,
        ItemKind::Penalty => &PENALTY,
        ItemKind::Branching => &BRANCHING,
        ItemKind::Essay => &ESSAY,
    }
}
