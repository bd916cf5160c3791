//! The endpoint as a whole: the router with everything around it.

use crate::content::Live;
use crate::cors;
use crate::problem::{Code, Problem};
use crate::routes::{enrolments, exams, links, organize, person, records, service};
use crate::site::{Site, csp, serve as site};
use crate::state::{Options, Shared};
use crate::store::{Store, StoreError};
use crate::totals;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Response as HttpResponse, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use std::any::Any;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tower_http::catch_panic::CatchPanicLayer;

/// How long a request may take at most, its body included. Longer than a wait for a store that another process holds.
const LONGEST: Duration = Duration::from_secs(60);

/// Headers of every answer, after OWASP's list (Secure Headers Project). Frames are refused twice because Chromium 86 in some
/// shells of it reads the older header alone; what a page may be asked for (camera, place) this site never asks for.
const SAFETY: [(&str, &str); 7] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("x-permitted-cross-domain-policies", "none"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), \
         microphone=(), midi=(), payment=(), usb=()",
    ),
];
/// What tells browsers to come by HTTPS alone (RFC 6797), for 180 days. Not said with a certificate of our own making
/// (`--lan`): a browser that was told so gives no way past a certificate that it does not know, and the hall would be locked
/// out. Nothing of subdomains: what else lies there is not ours to say.
const HSTS: &str = "max-age=15552000";

/// Behind this an address names a person.
const PEOPLE: &str = "/api/v1/organize/people/";

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The endpoint: a store, a site and what they have in common.
#[derive(Clone)]
pub struct Endpoint {
    shared: Arc<Shared>,
}

impl Endpoint {
    /// Brings store, site and assessments together: packs and sealed banks go into the store, and what waited for them is
    /// marked.
    ///
    /// # Errors
    /// The store cannot be used.
    pub async fn start(store: Arc<dyn Store>, site: Site, options: Options) -> Result<Self, StoreError> {
        let shared = Arc::new(Shared::new(store, site, options));
        let endpoint = Self { shared };
        endpoint.take_in(&endpoint.shared.live()).await?;
        Ok(endpoint)
    }

    /// Serves other content from now on. First its packs go into the store, so that whoever gets the new site finds them in
    /// every process; what was served before stays there by its hash.
    ///
    /// # Errors
    /// The store cannot be used; what was served before goes on.
    pub async fn replace(&self, live: Live) -> Result<(), StoreError> {
        self.take_in(&live).await?;
        self.shared.serve(live);
        Ok(())
    }

    async fn take_in(&self, live: &Live) -> Result<(), StoreError> {
        let shared = &self.shared;
        let packs = live.site.packs();
        if !packs.is_empty() {
            shared.store.put_packs(packs, shared.now()).await?;
        }
        let sealed = live.sealed.packs();
        if !sealed.is_empty() {
            shared.store.put_sealed(sealed, shared.now()).await?;
        }
        let verified = shared.packs.verify_pending(shared.now()).await?;
        if verified > 0 {
            tracing::info!(verified, "answers that waited for a pack are marked");
        }
        let marked = totals::settle_all(shared.store.as_ref(), &shared.packs, shared.now()).await?;
        if marked > 0 {
            tracing::info!(marked, "exams that waited are marked");
        }
        Ok(())
    }

    /// The store.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.shared.store
    }

    /// The router for all addresses.
    pub fn router(&self) -> Router {
        let api = Router::new()
            .route("/api/v1/records", get(records::get).post(records::post))
            .route("/api/v1/enrolments", post(enrolments::post))
            .route("/api/v1/links", post(links::post))
            .route("/api/v1/links/claims", post(links::claim))
            .route("/api/v1/person", get(person::get).delete(person::delete))
            .route("/api/v1/exams", get(exams::offers))
            .route("/api/v1/exams/{id}/sittings", post(exams::give))
            .route("/api/v1/exams/{id}/sittings/{attempt}", get(exams::result))
            .merge(organize::router())
            .route("/api/v1/time", get(service::time))
            .route("/api/v1/openapi.json", get(crate::openapi::get))
            .route("/health", get(service::health))
            .route("/metrics", get(service::metrics))
            .route("/api", get(service::not_found))
            .route("/api/{*rest}", axum::routing::any(service::not_found))
            .method_not_allowed_fallback(service::method_not_allowed);
        api.route("/config.json", get(service::config))
            .fallback(site::file)
            .with_state(Arc::clone(&self.shared))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(from_fn_with_state(Arc::clone(&self.shared), around))
            // Outermost, so that a page of another origin can also read what goes wrong further in.
            .layer(from_fn_with_state(Arc::clone(&self.shared), cors::around))
    }
}

/// A panic while answering: the request fails, the endpoint goes on.
#[allow(clippy::needless_pass_by_value, reason = "the signature that the layer asks for")]
fn panicked(_: Box<dyn Any + Send>) -> HttpResponse<Body> {
    Problem::from(Code::Internal).into_response()
}

/// What every request gets: an id, a time limit, headers of safety, a line in the log. The log names neither people nor
/// tokens, nor addresses inside the app, which say what somebody reads.
async fn around(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = crate::code::random::<8>().map_or(0, u64::from_be_bytes);
    let id = format!("{id:016x}");
    let method = request.method().clone();
    let path = request.uri().path();
    let api = path.starts_with("/api/") || path == "/api" || path == "/health" || path == "/metrics";
    let place = if path.starts_with(PEOPLE) {
        String::from(PEOPLE)
    } else if api {
        path.chars().take(80).collect()
    } else {
        String::from("site")
    };
    let mut response = match tokio::time::timeout(LONGEST, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::from(Code::Unavailable).into_response(),
    };
    let headers = response.headers_mut();
    if api {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    let nothing = HeaderValue::from_static(csp::NOTHING);
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(nothing);
    for (name, value) in SAFETY {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if shared.options.hsts {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HSTS));
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, value);
    }
    let status = response.status().as_u16();
    shared.metrics.answered(status, began.elapsed());
    let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    if status >= 500 {
        tracing::error!(request = id, %method, place, status, ms, "answered");
    } else if api {
        tracing::info!(request = id, %method, place, status, ms, "answered");
    } else {
        tracing::debug!(request = id, %method, place, status, ms, "answered");
    }
    response
}
