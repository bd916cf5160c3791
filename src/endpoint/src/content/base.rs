//! What a deployment's own content is laid over, and where it lies.

use super::embedded;
use super::generation::Generations;
use clap::Args;
use courseware::Layer;
use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

/// The folder in the data folder with a deployment's own content.
pub(crate) const CONTENT: &str = "content";

/// The folder in the data folder with texts of regulations.
pub(crate) const REGULATIONS: &str = "regulations";

/// The built-in content.
#[derive(Args, Debug, Clone, Default)]
pub(crate) struct Base {
    /// A folder with the built-in content, instead of that inside this program
    #[arg(long, value_name = "DIR")]
    courses: Option<PathBuf>,
}

impl Base {
    /// Whether it is another than that inside the program, from which the program's site and assessments were made.
    pub(crate) fn is_another(&self) -> bool {
        self.courses.is_some()
    }

    /// The built-in content as the lowest layer; none where there is none.
    pub(crate) fn layer(&self) -> Option<Layer> {
        if let Some(folder) = &self.courses {
            return Some(Layer::folder(folder).built_in());
        }
        let files = embedded::FILES.iter();
        let files = files.map(|(path, bytes)| ((*path).to_owned(), Cow::Borrowed(*bytes)));
        (!embedded::FILES.is_empty()).then(|| Layer::memory(files.collect()).built_in())
    }

    /// The built-in content, and over it what is installed in the data folder.
    ///
    /// # Errors
    /// The data folder cannot be read.
    pub(crate) fn layers(&self, data: &Path) -> io::Result<Vec<Layer>> {
        let installed = content(data).current()?.map(|folder| Layer::folder(folder).installed());
        Ok(self.layer().into_iter().chain(installed).collect())
    }
}

/// The generations of a deployment's own content.
pub(crate) fn content(data: &Path) -> Generations {
    Generations::of(data.join(CONTENT))
}

/// The generations of the texts of regulations.
pub(crate) fn regulations(data: &Path) -> Generations {
    Generations::of(data.join(REGULATIONS))
}
