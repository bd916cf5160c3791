//! What is wrong with content: where, by which rule, and what to do about it.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::fmt;

/// A place in a content file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file, relative to the content's root, with forward slashes.
    pub file: String,
    /// The line, 1 and up.
    pub line: usize,
    /// The column in characters, 1 and up; none where the whole line is meant.
    pub column: Option<usize>,
}

impl Place {
    /// The beginning of a file.
    pub fn top(file: &str) -> Self {
        Self {
            file: file.into(),
            line: 1,
            column: None,
        }
    }
}

impl fmt::Display for Place {
    /// `file:line`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident = $code:literal;)*) => {
        /// The rules of content. `code` is stable: scripts and tests may rely on it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule { $($(#[$doc])* $name,)* }

        impl Rule {
            /// Every rule, in the order of this list.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable code.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }
        }
    };
}

rules! {
    /// A file or folder cannot be read.
    FileUnreadable = "file-unreadable";
    /// A file that the format asks for is missing.
    FileMissing = "file-missing";
    /// A file that the format does not know.
    FileUnknown = "file-unknown";
    /// Not UTF-8, a byte order mark, carriage returns.
    FileEncoding = "file-encoding";
    /// Not TOML.
    TomlSyntax = "toml-syntax";
    /// A lesson does not begin with TOML between two `+++` lines.
    FrontMatter = "front-matter";
    /// A field that the format does not know.
    FieldUnknown = "field-unknown";
    /// A field that must be there is not.
    FieldMissing = "field-missing";
    /// A field is of another type.
    FieldType = "field-type";
    /// A field holds none of the values that it may hold.
    FieldValue = "field-value";
    /// A text is empty.
    TextEmpty = "text-empty";
    /// A text is longer than its place on the page allows.
    TextLong = "text-long";
    /// Control, zero-width or direction-changing characters.
    TextControl = "text-control";
    /// Markdown marks in a field that is shown as plain text.
    TextMarkup = "text-markup";
    /// Not an id.
    IdForm = "id-form";
    /// An id or slug that another thing has.
    IdDuplicate = "id-duplicate";
    /// A slug differs from its folder's name.
    SlugFolder = "slug-folder";
    /// Not a citation.
    CitationForm = "citation-form";
    /// A citation of a text that the registry does not have.
    CitationUnknown = "citation-unknown";
    /// A citation of a version that the registry does not have.
    CitationVersion = "citation-version";
    /// A citation of an article beyond the text's last one.
    CitationArticle = "citation-article";
    /// The same citation twice in one list.
    CitationRepeat = "citation-repeat";
    /// A `cite:` link that the lesson's `citations` do not have.
    CiteUnlisted = "cite-unlisted";
    /// Not exactly one of the three bases, or fields that do not go with it.
    BasisForm = "basis-form";
    /// An `article` basis on a text that is not at hand, or a `cited` basis on one that is.
    BasisText = "basis-text";
    /// Options, an answer or fields that do not fit the item's kind or one another.
    ItemKind = "item-kind";
    /// The options break a promise of the item's kind.
    ItemOptions = "item-options";
    /// Nothing says why a wrong answer is wrong.
    ItemWhy = "item-why";
    /// The key does not score full, or a wrong answer does.
    ItemKey = "item-key";
    /// The body of an exercise breaks a promise of its kind.
    ExerciseBody = "exercise-body";
    /// A case or scene with too little in it.
    ExerciseSize = "exercise-size";
    /// A picture that is no SVG.
    SceneForm = "scene-form";
    /// An element, attribute or text that no picture may have.
    SceneMarkup = "scene-markup";
    /// A region that the picture does not have, or one that the item does not describe.
    SceneRegion = "scene-region";
    /// A touch area that is missing, too small, outside of the picture or over another one.
    SceneHit = "scene-hit";
    /// Training stock without its label.
    StockLabel = "stock-label";
    /// Training stock that rests on good practice alone.
    StockBasis = "stock-basis";
    /// An ordering whose ids give its key away.
    StockOrder = "stock-order";
    /// An exam that asks for no paper.
    ExamForm = "exam-form";
    /// An exam on a bank or stock that does not exist or is not offered.
    ExamBank = "exam-bank";
    /// An exam that its bank cannot fill.
    ExamFill = "exam-fill";
    /// A lesson that `course.toml` names is missing.
    LessonMissing = "lesson-missing";
    /// A lesson that `course.toml` does not name.
    LessonUnlisted = "lesson-unlisted";
    /// A list without entries, or an active course or ready venue without content.
    ListEmpty = "list-empty";
    /// A prerequisite that does not exist, or courses that wait for one another.
    Prerequisite = "prerequisite";
    /// A `{{…}}` that is not `{{check ITEM}}` on a line of its own, or stands twice in a lesson.
    CheckForm = "check-form";
    /// `{{check ITEM}}` names no item of the course's bank.
    CheckUnknown = "check-unknown";
    /// `{{check ITEM}}` names an exercise, which is too large to stand in a lesson.
    CheckKind = "check-kind";
    /// Raw HTML in Markdown.
    MarkdownHtml = "markdown-html";
    /// An image in Markdown.
    MarkdownImage = "markdown-image";
    /// A link that is neither `cite:` nor `https:`.
    MarkdownLink = "markdown-link";
    /// A heading of the first level, or one that leaves out a level.
    MarkdownHeading = "markdown-heading";
    /// A section that does not exist.
    VenueSection = "venue-section";
    /// The list of venues and the venue's folder do not agree.
    VenueListing = "venue-listing";
    /// `stop` and `stop_note` do not agree.
    VenueStop = "venue-stop";
    /// A line of `items.lock` that cannot be read.
    LockForm = "lock-form";
    /// An id or revision that `items.lock` does not have yet.
    LockNew = "lock-new";
    /// Content changed without a new revision.
    LockChanged = "lock-changed";
    /// The revision is lower than one that was locked.
    LockLowered = "lock-lowered";
    /// A locked id is not in the content any more.
    LockVanished = "lock-vanished";
    /// An id that was retired is in the content.
    LockRetired = "lock-retired";
    /// The folder of texts or a text in it cannot be read.
    TextsUnreadable = "texts-unreadable";
    /// The registry and the text at hand differ.
    TextsRegistry = "texts-registry";
    /// The text at hand has no such article or paragraph.
    TextsArticle = "texts-article";
    /// A long run of characters is the same as in a legal text.
    TextsPaste = "texts-paste";
    /// The right options of a bank are the longest ones too often.
    GiveawayLength = "giveaway-length";
    /// The right options of a bank stand at one place too often.
    GiveawayPlace = "giveaway-place";
    /// An option that speaks of all the others.
    GiveawayAll = "giveaway-all";
    /// A stem that answers another item.
    GiveawayStem = "giveaway-stem";
    /// Two items that are nearly the same.
    GiveawayTwin = "giveaway-twin";
    /// A figure that no cited article says.
    Figure = "figure";
    /// A line of `derived` that explains nothing.
    FigureDerived = "figure-derived";
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// One thing that is wrong. Ordered by place, then by rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// Where.
    pub place: Place,
    /// The rule that was broken.
    pub rule: Rule,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

impl fmt::Display for Diagnostic {
    /// `file:line: [rule] message — remedy`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: [{}] {} — {}", self.place, self.rule, self.message, self.remedy)
    }
}

/// Collects diagnostics while content is read.
#[derive(Debug, Default)]
pub(crate) struct Report {
    found: RefCell<Vec<Diagnostic>>,
    count: Cell<usize>,
}

impl Report {
    pub(crate) fn add(&self, place: Place, rule: Rule, message: impl Into<String>, remedy: impl Into<String>) {
        self.count.set(self.count.get() + 1);
        let diagnostic = Diagnostic {
            place,
            rule,
            message: message.into(),
            remedy: remedy.into(),
        };
        self.found.borrow_mut().push(diagnostic);
    }

    /// How many were added so far: a reader compares before and after to learn whether its part was sound.
    pub(crate) fn count(&self) -> usize {
        self.count.get()
    }

    /// Gives files the names that `name` has for them.
    pub(crate) fn rename(&self, name: impl Fn(&str) -> Option<String>) {
        for found in self.found.borrow_mut().iter_mut() {
            if let Some(name) = name(&found.place.file) {
                found.place.file = name;
            }
        }
    }

    /// All of them in order, each once. What else is said of a line that is no TOML follows from that and is left out.
    pub(crate) fn into_sorted(self) -> Vec<Diagnostic> {
        let mut found = self.found.into_inner();
        found.sort();
        found.dedup();
        let syntax = found.iter().filter(|slip| slip.rule == Rule::TomlSyntax);
        let syntax: HashSet<(String, usize)> = syntax.map(|slip| (slip.place.file.clone(), slip.place.line)).collect();
        found.retain(|other| {
            other.rule == Rule::TomlSyntax || !syntax.contains(&(other.place.file.clone(), other.place.line))
        });
        found
    }
}
