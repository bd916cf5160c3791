//! What an item or check rests on, as links to the registry.

use crate::route::Route;
use crate::text::{self, Lang};
use domain::citation::{Basis, Certainty, Citation};
use indexmap::IndexMap;
use leptos::prelude::*;
use wire::pack::RegulationRef;

/// A citation as running text: `《安全生产法》第三十六条第四款`.
pub fn citation_text(citation: &Citation, regulations: &IndexMap<String, RegulationRef>) -> String {
    let known = regulations.get(&format!("{}@{}", citation.regulation, citation.version));
    let name = known.map_or_else(|| citation.regulation.to_string(), |regulation| regulation.short.clone());
    let article = citation.article.map(|article| article.chinese()).unwrap_or_default();
    format!("《{name}》{article}")
}

/// A list of citations, each a link.
pub fn citations(list: &[Citation], regulations: &IndexMap<String, RegulationRef>, base: &str) -> AnyView {
    let entry = |citation: &Citation| {
        let route = Route::Regulation {
            id: citation.regulation.to_string(),
            version: citation.version.to_string(),
            article: citation.article.map(|article| article.to_string()).unwrap_or_default(),
        };
        let href = format!("{base}{}", route.path());
        view! { <li><a href=href>{citation_text(citation, regulations)}</a></li> }
    };
    view! { <ul class="cites" lang="zh-CN">{list.iter().map(entry).collect_view()}</ul> }.into_any()
}

/// A basis with its kind: checked articles, texts that are not at hand, or practice.
pub fn basis(basis: &Basis, regulations: &IndexMap<String, RegulationRef>, base: &str, lang: Lang) -> AnyView {
    let list = citations(basis.citations(), regulations, base);
    match basis {
        Basis::Article(_) => list,
        Basis::Cited { certainty, note, .. } => {
            let certainty = match certainty {
                Certainty::High => text::CERTAIN_HIGH,
                Certainty::Medium => text::CERTAIN_MEDIUM,
                Certainty::Low => text::CERTAIN_LOW,
            };
            let flag = text::BASIS_CITED.with(lang, &[&certainty.get(lang)]);
            view! { {list} <p class="flag">{flag}</p> <p class="quiet" lang="zh-CN">{note.clone()}</p> }.into_any()
        }
        Basis::Practice(reason) => {
            view! { <p class="flag">{text::BASIS_PRACTICE.get(lang)} <span lang="zh-CN">{reason.clone()}</span></p> }.into_any()
        }
    }
}
