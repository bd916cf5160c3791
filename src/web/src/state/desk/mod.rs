//! The organizer's desk: who is signed in, which page is shown, and the requests of its pages. Nothing is stored in the
//! browser: what is shown comes from the endpoint each time.

pub mod address;
pub mod answer;

use crate::platform::timer::spawn;
use crate::platform::{dom, file, request};
use crate::text::Lang;
use address::{Page, Place};
use answer::{Fail, Want, file_name, key_in, outcome};
use leptos::prelude::*;
use serde::de::DeserializeOwned;
use wire::organize::{ExportRequest, KeyRequest, SessionAnswer, UnitLine, UnitsAnswer};

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Session {
    /// The endpoint is being asked.
    Asking,
    /// Nobody.
    Out,
    /// This organizer.
    In(SessionAnswer),
    /// The session of this organizer has ended; the page stays, with what was typed.
    Over(SessionAnswer),
    /// It could not be found out.
    Unknown(Fail),
}

/// How signing in fares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signing {
    /// Nothing is being done.
    Idle,
    /// A key is on its way.
    Busy,
    /// What was typed holds no key.
    NoKey,
    /// The last key was not accepted.
    Failed(Fail),
    /// The organizer signed out.
    Left,
}

/// Something that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Got<T> {
    /// On its way.
    Waiting,
    /// There.
    Here(T),
    /// Not to be had.
    Failed(Fail),
}

/// The desk, made once at the root. A handle: copies are the same desk.
#[derive(Clone, Copy)]
pub struct Desk {
    /// The page shown.
    pub place: RwSignal<Place>,
    /// The language of the interface.
    pub lang: RwSignal<Lang>,
    /// Who is signed in.
    pub session: RwSignal<Session>,
    /// How signing in fares.
    pub signing: RwSignal<Signing>,
    /// The units, for every page that has them to choose from.
    pub units: RwSignal<Got<Vec<UnitLine>>>,
    base: StoredValue<String>,
    focus: StoredValue<Option<&'static str>>,
}

/// The desk of this page.
pub fn desk() -> Desk {
    expect_context::<Desk>()
}

impl Desk {
    /// Makes the desk, signs in by the key of the address or asks who is signed in.
    pub fn start() -> Self {
        let base = dom::base();
        let (path, query, fragment) = dom::address();
        let lang = Lang::choose(&query, dom::remembered("anxue-lang").as_deref());
        if crate::route::parameter(&query, "lang").is_some() {
            dom::remember("anxue-lang", lang.code());
        }
        let place = Place::read(&base, &path, &query).unwrap_or_else(|| Page::Unknown.plain());
        let desk = Self {
            place: RwSignal::new(place),
            lang: RwSignal::new(lang),
            session: RwSignal::new(Session::Asking),
            signing: RwSignal::new(Signing::Idle),
            units: RwSignal::new(Got::Waiting),
            base: StoredValue::new(base),
            focus: StoredValue::new(None),
        };
        match key_in(&fragment) {
            Some(key) => desk.sign_in(key),
            None => desk.ask_who(),
        }
        desk.listen();
        desk
    }

    fn listen(self) {
        dom::on_history(move || {
            let (path, query, _) = dom::address();
            let place = Place::read(&self.base.get_value(), &path, &query);
            if let Some(place) = place.filter(|place| *place != self.place.get_untracked()) {
                self.show(place);
            }
        });
        // A link that is opened in this very tab changes the fragment alone.
        dom::on_window("hashchange", move || {
            if let Some(key) = key_in(&dom::address().2) {
                self.sign_in(key);
            }
        });
        dom::on_links(move |path| {
            let address = path.split('#').next().unwrap_or_default();
            let (inner, query) = address.split_once('?').unwrap_or((address, ""));
            match Place::read(&self.base.get_value(), inner, query) {
                Some(place) => self.go(place),
                None => dom::leave(&path),
            }
        });
    }

    /// The address of a page, for a link.
    pub fn href(self, place: &Place) -> String {
        format!("{}{}", self.base.get_value(), place.path())
    }

    /// The whole address of a page of the learner's app, such as `join#CODE`.
    pub fn learners(self, path: &str) -> String {
        format!("{}{}{path}", dom::origin(), self.base.get_value())
    }

    /// Shows a page, as a new entry of the history.
    pub fn go(self, place: Place) {
        dom::go(&self.href(&place), false);
        self.show(place);
    }

    fn show(self, place: Place) {
        // Within one list the focus goes to what was found; on another page to its heading.
        let same = self.place.with_untracked(|before| before.page == place.page);
        let listed = same && !place.page.fields().is_empty();
        self.focus.set_value(Some(if listed { "#found" } else { "#main h1" }));
        self.place.set(place);
        if !listed {
            dom::scroll_to(None);
        }
    }

    /// Where the focus goes now that another page is there; told once.
    pub fn arrived(self) -> Option<&'static str> {
        let focus = self.focus.get_value();
        self.focus.set_value(None);
        focus
    }

    /// Changes the language of the interface and remembers it.
    pub fn speak(self, lang: Lang) {
        dom::remember("anxue-lang", lang.code());
        self.lang.set(lang);
    }

    /// Asks the endpoint who is signed in.
    pub fn ask_who(self) {
        if !matches!(self.session.get_untracked(), Session::In(_) | Session::Over(_)) {
            self.session.set(Session::Asking);
        }
        spawn(async move {
            match self.get::<SessionAnswer>("session").await {
                Ok(answer) => self.signed_in(answer),
                Err(fail) => self.not_in(fail),
            }
        });
    }

    fn signed_in(self, answer: SessionAnswer) {
        self.signing.set(Signing::Idle);
        self.session.set(Session::In(answer));
        self.load_units();
    }

    fn not_in(self, fail: Fail) {
        // With a page open, what was typed there is worth more than the news that it was not found out.
        if let Session::Over(_) = self.session.get_untracked() {
            self.signing.set(Signing::Failed(fail));
            return;
        }
        self.session.set(match fail {
            Fail::SignedOut => Session::Out,
            // An endpoint of an older version has no desk.
            Fail::Refused(code) if code == "not-found" => Session::Unknown(Fail::NoEndpoint),
            fail => Session::Unknown(fail),
        });
    }

    /// Signs in by a link or its key, as it was typed. The key goes out of the address bar as soon as the endpoint has
    /// answered; without an answer it stays, to be tried again.
    pub fn sign_in(self, typed: &str) {
        let Some(key) = key_in(typed).map(str::to_owned) else {
            self.signing.set(Signing::NoKey);
            return;
        };
        if self.signing.get_untracked() == Signing::Busy {
            return;
        }
        self.signing.set(Signing::Busy);
        spawn(async move {
            let body = serde_json::to_string(&KeyRequest { key }).unwrap_or_default();
            let answer = self.send("POST", "session", Some(&body), Want::Json).await;
            if !matches!(answer, Err(Fail::Offline | Fail::Broken(_))) && self.waiting_key().is_some() {
                dom::clear_fragment();
            }
            match answer.and_then(|reply| read(&reply.body)) {
                Ok(answer) => self.signed_in(answer),
                Err(Fail::NoEndpoint) if !self.open() => {
                    self.signing.set(Signing::Idle);
                    self.session.set(Session::Unknown(Fail::NoEndpoint));
                }
                Err(fail) => {
                    self.signing.set(Signing::Failed(fail));
                    if self.session.get_untracked() == Session::Asking {
                        self.session.set(Session::Out);
                    }
                }
            }
        });
    }

    /// The key that stands in the address.
    pub fn waiting_key(self) -> Option<String> {
        key_in(&dom::address().2).map(str::to_owned)
    }

    /// Whether pages are open: somebody is, or was, signed in.
    fn open(self) -> bool {
        matches!(self.session.get_untracked(), Session::In(_) | Session::Over(_))
    }

    /// Ends the session; what went wrong where it was not ended.
    pub async fn sign_out(self) -> Option<Fail> {
        match self.send("DELETE", "session", None, Want::Json).await {
            Ok(_) | Err(Fail::SignedOut) => {
                self.signing.set(Signing::Left);
                self.session.set(Session::Out);
                self.units.set(Got::Waiting);
                None
            }
            Err(fail) => Some(fail),
        }
    }

    /// Reads the units anew; those that are there stay until then.
    pub fn load_units(self) {
        spawn(async move {
            match self.get::<UnitsAnswer>("units").await {
                Ok(answer) => {
                    let units = Got::Here(answer.units);
                    // A list that did not change is not drawn anew: somebody may be typing in it.
                    if self.units.with_untracked(|before| *before != units) {
                        self.units.set(units);
                    }
                }
                Err(fail) => {
                    let here = self.units.with_untracked(|units| matches!(units, Got::Here(_)));
                    if !here || fail == Fail::SignedOut {
                        self.units.set(Got::Failed(fail));
                    }
                }
            }
        });
    }

    /// The unit's name, where the units are there.
    pub fn unit_name(self, unit: i64) -> Option<String> {
        self.units.with(|units| match units {
            Got::Here(units) => units.iter().find(|line| line.id == unit).map(|line| line.name.clone()),
            _ => None,
        })
    }

    /// Reads the answer to `path` below the desk's API into `got`.
    pub fn load<T: DeserializeOwned + Send + Sync + 'static>(self, path: String, got: RwSignal<Got<T>>) {
        got.set(Got::Waiting);
        spawn(async move {
            let answer = self.get::<T>(&path).await;
            // The page may be gone by now.
            got.try_set(answer.map_or_else(Got::Failed, Got::Here));
        });
    }

    /// The answer to `path` below the desk's API.
    ///
    /// # Errors
    /// No answer, or a refusal.
    pub async fn get<T: DeserializeOwned>(self, path: &str) -> Result<T, Fail> {
        read(&self.send("GET", path, None, Want::Json).await?.body)
    }

    /// Sends a form and reads what comes back.
    ///
    /// # Errors
    /// No answer, or a refusal.
    pub async fn make<T: DeserializeOwned>(self, path: &str, body: Option<&str>) -> Result<T, Fail> {
        read(&self.send("POST", path, body, Want::Json).await?.body)
    }

    /// Does what has no answer but that it was done.
    ///
    /// # Errors
    /// No answer, or a refusal.
    pub async fn act(self, method: &str, path: &str, body: Option<&str>) -> Result<(), Fail> {
        self.send(method, path, body, Want::Json).await.map(|_| ())
    }

    /// Fetches a file and offers it as a download; its name.
    ///
    /// # Errors
    /// No answer, a refusal, or a browser that does not let us.
    pub async fn export(self, wanted: &ExportRequest) -> Result<String, Fail> {
        let body = serde_json::to_string(wanted).map_err(|_| Fail::Unreadable)?;
        let reply = self.send("POST", "exports", Some(&body), Want::File).await?;
        let name = file_name(&reply.disposition).unwrap_or_else(|| format!("anxue-{}.{}", wanted.what, wanted.format));
        if file::download_bytes(&name, &reply.media, &reply.body) {
            Ok(name)
        } else {
            Err(Fail::Refused("download".into()))
        }
    }

    async fn send(self, method: &str, path: &str, body: Option<&str>, want: Want) -> Result<request::Reply, Fail> {
        let url = format!("{}api/v1/organize/{path}", self.base.get_value());
        let reply = request::ask(method, &url, wire::organize::HEADER, body).await;
        let outcome = reply.map_err(|_| Fail::Offline).and_then(|reply| outcome(reply, want));
        if outcome == Err(Fail::SignedOut)
            && let Session::In(who) = self.session.get_untracked()
        {
            self.signing.set(Signing::Idle);
            self.session.set(Session::Over(who));
        }
        outcome
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Fail> {
    serde_json::from_slice(body).map_err(|_| Fail::Unreadable)
}
