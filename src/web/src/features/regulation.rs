//! The page of a regulation or standard: which text, since when, where it is published, what people get wrong.

use crate::html::{Html, dynamic, el, none};
use crate::page;
use crate::platform::clock;
use crate::platform::timer::spawn;
use crate::state::app::{App, app};
use crate::state::packs::{self, LoadError};
use crate::text::{self, Lang, Text};
use crate::ui::notice::{Tone, notice};
use domain::citation::Article;
use domain::ids::PackHash;
use domain::time::Day;
use leptos::prelude::*;
use std::sync::Arc;
use wire::pack::{RegistryPack, RegulationForm};

/// The page of the regulation `id`; `version` and `article` are those of the citation that led here, where there was one.
pub fn regulation(id: String, version: String, article: String) -> Html {
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
        let (id, version, article) = (id.clone(), version.clone(), article.clone());
        dynamic(move || {
            loaded.with(|loaded| match loaded {
                None => page::loading(app),
                Some(Err(error)) => page::failed(app, error),
                Some(Ok(registry)) => show(app, registry, &id, &version, &article),
            })
        })
    })
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
    let (Some(chosen), Some(newest)) = (chosen, newest) else {
        return page::not_found(app);
    };
    let today = clock::now().day();
    let effective = chosen.effective.as_deref().and_then(Day::parse);
    let replaced = registry.regulations.iter().find(|other| {
        let this = format!("{}@{}", chosen.id, chosen.version);
        other.supersedes.contains(&this)
            && other
                .effective
                .as_deref()
                .and_then(Day::parse)
                .is_none_or(|day| day <= today)
    });
    let status = match (effective, replaced) {
        (_, Some(by)) => text::REG_OLD.with(lang, &[&by.version]),
        (Some(day), _) if day > today => text::REG_FUTURE.get(lang).to_owned(),
        _ if newest.version != chosen.version => text::REG_OLD.with(lang, &[&newest.version]),
        _ => text::REG_IN_FORCE.get(lang).to_owned(),
    };
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
        notice(
            Tone::Plain,
            "",
            none().child(words).child(el("p").text(text::REG_TEXT.get(lang))),
        )
    });
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
    let body = none().maybe(cited).child(facts).maybe(no_text).maybe(note);
    page::frame_chinese(app, "regulation", &chosen.title, body)
}
