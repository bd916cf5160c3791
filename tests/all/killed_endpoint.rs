//! The endpoint killed without warning in the middle of its work.

use anyhow::{Result, ensure};
use domain::ids::ProfileId;
use futures::future::try_join_all;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use support::api::{Writer, random_id};
use support::{Api, Need, Stage, journey};

const CLIENTS: usize = 16;
const PEOPLE: usize = 4;
const BATCH: usize = 20;

/// Sends batches until told to stop; gives what was acknowledged. What was not acknowledged is sent again, as the app does.
async fn send_until(api: Api, profile: ProfileId, stop: Arc<AtomicBool>) -> Result<BTreeMap<String, String>> {
    let mut writer = Writer::new(profile)?;
    let mut acknowledged = BTreeMap::new();
    let mut batch = vec![writer.start()?];
    while !stop.load(Ordering::Relaxed) {
        while batch.len() < BATCH {
            batch.push(writer.answer()?);
        }
        let records: Vec<String> = batch.iter().map(|(_, record)| record.clone()).collect();
        let Some(answer) = api.send(&records).await? else {
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        ensure!(
            answer.verdicts.len() == batch.len(),
            "{} verdicts for {} records",
            answer.verdicts.len(),
            batch.len()
        );
        for (verdict, (id, record)) in answer.verdicts.iter().zip(batch.drain(..)) {
            ensure!(verdict.id.as_ref() == Some(&id), "verdict {verdict:?} for record {id}");
            ensure!(
                ["stored", "duplicate"].contains(&verdict.verdict.as_str()),
                "{verdict:?}"
            );
            acknowledged.insert(id, record);
        }
    }
    Ok(acknowledged)
}

async fn every_acknowledged_record_is_there(stage: &Stage) -> Result<()> {
    let mut server = stage.serve().await?;
    let mut people = Vec::new();
    for _ in 0..PEOPLE {
        let profile = ProfileId(random_id()?);
        people.push((Api::join(&server.origin(), server.code(), profile).await?, profile));
    }
    let mut acknowledged: Vec<BTreeMap<String, String>> = vec![BTreeMap::new(); PEOPLE];
    for load in [400, 900, 1_300] {
        let stop = Arc::new(AtomicBool::new(false));
        let clients = (0..CLIENTS).map(|n| {
            let (api, profile) = people[n % PEOPLE].clone();
            tokio::spawn(send_until(api, profile, Arc::clone(&stop)))
        });
        let clients: Vec<_> = clients.collect();
        tokio::time::sleep(Duration::from_millis(load)).await;
        server.kill()?;
        // The clients go on against a closed door for a moment, then find it open again.
        tokio::time::sleep(Duration::from_millis(100)).await;
        server.start_again().await?;
        tokio::time::sleep(Duration::from_millis(300)).await;
        stop.store(true, Ordering::Relaxed);
        for (n, sent) in try_join_all(clients).await?.into_iter().enumerate() {
            acknowledged[n % PEOPLE].extend(sent?);
        }
        for ((api, _), sent) in people.iter().zip(&acknowledged) {
            let held = api.held_by_id().await?;
            for (id, record) in sent {
                let found = held.get(id);
                ensure!(found.is_some(), "{id} was acknowledged and is not there after SIGKILL");
                let same = found.is_some_and(|held| {
                    held.record == serde_json::from_str::<serde_json::Value>(record).unwrap_or_default()
                });
                ensure!(same, "{id} is not what was sent");
            }
        }
    }
    let all: usize = acknowledged.iter().map(BTreeMap::len).sum();
    // Without real load the kills would have hit nothing.
    ensure!(all >= CLIENTS * BATCH, "only {all} records were acknowledged");
    println!("{all} records acknowledged over 3 kills, all there, each once");
    server.stop()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigkill_under_load_loses_no_acknowledged_record() {
    journey(
        "sigkill_under_load",
        &[Need::Endpoint, Need::Site],
        every_acknowledged_record_is_there,
    )
    .await;
}
