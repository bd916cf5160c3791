//! Articles open beside what cites them, where the deployment has installed the text; elsewhere a citation leads to the registry
//! as ever.

use crate::html::{Html, el, none};
use crate::platform::beside::{self, Link};
use crate::platform::timer::spawn;
use crate::route::Route;
use crate::state::app::App;
use crate::state::packs::{self, LoadError};
use crate::text;
use crate::ui::article::article;
use domain::citation::Article;
use leptos::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;
use wire::text::{TextForm, TextsPack};

/// Opens articles beside their citations on all pages, for the life of the app.
pub fn beside(app: App) {
    let known: Rc<RefCell<Option<TextsPack>>> = Rc::default();
    let list = Rc::clone(&known);
    // Talks to the outside: fetches the list once the catalogue promises one.
    Effect::new(move |_| {
        let promised = app
            .catalogue
            .with(|load| load.ready().map(|catalogue| catalogue.texts.clone()));
        if let Some(promised) = promised.filter(|promised| !promised.is_empty()) {
            let list = Rc::clone(&list);
            spawn(async move {
                // Without it citations lead to the registry, where it is asked for again.
                if let Ok(found) = packs::texts(&app.base(), &promised).await {
                    *list.borrow_mut() = found;
                }
            });
        }
    });
    beside::on_links(move |[path, query, fragment], link| {
        let route = Route::read(&app.base(), &path, &query, &fragment);
        let Route::Regulation { id, version, article } = &route else {
            return false;
        };
        let Ok(cited) = article.parse::<Article>() else {
            return false;
        };
        let texts = known.borrow();
        let path = texts
            .as_ref()
            .and_then(|list| list.texts.get(&format!("{id}@{version}")));
        let Some(path) = path.cloned() else {
            return false;
        };
        if !link.close() {
            spawn(open(app, link, path, cited, route));
        }
        true
    });
}

async fn open(app: App, link: Link, path: String, cited: Article, route: Route) {
    let found = packs::text(&app.base(), &path).await;
    link.open(piece(app, &found, cited, &route));
}

/// The article, which text it is, and the way to the registry.
fn piece(app: App, found: &Result<TextForm, LoadError>, cited: Article, route: &Route) -> Html {
    let lang = app.lang.get_untracked();
    let words = match found {
        Ok(form) => {
            let here = form.article(cited.number, cited.sub);
            let absent = || el("p").text(text::REG_ABSENT.get(lang));
            none()
                .child(here.map_or_else(absent, |here| article(here, cited.paragraph)))
                .child(
                    el("p")
                        .class("quiet")
                        .text(&text::REG_TEXT_OF.with(lang, &[&form.version])),
                )
        }
        Err(_) => el("p").text(text::REG_UNREACHED.get(lang)),
    };
    // An address without an article opens nothing beside it.
    let entry = match route {
        Route::Regulation { id, version, .. } => Route::Regulation {
            id: id.clone(),
            version: version.clone(),
            article: String::new(),
        },
        other => other.clone(),
    };
    let entry = el("a").attr("href", &app.href(&entry)).text(text::REG_ENTRY.get(lang));
    none().child(words).child(el("p").child(entry))
}
