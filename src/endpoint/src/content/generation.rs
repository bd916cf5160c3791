//! A folder whose whole content is replaced in one step: it holds numbered generations, and a small file says which one counts.
//!
//! A new generation is written beside the one that counts and made durable before the small file is replaced. Whoever is
//! killed in between leaves a folder that nothing refers to, which the next one clears away.

use crate::keep::make_private;
use anyhow::{Context, bail, ensure};
use courseware::layers::Files;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The file that names the generation that counts.
const CURRENT: &str = "current";

/// The file whose lock says that somebody is writing.
const LOCK: &str = "lock";

/// What the names of generations begin with.
const PREFIX: &str = "g-";

/// A folder of generations.
#[derive(Debug, Clone)]
pub(crate) struct Generations {
    folder: PathBuf,
}

/// Nobody else writes until this is dropped.
pub(crate) struct Writing {
    _file: File,
}

impl Generations {
    /// Those in `folder`, which need not be there.
    pub(crate) fn of(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The name of the generation that counts; none where there is none yet.
    ///
    /// # Errors
    /// The file that says so cannot be read, or names no generation.
    pub(crate) fn name(&self) -> io::Result<Option<String>> {
        let file = self.folder.join(CURRENT);
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let name = text.trim_end();
        if number(name).is_none() {
            let message = format!("{} names no generation", file.display());
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        Ok(Some(name.to_owned()))
    }

    /// The folder of the generation that counts; none where there is none yet.
    ///
    /// # Errors
    /// The file that says so cannot be read, or names no generation.
    pub(crate) fn current(&self) -> io::Result<Option<PathBuf>> {
        Ok(self.name()?.map(|name| self.folder.join(name)))
    }

    /// All files of the generation that counts; none where there is none yet.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) fn files(&self) -> io::Result<Files> {
        let mut files = Files::new();
        let Some(root) = self.current()? else { return Ok(files) };
        let mut folders = vec![(root, String::new())];
        while let Some((folder, prefix)) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                let name = entry.file_name().into_string();
                let name = name.map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "a name that is not UTF-8"))?;
                let path = format!("{prefix}{name}");
                if entry.file_type()?.is_dir() {
                    folders.push((entry.path(), format!("{path}/")));
                } else {
                    files.insert(path, fs::read(entry.path())?.into());
                }
            }
        }
        Ok(files)
    }

    /// Keeps others from writing.
    ///
    /// # Errors
    /// Somebody is writing, or the folder cannot be made.
    pub(crate) fn hold(&self) -> anyhow::Result<Writing> {
        make_private(&self.folder).with_context(|| format!("cannot make {}", self.folder.display()))?;
        let path = self.folder.join(LOCK);
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        private_mode(&mut options);
        let file = options
            .open(&path)
            .with_context(|| format!("cannot write {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(Writing { _file: file }),
            Err(TryLockError::WouldBlock) => bail!("another anxue is changing {}; try again", self.folder.display()),
            Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {}", path.display())),
        }
    }

    /// Writes a new generation of `files` and makes it the one that counts. All of it can be read by its owner alone. The one
    /// before is kept for whoever is reading it at this moment.
    ///
    /// # Errors
    /// It cannot be written; the one before goes on counting.
    pub(crate) fn replace(&self, _held: &Writing, files: &Files) -> anyhow::Result<()> {
        let before = self.name()?;
        let written = self.write(before.as_deref(), files);
        if written.is_err() {
            self.clear(before.as_deref(), None);
        }
        let name =
            written.with_context(|| format!("cannot write to {}; nothing was changed", self.folder.display()))?;
        self.clear(before.as_deref(), Some(&name));
        Ok(())
    }

    fn write(&self, before: Option<&str>, files: &Files) -> anyhow::Result<String> {
        // Numbers of what was left unfinished are not used again: somebody may have looked at it.
        let highest = self.names()?.iter().filter_map(|name| number(name)).max();
        let before = before.and_then(number);
        let name = format!("{PREFIX}{}", highest.max(before).unwrap_or(0) + 1);
        let root = self.folder.join(&name);
        make_private(&root)?;
        for (path, bytes) in files {
            let parts: Vec<&str> = path.split('/').collect();
            ensure!(
                parts.iter().all(|part| !part.is_empty() && !part.starts_with('.')) && !path.contains('\\'),
                "{path} is no path of content"
            );
            let file = root.join(path);
            make_private(file.parent().unwrap_or(&root))?;
            durable(&file, bytes).with_context(|| format!("cannot write {}", file.display()))?;
        }
        let draft = self.folder.join(format!("{CURRENT}.new"));
        durable(&draft, format!("{name}\n").as_bytes())?;
        self.hand_over(&root, &draft)?;
        sync_folders(&root)?;
        sync_folder(&self.folder)?;
        fs::rename(&draft, self.folder.join(CURRENT))?;
        sync_folder(&self.folder)?;
        Ok(name)
    }

    /// Gives what an administrator wrote to the user whose data folder it is, who serves it.
    #[cfg(unix)]
    fn hand_over(&self, root: &Path, draft: &Path) -> io::Result<()> {
        use std::os::unix::fs::{MetadataExt, chown};
        let owner = fs::metadata(self.folder.parent().unwrap_or(&self.folder))?;
        let mut open = vec![
            self.folder.clone(),
            self.folder.join(LOCK),
            draft.to_owned(),
            root.to_owned(),
        ];
        while let Some(path) = open.pop() {
            if fs::metadata(&path)?.uid() != owner.uid() {
                chown(&path, Some(owner.uid()), Some(owner.gid()))?;
            }
            if path.starts_with(root) && path.is_dir() {
                for entry in fs::read_dir(&path)? {
                    open.push(entry?.path());
                }
            }
        }
        Ok(())
    }

    #[cfg(not(unix))]
    #[allow(clippy::unused_self, clippy::unnecessary_wraps, reason = "as elsewhere")]
    fn hand_over(&self, _: &Path, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn names(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            names.extend(entry?.file_name().into_string());
        }
        Ok(names)
    }

    /// Removes the generations that are neither of these. What cannot be removed stays for the next time.
    fn clear(&self, before: Option<&str>, now: Option<&str>) {
        for name in self.names().unwrap_or_default() {
            let kept = [before, now].contains(&Some(name.as_str()));
            if number(&name).is_some() && !kept {
                drop(fs::remove_dir_all(self.folder.join(name)));
            }
        }
    }
}

fn number(name: &str) -> Option<u64> {
    let digits = name.strip_prefix(PREFIX)?;
    digits
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| digits.parse().ok())
        .flatten()
}

fn private_mode(options: &mut OpenOptions) {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    #[cfg(not(unix))]
    let _ = options;
}

fn durable(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    private_mode(&mut options);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn sync_folders(root: &Path) -> io::Result<()> {
    for entry in fs::read_dir(root)? {
        let path = entry?.path();
        if path.is_dir() {
            sync_folders(&path)?;
        }
    }
    sync_folder(root)
}

/// Makes the names in a folder durable, where the system has that.
fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::borrow::Cow;

    fn files(text: &'static str) -> Files {
        [("a/b.txt", text), ("c.txt", text)]
            .map(|(path, text)| (path.to_owned(), Cow::Borrowed(text.as_bytes())))
            .into()
    }

    #[test]
    fn one_generation_counts_and_one_more_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let all = Generations::of(folder.path().join("x"));
        assert_eq!(all.current().unwrap(), None);
        let held = all.hold().unwrap();
        assert!(all.hold().is_err(), "one writes at a time");
        for text in ["1", "2", "3"] {
            all.replace(&held, &files(text)).unwrap();
            let current = all.current().unwrap().unwrap();
            assert_eq!(fs::read_to_string(current.join("a/b.txt")).unwrap(), text);
        }
        let mut names = all.names().unwrap();
        names.sort();
        assert_eq!(names, ["current", "g-2", "g-3", "lock"]);
    }

    #[test]
    fn whoever_is_killed_before_the_last_step_has_changed_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let all = Generations::of(folder.path().to_owned());
        let held = all.hold().unwrap();
        all.replace(&held, &files("1")).unwrap();
        // What a killed writer leaves: a folder, whole or not, and a draft of the small file.
        fs::create_dir_all(folder.path().join("g-2/a")).unwrap();
        fs::write(folder.path().join("g-2/a/b.txt"), "2").unwrap();
        fs::write(folder.path().join("current.new"), "g-2\n").unwrap();
        assert_eq!(all.name().unwrap().as_deref(), Some("g-1"));
        all.replace(&held, &files("3")).unwrap();
        assert_eq!(all.name().unwrap().as_deref(), Some("g-3"));
        assert!(!folder.path().join("g-2").exists());
        fs::write(folder.path().join("current"), "../../etc\n").unwrap();
        assert!(all.current().is_err(), "only generations are named");
    }

    #[cfg(unix)]
    #[test]
    fn what_an_administrator_installs_belongs_to_the_user_who_serves_it() {
        use std::os::unix::fs::{MetadataExt, chown};
        let folder = tempfile::tempdir().unwrap();
        // Only an administrator can give files away; for others everything is theirs anyway.
        let owner = chown(folder.path(), Some(4_321), Some(4_321))
            .map_or(fs::metadata(folder.path()).unwrap().uid(), |()| 4_321);
        let all = Generations::of(folder.path().join("x"));
        let held = all.hold().unwrap();
        all.replace(&held, &files("1")).unwrap();
        for path in ["", "lock", "current", "g-1", "g-1/a", "g-1/a/b.txt", "g-1/c.txt"] {
            let data = fs::metadata(folder.path().join("x").join(path)).unwrap();
            assert_eq!(data.uid(), owner, "{path}");
        }
    }

    #[test]
    fn what_cannot_be_written_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let all = Generations::of(folder.path().to_owned());
        let held = all.hold().unwrap();
        all.replace(&held, &files("1")).unwrap();
        let bad: Files = [("../out".to_owned(), Cow::Borrowed(&b"x"[..]))].into();
        assert!(all.replace(&held, &bad).is_err());
        assert_eq!(all.name().unwrap().as_deref(), Some("g-1"));
        assert!(!folder.path().join("g-2").exists());
    }
}
