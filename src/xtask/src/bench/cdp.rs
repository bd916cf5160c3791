//! A small client of the Chrome DevTools Protocol: calls with answers, events, and a time limit on everything.

use anyhow::{Context, Result, bail};
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::Message;

/// How long a call may take. Pages run throttled, so this is generous.
const PATIENCE: Duration = Duration::from_secs(60);

/// An event of a session.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    /// Such as `Network.loadingFinished`.
    pub(crate) method: String,
    /// Its parameters.
    pub(crate) params: Value,
}

#[derive(Default)]
struct Shared {
    /// Who waits for the answer to a call.
    waiting: HashMap<u64, oneshot::Sender<Value>>,
    /// Who listens to a session's events.
    listening: HashMap<String, mpsc::UnboundedSender<Event>>,
}

/// A connection to a browser.
#[derive(Clone)]
pub(crate) struct Client {
    next: Arc<AtomicU64>,
    shared: Arc<Mutex<Shared>>,
    outgoing: mpsc::UnboundedSender<Message>,
}

impl Client {
    /// Connects to the browser's WebSocket address.
    ///
    /// # Errors
    /// Nobody answers there.
    pub(crate) async fn connect(url: &str) -> Result<Self> {
        let (socket, _) = tokio_tungstenite::connect_async(url)
            .await
            .context("cannot connect to the browser")?;
        let (mut sink, mut stream) = socket.split();
        let (outgoing, mut queue) = mpsc::unbounded_channel::<Message>();
        let shared = Arc::new(Mutex::new(Shared::default()));
        tokio::spawn(async move {
            while let Some(message) = queue.recv().await {
                if sink.send(message).await.is_err() {
                    break;
                }
            }
        });
        let incoming = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Some(Ok(message)) = stream.next().await {
                if let Ok(value) = message
                    .to_text()
                    .map_err(drop)
                    .and_then(|t| serde_json::from_str(t).map_err(drop))
                {
                    deliver(&incoming, value);
                }
            }
            // Whoever still waits learns by its closed channel that the browser is gone.
            *incoming.lock().unwrap_or_else(PoisonError::into_inner) = Shared::default();
        });
        Ok(Self {
            next: Arc::default(),
            shared,
            outgoing,
        })
    }

    /// Calls a method of the browser, or of a session of it.
    ///
    /// # Errors
    /// The browser refuses, is gone or takes too long.
    pub(crate) async fn call(&self, session: Option<&str>, method: &str, params: Value) -> Result<Value> {
        let id = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        let (sender, receiver) = oneshot::channel();
        self.shared
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .waiting
            .insert(id, sender);
        let gone = || format!("{method}: the browser is gone");
        self.outgoing
            .send(Message::text(message.to_string()))
            .ok()
            .with_context(gone)?;
        let waited = tokio::time::timeout(PATIENCE, receiver).await;
        let answer = waited
            .with_context(|| format!("{method}: no answer in {PATIENCE:?}"))?
            .with_context(gone)?;
        match answer.get("error") {
            Some(error) => bail!("{method}: {error}"),
            None => Ok(answer["result"].clone()),
        }
    }

    /// All events of a session from now on; there is one listener a session.
    pub(crate) fn events(&self, session: &str) -> mpsc::UnboundedReceiver<Event> {
        let (sender, receiver) = mpsc::unbounded_channel();
        self.shared
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .listening
            .insert(session.to_owned(), sender);
        receiver
    }
}

fn deliver(shared: &Mutex<Shared>, mut message: Value) {
    let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(id) = message.get("id").and_then(Value::as_u64) {
        if let Some(sender) = shared.waiting.remove(&id) {
            // A caller that gave up is no problem of ours.
            let _ = sender.send(message);
        }
        return;
    }
    let Some(method) = message.get("method").and_then(Value::as_str).map(str::to_owned) else {
        return;
    };
    let session = message.get("sessionId").and_then(Value::as_str).unwrap_or_default();
    if let Some(listener) = shared.listening.get(session) {
        let _ = listener.send(Event {
            method,
            params: message["params"].take(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_and_events_find_whom_they_are_for() {
        let (sender, mut receiver) = oneshot::channel();
        let (listener, mut events) = mpsc::unbounded_channel();
        let shared = Mutex::new(Shared {
            waiting: HashMap::from([(7, sender)]),
            listening: HashMap::from([("s".to_owned(), listener)]),
        });
        for text in [
            r#"{"id":8,"result":{}}"#,
            r#"{"method":"A.b","params":{"x":1},"sessionId":"other"}"#,
            r#"{"method":"A.b","params":{"x":2},"sessionId":"s"}"#,
            r#"{"id":7,"result":{"y":3}}"#,
        ] {
            deliver(&shared, serde_json::from_str(text).unwrap());
        }
        assert_eq!(receiver.try_recv().unwrap()["result"]["y"], 3);
        let event = events.try_recv().unwrap();
        assert_eq!((event.method.as_str(), &event.params["x"]), ("A.b", &json!(2)));
        assert!(events.try_recv().is_err());
    }
}
