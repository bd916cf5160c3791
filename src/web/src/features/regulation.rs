//! The registry: the list of regulations and standards, and the page of one: which text, since when, where it is published,
//! what people get wrong.

use crate::html::{Html, dynamic, el, none};
use crate::page;
use crate::platform::clock;
use crate::platform::timer::spawn;
use crate::route::Route;
use crate::state::app::{App, app};
use crate::state::packs::{self, LoadError};
use crate::text::{self, Lang, Text};
use crate::ui::article::article;
use crate::ui::notice::{Tone, notice};
use domain::citation::Article;
use domain::ids::PackHash;
use domain::time::Day;
use leptos::prelude::*;
use std::sync::Arc;
use wire::pack::{RegistryPack, RegulationForm};
use wire::text::TextForm;

/// The registry's pack, drawn by `draw` once it is there.
fn with_registry(draw: impl Fn(App, &RegistryPack) -> Html + Clone + 'static) -> Html {
    let app = app();
    let loaded: RwSignal<Option<Result<Arc<RegistryPack>, LoadError>>, LocalStorage> = RwSignal::new_local(None);
    // Talks to the outside: fetches once the catalogue is there.
    Effect::new(move |_| {
        let hash = app.catalogue.with(|load| {
            load.ready()
                .and_then(|catalogue| catalogue.registry.parse::<PackHash>().ok())
        });
        if let Some(hash) = hash {
            spawn(async move {
                let registry = app.pack(hash).await.and_then(|bytes| packs::read(&bytes)).map(Arc::new);
                loaded.try_set(Some(registry));
            });
        }
    });
    page::with_catalogue(app, move |_| {
        let draw = draw.clone();
        dynamic(move || {
            loaded.with(|loaded| match loaded {
                None => page::loading(app),
                Some(Err(error)) => page::failed(app, error),
                Some(Ok(registry)) => draw(app, registry),
            })
        })
    })
}

/// The page of the regulation `id`; `version` and `article` are those of the citation that led here, where there was one.
pub fn regulation(id: String, version: String, article: String) -> Html {
    with_registry(move |app, registry| show(app, registry, &id, &version, &article))
}

/// The list of all regulations and standards: first what came into force lately, then all by kind.
pub fn regulations() -> Html {
    with_registry(list)
}

/// For how many days a text counts as new: it takes about that long until old forms and courses are gone.
const NEW_FOR: i64 = 730;

/// The kinds, in the order of rank.
const KINDS: [&str; 8] = [
    "law",
    "judicial-interpretation",
    "administrative-regulation",
    "local-regulation",
    "department-rule",
    "local-rule",
    "normative-document",
    "standard",
];

fn list(app: App, registry: &RegistryPack) -> Html {
    let lang = app.lang.get();
    let today = clock::now().day();
    let all = &registry.regulations;
    let from = |known: &RegulationForm| known.effective.as_deref().and_then(Day::parse);
    let age = |known: &RegulationForm| from(known).map(|day| today.0 - day.0);
    let mut lately: Vec<&RegulationForm> = all
        .iter()
        .filter(|known| age(known).is_some_and(|days| days < NEW_FOR))
        .collect();
    lately.sort_by_key(|known| (!known.text, std::cmp::Reverse(from(known))));
    let new = (!lately.is_empty()).then(|| {
        let entries = lately.iter().map(|known| {
            let note = (!known.note.is_empty()).then(|| el("p").attr("lang", "zh-CN").text(&known.note));
            entry(app, registry, known, lang).maybe(note)
        });
        el("section")
            .child(el("h2").text(text::REGS_NEW.get(lang)))
            .child(el("ul").class("cards regs").all(entries))
    });
    let groups = KINDS.iter().filter_map(|name| {
        let of_kind: Vec<&RegulationForm> = all.iter().filter(|known| known.kind == *name).collect();
        (!of_kind.is_empty()).then(|| {
            let heading = format!("{}（{}）", kind(name).get(lang), of_kind.len());
            let entries = of_kind.iter().map(|known| entry(app, registry, known, lang));
            el("section")
                .child(el("h2").text(&heading))
                .child(el("ul").class("cards regs").all(entries))
        })
    });
    let at_hand = all.iter().filter(|known| known.text).count();
    let lead = text::REGS_LEAD.with(lang, &[&all.len(), &at_hand]);
    let body = none().child(el("p").class("lead").text(&lead)).maybe(new).all(groups);
    page::frame(app, "regulations", text::REGS.get(lang), body)
}

/// A regulation in a list: its title, its dates and its state.
fn entry(app: App, registry: &RegistryPack, known: &RegulationForm, lang: Lang) -> Html {
    let route = Route::Regulation {
        id: known.id.clone(),
        version: known.version.clone(),
        article: String::new(),
    };
    // A standard is known by its number.
    let number = known.kind == "standard" && !known.title.contains(&known.short);
    let title = if number {
        format!("{}（{}）", known.title, known.short)
    } else {
        known.title.clone()
    };
    let title = el("a")
        .attr("href", &app.href(&route))
        .attr("lang", "zh-CN")
        .attr("data-test", "regulation")
        .child(el("h3").text(&title));
    let unknown = text::REG_UNKNOWN.get(lang);
    let dates = text::REGS_DATES.with(lang, &[&known.version, &known.effective.as_deref().unwrap_or(unknown)]);
    let no_text = (!known.text).then(|| el("span").class("flag").text(text::REGS_NO_TEXT.get(lang)));
    let words = format!("{} · {dates}", status(registry, known, lang));
    el("li")
        .class("card")
        .child(title)
        .child(el("p").class("facts").text(&words))
        .maybe(no_text.map(|flag| el("p").child(flag)))
}

/// Whether the text is in force today, not yet, or replaced by another one.
fn status(registry: &RegistryPack, chosen: &RegulationForm, lang: Lang) -> String {
    let today = clock::now().day();
    let day = |form: &RegulationForm| form.effective.as_deref().and_then(Day::parse);
    let this = format!("{}@{}", chosen.id, chosen.version);
    let replaced = registry.regulations.iter().find(|other| {
        let later = other.id == chosen.id && other.version > chosen.version;
        let started = day(other).is_some_and(|day| day <= today);
        started && (later || other.supersedes.contains(&this))
    });
    match (day(chosen), replaced) {
        (_, Some(by)) => text::REG_OLD.with(lang, &[&by.version]),
        (Some(day), _) if day > today => text::REG_FUTURE.get(lang).to_owned(),
        _ => text::REG_IN_FORCE.get(lang).to_owned(),
    }
}

fn kind(name: &str) -> Text {
    match name {
        "law" => text::KIND_LAW,
        "administrative-regulation" => text::KIND_ADMIN,
        "department-rule" => text::KIND_RULE,
        "local-regulation" => text::KIND_LOCAL,
        "local-rule" => text::KIND_LOCAL_RULE,
        "judicial-interpretation" => text::KIND_JUDICIAL,
        "standard" => text::KIND_STANDARD,
        _ => text::KIND_NORMATIVE,
    }
}

fn show(app: App, registry: &RegistryPack, id: &str, version: &str, article: &str) -> Html {
    let lang = app.lang.get();
    let versions: Vec<&RegulationForm> = registry.regulations.iter().filter(|known| known.id == id).collect();
    let newest = versions.iter().max_by(|a, b| a.version.cmp(&b.version));
    let chosen = versions.iter().find(|known| known.version == version).or(newest);
    let Some(chosen) = chosen else {
        return page::not_found(app);
    };
    let status = status(registry, chosen, lang);
    let cited = article.parse::<Article>().ok().map(|article| {
        let words = text::REG_CITED_AT.with(
            lang,
            &[&if lang == Lang::Zh {
                article.chinese()
            } else {
                article.to_string()
            }],
        );
        let words = el("p").child(el("b").text(&words));
        notice(Tone::Plain, "", words)
    });
    let installed = installed(app, &chosen.id, &chosen.version, article.parse().ok());
    let note = (!chosen.note.is_empty()).then(|| {
        notice(
            Tone::Warn,
            text::REG_NOTE.get(lang),
            el("p").attr("lang", "zh-CN").text(&chosen.note),
        )
    });
    let row = |label: Text, words: &str| none().child(el("dt").text(label.get(lang))).child(el("dd").text(words));
    let source = el("a")
        .attr("href", &chosen.source)
        .attr("target", "_blank")
        .attr("rel", "noopener noreferrer")
        .text(&chosen.source);
    let facts = el("dl")
        .class("facts-list")
        .child(row(text::REG_STATUS, &status))
        .child(row(text::REG_KIND, kind(&chosen.kind).get(lang)))
        .child(el("dt").text(text::REG_ISSUER.get(lang)))
        .child(el("dd").attr("lang", "zh-CN").text(&chosen.issuer))
        .child(row(text::REG_VERSION, &chosen.version))
        .child(row(
            text::REG_EFFECTIVE,
            chosen.effective.as_deref().unwrap_or(text::REG_UNKNOWN.get(lang)),
        ))
        .child(el("dt").text(text::REG_SOURCE.get(lang)))
        .child(el("dd").child(source));
    let no_text = (!chosen.text).then(|| el("p").class("flag").text(text::REG_NO_TEXT.get(lang)));
    let others = el("p").child(
        el("a")
            .attr("href", &app.href(&Route::Regulations))
            .text(text::REGS_ALL.get(lang)),
    );
    let body = none()
        .maybe(cited)
        .child(installed)
        .child(facts)
        .maybe(no_text)
        .maybe(note)
        .child(others);
    page::frame_chinese(app, "regulation", &chosen.title, body)
}

/// The text of this version where the deployment has installed it, the cited article first; elsewhere that the app does not carry
/// it.
fn installed(app: App, id: &str, version: &str, cited: Option<Article>) -> Html {
    type Text = Option<Arc<TextForm>>;
    let loaded: RwSignal<Option<Result<Text, LoadError>>, LocalStorage> = RwSignal::new_local(None);
    let promised = app.catalogue.with(|load| {
        let ready = load.ready();
        ready.map(|catalogue| catalogue.texts.clone()).unwrap_or_default()
    });
    let name = format!("{id}@{version}");
    spawn(async move {
        let load = async {
            let base = app.base();
            let list = packs::texts(&base, &promised).await?;
            match list.as_ref().and_then(|list| list.texts.get(&name)) {
                Some(path) => packs::text(&base, path).await.map(|form| Some(Arc::new(form))),
                None => Ok(None),
            }
        };
        loaded.try_set(Some(load.await));
    });
    dynamic(move || {
        let lang = app.lang.get();
        loaded.with(|loaded| match loaded {
            None => el("p").class("quiet").text(text::LOADING.get(lang)),
            Some(Err(_)) => el("p").class("flag").text(text::REG_UNREACHED.get(lang)),
            Some(Ok(None)) => match cited {
                Some(_) => el("p").text(text::REG_TEXT.get(lang)),
                None => none(),
            },
            Some(Ok(Some(form))) => words(form, cited, lang),
        })
    })
}

/// The cited article, and folded below it the whole text, which is made when somebody unfolds it: a code has hundreds of
/// articles.
fn words(form: &Arc<TextForm>, cited: Option<Article>, lang: Lang) -> Html {
    let first = cited.map(|cited| match form.article(cited.number, cited.sub) {
        Some(here) => article(here, cited.paragraph),
        None => el("p").text(text::REG_ABSENT.get(lang)),
    });
    let of = el("p")
        .class("quiet")
        .text(&text::REG_TEXT_OF.with(lang, &[&form.version]));
    let open = RwSignal::new(false);
    let whole = Arc::clone(form);
    let all = move || {
        if !open.get() {
            return none();
        }
        let mut above = String::new();
        let articles = whole.articles.iter().map(|one| {
            // A heading stands once, above its first article.
            let mut one = one.clone();
            let chapter = std::mem::take(&mut one.chapter);
            let heading = (chapter != above).then(|| el("h3").attr("lang", "zh-CN").text(&chapter));
            above = chapter;
            none().maybe(heading).child(article(&one, None))
        });
        none().all(articles)
    };
    let summary = el("summary").text(&text::REG_WHOLE.with(lang, &[&form.articles.len()]));
    let details = el("details")
        .attr("data-test", "whole-text")
        .on("toggle", move |_| open.set(true))
        .child(summary)
        .dynamic(all);
    none().maybe(first).child(of).child(details)
}
