//! Items: a question, its key and its basis. The enum is closed; each kind has its own body and response.

use crate::citation::Basis;
use crate::ids::{ItemId, OptionId};
use crate::kinds::Exercise;
use crate::kinds::penalty::PartAnswer;
use crate::kinds::spotting::Spot;
use crate::shuffle::Seed;
use crate::units::{Difficulty, Points, Revision};

/// One wording of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The permanent id.
    pub id: ItemId,
    /// The wording.
    pub revision: Revision,
    /// How hard it is.
    pub difficulty: Difficulty,
    /// The exclusion group: of its items a paper holds one at most.
    pub group: Option<String>,
    /// What it is about, in the author's words; never empty.
    pub topics: Vec<String>,
    /// The question or statement, plain text.
    pub stem: String,
    /// What is asked for, and the key.
    pub body: ItemBody,
    /// What the key rests on.
    pub basis: Basis,
    /// Why the key is right, plain text.
    pub explanation: String,
}

/// The kinds of item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemBody {
    /// Exactly one option is right (单选题).
    Single(Choices),
    /// Two or more options are right (多选题).
    Multiple(Choices),
    /// A statement that is right or wrong (判断题).
    TrueFalse {
        /// Whether the statement is right.
        answer: bool,
        /// What whoever judged otherwise got wrong.
        why: String,
    },
    /// One of the kinds beyond choices.
    Exercise(Box<Exercise>),
}

/// The name of a kind, without its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemKind {
    /// 单选题
    Single,
    /// 多选题
    Multiple,
    /// 判断题
    TrueFalse,
    /// 填空题
    Fill,
    /// 排序题
    Ordering,
    /// 配对题
    Matching,
    /// 隐患排查
    Hazard,
    /// 执法文书纠错
    Proofreading,
    /// 适用法律与裁量
    Penalty,
    /// 模拟执法
    Branching,
    /// 调查报告
    Essay,
}

impl ItemKind {
    /// All kinds, the simple ones first.
    pub const ALL: [Self; 11] = [
        Self::Single,
        Self::Multiple,
        Self::TrueFalse,
        Self::Fill,
        Self::Ordering,
        Self::Matching,
        Self::Hazard,
        Self::Proofreading,
        Self::Penalty,
        Self::Branching,
        Self::Essay,
    ];

    /// The points of an item of this kind where the test does not say otherwise, by the work that it takes.
    pub fn default_points(self) -> Points {
        match self {
            Self::Single | Self::TrueFalse => Points::ONE,
            Self::Multiple | Self::Fill | Self::Ordering | Self::Matching => Points(200),
            Self::Hazard | Self::Proofreading | Self::Penalty => Points(1_000),
            Self::Branching | Self::Essay => Points(2_000),
        }
    }
}

/// The options of a choice, in the author's order. `Choices::new` proves what the kinds promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choices(Vec<ChoiceOption>);

/// One option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceOption {
    /// Permanent within the item.
    pub id: OptionId,
    /// What is shown.
    pub text: String,
    /// Whether it belongs to the key.
    pub right: bool,
    /// Why it is wrong; empty on right options.
    pub why: String,
    /// Stays at the end when the others are shuffled ('以上都是').
    pub pinned: bool,
}

/// Why a list of options makes no item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChoicesError {
    /// Two options have one id.
    #[error("two options have the same id")]
    DuplicateId,
    /// Two options read the same.
    #[error("two options have the same text")]
    DuplicateText,
    /// Fewer or more options than the kind allows.
    #[error("a single choice has 3 to 6 options, a multiple choice 4 to 8")]
    Count,
    /// Not exactly one right option, for a single choice.
    #[error("a single choice has exactly one right option")]
    OneRight,
    /// Fewer than two right options, or no wrong one, for a multiple choice.
    #[error("a multiple choice has at least two right options and at least one wrong one")]
    SomeRight,
    /// A wrong option does not say why it is wrong.
    #[error("every wrong option says why it is wrong")]
    NoWhy,
}

impl Choices {
    /// The options of an item of `kind`.
    ///
    /// # Errors
    /// The first promise of the kind that they break.
    pub fn new(kind: ItemKind, options: Vec<ChoiceOption>) -> Result<Self, ChoicesError> {
        for (place, option) in options.iter().enumerate() {
            if options[..place].iter().any(|other| other.id == option.id) {
                return Err(ChoicesError::DuplicateId);
            }
            if options[..place]
                .iter()
                .any(|other| other.text.trim() == option.text.trim())
            {
                return Err(ChoicesError::DuplicateText);
            }
        }
        let right = options.iter().filter(|option| option.right).count();
        let (least, most) = if kind == ItemKind::Multiple { (4, 8) } else { (3, 6) };
        if options.len() < least || options.len() > most {
            return Err(ChoicesError::Count);
        }
        match kind {
            ItemKind::Multiple if right < 2 || right == options.len() => return Err(ChoicesError::SomeRight),
            ItemKind::Single | ItemKind::TrueFalse if right != 1 => return Err(ChoicesError::OneRight),
            _ => {}
        }
        if options
            .iter()
            .any(|option| !option.right && option.why.trim().is_empty())
        {
            return Err(ChoicesError::NoWhy);
        }
        Ok(Self(options))
    }

    /// The options in the author's order.
    pub fn options(&self) -> &[ChoiceOption] {
        &self.0
    }

    /// The option with this id.
    pub fn get(&self, id: &OptionId) -> Option<&ChoiceOption> {
        self.0.iter().find(|option| option.id == *id)
    }

    /// The options as one attempt shows them: shuffled by `seed`, pinned ones last in the author's order.
    pub fn shown(&self, seed: Seed) -> Vec<&ChoiceOption> {
        let (pinned, mut free): (Vec<_>, Vec<_>) = self.0.iter().partition(|option| option.pinned);
        seed.shuffle(&mut free);
        free.extend(pinned);
        free
    }
}

impl ItemBody {
    /// The kind's name.
    pub fn kind(&self) -> ItemKind {
        match self {
            Self::Single(_) => ItemKind::Single,
            Self::Multiple(_) => ItemKind::Multiple,
            Self::TrueFalse { .. } => ItemKind::TrueFalse,
            Self::Exercise(exercise) => exercise.kind(),
        }
    }

    /// The response that is the key: it scores full. An essay has none.
    pub fn key(&self) -> Response {
        match self {
            Self::Exercise(exercise) => exercise.key(),
            Self::Single(choices) | Self::Multiple(choices) => {
                let right = choices.options().iter().filter(|option| option.right);
                Response::Options(right.map(|option| option.id.clone()).collect())
            }
            Self::TrueFalse { answer, .. } => Response::Truth(Some(*answer)),
        }
    }
}

/// What a person answered.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Response {
    /// The ids chosen, in the order of choosing; empty where nothing was chosen.
    Options(Vec<OptionId>),
    /// The judgement on a statement; none where nothing was chosen.
    Truth(Option<bool>),
    /// What was filled in, by blank.
    Blanks(Vec<(OptionId, String)>),
    /// The steps in the order given.
    Order(Vec<OptionId>),
    /// Prompt and target of each pair.
    Pairs(Vec<(OptionId, OptionId)>),
    /// What was marked on a scene or in a document, and as what.
    Marks(Vec<Spot>),
    /// The decision on each part of a case.
    Parts(Vec<(OptionId, PartAnswer)>),
    /// The choices made, in their order.
    Path(Vec<OptionId>),
    /// A text.
    Text(String),
}

impl Response {
    /// Whether nothing was answered.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Options(ids) => ids.is_empty(),
            Self::Truth(truth) => truth.is_none(),
            Self::Blanks(blanks) => blanks.iter().all(|(_, text)| text.trim().is_empty()),
            Self::Order(ids) | Self::Path(ids) => ids.is_empty(),
            Self::Pairs(pairs) => pairs.is_empty(),
            Self::Marks(marks) => marks.is_empty(),
            Self::Parts(parts) => parts.iter().all(|(_, answer)| answer.is_empty()),
            Self::Text(text) => text.trim().is_empty(),
        }
    }
}
