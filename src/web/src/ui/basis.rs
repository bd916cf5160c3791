//! What an item or check rests on, as links to the registry.

use crate::html::{Html, el, none};
use crate::route::Route;
use crate::text::{self, Lang};
use domain::citation::{Basis, Certainty, Citation};
use indexmap::IndexMap;
use wire::pack::RegulationRef;

/// A citation as running text: `《安全生产法》第三十六条第四款`.
pub fn citation_text(citation: &Citation, regulations: &IndexMap<String, RegulationRef>) -> String {
    let known = regulations.get(&format!("{}@{}", citation.regulation, citation.version));
    let name = known.map_or_else(
        || citation.regulation.to_string(),
        |regulation| regulation.short.clone(),
    );
    let article = citation.article.map(|article| article.chinese()).unwrap_or_default();
    format!("《{name}》{article}")
}

/// A list of citations, each a link below the site's `base`.
pub fn citations(list: &[Citation], regulations: &IndexMap<String, RegulationRef>, base: &str) -> Html {
    let entry = |citation: &Citation| {
        let route = Route::Regulation {
            id: citation.regulation.to_string(),
            version: citation.version.to_string(),
            article: citation.article.map(|article| article.to_string()).unwrap_or_default(),
        };
        let words = citation_text(citation, regulations);
        el("li").child(el("a").attr("href", &format!("{base}{}", route.path())).text(&words))
    };
    el("ul")
        .class("cites")
        .attr("lang", "zh-CN")
        .all(list.iter().map(entry))
}

/// A basis with its kind: checked articles, texts that are not at hand, or practice.
pub fn basis(basis: &Basis, regulations: &IndexMap<String, RegulationRef>, base: &str, lang: Lang) -> Html {
    match basis {
        Basis::Article(list) => citations(list, regulations, base),
        Basis::Cited {
            certainty,
            note,
            citations: list,
        } => {
            let certainty = match certainty {
                Certainty::High => text::CERTAIN_HIGH,
                Certainty::Medium => text::CERTAIN_MEDIUM,
                Certainty::Low => text::CERTAIN_LOW,
            };
            let flag = text::BASIS_CITED.with(lang, &[&certainty.get(lang)]);
            none()
                .child(citations(list, regulations, base))
                .child(el("p").class("flag").text(&flag))
                .child(el("p").class("quiet").attr("lang", "zh-CN").text(note))
        }
        Basis::Practice(reason) => {
            let reason = el("span").attr("lang", "zh-CN").text(reason);
            el("p").class("flag").text(text::BASIS_PRACTICE.get(lang)).child(reason)
        }
    }
}
