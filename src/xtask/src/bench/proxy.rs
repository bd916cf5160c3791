//! Counts what goes over the wire: a plain relay in front of the server. It sees what a page's own events do not show, such as
//! the service worker looking for an update.

use anyhow::Result;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// A relay.
#[derive(Clone)]
pub(crate) struct Proxy {
    /// `host:port` to connect to.
    pub(crate) addr: String,
    received: Arc<AtomicU64>,
}

impl Proxy {
    /// Relays to the server at `upstream`.
    ///
    /// # Errors
    /// No port is free.
    pub(crate) async fn start(upstream: &str) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let proxy = Self {
            addr: listener.local_addr()?.to_string(),
            received: Arc::default(),
        };
        let (upstream, received) = (upstream.to_owned(), Arc::clone(&proxy.received));
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let (upstream, received) = (upstream.clone(), Arc::clone(&received));
                // A connection that breaks is the browser's to make anew.
                tokio::spawn(async move { relay(near, &upstream, received).await.ok() });
            }
        });
        Ok(proxy)
    }

    /// Bytes from the server to the browser so far, headers included.
    pub(crate) fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }
}

async fn relay(near: TcpStream, upstream: &str, received: Arc<AtomicU64>) -> Result<()> {
    let far = TcpStream::connect(upstream).await?;
    near.set_nodelay(true)?;
    far.set_nodelay(true)?;
    let (from_near, to_near) = near.into_split();
    let (from_far, to_far) = far.into_split();
    let back = tokio::spawn(copy(from_far, to_near, received));
    copy(from_near, to_far, Arc::default()).await?;
    back.await?
}

async fn copy(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, count: Arc<AtomicU64>) -> Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = from.read(&mut buffer).await?;
        if read == 0 {
            return Ok(to.shutdown().await?);
        }
        count.fetch_add(read as u64, Ordering::Relaxed);
        to.write_all(&buffer[..read]).await?;
    }
}
