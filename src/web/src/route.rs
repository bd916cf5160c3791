//! Addresses of the pages (DESIGN §8): a closed list, read from and written to paths below the site's base.

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// `/` and `/courses`: the catalogue.
    Courses,
    /// `/courses/:course`
    Course(String),
    /// `/courses/:course/:lesson`
    Lesson(String, String),
    /// `/practice/:bank`: begins or resumes a practice set.
    Practice(String),
    /// `/practice/:bank/:attempt`: the result of a set.
    Result(String, String),
    /// `/exercises`: the banks of exercises.
    Exercises,
    /// `/exercises/:bank`: one exercise after the other.
    Exercise(String),
    /// `/exam/:exam`: what it is, and the beginning of a sitting.
    Exam(String),
    /// `/exam/:exam/:attempt`: a sitting under way, or its result.
    Sitting(String, String),
    /// `/competitions`
    Competitions,
    /// `/competitions/:id`, with the shared seed of the fragment.
    Competition(String, String),
    /// `/handbook`
    Handbook,
    /// `/handbook/:venue`
    Venue(String),
    /// `/handbook/:venue/:inspection`
    Inspection(String, String),
    /// `/handbook/:venue/:inspection/findings`
    Findings(String, String),
    /// `/regulations`: the registry.
    Regulations,
    /// `/regulations/:id`, with the version and the article's anchor cited.
    Regulation {
        /// The registry's id.
        id: String,
        /// `YYYY-MM-DD`; empty where no version was asked for.
        version: String,
        /// `36`, `134-1`, `36.4`; empty where no article was asked for.
        article: String,
    },
    /// `/search?q=`: the question as the address has it, percent-encoded.
    Search(String),
    /// `/record`
    Record,
    /// `/join`, with the unit code of the fragment.
    Join(String),
    /// `/settings`
    Settings,
    /// `/privacy`
    Privacy,
    /// Anything else.
    NotFound,
}

/// The two wasm modules of the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Module {
    /// The way to the first question.
    Study,
    /// Everything else.
    More,
}

/// The first parts of the addresses that the study module shows; `public/boot.js` has the same list.
pub const STUDY: [&str; 5] = ["", "index.html", "404.html", "courses", "practice"];

impl Route {
    /// The module that has the page; none for an address that is none, which either says.
    pub fn module(&self) -> Option<Module> {
        match self {
            Self::Courses | Self::Course(_) | Self::Lesson(..) | Self::Practice(_) | Self::Result(..) => {
                Some(Module::Study)
            }
            Self::NotFound => None,
            _ => Some(Module::More),
        }
    }

    /// The page of an address: `path` with the site's `base` before it, `query` with its `?`, `fragment` with its `#`.
    pub fn read(base: &str, path: &str, query: &str, fragment: &str) -> Self {
        let inner = path.strip_prefix(base.trim_end_matches('/')).unwrap_or(path);
        let parts: Vec<&str> = inner.split('/').filter(|part| !part.is_empty()).collect();
        let text = |part: &str| part.to_owned();
        match parts.as_slice() {
            [] | ["courses" | "index.html" | "404.html"] => Self::Courses,
            ["courses", course] => Self::Course(text(course)),
            ["courses", course, lesson] => Self::Lesson(text(course), text(lesson)),
            ["practice", bank] => Self::Practice(text(bank)),
            ["practice", bank, attempt] => Self::Result(text(bank), text(attempt)),
            ["exercises"] => Self::Exercises,
            ["exercises", bank] => Self::Exercise(text(bank)),
            ["exam", exam] => Self::Exam(text(exam)),
            ["exam", exam, attempt] => Self::Sitting(text(exam), text(attempt)),
            ["competitions"] => Self::Competitions,
            ["competitions", id] => Self::Competition(text(id), fragment.trim_start_matches('#').to_owned()),
            ["handbook"] => Self::Handbook,
            ["handbook", venue] => Self::Venue(text(venue)),
            ["handbook", venue, id] => Self::Inspection(text(venue), text(id)),
            ["handbook", venue, id, "findings"] => Self::Findings(text(venue), text(id)),
            ["regulations"] => Self::Regulations,
            ["regulations", id] => Self::Regulation {
                id: text(id),
                version: parameter(query, "v").unwrap_or_default(),
                article: fragment.strip_prefix("#a").unwrap_or_default().to_owned(),
            },
            ["search"] => Self::Search(parameter(query, "q").unwrap_or_default()),
            ["record"] => Self::Record,
            ["join"] => Self::Join(fragment.trim_start_matches('#').to_owned()),
            ["settings"] => Self::Settings,
            ["privacy"] => Self::Privacy,
            _ => Self::NotFound,
        }
    }

    /// The page's address relative to the site's base, without a slash before it.
    pub fn path(&self) -> String {
        match self {
            Self::Courses | Self::NotFound => String::new(),
            Self::Course(course) => format!("courses/{course}"),
            Self::Lesson(course, lesson) => format!("courses/{course}/{lesson}"),
            Self::Practice(bank) => format!("practice/{bank}"),
            Self::Result(bank, attempt) => format!("practice/{bank}/{attempt}"),
            Self::Exercises => "exercises".into(),
            Self::Exercise(bank) => format!("exercises/{bank}"),
            Self::Exam(exam) => format!("exam/{exam}"),
            Self::Sitting(exam, attempt) => format!("exam/{exam}/{attempt}"),
            Self::Competitions => "competitions".into(),
            Self::Competition(id, seed) if seed.is_empty() => format!("competitions/{id}"),
            Self::Competition(id, seed) => format!("competitions/{id}#{seed}"),
            Self::Handbook => "handbook".into(),
            Self::Venue(venue) => format!("handbook/{venue}"),
            Self::Inspection(venue, id) => format!("handbook/{venue}/{id}"),
            Self::Findings(venue, id) => format!("handbook/{venue}/{id}/findings"),
            Self::Regulations => "regulations".into(),
            Self::Regulation { id, version, article } => {
                let version = if version.is_empty() {
                    String::new()
                } else {
                    format!("?v={version}")
                };
                let article = if article.is_empty() {
                    String::new()
                } else {
                    format!("#a{article}")
                };
                format!("regulations/{id}{version}{article}")
            }
            Self::Search(asked) if asked.is_empty() => "search".into(),
            Self::Search(asked) => format!("search?q={asked}"),
            Self::Record => "record".into(),
            Self::Join(code) if code.is_empty() => "join".into(),
            Self::Join(code) => format!("join#{code}"),
            Self::Settings => "settings".into(),
            Self::Privacy => "privacy".into(),
        }
    }
}

/// The value of `name` in a query that begins with `?`; values here are plain ASCII and need no decoding.
pub fn parameter(query: &str, name: &str) -> Option<String> {
    let pairs = query
        .trim_start_matches('?')
        .split('&')
        .filter_map(|pair| pair.split_once('='));
    pairs
        .into_iter()
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_boot_script_knows_which_addresses_the_study_module_shows() {
        let boot = include_str!("../../../public/boot.js");
        let list = STUDY.map(|part| format!("\"{part}\"")).join(", ");
        assert!(boot.contains(&format!("var STUDY = [{list}];")), "{list}");
        for (path, module) in [
            ("/", Some(Module::Study)),
            ("/courses/a/b", Some(Module::Study)),
            ("/practice/a", Some(Module::Study)),
            ("/handbook/a", Some(Module::More)),
            ("/join", Some(Module::More)),
            ("/nowhere", None),
            // The organizer's desk is a page of its own and no page of the app.
            ("/organize", None),
            ("/organize/people", None),
        ] {
            let route = Route::read("/", path, "", "");
            assert_eq!(route.module(), module, "{path}");
            let first = path.split('/').nth(1).unwrap_or_default();
            assert_eq!(STUDY.contains(&first), module == Some(Module::Study), "{path}");
        }
    }

    #[test]
    fn every_page_has_one_address_and_is_found_by_it_under_any_base() {
        let all = [
            Route::Courses,
            Route::Course("work-safety-law".into()),
            Route::Lesson("work-safety-law".into(), "01-duties".into()),
            Route::Practice("work-safety-law".into()),
            Route::Result("work-safety-law".into(), "018f3c1e-7b2a-7cde-9abc-0123456789ad".into()),
            Route::Exercises,
            Route::Exercise("documents".into()),
            Route::Exam("work-safety-law".into()),
            Route::Sitting("work-safety-law".into(), "018f3c1e-7b2a-7cde-9abc-0123456789ad".into()),
            Route::Competitions,
            Route::Competition("combined".into(), "0123456789abcdef".into()),
            Route::Handbook,
            Route::Venue("small-restaurant".into()),
            Route::Regulation {
                id: "xing-fa".into(),
                version: "2023-12-29".into(),
                article: "134-1".into(),
            },
            Route::Regulation {
                id: "xing-fa".into(),
                version: String::new(),
                article: String::new(),
            },
            Route::Record,
            Route::Join(String::new()),
            Route::Settings,
            Route::Privacy,
        ];
        for base in ["/", "/sub/path/"] {
            for route in &all {
                let address = format!("{base}{}", route.path());
                let (rest, fragment) = address.split_once('#').map_or((address.as_str(), ""), |(r, f)| (r, f));
                let (path, query) = rest.split_once('?').map_or((rest, ""), |(p, q)| (p, q));
                assert_eq!(
                    Route::read(base, path, query, &format!("#{fragment}")),
                    *route,
                    "{address}"
                );
            }
        }
        assert_eq!(
            Route::read("/", "/join", "", "#ABCDE-FGHJK"),
            Route::Join("ABCDE-FGHJK".into())
        );
        for path in ["/courses/a/b/c", "/exam", "/api", "/practice"] {
            assert_eq!(Route::read("/", path, "", ""), Route::NotFound, "{path}");
        }
    }
}
