//! Built-in content, a site made of it, and folders of a deployment's own.

use courseware::site::{BuildInfo, files};
use courseware::{Options, load, lock};
use domain::time::Day;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// The id of the site as it was built.
pub(crate) const BUILD: &str = "0123456789abcdef";

const REGULATIONS: &str = "[[regulation]]\nid = \"fa\"\ntitle = \"某安全法\"\nshort = \"安全法\"\nissuer = \"某机关\"\nkind = \"law\"\n\
    version = \"2021-06-10\"\neffective = \"2021-09-01\"\narticles = 3\ntext = true\nsource = \"https://flk.npc.gov.cn/\"\n";

const COURSE: &str = "id = \"c-one\"\nslug = \"one\"\nstatus = \"active\"\nkind = \"onboarding\"\nhours = 2\n\
    title = { zh = \"第一门课\" }\nsummary = { zh = \"讲一件事\" }\naudience = { roles = [\"inspector\"], industries = [] }\n\
    objectives = [\"能说出一件事\"]\nprerequisites = []\nlessons = [\"01-first\"]\n";

const LESSON: &str = "+++\nid = \"l-one-01\"\ntitle = { zh = \"第一课\" }\nminutes = 10\nobjectives = [\"能说出一件事\"]\n\
    citations = [\"fa@2021-06-10#3\"]\nmeaning = \"大白话。\"\n+++\n看[第三条](cite:fa@2021-06-10#3)。\n";

const EXAM: &str = "minutes = 30\npass = 60\n\n[[section]]\ntitle = \"判断\"\nkinds = [\"true-false\"]\ncount = 1\neach = 1\n\n\
    [assessment]\nstock = \"one\"\n[[assessment.section]]\ntitle = \"判断\"\nkinds = [\"true-false\"]\ncount = 2\neach = 1\n";

/// The words of a key that nobody may see.
pub(crate) const SECRET: &str = "密封错因不得外传";

/// A true statement.
fn item(id: &str, revision: u32, stem: &str, why: &str) -> String {
    format!(
        "[[item]]\nid = \"{id}\"\nrevision = {revision}\nkind = \"true-false\"\ntopics = [\"责任\"]\ndifficulty = 1\nstem = \"{stem}\"\n\
        answer = true\nwhy = \"{why}\"\nbasis = {{ article = [\"fa@2021-06-10#2\"] }}\nexplanation = \"第二条说了。\"\n\n"
    )
}

/// A course with this slug; its items have the given revision and words.
pub(crate) fn course(slug: &str, revision: u32, words: &str) -> Vec<(String, String)> {
    let named = |text: &str| {
        text.replace("c-one", &format!("c-{slug}"))
            .replace("\"one\"", &format!("\"{slug}\""))
    };
    vec![
        (
            format!("{slug}/course.toml"),
            named(COURSE).replace("第一门课", &format!("{slug} 课")),
        ),
        (
            format!("{slug}/01-first.md"),
            LESSON.replace("l-one", &format!("l-{slug}")),
        ),
        (
            format!("{slug}/items.toml"),
            item(&format!("{slug}-001"), revision, words, "不对。"),
        ),
    ]
}

/// A sealed bank in the folder `stock/one`.
pub(crate) fn stock(id: &str, label: &str, words: &str) -> Vec<(String, String)> {
    let items: String = (1..=3)
        .map(|n| {
            item(
                &format!("{id}-{n}"),
                1,
                &format!("{words}{}", ["甲", "乙", "丙"][n - 1]),
                SECRET,
            )
        })
        .collect();
    let bank = format!(
        "id = \"st-{id}\"\nslug = \"one\"\ntitle = {{ zh = \"考核题\" }}\nlabel = \"{label}\"\nstatus = \"active\"\n"
    );
    vec![
        ("stock/one/bank.toml".into(), bank),
        ("stock/one/items.toml".into(), items),
    ]
}

/// A folder with these files.
pub(crate) fn folder(files: &[(String, String)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (file, text) in files {
        write(folder.path(), file, text);
    }
    folder
}

fn write(folder: &Path, file: &str, bytes: impl AsRef<[u8]>) {
    let path = folder.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// A data folder with what the program is started with.
pub(crate) struct Deployment {
    _folder: TempDir,
    pub(crate) data: PathBuf,
    pub(crate) courses: PathBuf,
    pub(crate) site: PathBuf,
}

impl Deployment {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let [data, courses, site] = ["data", "courses", "site"].map(|name| folder.path().join(name));
        write(&courses, "regulations.toml", REGULATIONS);
        let one = course("one", 1, "老板管安全。").into_iter();
        for (file, text) in one.chain(stock("old", "公开题库，不得用于正式比赛", "内置密封题")) {
            write(&courses, &file, text);
        }
        write(&courses, "one/exam.toml", EXAM);
        lock::write(&courses).unwrap();
        build(&courses, &site);
        Self {
            _folder: folder,
            data,
            courses,
            site,
        }
    }

    /// Runs `anxue` with these words, the data folder and the built-in content.
    pub(crate) fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = crate::process::anxue(&self.data, words);
        command.arg("--courses").arg(&self.courses);
        command
    }

    /// What it said; it must have gone well.
    pub(crate) fn well(&self, words: &[&str]) -> String {
        let output = self.run(words);
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(
            output.status.success(),
            "{words:?}: {said}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        said
    }

    /// What it said; it must have refused with the exit code 1.
    pub(crate) fn refused(&self, words: &[&str]) -> String {
        let output = self.run(words);
        assert_eq!(output.status.code(), Some(1), "{words:?}");
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    }

    /// The same of a command that asks for no content.
    pub(crate) fn plain(&self, words: &[&str]) -> String {
        let output = crate::process::anxue(&self.data, words).output().unwrap();
        assert!(output.status.success(), "{words:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) fn install(&self, folder: &TempDir) -> String {
        self.well(&["content", "install", folder.path().to_str().unwrap()])
    }
}

/// A site of the content, as far as the endpoint looks at one.
fn build(courses: &Path, site: &Path) {
    let (content, problems) = load(courses, Options::default());
    assert!(problems.is_empty(), "{problems:?}");
    let packs = courseware::packs::build(&content, Day(20_600)).unwrap();
    let made = files(&packs).unwrap();
    let catalogue = made[0].0.clone();
    let mut precache = vec![vec!["app.00112233445566aa.wasm".to_owned()]];
    precache.extend(made.iter().map(|(path, _)| vec![path.clone()]));
    let page = format!("<html><base href=\"/\"><meta content=\"{BUILD}\"><link href=\"{catalogue}\"></html>");
    let worker = format!(
        "const BUILD=\"{BUILD}\",FILES={};",
        serde_json::to_string(&precache).unwrap()
    );
    let shell = [
        ("index.html", page.clone()),
        ("404.html", page),
        ("sw.js", worker),
        ("app.00112233445566aa.wasm", "wasm".into()),
        ("config.json", "{\"endpoint\":null,\"auth\":\"none\"}\n".into()),
    ];
    let mut names: Vec<String> = shell.iter().map(|(path, _)| (*path).to_owned()).collect();
    names.extend(made.iter().map(|(path, _)| path.clone()));
    let info = BuildInfo {
        build: BUILD.into(),
        files: names,
        base: "/".into(),
        catalogue,
        precache,
    };
    for (path, text) in &shell {
        write(site, path, text);
    }
    for (path, bytes) in &made {
        write(site, path, bytes);
    }
    write(site, "build.json", serde_json::to_vec(&info).unwrap());
}

/// Every file below a folder with its path and bytes.
pub(crate) fn all(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                files.push((name, fs::read(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}
