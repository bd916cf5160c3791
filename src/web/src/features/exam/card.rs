//! The result card of a practice contest: to show, to print, to send to colleagues together with the same paper.

use crate::html::{Html, el, none};
use crate::page;
use crate::platform::{dom, timer};
use crate::route::Route;
use crate::state::app::App;
use crate::text::{self, Lang};
use domain::exam::{Exam, ExamResult};
use leptos::prelude::*;
use wire::Bilingual;

/// How sharing went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shared {
    NotYet,
    Copied,
    /// Neither sharing nor the clipboard is to be had, as on plain HTTP: the words stand there to be copied by hand.
    ByHand,
}

/// The card; none while the paper is not handed in.
pub(super) fn card(app: App, known: &Exam, result: &ExamResult, title: &Bilingual, lang: Lang) -> Option<Html> {
    let (finished, handed) = known.finished?;
    let identity = app.identity.get();
    let person = identity
        .filter(|identity| !identity.name.is_empty())
        .map(|identity| format!("{} · {}", identity.name, identity.unit));
    let person = person.unwrap_or_else(|| text::exam::NAMELESS.get(lang).to_owned());
    let points = text::exam::POINTS_OF.with(lang, &[&result.points, &result.max]);
    let seconds = handed.elapsed_ms / 1_000;
    let took = text::exam::MINUTES_SECONDS.with(lang, &[&(seconds / 60), &(seconds % 60)]);
    let number = wire::record::write_seed(known.sitting.seed);
    let route = Route::Competition(known.sitting.exam.to_string(), number.clone());
    let address = format!("{}{}", dom::origin(), app.href(&route));
    let row = |name: text::Text, value: &str| {
        el("div")
            .child(el("dt").text(name.get(lang)))
            .child(el("dd").text(value))
    };
    let title = lang.of(title);
    let rows = el("dl")
        .child(row(text::exam::CARD_TIME, &took))
        .child(row(text::exam::CARD_DATE, &text::moment(finished.0)))
        .child(row(text::exam::CARD_PAPER, &number));
    let scan = el("div")
        .class("card-scan")
        .child(crate::ui::qr::code(&address, text::exam::CARD_SCAN.get(lang)))
        .child(el("p").class("quiet").text(text::exam::CARD_SCAN.get(lang)));
    let front = el("section")
        .class("result-card")
        .attr("data-test", "result-card")
        .attr("aria-label", text::exam::CARD.get(lang))
        .child(
            el("p")
                .class("card-head")
                .child(el("span").class("seal").attr("aria-hidden", "true").text("安"))
                .child(el("span").text(text::exam::CONTEST_MODE.get(lang))),
        )
        .child(el("h2").text(&title))
        .child(
            el("p")
                .class("card-person")
                .attr("data-test", "card-person")
                .text(&person),
        )
        .child(el("p").class("card-points").child(el("b").text(&points)))
        .child(rows)
        .child(scan)
        .child(el("p").class("quiet").text(text::exam::CARD_PROOF.get(lang)));
    let words = text::exam::CARD_WORDS.with(lang, &[&title, &points, &took, &address]);
    Some(none().child(front).child(share(words, lang)))
}

fn share(words: String, lang: Lang) -> Html {
    let state = RwSignal::new(Shared::NotYet);
    let shown = words.clone();
    let send = move || {
        let words = words.clone();
        timer::spawn(async move {
            match dom::hand_out(&words).await {
                dom::HandedOut::Shared => {}
                dom::HandedOut::Copied => drop(state.try_set(Shared::Copied)),
                dom::HandedOut::No => drop(state.try_set(Shared::ByHand)),
            }
        });
    };
    let said = move || match state.get() {
        Shared::NotYet => none(),
        Shared::Copied => el("p").text(text::exam::COPIED.get(lang)),
        Shared::ByHand => el("p").child(
            el("textarea")
                .attr("readonly", "")
                .attr("rows", "3")
                .attr("data-test", "card-words")
                .attr("aria-label", text::exam::COPY_BY_HAND.get(lang))
                .text(&shown),
        ),
    };
    let button = page::button("plain", text::exam::SHARE_CARD.get(lang), send).attr("data-test", "share-card");
    let print = page::button("plain", text::exam::PRINT.get(lang), dom::print);
    none()
        .child(el("p").class("buttons").child(button).child(print))
        .child(el("div").attr("aria-live", "polite").dynamic(said))
}
