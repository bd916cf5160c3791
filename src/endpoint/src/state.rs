//! What all requests share.

use crate::content::Live;
use crate::cors::AllowedOrigins;
use crate::limit::{Buckets, Rate, neighbourhood, seconds};
use crate::metrics::Metrics;
use crate::packs::Packs;
use crate::problem::{Code, Problem};
use crate::proxy::{Client, TrustedProxies};
use crate::sealed::Sealed;
use crate::site::Site;
use crate::store::{Hash, Holder, PersonId, Store};
use axum::http::{HeaderMap, header};
use domain::time::Timestamp;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use wire::api::Office as OfficeForm;

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The clock of this computer.
pub fn system_clock() -> Clock {
    Arc::new(|| {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    })
}

/// What may be set from outside.
#[derive(Clone)]
pub struct Options {
    /// Tells the time.
    pub clock: Clock,
    /// How many requests a token may make.
    pub records: Rate,
    /// How many wrong codes may come from one address. Right codes are not counted, so that a hall full of people behind one
    /// address can join at once.
    pub wrong_codes: Rate,
    /// How long the body of a request may take to arrive.
    pub body_time: Duration,
    /// The assessments that are offered at first.
    pub sealed: Sealed,
    /// Whether people come to this process by HTTPS: cookies are then for HTTPS alone.
    pub secure: bool,
    /// Whether browsers are told to come by HTTPS alone from now on.
    pub hsts: bool,
    /// The reverse proxies that are believed.
    pub proxies: TrustedProxies,
    /// The pages of other origins that may use the API.
    pub origins: AllowedOrigins,
    /// The office whose name and logo the app shows.
    pub office: Option<OfficeForm>,
}

impl Options {
    /// Whether the browser behind a request uses HTTPS: towards this process, or towards a reverse proxy that is believed.
    pub fn is_secure(&self, peer: Option<&Peer>, headers: &HeaderMap) -> bool {
        self.secure || self.client(peer, headers).https
    }

    fn client(&self, peer: Option<&Peer>, headers: &HeaderMap) -> Client {
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.0.ip());
        self.proxies.client(peer, headers)
    }
}

impl Default for Options {
    /// 600 requests a minute and token; 30 wrong codes a minute and address; 30 s for a body; no assessments; plain HTTP, as
    /// behind a reverse proxy on this machine; the pages of its own origin alone.
    fn default() -> Self {
        Self {
            clock: system_clock(),
            records: Rate {
                burst: 600,
                per_minute: 600,
            },
            wrong_codes: Rate {
                burst: 30,
                per_minute: 30,
            },
            body_time: Duration::from_secs(30),
            sealed: Sealed::default(),
            secure: false,
            hsts: false,
            proxies: TrustedProxies::default(),
            origins: AllowedOrigins::default(),
            office: None,
        }
    }
}

/// The other end of a connection, as an extension of its requests.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// For how long a token that held is believed to hold without asking the store.
const BELIEVED: Duration = Duration::from_secs(30);

/// The most tokens that are remembered.
const MOST_TOKENS: usize = 20_000;

/// What all requests share.
pub(crate) struct Shared {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) packs: Packs,
    live: RwLock<Arc<Live>>,
    pub(crate) options: Options,
    pub(crate) metrics: Metrics,
    pub(crate) records: Buckets<Hash>,
    pub(crate) wrong_codes: Buckets<IpAddr>,
    tokens: Mutex<HashMap<Hash, (Holder, Instant)>>,
}

impl Shared {
    pub(crate) fn new(store: Arc<dyn Store>, site: Site, options: Options) -> Self {
        Self {
            packs: Packs::new(Arc::clone(&store)),
            store,
            live: RwLock::new(Arc::new(Live {
                site,
                sealed: options.sealed.clone(),
            })),
            records: Buckets::new(options.records),
            wrong_codes: Buckets::new(options.wrong_codes),
            tokens: Mutex::default(),
            metrics: Metrics::default(),
            options,
        }
    }

    /// What is served at this moment: a request that holds it sees one generation of the content to its end.
    pub(crate) fn live(&self) -> Arc<Live> {
        Arc::clone(&self.live.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Serves something else from now on.
    pub(crate) fn serve(&self, live: Live) {
        let mut now = self.live.write().unwrap_or_else(PoisonError::into_inner);
        let site = live.site.with_catalogues_of(&now.site);
        *now = Arc::new(Live {
            site,
            sealed: live.sealed,
        });
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.options.clock)()
    }

    /// The person who asks, if the token holds and has not asked too often.
    pub(crate) async fn person(&self, headers: &HeaderMap) -> Result<PersonId, Problem> {
        let hash = bearer(headers)
            .and_then(crate::code::token_hash)
            .ok_or(Code::Unauthorized)?;
        let holder = self.holder(&hash).await?;
        self.records.take(hash, Instant::now()).map_err(too_many)?;
        if holder.erased {
            return Err(Code::Erased.into());
        }
        Ok(holder.person)
    }

    /// The address that a request comes from, as it is counted: that of the connection's other end, or what a reverse proxy
    /// that is believed says of its own.
    pub(crate) fn address(&self, peer: Option<&Peer>, headers: &HeaderMap) -> IpAddr {
        neighbourhood(self.options.client(peer, headers).address)
    }

    /// Forgets what is remembered of a person's tokens: what they hold for has changed.
    pub(crate) fn forget(&self, person: PersonId) {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.retain(|_, (holder, _)| holder.person != person);
    }

    async fn holder(&self, token: &Hash) -> Result<Holder, Problem> {
        let now = Instant::now();
        let today = self.now().day();
        let known = self
            .tokens
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(token)
            .copied();
        let known = known.filter(|(_, until)| now < *until).map(|(holder, _)| holder);
        if let Some(holder) = known.filter(|holder| holder.last_day == Some(today)) {
            return Ok(holder);
        }
        let Some(mut holder) = self.store.holder(token).await? else {
            return Err(Code::Unauthorized.into());
        };
        if holder.last_day != Some(today) {
            // The first use is noted before it has any effect: from then on the token cannot be replaced (`Store::enrol`).
            self.store.touch(token, today).await?;
            holder.last_day = Some(today);
        }
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        if tokens.len() >= MOST_TOKENS {
            tokens.clear();
        }
        tokens.insert(*token, (holder, now + BELIEVED));
        Ok(holder)
    }
}

/// The problem of one who asks too often.
pub(crate) fn too_many(wait: Duration) -> Problem {
    Problem {
        retry_after: seconds(wait),
        ..Code::TooMany.into()
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_is_that_of_this_process_or_of_a_believed_proxy() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-proto", "https".parse().unwrap());
        let none = HeaderMap::new();
        let peer = |text: &str| Some(Peer(text.parse().unwrap()));
        let (near, far) = (peer("127.0.0.1:9"), peer("10.0.0.1:9"));
        let plain = Options::default();
        assert!(plain.is_secure(near.as_ref(), &headers));
        assert!(!plain.is_secure(far.as_ref(), &headers), "anybody may say so");
        assert!(!plain.is_secure(near.as_ref(), &none));
        let tls = Options {
            secure: true,
            ..Options::default()
        };
        assert!(tls.is_secure(far.as_ref(), &none));
    }
}
