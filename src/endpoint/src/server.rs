//! Listening, with patience for slow clients and none for stalled ones, and an end without loss.

use crate::state::Peer;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt;

/// How long a connection may take to send the head of a request, idle time before it included.
const HEAD_TIME: Duration = Duration::from_secs(30);

/// The most connections at a time; whoever comes then waits to be accepted.
const MOST: usize = 4_096;

/// The most bytes that a connection buffers, and so the longest head of a request.
const BUFFER: usize = 64 * 1024;

/// How long open requests may take to finish after the end was asked for.
const FINISH: Duration = Duration::from_secs(20);

/// Serves until `end` is done; then accepts nothing new, finishes what is open, and returns. The store is left open.
pub async fn serve(listener: TcpListener, router: Router, end: impl Future<Output = ()>) {
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
                let (router, ended) = (router.clone(), ended.clone());
                tokio::spawn(async move {
                    connection(stream, Peer(peer), router, ended).await;
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

async fn connection(stream: TcpStream, peer: Peer, router: Router, mut ended: watch::Receiver<bool>) {
    // Answers are small and whole: waiting for more to send would only delay them.
    drop(stream.set_nodelay(true));
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
