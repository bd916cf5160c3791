//! The page of a regulation or standard: which text, since when, where it is published, what people get wrong.

use crate::page;
use crate::platform::clock;
use crate::state::app::{App, app};
use crate::state::packs::{self, LoadError};
use crate::text::{self, Text};
use crate::ui::notice::{Tone, notice};
use domain::citation::Article;
use domain::ids::PackHash;
use domain::time::Day;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;
use wire::pack::{RegistryPack, RegulationForm};

/// The page of the regulation `id`; `version` and `article` are those of the citation that led here, where there was one.
pub fn regulation(id: String, version: String, article: String) -> AnyView {
    let app = app();
    let loaded: RwSignal<Option<Result<Arc<RegistryPack>, LoadError>>, LocalStorage> = RwSignal::new_local(None);
    // Talks to the outside: fetches once the catalogue is there.
    Effect::new(move |_| {
        let hash = app.catalogue.with(|load| load.ready().and_then(|catalogue| catalogue.registry.parse::<PackHash>().ok()));
        if let Some(hash) = hash {
            spawn_local(async move {
                let registry = app.pack(hash).await.and_then(|bytes| packs::read(&bytes)).map(Arc::new);
                loaded.try_set(Some(registry));
            });
        }
    });
    view! {
        {move || {
            if let Some(error) = app.catalogue.with(|load| match load {
                crate::state::load::Load::Failed(error) => Some(error.clone()),
                _ => None,
            }) {
                return page::failed(app, &error);
            }
            loaded.with(|loaded| match loaded {
                None => page::loading(app),
                Some(Err(error)) => page::failed(app, error),
                Some(Ok(registry)) => show(app, registry, &id, &version, &article),
            })
        }}
    }
    .into_any()
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

fn show(app: App, registry: &RegistryPack, id: &str, version: &str, article: &str) -> AnyView {
    let lang = app.lang.get();
    let versions: Vec<&RegulationForm> = registry.regulations.iter().filter(|known| known.id == id).collect();
    let newest = versions.iter().max_by(|a, b| a.version.cmp(&b.version));
    let chosen = versions.iter().find(|known| known.version == version).or(newest);
    let (Some(chosen), Some(newest)) = (chosen, newest) else { return page::not_found(app) };
    let today = clock::now().day();
    let effective = chosen.effective.as_deref().and_then(Day::parse);
    let replaced = registry.regulations.iter().find(|other| {
        let this = format!("{}@{}", chosen.id, chosen.version);
        other.supersedes.contains(&this) && other.effective.as_deref().and_then(Day::parse).is_none_or(|day| day <= today)
    });
    let status = match (effective, replaced) {
        (_, Some(by)) => text::REG_OLD.with(lang, &[&by.version]),
        (Some(day), _) if day > today => text::REG_FUTURE.get(lang).to_owned(),
        _ if newest.version != chosen.version => text::REG_OLD.with(lang, &[&newest.version]),
        _ => text::REG_IN_FORCE.get(lang).to_owned(),
    };
    let cited = article.parse::<Article>().ok().map(|article| {
        let words = text::REG_CITED_AT.with(lang, &[&article.chinese()]);
        notice(Tone::Plain, "", view! { <p><b>{words}</b></p> <p>{text::REG_TEXT.get(lang)}</p> })
    });
    let note = (!chosen.note.is_empty()).then(|| {
        notice(Tone::Warn, text::REG_NOTE.get(lang), view! { <p lang="zh-CN">{chosen.note.clone()}</p> })
    });
    let unknown = text::REG_UNKNOWN.get(lang).to_owned();
    let body = view! {
        {cited}
        <dl class="facts-list">
            <dt>{text::REG_STATUS.get(lang)}</dt><dd>{status}</dd>
            <dt>{text::REG_KIND.get(lang)}</dt><dd>{kind(&chosen.kind).get(lang)}</dd>
            <dt>{text::REG_ISSUER.get(lang)}</dt><dd lang="zh-CN">{chosen.issuer.clone()}</dd>
            <dt>{text::REG_VERSION.get(lang)}</dt><dd>{chosen.version.clone()}</dd>
            <dt>{text::REG_EFFECTIVE.get(lang)}</dt><dd>{chosen.effective.clone().unwrap_or(unknown)}</dd>
            <dt>{text::REG_SOURCE.get(lang)}</dt>
            <dd><a href=chosen.source.clone() target="_blank" rel="noopener noreferrer">{chosen.source.clone()}</a></dd>
        </dl>
        {(!chosen.text).then(|| view! { <p class="flag">{text::REG_NO_TEXT.get(lang)}</p> })}
        {note}
    };
    page::frame(app, "regulation", chosen.title.clone(), body)
}
