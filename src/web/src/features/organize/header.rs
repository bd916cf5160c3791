//! What stands above every page of the desk: name, navigation, language, who is signed in.

use super::frame::{self, Said};
use crate::html::{Html, el, none};
use crate::platform::dom;
use crate::platform::timer::spawn;
use crate::state::desk::address::{Page, What};
use crate::state::desk::{Desk, Session};
use crate::text::{self, Lang, organize as t};
use leptos::prelude::*;

/// The header; the navigation only while `pages` says that there are pages.
pub(super) fn header(desk: Desk, pages: impl Fn() -> bool + 'static) -> Html {
    let skip = el("a")
        .class("skip")
        .attr("href", "#main")
        .text_of(move || text::SKIP.get(desk.lang.get()).to_owned())
        .on("click", |event| {
            event.prevent_default();
            dom::focus("#main");
        });
    let name = el("span")
        .child(el("b").text_of(move || text::APP.get(desk.lang.get()).to_owned()))
        .child(el("small").text_of(move || t::DESK_TAG.get(desk.lang.get()).to_owned()));
    let brand = el("a")
        .class("brand")
        .attr("href", &desk.href(&Page::Units.plain()))
        .child(
            el("span")
                .class("seal")
                .attr("lang", "zh-CN")
                .attr("aria-hidden", "true")
                .text("安"),
        )
        .child(name);
    let switch = move || {
        let (lang, label, code) = match desk.lang.get() {
            Lang::Zh => (Lang::En, "English", "en"),
            Lang::En => (Lang::Zh, "中文", "zh-CN"),
        };
        frame::button("lang", label, move || desk.speak(lang)).attr("lang", code)
    };
    none().child(skip).child(
        el("header")
            .class("top desk-top")
            .child(brand)
            .dynamic(switch)
            .dynamic(move || if pages() { below(desk) } else { none() }),
    )
}

fn below(desk: Desk) -> Html {
    none().child(nav(desk)).child(who(desk))
}

fn nav(desk: Desk) -> Html {
    let lang = desk.lang.get();
    let link = |page: Page, label: text::Text| {
        let own = page.clone();
        let current = move || {
            let here = desk.place.with(|place| match (&place.page, &own) {
                (Page::Person(_), Page::People) | (Page::Exports(_), Page::Exports(_)) => true,
                (here, own) => here == own,
            });
            here.then(|| "page".to_owned())
        };
        let link = el("a")
            .attr("href", &desk.href(&page.plain()))
            .attr_of("aria-current", current)
            .text(label.get(lang));
        el("li").child(link)
    };
    let links = el("ul").all([
        link(Page::Units, t::UNITS),
        link(Page::Codes, t::CODES),
        link(Page::People, t::PEOPLE),
        link(Page::Results, t::RESULTS),
        link(Page::Progress, t::PROGRESS),
        link(Page::Exports(What::Results), t::EXPORTS),
        link(Page::Log, t::LOG),
    ]);
    el("nav").attr("aria-label", t::NAV_DESK.get(lang)).child(links)
}

fn who(desk: Desk) -> Html {
    let lang = desk.lang.get();
    let said = RwSignal::new(None::<Said>);
    let name = move || match desk.session.get() {
        Session::In(who) => t::SIGNED_AS.with(lang, &[&who.name, &text::moment(who.expires)]),
        Session::Over(who) => who.name,
        _ => String::new(),
    };
    let leave = move || {
        spawn(async move {
            if let Some(fail) = desk.sign_out().await {
                said.try_set(Some(Said::Failed(fail)));
            }
        });
    };
    el("div")
        .class("desk-who")
        .child(el("span").text_of(name))
        .child(frame::button("quiet-button", t::SIGN_OUT.get(lang), leave).attr("data-test", "sign-out"))
        .child(frame::said(desk, said))
}
