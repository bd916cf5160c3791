//! Looking something up in lessons, handbook and registry, without a network.

use crate::html::{Event, Html, dynamic, el, none};
use crate::page;
use crate::platform::dom;
use crate::platform::timer::spawn;
use crate::route::Route;
use crate::state::app::{App, app};
use crate::state::packs::{self, LoadError};
use crate::state::search::{Hit, Index, words};
use crate::text::{self, Lang, Text};
use domain::ids::PackHash;
use leptos::prelude::*;
use std::sync::Arc;
use wire::search::SearchPack;

/// The most hits of a kind that are shown; with more, another word helps.
const MOST: usize = 20;

type Loaded = Option<Result<Arc<Index>, LoadError>>;

/// The page; `asked` is the question of the address, still percent-encoded.
pub fn search(asked: &str) -> Html {
    let app = app();
    let question = RwSignal::new(dom::decoded(asked));
    let loaded: RwSignal<Loaded, LocalStorage> = RwSignal::new_local(None);
    // Talks to the outside: fetches once the catalogue is there.
    Effect::new(move |_| {
        let hash = app.catalogue.with(|load| {
            load.ready()
                .and_then(|catalogue| catalogue.search.parse::<PackHash>().ok())
        });
        if let Some(hash) = hash {
            spawn(async move {
                let pack = app.pack(hash).await.and_then(|bytes| packs::read::<SearchPack>(&bytes));
                let index = pack.map(|pack| Arc::new(Index::new(pack.entries)));
                loaded.try_set(Some(index));
            });
        }
    });
    page::with_catalogue(app, move |_| show(app, question, loaded))
}

fn show(app: App, question: RwSignal<String>, loaded: RwSignal<Loaded, LocalStorage>) -> Html {
    let lang = app.lang.get();
    let input = el("input")
        .attr("type", "search")
        .attr("name", "q")
        .attr("autocomplete", "off")
        .attr("autocapitalize", "off")
        .attr("spellcheck", "false")
        .attr("enterkeyhint", "search")
        .prop_of("value", move || question.get().into())
        .on("input", move |event| {
            let asked: String = dom::value(event)
                .chars()
                .take(2 * crate::state::search::LONGEST)
                .collect();
            // The address keeps the question, so that going back and sharing bring it again.
            let route = Route::Search(dom::encoded(&asked));
            dom::go(&app.href(&route), true);
            question.set(asked);
        });
    let field = el("label")
        .class("field")
        .child(el("span").text(text::SEARCH_WORDS.get(lang)))
        .child(input);
    let form = el("form")
        .attr("role", "search")
        .on("submit", Event::prevent_default)
        .child(field);
    let results = dynamic(move || {
        loaded.with(|loaded| match loaded {
            None => page::loading(app),
            Some(Err(error)) => page::failed(app, error),
            Some(Ok(index)) => {
                let index = Arc::clone(index);
                dynamic(move || results(app, &index, &question.get(), lang))
            }
        })
    });
    page::frame(app, "search", text::SEARCH.get(lang), none().child(form).child(results))
}

fn results(app: App, index: &Index, question: &str, lang: Lang) -> Html {
    let (words, cut) = words(question);
    if words.is_empty() {
        return el("p").class("quiet").text(text::SEARCH_HINT.get(lang));
    }
    let hits = index.find(&words);
    let said = if hits.is_empty() {
        text::SEARCH_NONE.get(lang).to_owned()
    } else {
        text::SEARCH_COUNT.with(lang, &[&hits.len()])
    };
    let count = el("p")
        .attr("role", "status")
        .attr("data-test", "hits")
        .attr("data-count", &hits.len().to_string())
        .text(&said);
    let cut = cut.then(|| el("p").class("flag").text(text::SEARCH_CUT.get(lang)));
    let groups = [
        ("regulation", text::REGS),
        ("course", text::COURSES),
        ("lesson", text::SEARCH_LESSONS),
        ("check", text::NAV_HANDBOOK),
    ];
    // The kind of the best hit stands first.
    let first = hits.first().map(|hit| hit.entry.kind.clone()).unwrap_or_default();
    let (front, back): (Vec<_>, Vec<_>) = groups.into_iter().partition(|(kind, _)| *kind == first);
    let sections = front
        .into_iter()
        .chain(back)
        .filter_map(|(kind, title)| group(app, kind, title, &hits, lang));
    none().child(count).maybe(cut).all(sections)
}

fn group(app: App, kind: &str, title: Text, hits: &[Hit], lang: Lang) -> Option<Html> {
    let of_kind: Vec<&Hit> = hits.iter().filter(|hit| hit.entry.kind == kind).collect();
    if of_kind.is_empty() {
        return None;
    }
    let heading = format!("{}（{}）", title.get(lang), of_kind.len());
    let rows = of_kind.iter().take(MOST).map(|hit| row(app, hit));
    let more = (of_kind.len() > MOST).then(|| {
        el("p")
            .class("quiet")
            .text(&text::SEARCH_MORE.with(lang, &[&(of_kind.len() - MOST)]))
    });
    Some(
        el("section")
            .attr("data-kind", kind)
            .child(el("h2").text(&heading))
            .child(el("ul").class("cards hits").attr("lang", "zh-CN").all(rows))
            .maybe(more),
    )
}

fn marked(tag: &'static str, pieces: &[(String, bool)]) -> Html {
    let pieces = pieces.iter().map(|(words, is)| {
        let piece = if *is { el("mark") } else { el("span") };
        piece.text(words)
    });
    el(tag).all(pieces)
}

fn row(app: App, hit: &Hit) -> Html {
    let link = el("a")
        .attr("href", &format!("{}{}", app.base(), hit.entry.path))
        .attr("data-test", "hit")
        .child(marked("h3", &hit.title));
    let under = (!hit.entry.under.is_empty()).then(|| el("p").class("facts").text(&hit.entry.under));
    let passage = (!hit.passage.is_empty()).then(|| marked("p", &hit.passage));
    el("li").class("card").child(link).maybe(under).maybe(passage)
}
