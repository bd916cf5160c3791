//! Listening, with patience for slow clients and none for stalled ones, and an end without loss.

use crate::state::Peer;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::ServerConfig;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tower::ServiceExt;

/// How long a connection may take to send the head of a request, idle time before it included.
const HEAD_TIME: Duration = Duration::from_secs(30);

/// How long a connection may take to agree on its encryption.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// The first byte of a TLS connection: a record of the handshake (RFC 8446 §5.1).
const TLS_RECORD: u8 = 22;

/// The most connections at a time; whoever comes then waits to be accepted.
const MOST: usize = 4_096;

/// The most bytes that a connection buffers, and so the longest head of a request.
const BUFFER: usize = 64 * 1024;

/// How long open requests may take to finish after the end was asked for.
const FINISH: Duration = Duration::from_secs(20);

/// Serves until `end` is done; then accepts nothing new, finishes what is open, and returns. The store is left open.
pub async fn serve(listener: TcpListener, router: Router, end: impl Future<Output = ()>) {
    serve_with(listener, router, None, end).await;
}

/// The same over TLS, where `tls` says how.
pub async fn serve_with(
    listener: TcpListener,
    router: Router,
    tls: Option<Arc<ServerConfig>>,
    end: impl Future<Output = ()>,
) {
    let tls = tls.map(TlsAcceptor::from);
    let (ending, ended) = watch::channel(false);
    let room = Arc::new(Semaphore::new(MOST));
    let mut end = pin!(end);
    loop {
        let accepted = async {
            let permit = Arc::clone(&room).acquire_owned().await;
            (listener.accept().await, permit)
        };
        let (accepted, permit) = tokio::select! {
            accepted = accepted => accepted,
            () = &mut end => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let (router, tls, ended) = (router.clone(), tls.clone(), ended.clone());
                tokio::spawn(async move {
                    connection(stream, Peer(peer), router, tls, ended).await;
                    drop(permit);
                });
            }
            Err(error) => {
                // Mostly too many open files: others will be closed soon.
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    drop(ended);
    ending.send_replace(true);
    if tokio::time::timeout(FINISH, ending.closed()).await.is_err() {
        tracing::warn!(open = ending.receiver_count(), "connections did not finish in time");
    }
}

async fn connection(
    stream: TcpStream,
    peer: Peer,
    router: Router,
    tls: Option<TlsAcceptor>,
    mut ended: watch::Receiver<bool>,
) {
    // Answers are small and whole: waiting for more to send would only delay them.
    drop(stream.set_nodelay(true));
    let Some(tls) = tls else {
        return http(stream, peer, router, ended).await;
    };
    let greeted = tokio::select! {
        greeted = tokio::time::timeout(HANDSHAKE, greet(stream, &tls)) => greeted,
        _ = ended.wait_for(|ended| *ended) => return,
    };
    match greeted {
        Ok(Ok(Greeted::Tls(stream))) => http(*stream, peer, router, ended).await,
        Ok(Ok(Greeted::Plain(stream))) => http(stream, peer, Router::new().fallback(to_https), ended).await,
        Ok(Err(error)) => tracing::debug!(%error, "a connection did not agree on its encryption"),
        Err(_) => tracing::debug!("a connection took too long to agree on its encryption"),
    }
}

/// How a connection to a port for TLS begins.
enum Greeted {
    Tls(Box<TlsStream<TcpStream>>),
    Plain(TcpStream),
}

async fn greet(stream: TcpStream, tls: &TlsAcceptor) -> std::io::Result<Greeted> {
    let mut first = [0];
    if stream.peek(&mut first).await? == 1 && first != [TLS_RECORD] {
        return Ok(Greeted::Plain(stream));
    }
    Ok(Greeted::Tls(Box::new(tls.accept(stream).await?)))
}

/// Plain HTTP on the port for HTTPS: who types an address with its port leaves the scheme out, and browsers take `http`.
async fn to_https(request: Request) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.and_then(|host| host.parse::<Authority>().ok());
    let Some(host) = host.filter(|host| !host.as_str().contains('@')) else {
        return (StatusCode::BAD_REQUEST, "https\n").into_response();
    };
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let location = format!("https://{host}{path}");
    // Not for ever: plain HTTP may be served here tomorrow.
    let headers = [(header::LOCATION, location.as_str()), (header::CONNECTION, "close")];
    (StatusCode::TEMPORARY_REDIRECT, headers).into_response()
}

async fn http<S>(stream: S, peer: Peer, router: Router, mut ended: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        router.clone().oneshot(request.map(Body::new))
    });
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(BUFFER);
    let mut serving = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let ending = async { drop(ended.wait_for(|ended| *ended).await) };
    let result = tokio::select! {
        result = serving.as_mut() => result,
        () = ending => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "a connection broke off");
    }
}
