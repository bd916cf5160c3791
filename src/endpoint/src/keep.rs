//! Keeping the data folder: one process that serves it at a time, and a backup put in its place.

use crate::code;
use crate::content::Generations;
use crate::store::Store;
use crate::store::sqlite::Sqlite;
use crate::store::sqlite::carry::{self, Carried};
use anyhow::{Context, ensure};
use courseware::layers::Files;
use domain::time::Timestamp;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

/// The file in the data folder that holds everything.
pub(crate) const FILE: &str = "anxue.sqlite";

/// Makes the folder for the eyes of its owner only: names of people lie in it.
///
/// # Errors
/// It cannot be made.
pub(crate) fn make_private(folder: &Path) -> std::io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// The file whose lock says that a process serves the folder. It is empty and stays.
const LOCK: &str = "anxue.lock";

/// The folder is ours until this is dropped, or the process ends in whatever way: the operating system keeps the lock.
pub(crate) struct Held {
    _file: File,
}

/// Makes the folder ours.
///
/// # Errors
/// Another process has it, or the file cannot be made.
pub(crate) fn hold(folder: &Path) -> anyhow::Result<Held> {
    let path = folder.join(LOCK);
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options
        .open(&path)
        .with_context(|| format!("cannot write {}; choose another folder with --data", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(Held { _file: file }),
        Err(TryLockError::WouldBlock) => anyhow::bail!(
            "another anxue serves the data in {}: stop it first, or choose another folder with --data",
            folder.display()
        ),
        // Some network file systems have no locks; SQLite on them is unsafe as well.
        Err(TryLockError::Error(error)) => Err(error).with_context(|| {
            format!(
                "cannot lock {}; --data must be a folder on a disk of this machine",
                path.display()
            )
        }),
    }
}

/// The database's own files beside it.
fn parts(file: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|end| {
        let mut name = file.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    })
}

/// What a backup carries beside the database: folders of generations.
const CARRIED: [&str; 2] = [crate::content::CONTENT, crate::content::REGULATIONS];

/// Writes a consistent copy of the database of `folder` to a new file, and what is installed in the folder into that file.
///
/// # Errors
/// The copy cannot be written, or what is installed cannot be read.
pub(crate) async fn backup(store: &Sqlite, folder: &Path, to: &Path) -> anyhow::Result<()> {
    let mut files = Vec::new();
    for place in CARRIED {
        let installed = Generations::of(folder.join(place)).files();
        let installed = installed.with_context(|| format!("cannot read {}", folder.join(place).display()))?;
        files.extend(installed.into_iter().map(|(path, bytes)| Carried {
            place: place.to_owned(),
            path,
            bytes: bytes.into_owned(),
        }));
    }
    let why = || format!("cannot write {}", to.display());
    store.backup(to).await.with_context(why)?;
    carry::put(to, &files).await.with_context(why)
}

/// Puts a backup in the place of the data in `folder`, installs what it carries, and gives it a new epoch. What was there is kept beside it, under the
/// name that is returned; none where nothing was there.
///
/// The backup is copied and proven before anything that is there is touched.
///
/// # Errors
/// The folder is being served, the backup is no database of ours or is damaged, or there is no room.
pub(crate) async fn restore(backup: &Path, folder: &Path, now: Timestamp) -> anyhow::Result<Option<PathBuf>> {
    ensure!(backup.is_file(), "there is no backup {}", backup.display());
    let _held = hold(folder)?;
    let coming = folder.join("anxue.sqlite.restoring");
    for part in parts(&coming) {
        drop(std::fs::remove_file(part));
    }
    std::fs::copy(backup, &coming)
        .with_context(|| format!("cannot copy {} to {}", backup.display(), coming.display()))?;
    private(&coming)?;
    let prove = async {
        let store = Sqlite::open(&coming, &code::random_hex()?).await?;
        store.check().await?;
        store.renew_epoch(code::random_hex()?).await?;
        store.close().await;
        anyhow::Ok(carry::take(&coming).await?)
    };
    let carried = match prove.await {
        Ok(carried) => carried,
        Err(error) => {
            for part in parts(&coming) {
                drop(std::fs::remove_file(part));
            }
            return Err(error.context(format!("{} cannot be restored; nothing was changed", backup.display())));
        }
    };
    let file = folder.join(FILE);
    let former = file.is_file().then(|| folder.join(format!("{FILE}.before-{}", now.0)));
    if let Some(former) = &former {
        for (from, to) in parts(&file).iter().zip(parts(former)) {
            if from.is_file() {
                std::fs::rename(from, &to)
                    .with_context(|| format!("cannot move {} to {}", from.display(), to.display()))?;
            }
        }
    }
    std::fs::rename(&coming, &file).with_context(|| format!("cannot move the backup to {}", file.display()))?;
    install(carried, folder)?;
    Ok(former)
}

/// Makes what a backup carried the generations that count; the ones before are kept as after any installation.
fn install(carried: Vec<Carried>, folder: &Path) -> anyhow::Result<()> {
    let mut places: BTreeMap<String, Files> = BTreeMap::new();
    for file in carried {
        places
            .entry(file.place)
            .or_default()
            .insert(file.path, file.bytes.into());
    }
    for (place, files) in places {
        ensure!(
            CARRIED.contains(&place.as_str()),
            "the backup carries files for an unknown folder {place}"
        );
        let generations = Generations::of(folder.join(&place));
        let held = generations.hold()?;
        let why = || format!("the records are restored, but not {place}; install it again");
        generations.replace(&held, &files).with_context(why)?;
    }
    Ok(())
}

/// Names of people lie in it.
fn private(file: &Path) -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(file, mode).with_context(|| format!("cannot protect {}", file.display()))?;
    }
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}
