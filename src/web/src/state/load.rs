//! Something that is on its way.

use super::packs::LoadError;

/// A value that is being loaded, is there, or cannot be had.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Load<T> {
    /// On its way.
    #[default]
    Loading,
    /// There.
    Ready(T),
    /// Not to be had.
    Failed(LoadError),
}

impl<T> Load<T> {
    /// The value, once it is there.
    pub fn ready(&self) -> Option<&T> {
        match self {
            Self::Ready(value) => Some(value),
            _ => None,
        }
    }
}

impl<T> From<Result<T, LoadError>> for Load<T> {
    fn from(result: Result<T, LoadError>) -> Self {
        result.map_or_else(Self::Failed, Self::Ready)
    }
}
