//! One folder or file a capability. Features never import one another; what two of them need lies in `ui` or `state`.

pub mod catalogue;
pub mod contest;
pub mod exam;
pub mod exercise;
pub mod handbook;
pub mod join;
pub mod lesson;
pub mod organize;
pub mod practice;
pub mod record;
pub mod regulation;
pub mod search;
pub mod settings;
pub mod shell;
