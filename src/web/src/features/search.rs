//! Looking something up in lessons, handbook and registry, without a network.

use crate::html::{Event, Html, dynamic, el, later, none};
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

/// The hits of a kind that are shown at first: what a slow phone draws at once.
const MOST: usize = 4;

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

fn results(app: App, index: &Arc<Index>, question: &str, lang: Lang) -> Html {
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
    let first = hits.first().and_then(|place| index.entry(*place));
    let first = first.map(|entry| entry.kind.clone()).unwrap_or_default();
    let (front, back): (Vec<_>, Vec<_>) = groups.into_iter().partition(|(kind, _)| *kind == first);
    let sections = move |index: &Arc<Index>, kinds: &[(&'static str, Text)], hits: &[usize], words: &[String]| {
        let section = |(kind, title): &(&'static str, Text)| {
            let of_kind = |place: &usize| index.entry(*place).is_some_and(|entry| entry.kind == *kind);
            let hits: Vec<usize> = hits.iter().copied().filter(of_kind).collect();
            (!hits.is_empty()).then(|| group(app, index, kind, *title, hits, words, lang))
        };
        none().all(kinds.iter().filter_map(section))
    };
    let best = sections(index, &front, &hits, &words);
    // A slow phone draws the best hits first, and the other kinds when these are there.
    let index = Arc::clone(index);
    let others = later(move || sections(&index, &back, &hits, &words));
    none().child(count).maybe(cut).child(best).child(others)
}

/// The hits of a kind: the best ones, and all of them on demand.
fn group(
    app: App,
    index: &Arc<Index>,
    kind: &str,
    title: Text,
    hits: Vec<usize>,
    words: &[String],
    lang: Lang,
) -> Html {
    let heading = format!("{}（{}）", title.get(lang), hits.len());
    let all = RwSignal::new(false);
    let (index, words) = (Arc::clone(index), words.to_vec());
    let rows = move || {
        let most = if all.get() { hits.len() } else { MOST };
        let shown = hits.iter().take(most).filter_map(|place| index.hit(*place, &words));
        let more = (hits.len() > most).then(|| {
            let label = text::SEARCH_MORE.with(lang, &[&(hits.len() - most)]);
            let button = page::button("plain", &label, move || all.set(true)).attr("data-test", "more");
            el("p").class("buttons").child(button)
        });
        none()
            .child(
                el("ul")
                    .class("cards hits")
                    .attr("lang", "zh-CN")
                    .all(shown.map(|hit| row(app, &hit))),
            )
            .maybe(more)
    };
    el("section")
        .attr("data-kind", kind)
        .child(el("h2").text(&heading))
        .dynamic(rows)
}

fn marked(tag: &'static str, pieces: &[(String, bool)]) -> Html {
    pieces.iter().fold(el(tag), |whole, (words, is)| {
        if *is {
            whole.child(el("mark").text(words))
        } else {
            whole.text(words)
        }
    })
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
