//! scratch
use anyhow::Result;
use support::{Need, Stage, journey};
async fn walk(stage: &Stage, bf: bool) -> Result<()> {
    let server = stage.serve().await?;
    for n in 0..13 {
        let flags = if bf { vec![] } else { vec!["--disable-features=BackForwardCache".to_owned()] };
 let b = stage.browse_with(support::browser::Options { origin: server.origin(), flags, ..Default::default() }).await?;
        b.open("/").await?;
        b.open("/privacy").await?;
        tokio::time::sleep(std::time::Duration::from_secs(3)).await;
        let st = b.attr("[data-test=sync]", "data-state").await?;
        if st == "opening" {
            let probe = b.script("const r = indexedDB.open('anxue'); return await new Promise(f => { r.onsuccess = () => { const s = Array.from(r.result.objectStoreNames); f('ok v' + r.result.version + s) }; r.onerror = () => f('err ' + r.error); r.onblocked = () => f('blocked'); r.onupgradeneeded = () => { f('upgrade'); r.transaction.abort() }; setTimeout(() => f('hang'), 3000) })", vec![]).await?;
            let dbs = b.script("return JSON.stringify(await Promise.race([indexedDB.databases(), new Promise(f => setTimeout(() => f('hang'), 2000))]))", vec![]).await?;
            let locks = b.script("return JSON.stringify(await navigator.locks.query())", vec![]).await?;
            println!("run {bf} {n}: stuck; probe {probe} dbs {dbs} locks {locks} console {:?}", b.driver().browser_log().await?);
            b.reload().await?;
            tokio::time::sleep(std::time::Duration::from_secs(20)).await;
            println!("after reload: {} {bf}", b.attr("[data-test=sync]", "data-state").await?);
        } else { println!("run {bf} {n}: {st}"); }
        b.quit().await;
    }
    Ok(())
}
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scratch_a() { journey("scratch_a", Need::USUAL, async |s| walk(s, true).await).await; }
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scratch_b() { journey("scratch_b", Need::USUAL, async |s| walk(s, false).await).await; }
