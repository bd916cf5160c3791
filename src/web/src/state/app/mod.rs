//! The running app: what every page reads, and the verbs that change it.

pub mod drafts;
pub mod exams;
mod files;
pub mod giving;
mod inspections;
pub mod people;
mod sending;

use crate::platform::channel::Channel;
use crate::platform::db::{Change, Contents, Db, DbError, Store};
use crate::platform::http;
use crate::platform::timer::spawn;
use crate::platform::{clock, dom, locks, random, timer, worker};
use crate::route::{Module, Route};
use crate::state::identity::Identity;
use crate::state::ledger::{Ledger, key, write_mark};
use crate::state::load::Load;
use crate::state::pace::Rest;
use crate::state::packs::{self, LoadError};
use crate::state::vault::{Memory, Place, Vault};
use crate::text::Lang;
use domain::ids::{PackHash, ProfileId, RecordId, Uuid};
use domain::item::{Item, ItemBody, Response};
use domain::marking::{Mark, Rule};
use domain::progress::Progress;
use domain::record::{Evidence, Marked, Record, RecordBody};
use domain::units::Points;
use leptos::prelude::*;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use wire::api::{EnrolmentAnswer, EnrolmentRequest, Office, Problem, SiteConfig};
use wire::catalogue::Catalogue;
use wire::item::ReadExercise;
use wire::pack::Bank;

/// What a module of the app knows of items, so that each carries the code of the kinds that it shows and no other.
#[derive(Clone, Copy)]
pub struct Kit {
    /// Which module this is.
    pub module: Module,
    /// Reads the body of an exercise; without it exercises are left out of banks.
    pub exercise: Option<ReadExercise>,
    /// Marks a response.
    pub mark: fn(&ItemBody, &Response, Points, Rule) -> Mark,
}

/// How the stored data fares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Storage {
    /// The database is being opened.
    Opening,
    /// On the disk.
    Disk,
    /// The browser refuses storage: nothing outlives the tab.
    Refused,
    /// The database is there and does not open; nothing is written until the person decides.
    Broken(String),
    /// The last write was not done.
    Full,
}

/// How sending fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// The site has no endpoint.
    NoEndpoint,
    /// Not enrolled yet.
    Unlinked,
    /// Nothing is being sent.
    Resting,
    /// A batch is on its way.
    Sending,
    /// The last try failed; another follows.
    Offline,
    /// The endpoint does not know the token any more.
    Relink,
    /// The endpoint erased everything on this person; nothing is sent any more.
    Erased,
}

/// Why joining failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JoinError {
    /// No answer came.
    Offline,
    /// The endpoint's stable code.
    Refused(String),
    /// The person did not confirm; nothing was sent.
    NoConsent,
    /// It was joined, but the token could not be stored here.
    NotStored,
}

struct Inner {
    place: Option<Place>,
    identity: Identity,
    banks: HashMap<PackHash, Arc<Bank>>,
    channel: Option<Channel>,
    failures: Cell<u32>,
    sending: Cell<bool>,
    again: Cell<bool>,
    timer: Cell<u64>,
    /// For how long the endpoint asked to be left alone.
    rest: Cell<Rest>,
    /// The profile whose refused records this page has looked through.
    retried: Cell<Option<ProfileId>>,
    /// When records of other devices were last looked for, milliseconds since 1970.
    pulled: Cell<i64>,
    attempt_lock: RefCell<Option<locks::Held>>,
}

/// The app, made once at the root. A handle: copies are the same app.
#[derive(Clone, Copy)]
pub struct App {
    /// The page shown.
    pub route: RwSignal<Route>,
    /// The language of the interface.
    pub lang: RwSignal<Lang>,
    /// The catalogue.
    pub catalogue: RwSignal<Load<Catalogue>>,
    /// The records of the profile in use.
    pub ledger: RwSignal<Ledger>,
    /// What the records amount to.
    pub progress: Memo<Progress>,
    /// How storing fares.
    pub storage: RwSignal<Storage>,
    /// How sending fares.
    pub link: RwSignal<Link>,
    /// Where results go.
    pub config: RwSignal<Option<SiteConfig>>,
    /// Who uses this browser; none until the database was read.
    pub identity: RwSignal<Option<Identity>>,
    /// How often another tab said that it wrote something.
    pub word: RwSignal<u32>,
    /// Whether a new version of the app waits.
    pub update: RwSignal<bool>,
    kit: StoredValue<Kit>,
    base: StoredValue<String>,
    moved: StoredValue<bool>,
    inner: StoredValue<Inner, LocalStorage>,
}

/// The app of this page.
pub fn app() -> App {
    expect_context::<App>()
}

impl App {
    /// Makes the app and starts everything that it reads: database, catalogue, configuration.
    pub fn start(kit: Kit) -> Self {
        let base = dom::base();
        let (path, query, fragment) = dom::address();
        let lang = Lang::choose(&query, dom::remembered("anxue-lang").as_deref());
        if crate::route::parameter(&query, "lang").is_some() {
            dom::remember("anxue-lang", lang.code());
        }
        let ledger = RwSignal::new(Ledger::default());
        let app = Self {
            route: RwSignal::new(Route::read(&base, &path, &query, &fragment)),
            lang: RwSignal::new(lang),
            catalogue: RwSignal::new(Load::Loading),
            ledger,
            progress: Memo::new(move |_| ledger.with(|ledger| Progress::fold(ledger.evidence.values()))),
            storage: RwSignal::new(Storage::Opening),
            link: RwSignal::new(Link::NoEndpoint),
            config: RwSignal::new(None),
            identity: RwSignal::new(None),
            word: RwSignal::new(0),
            update: RwSignal::new(false),
            kit: StoredValue::new(kit),
            base: StoredValue::new(base),
            moved: StoredValue::new(false),
            inner: StoredValue::new_local(Inner {
                place: None,
                identity: Identity::new([random::bits(), random::bits()]),
                banks: HashMap::new(),
                channel: None,
                failures: Cell::new(0),
                sending: Cell::new(false),
                again: Cell::new(false),
                timer: Cell::new(0),
                rest: Cell::default(),
                retried: Cell::new(None),
                pulled: Cell::new(0),
                attempt_lock: RefCell::new(None),
            }),
        };
        spawn(async move { app.open_database().await });
        spawn(async move {
            // A task of its own: the first call of the database takes an old phone a while.
            timer::sleep(0).await;
            app.load_catalogue().await;
        });
        app.listen();
        app
    }

    fn listen(self) {
        dom::on_history(move || {
            let (path, query, fragment) = dom::address();
            let route = Route::read(&self.base.get_value(), &path, &query, &fragment);
            if self.has(&route) {
                self.show(route);
            } else {
                // The address is there already; its page is of the other module.
                dom::reload();
            }
        });
        dom::on_links(move |address| self.follow(&address));
        dom::on_window("online", move || self.send_now());
        dom::on_window("pagehide", move || self.send_now());
        dom::on_visibility(move |_| self.send_now());
        let channel = Channel::join(move || {
            spawn(async move {
                self.reread().await;
                self.word.update(|word| *word = word.wrapping_add(1));
            });
        });
        self.inner.update_value(|inner| inner.channel = Some(channel));
        spawn(async move {
            // Not in the way of the first page.
            timer::sleep(3_000).await;
            worker::watch(move || self.update.set(true)).await;
        });
    }

    /// The absolute path of a page.
    pub fn href(self, route: &Route) -> String {
        format!("{}{}", self.base.get_value(), route.path())
    }

    /// Goes to the page at `address`, a path of this site with its base.
    pub fn follow(self, address: &str) {
        let (rest, fragment) = address
            .split_once('#')
            .map_or((address, String::new()), |(r, f)| (r, format!("#{f}")));
        let (path, query) = rest
            .split_once('?')
            .map_or((rest, String::new()), |(p, q)| (p, format!("?{q}")));
        let route = Route::read(&self.base.get_value(), path, &query, &fragment);
        if !self.has(&route) {
            dom::leave(address);
            return;
        }
        dom::go(address, false);
        let same = self.route.with_untracked(|now| *now == route);
        if !same {
            dom::scroll_to(None);
            self.show(route);
        } else if !fragment.is_empty() {
            dom::scroll_to(Some(fragment.trim_start_matches('#')));
        }
    }

    /// Goes to a page; `replace` leaves the present one out of the history.
    pub fn go(self, route: Route, replace: bool) {
        if !self.has(&route) {
            dom::leave(&self.href(&route));
            return;
        }
        dom::go(&self.href(&route), replace);
        dom::scroll_to(None);
        self.show(route);
    }

    /// Whether this module has the page; an address that is none is for the one that was asked.
    fn has(self, route: &Route) -> bool {
        route
            .module()
            .is_none_or(|module| module == self.kit.with_value(|kit| kit.module))
    }

    fn show(self, route: Route) {
        self.moved.set_value(true);
        self.route.set(route);
    }

    /// Whether the page was just changed within the app; true once for each change.
    pub fn arrived(self) -> bool {
        let moved = self.moved.get_value();
        self.moved.set_value(false);
        moved
    }

    /// The site's base path, with a slash at its end.
    pub fn base(self) -> String {
        self.base.get_value()
    }

    /// The office that runs the site, where it is to be named.
    pub fn office(self) -> Option<Office> {
        self.config.with(|config| config.as_ref()?.office.clone())
    }

    /// Switches the language and remembers it.
    pub fn speak(self, lang: Lang) {
        dom::remember("anxue-lang", lang.code());
        self.lang.set(lang);
    }

    async fn load_catalogue(self) {
        let url = dom::link("anxue-catalogue").unwrap_or_else(|| format!("{}catalogue.json", self.base.get_value()));
        let load = packs::catalogue(&url).await;
        self.catalogue
            .set(load.inspect(|catalogue| dom::texts(&catalogue.texts)).into());
        // The configuration is not on the way to the first question.
        let config = http::get(&format!("{}config.json", self.base.get_value()), false).await;
        let config = config
            .ok()
            .filter(|answer| answer.status == 200 && answer.media == "application/json");
        let read = config.and_then(|answer| Some((serde_json::from_slice(&answer.body).ok()?, answer.body)));
        // Without an answer the last known one holds: offline is no reason to forget the endpoint.
        let config = match read {
            Some((config, bytes)) => {
                if let Ok(text) = std::str::from_utf8(&bytes) {
                    dom::remember("anxue-config", text);
                }
                Some(config)
            }
            None => dom::remembered("anxue-config").and_then(|text| serde_json::from_slice(text.as_bytes()).ok()),
        };
        self.config.set(config);
        self.send_now();
    }

    /// Loads the catalogue again after a failure.
    pub fn reload_catalogue(self) {
        self.catalogue.set(Load::Loading);
        spawn(async move { self.load_catalogue().await });
    }

    async fn open_database(self) {
        match Db::open().await {
            Ok(db) => match db.contents().await {
                Ok(contents) => self.enter(Place::Disk(db), &contents, Storage::Disk).await,
                Err(error) => self.storage.set(Storage::Broken(error.to_string())),
            },
            // The opening was given up because the page was being left; if it came back, it goes on.
            Err(DbError::Left) => {
                timer::sleep(200).await;
                Box::pin(self.open_database()).await;
            }
            Err(DbError::Refused(_)) => {
                self.enter(Place::Memory(Memory::default()), &Contents::default(), Storage::Refused)
                    .await;
            }
            Err(error) => self.storage.set(Storage::Broken(error.to_string())),
        }
    }

    async fn enter(self, place: Place, contents: &Contents, storage: Storage) {
        let mut newer = None;
        let identity = if let Some(identity) = Identity::read(contents) {
            identity
        } else {
            let made = self.inner.with_value(|inner| inner.identity.clone());
            // First use. Two tabs may be opened at once: the first to write decides who the person is. Should the write
            // fail, the first answer says so; until then nothing is claimed to be stored.
            if place.write_first("profile", made.changes()).await == Ok(false) {
                newer = place.contents().await.ok();
            }
            newer.as_ref().and_then(Identity::read).unwrap_or(made)
        };
        let contents = newer.as_ref().unwrap_or(contents);
        self.ledger.set(Ledger::read(contents, identity.profile));
        self.inner.update_value(|inner| {
            inner.identity = identity.clone();
            inner.place = Some(place);
        });
        self.identity.set(Some(identity));
        self.storage.set(storage);
        self.send_now();
    }

    /// Gives up a database that does not open and begins a new one.
    pub async fn start_anew(self) -> bool {
        if Db::destroy().await.is_err() {
            return false;
        }
        self.storage.set(Storage::Opening);
        self.open_database().await;
        true
    }

    fn place(self) -> Option<Place> {
        self.inner.with_value(|inner| inner.place.clone())
    }

    async fn reread(self) {
        let Some(place) = self.place() else { return };
        if let Ok(contents) = place.contents().await {
            let before = self.inner.with_value(|inner| inner.identity.profile);
            if let Some(identity) = Identity::read(&contents) {
                self.inner.update_value(|inner| inner.identity = identity.clone());
                self.identity.set(Some(identity));
            }
            let profile = self.inner.with_value(|inner| inner.identity.profile);
            let ledger = Ledger::read(&contents, profile);
            // Another tab may have switched to another profile: nothing of the old one's belongs here.
            let ledger = if profile == before {
                self.ledger.with_untracked(|known| ledger.with(known))
            } else {
                ledger
            };
            if self.ledger.with_untracked(|known| *known != ledger) {
                self.ledger.set(ledger);
            }
        }
    }

    fn tell_others(self) {
        self.inner.with_value(|inner| {
            if let Some(channel) = &inner.channel {
                channel.tell();
            }
        });
    }

    /// How many records are stored on this device: none where the browser refuses storage.
    pub fn stored(self) -> usize {
        if self.storage.with(|storage| *storage == Storage::Refused) {
            return 0;
        }
        self.ledger.with(Ledger::stored)
    }

    /// A new UUIDv7 by the device's clock.
    pub fn new_id(self) -> Uuid {
        Uuid::v7(clock::now().0.unsigned_abs(), random::bits())
    }

    /// Stores what happened. When this returns the id, the record is on the disk; the ledger has it and it will be sent.
    ///
    /// # Errors
    /// It was not stored, and nothing pretends that it was.
    pub async fn record(self, body: RecordBody) -> Result<RecordId, DbError> {
        let record = self.store(body).await?;
        let id = record.id;
        self.settle(Evidence {
            record,
            mark: None,
            received: None,
        });
        Ok(id)
    }

    /// Stores an answer, then has it marked and shown by `show`, and only when that has been drawn does what nobody waits
    /// for: the ledger, the mark, word to other tabs, sending. Should the page end in between, the record is on the disk, and the
    /// next page finds it there.
    ///
    /// # Errors
    /// It was not stored; `show` was not called.
    pub async fn answer(self, body: RecordBody, show: impl FnOnce() -> Mark) -> Result<(), DbError> {
        let record = self.store(body).await?;
        let id = record.id;
        let marked = Marked::Here(show());
        timer::drawn().await;
        let mark = Some(marked);
        self.settle(Evidence {
            record,
            mark,
            received: None,
        });
        self.keep_mark(id, marked).await;
        Ok(())
    }

    /// Puts a record onto the disk.
    async fn store(self, body: RecordBody) -> Result<Record, DbError> {
        let place = self.place().ok_or_else(|| DbError::Broken("not open".into()))?;
        let identity = self.inner.with_value(|inner| inner.identity.clone());
        let id = RecordId(self.new_id());
        let at = clock::now();
        let made: Rc<RefCell<Option<Record>>> = Rc::default();
        let out = Rc::clone(&made);
        let (profile, device) = (identity.profile, identity.device);
        let build = move |seq| {
            let record = Record {
                at,
                device,
                seq,
                id,
                profile,
                body: body.clone(),
            };
            let text = wire::record::write(&record).unwrap_or_default();
            *out.borrow_mut() = Some(record);
            let key = key(profile, &id.to_string());
            vec![
                Change::Put(Store::Records, key.clone(), text),
                Change::Put(Store::Pending, key, "1".into()),
            ]
        };
        let done = place.write_counted("seq", build).await;
        if let Err(error) = done {
            self.storage.set(Storage::Full);
            return Err(error);
        }
        // Built in the transaction that has just been done.
        made.take().ok_or_else(|| DbError::Failed("no record was built".into()))
    }

    /// Takes a stored record into what the pages show, tells the other tabs, and has it sent.
    fn settle(self, evidence: Evidence) {
        self.ledger.update(|ledger| {
            let id = evidence.record.id;
            // Word of another tab may have brought it already; it may even have been sent since.
            if let Some(known) = ledger.evidence.get_mut(&id) {
                known.mark = known.mark.max(evidence.mark);
            } else {
                ledger.pending.insert(id.to_string());
                ledger.evidence.insert(id, evidence);
            }
        });
        if self.storage.with_untracked(|storage| *storage == Storage::Full) {
            self.storage.set(Storage::Disk);
        }
        self.tell_others();
        self.send_soon();
    }

    /// Notes the mark given here to a stored answer.
    fn note_mark(self, record: RecordId, mark: Mark) {
        self.note_total(record, Marked::Here(mark));
    }

    /// Notes the mark of a record, unless a better-founded one is known; nothing happens where it is known already.
    pub fn note_total(self, record: RecordId, marked: Marked) {
        let known = self
            .ledger
            .with_untracked(|ledger| ledger.evidence.get(&record).and_then(|evidence| evidence.mark));
        if known >= Some(marked) {
            return;
        }
        self.ledger.update(|ledger| {
            if let Some(evidence) = ledger.evidence.get_mut(&record) {
                evidence.mark = evidence.mark.max(Some(marked));
            }
        });
        spawn(async move { self.keep_mark(record, marked).await });
    }

    /// Puts a mark onto the disk. Losing it loses nothing: the answer is stored and marked again.
    async fn keep_mark(self, record: RecordId, marked: Marked) {
        let Some(place) = self.place() else { return };
        let profile = self.inner.with_value(|inner| inner.identity.profile);
        // The endpoint may have been quicker; its mark stays.
        let better = self.ledger.with_untracked(|ledger| {
            let known = ledger.evidence.get(&record).and_then(|evidence| evidence.mark);
            known.is_some_and(|known| known > marked)
        });
        if !better {
            let change = Change::Put(Store::Marks, key(profile, &record.to_string()), write_mark(marked));
            let _ = place.write(&[change]).await;
        }
    }

    /// The bank in the pack `hash`.
    ///
    /// # Errors
    /// It is not to be had, or does not fit its hash twice.
    pub async fn bank(self, hash: PackHash) -> Result<Arc<Bank>, LoadError> {
        if let Some(bank) = self.inner.with_value(|inner| inner.banks.get(&hash).cloned()) {
            // It may have come before the records did.
            self.mark_missing(hash, &bank);
            return Ok(bank);
        }
        let bank = Arc::new(wire::pack::read_bank_by(
            &self.pack(hash).await?,
            self.kit.with_value(|kit| kit.exercise),
        )?);
        self.inner.update_value(|inner| {
            inner.banks.insert(hash, Arc::clone(&bank));
        });
        self.mark_missing(hash, &bank);
        Ok(bank)
    }

    /// Marks stored answers to items of this pack whose mark got lost with a closed page.
    fn mark_missing(self, hash: PackHash, bank: &Bank) {
        let missing: Vec<(RecordId, Mark)> = self.ledger.with_untracked(|ledger| {
            let unmarked = ledger.evidence.values().filter(|evidence| evidence.mark.is_none());
            unmarked
                .filter_map(|evidence| match &evidence.record.body {
                    RecordBody::Answered {
                        item,
                        revision,
                        pack,
                        response,
                        ..
                    } if *pack == hash => {
                        let item = bank.items.get(item).filter(|item| item.revision == *revision)?;
                        Some((evidence.record.id, self.mark(item, response)))
                    }
                    _ => None,
                })
                .collect()
        });
        for (record, mark) in missing {
            self.note_mark(record, mark);
        }
    }

    /// The bytes of a pack, proven by its hash.
    ///
    /// # Errors
    /// It is not to be had, or does not fit its hash twice.
    pub async fn pack(self, hash: PackHash) -> Result<Vec<u8>, LoadError> {
        packs::pack(&self.base.get_value(), hash).await
    }

    /// Marks a response in practice: the item's own points, the rule of practice.
    pub fn mark(self, item: &Item, response: &Response) -> Mark {
        let max = item.body.kind().default_points();
        self.kit
            .with_value(|kit| (kit.mark)(&item.body, response, max, Rule::default()))
    }

    /// Says to all tabs that an attempt is open here (or no longer), so that no update comes over it.
    pub fn hold_attempt(self, open: bool) {
        if !open {
            self.inner.with_value(|inner| inner.attempt_lock.take());
            return;
        }
        spawn(async move {
            if self.inner.with_value(|inner| inner.attempt_lock.borrow().is_some()) {
                return;
            }
            if let locks::Lock::Ours(held) = locks::ask(locks::ATTEMPT, true).await {
                self.inner.with_value(|inner| inner.attempt_lock.replace(Some(held)));
            }
        });
    }

    /// Lets the waiting version take over. False where an attempt is open in some tab: then nothing happens.
    pub async fn take_update(self) -> bool {
        if locks::held(locks::ATTEMPT).await.unwrap_or(false) {
            return false;
        }
        worker::take_over().await;
        true
    }

    /// Joins a unit with its code. What is stored here goes up afterwards.
    ///
    /// # Errors
    /// Nothing changed here.
    pub async fn join(self, code: String, name: String, staff_no: Option<String>) -> Result<(), JoinError> {
        let endpoint = self
            .config
            .get_untracked()
            .and_then(|config| config.endpoint)
            .ok_or(JoinError::Offline)?;
        // A token that came before there is a place to keep it would be lost.
        while self.storage.with_untracked(|storage| *storage == Storage::Opening) {
            timer::sleep(50).await;
        }
        let place = self.place().ok_or(JoinError::NotStored)?;
        let mut identity = self.inner.with_value(|inner| inner.identity.clone());
        let request = EnrolmentRequest {
            code,
            profile: identity.profile.to_string(),
            name,
            staff_no,
        };
        let body = serde_json::to_string(&request).map_err(|_| JoinError::Offline)?;
        let answer = http::post(&self.api(&endpoint, "enrolments"), None, &body, false).await;
        let answer = answer.map_err(|_| JoinError::Offline)?;
        let Ok(joined) = serde_json::from_slice::<EnrolmentAnswer>(&answer.body) else {
            let problem = serde_json::from_slice::<Problem>(&answer.body);
            return Err(problem.map_or(JoinError::Offline, |problem| JoinError::Refused(problem.code)));
        };
        identity.token = Some(joined.token);
        identity.unit = joined.unit;
        identity.name = request.name;
        place
            .write(&identity.changes())
            .await
            .map_err(|_| JoinError::NotStored)?;
        self.inner.update_value(|inner| inner.identity = identity.clone());
        self.identity.set(Some(identity));
        self.link.set(Link::Resting);
        self.tell_others();
        self.send_now();
        Ok(())
    }
}

/// What came of taking in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    /// How many records were new here.
    pub new: usize,
    /// Whether they belong to another profile than the one in use.
    pub apart: bool,
}
