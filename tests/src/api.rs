//! A client of the endpoint's API, and records to send it.

use anyhow::{Context, Result, bail, ensure};
use domain::ids::{AttemptId, BankId, DeviceId, ItemId, PackHash, ProfileId, RecordId, Uuid};
use domain::item::Response;
use domain::record::{Mode, Record, RecordBody};
use domain::shuffle::Seed;
use domain::time::Timestamp;
use domain::units::Revision;
use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use wire::api::{BatchAnswer, EnrolmentAnswer, EnrolmentRequest, MarkForm};

/// The API of one endpoint, for one person.
#[derive(Debug, Clone)]
pub struct Api {
    base: String,
    token: String,
    client: reqwest::Client,
}

/// What the endpoint holds.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Held {
    /// The record.
    pub record: Value,
    /// Its mark, where it is an answer and its pack is known.
    pub mark: Option<MarkForm>,
}

#[derive(Deserialize)]
struct Page {
    next: Option<String>,
    more: bool,
    records: Vec<Held>,
}

impl Api {
    /// The API at `origin` for the bearer of a token.
    pub fn new(origin: &str, token: impl Into<String>) -> Result<Self> {
        let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).build()?;
        Ok(Self {
            base: format!("{origin}/api/v1"),
            token: token.into(),
            client,
        })
    }

    /// Joins with a unit's code, patiently where the endpoint asks for patience.
    pub async fn join(origin: &str, code: &str, profile: ProfileId) -> Result<Self> {
        let mut api = Self::new(origin, "")?;
        let (profile, name, code) = (profile.to_string(), "压测员".into(), code.to_owned());
        let body = serde_json::to_string(&EnrolmentRequest {
            code,
            profile,
            name,
            staff_no: None,
        })?;
        for _ in 0..30 {
            let request = api
                .client
                .post(format!("{}/enrolments", api.base))
                .header("content-type", "application/json");
            let answer = request.body(body.clone()).send().await?;
            if answer.status() == StatusCode::TOO_MANY_REQUESTS {
                wait_as_told(&answer).await;
                continue;
            }
            let (status, text) = (answer.status(), answer.text().await?);
            ensure!(status.is_success(), "joining: {status} {text}");
            api.token = serde_json::from_str::<EnrolmentAnswer>(&text)?.token;
            return Ok(api);
        }
        bail!("joining: still told to wait after 30 tries")
    }

    /// Sends records as they are; none where the endpoint asked for patience or did not answer, so that nothing is known.
    pub async fn send(&self, records: &[String]) -> Result<Option<BatchAnswer>> {
        let body = format!("{{\"records\":[{}]}}", records.join(","));
        let request = self
            .client
            .post(format!("{}/records", self.base))
            .bearer_auth(&self.token);
        let Ok(answer) = request
            .header("content-type", "application/json")
            .body(body)
            .send()
            .await
        else {
            return Ok(None);
        };
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            wait_as_told(&answer).await;
            return Ok(None);
        }
        let status = answer.status();
        // Cut off in the middle: not acknowledged.
        let Ok(text) = answer.text().await else { return Ok(None) };
        ensure!(status == StatusCode::OK, "sending records: {status} {text}");
        Ok(Some(
            serde_json::from_str(&text).with_context(|| format!("not an answer to a batch: {text}"))?,
        ))
    }

    /// Everything that the endpoint holds for the person, in its order, page by page.
    pub async fn held(&self) -> Result<Vec<Held>> {
        let (mut all, mut after) = (Vec::new(), None::<String>);
        loop {
            let cursor = after
                .as_ref()
                .map(|after| format!("&after={after}"))
                .unwrap_or_default();
            let address = format!("{}/records?limit=500{cursor}", self.base);
            let answer = self.client.get(address).bearer_auth(&self.token).send().await?;
            if answer.status() == StatusCode::TOO_MANY_REQUESTS {
                wait_as_told(&answer).await;
                continue;
            }
            let (status, text) = (answer.status(), answer.text().await?);
            ensure!(status.is_success(), "reading records: {status} {text}");
            let page: Page = serde_json::from_str(&text).with_context(|| format!("not a page of records: {text}"))?;
            all.extend(page.records);
            match page.next.filter(|_| page.more) {
                Some(next) => ensure!(after.replace(next.clone()) != Some(next), "the cursor does not move"),
                None => return Ok(all),
            }
        }
    }

    /// What the endpoint holds by record id; a record held twice is an error.
    pub async fn held_by_id(&self) -> Result<BTreeMap<String, Held>> {
        let mut found = BTreeMap::new();
        for held in self.held().await? {
            let id = held.record["id"].as_str().context("a record without id")?.to_owned();
            ensure!(
                found.insert(id.clone(), held).is_none(),
                "the endpoint holds {id} twice"
            );
        }
        Ok(found)
    }
}

async fn wait_as_told(answer: &reqwest::Response) {
    let told = answer
        .headers()
        .get("retry-after")
        .and_then(|value| value.to_str().ok()?.parse().ok());
    tokio::time::sleep(Duration::from_secs(told.unwrap_or(1).min(5))).await;
}

/// 128 random bits as an id.
pub fn random_id() -> Result<Uuid> {
    Ok(Uuid::from_u128(random()?))
}

fn random() -> Result<u128> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).ok().context("no random bits")?;
    Ok(u128::from_be_bytes(bytes))
}

fn now() -> Result<u64> {
    Ok(u64::try_from(
        SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis(),
    )?)
}

/// Writes records as one device of one person does.
#[derive(Debug)]
pub struct Writer {
    profile: ProfileId,
    device: DeviceId,
    attempt: AttemptId,
    seq: u64,
}

impl Writer {
    /// A new device of a person.
    pub fn new(profile: ProfileId) -> Result<Self> {
        let attempt = AttemptId(Uuid::v7(now()?, random()?));
        Ok(Self {
            profile,
            device: DeviceId(random_id()?),
            attempt,
            seq: 0,
        })
    }

    /// The next answer, to an item of a bank that no endpoint knows: its id and its JSON.
    pub fn answer(&mut self) -> Result<(String, String)> {
        let (item, pack): (ItemId, PackHash) = ("load-001".parse()?, "0123456789abcdef0123456789abcdef".parse()?);
        let response = Response::Truth(Some(self.seq.is_multiple_of(2)));
        let body = RecordBody::Answered {
            attempt: Some(self.attempt),
            item,
            revision: Revision(1),
            pack,
            response,
        };
        self.write(body)
    }

    /// The beginning of an attempt at a bank that no endpoint knows.
    pub fn start(&mut self) -> Result<(String, String)> {
        let (bank, pack): (BankId, PackHash) = ("load".parse()?, "0123456789abcdef0123456789abcdef".parse()?);
        let items = vec!["load-001".parse()?];
        let body = RecordBody::AttemptStarted {
            attempt: self.attempt,
            mode: Mode::Practice,
            bank,
            pack,
            seed: Seed(7),
            items,
        };
        self.write(body)
    }

    fn write(&mut self, body: RecordBody) -> Result<(String, String)> {
        self.seq += 1;
        let now = now()?;
        let id = RecordId(Uuid::v7(now, random()?));
        let at = Timestamp(i64::try_from(now)?);
        let record = Record {
            at,
            device: self.device,
            seq: self.seq,
            id,
            profile: self.profile,
            body,
        };
        Ok((id.to_string(), wire::record::write(&record).context("not writable")?))
    }
}
