//! An office from end to end: an organizer, people with names that are markup, a device that is revoked, doubles that are merged,
//! a file for the bureau; and a page of somebody else that tries to act in the organizer's name.

use super::{all_sent, state};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use support::{Browser, Keys, Need, Reply, Stage, StandIn, Wish, journey};

const NEEDS: &[Need] = Need::USUAL;

/// What would run if a name ever became part of a page as markup.
const UNIT: &str = "<img src=x onerror=\"window.owned=1\">甲</b>";
const NAME: &str = "=<svg onload=owned=1>";
const DOUBLE: &str = "<script>owned=1</script>";

/// A request of the desk's own page; none where it answers without a body.
async fn desk(browser: &Browser, method: &str, path: &str, body: Value) -> Result<Value> {
    let script = "const [method, path, body] = arguments;
        const answer = await fetch('api/v1/organize/' + path, { method, body: body === null ? undefined : JSON.stringify(body),
            headers: { 'content-type': 'application/json', 'x-anxue-desk': '1' } });
        const text = await answer.text();
        if (!answer.ok) throw new Error(answer.status + ' ' + text);
        return answer.headers.get('content-type') === 'application/json' ? JSON.parse(text) : text;";
    browser.script(script, vec![json!(method), json!(path), body]).await
}

fn string(value: &Value) -> Result<String> {
    Ok(value.as_str().with_context(|| format!("no text: {value}"))?.to_owned())
}

/// Nothing of what people typed has run, and it stands on the page as they typed it.
async fn as_typed(browser: &Browser, css: &str, typed: &str) -> Result<()> {
    browser
        .wait(&format!("{typed} to be shown"), async || {
            Ok((browser.shows(css).await? && browser.text(css).await?.contains(typed)).then_some(()))
        })
        .await?;
    let owned = browser.script("return window.owned === undefined", vec![]).await?;
    ensure!(owned == json!(true), "a name ran as a script");
    Ok(())
}

async fn answer(browser: &Browser, keys: &Keys) -> Result<()> {
    browser.open(&format!("/practice/{}", keys.course()?.bank.id)).await?;
    browser.answer(keys, Wish::Right).await?;
    Ok(())
}

async fn join(browser: &Browser, code: &str, name: &str) -> Result<()> {
    browser.open(&format!("/join#{code}")).await?;
    browser.join_as(code, name).await
}

async fn person(organizer: &Browser, name: &str) -> Result<String> {
    let found = desk(organizer, "GET", "people", Value::Null).await?;
    let people = found["people"].as_array().context("no people")?;
    let one = people.iter().find(|person| person["name"] == name);
    string(&one.with_context(|| format!("{name} is not among {found}"))?["id"])
}

async fn office(stage: &Stage) -> Result<()> {
    let server = stage.serve().await?;
    let keys = stage.keys()?;
    let organizer = stage.browse(&server.origin()).await?;
    organizer.load(&format!("/organize#{}", server.desk_key()?)).await?;
    organizer.wait_for("main[data-page=units]").await?;
    organizer.fill("section input[name=name]", UNIT).await?;
    organizer.press("section button[type=submit]").await?;
    as_typed(&organizer, "#found", UNIT).await?;
    let units = desk(&organizer, "GET", "units", Value::Null).await?;
    let unit = units["units"]
        .as_array()
        .and_then(|units| units.iter().find(|unit| unit["name"] == UNIT));
    let unit = unit.context("the unit is not there")?["id"].clone();
    let made = desk(
        &organizer,
        "POST",
        "codes",
        json!({ "unit": unit, "uses": 5, "days": 3 }),
    )
    .await?;
    let code = string(&made["code"])?;

    let phone = stage.browse(&server.origin()).await?;
    answer(&phone, &keys).await?;
    join(&phone, &code, NAME).await?;
    as_typed(&phone, "footer .person", UNIT).await?;
    all_sent(&phone).await?;
    organizer.load("/organize/people").await?;
    as_typed(&organizer, "#found", NAME).await?;
    let id = person(&organizer, NAME).await?;
    organizer.load(&format!("/organize/people/{id}")).await?;
    as_typed(&organizer, "main[data-page=person]", NAME).await?;

    doubles(stage, &organizer, &phone, &code, &keys).await?;
    files(&organizer).await?;
    stranger(&organizer).await?;
    revoked(&organizer, &phone, &id, &keys).await
}

/// The same person has joined on another device as somebody else: once they are one, each device has all.
async fn doubles(stage: &Stage, organizer: &Browser, phone: &Browser, code: &str, keys: &Keys) -> Result<()> {
    let computer = stage.browse(phone.origin()).await?;
    answer(&computer, keys).await?;
    join(&computer, code, DOUBLE).await?;
    let theirs = all_sent(&computer).await?.by_id()?;
    let ours = phone.local().await?.by_id()?;
    let (double, into) = (person(organizer, DOUBLE).await?, person(organizer, NAME).await?);
    desk(
        organizer,
        "POST",
        &format!("people/{double}/merge"),
        json!({ "into": into }),
    )
    .await?;
    for browser in [&computer, phone] {
        browser.reload().await?;
        browser
            .wait("the records of both", async || {
                let all = browser.local().await?.by_id()?;
                Ok(theirs
                    .keys()
                    .chain(ours.keys())
                    .all(|id| all.contains_key(id))
                    .then_some(()))
            })
            .await?;
    }
    let people = desk(organizer, "GET", "people", Value::Null).await?;
    ensure!(people["total"] == 1, "{people}");
    Ok(())
}

async fn files(organizer: &Browser) -> Result<()> {
    let csv = desk(
        organizer,
        "POST",
        "exports",
        json!({ "what": "people", "format": "csv" }),
    )
    .await?;
    let csv = string(&csv)?;
    ensure!(csv.contains(&format!("'{NAME}")), "a name goes out as a formula: {csv}");
    organizer.load("/organize/log").await?;
    organizer
        .wait("the export in the log", async || {
            Ok(organizer.shows("#found").await?.then_some(()))
        })
        .await?;
    let log = desk(organizer, "GET", "audit", Value::Null).await?;
    ensure!(log["rows"][0]["action"] == "export", "{log}");
    for page in ["units", "codes", "people", "results", "progress", "log"] {
        let path = if page == "units" {
            "/organize".to_owned()
        } else {
            format!("/organize/{page}")
        };
        organizer.load(&path).await?;
        organizer.wait_for(&format!("main[data-page={page}]")).await?;
        organizer.wait_gone("[aria-busy=true]").await?;
        let owned = organizer.script("return window.owned === undefined", vec![]).await?;
        ensure!(owned == json!(true), "a name ran as a script on {page}");
    }
    Ok(())
}

/// A page of another origin, which the browser takes for the same site because it is on the same machine: whatever it tries,
/// nothing is done.
async fn stranger(organizer: &Browser) -> Result<()> {
    let before = desk(organizer, "GET", "audit", Value::Null).await?;
    let page = StandIn::start(|_| Reply::page("<!doctype html><title>x</title><p>Somebody else's page")).await?;
    organizer.tolerate("blocked by CORS policy");
    organizer.tolerate("net::ERR_FAILED");
    organizer.tolerate("ERR_BLOCKED_BY_RESPONSE");
    organizer.tolerate("status of 4");
    let here = organizer.driver().window().await?;
    organizer.new_window().await?;
    organizer.driver().goto(page.origin()).await?;
    let tries = "const at = arguments[0] + '/api/v1/organize/';
        const evil = JSON.stringify({ name: 'evil' });
        const tries = [
            fetch(at + 'units', { method: 'POST', mode: 'no-cors', credentials: 'include', body: evil }),
            fetch(at + 'units', { method: 'POST', credentials: 'include', body: evil,
                headers: { 'content-type': 'application/json', 'x-anxue-desk': '1' } }),
            fetch(at + 'people', { credentials: 'include' }),
            fetch(at + 'codes/1/close', { method: 'POST', mode: 'no-cors', credentials: 'include' }),
        ];
        const form = document.createElement('form');
        form.method = 'post'; form.enctype = 'text/plain'; form.target = 'frame'; form.action = at + 'units';
        const field = form.appendChild(document.createElement('input'));
        field.name = '{\"name\":\"evil\",\"x\":\"'; field.value = '\"}';
        const frame = document.body.appendChild(document.createElement('iframe'));
        frame.name = 'frame';
        document.body.appendChild(form).submit();
        const seen = await Promise.all(tries.map(one => one.then(answer => answer.type + ' ' + answer.status, () => 'refused')));
        await new Promise(done => setTimeout(done, 500));
        return seen;";
    let seen = organizer.script(tries, vec![json!(organizer.origin())]).await?;
    let seen: Vec<&str> = seen
        .as_array()
        .context("no answers")?
        .iter()
        .filter_map(Value::as_str)
        .collect();
    // Not even that there was an answer (`Cross-Origin-Resource-Policy`).
    ensure!(seen == ["refused"; 4], "another page reads answers: {seen:?}");
    organizer.switch_to(&here).await?;
    let after = desk(organizer, "GET", "audit", Value::Null).await?;
    ensure!(before == after, "another page did something: {after}");
    let units = desk(organizer, "GET", "units", Value::Null).await?;
    ensure!(!units.to_string().contains("evil"), "{units}");
    Ok(())
}

/// A device whose token was taken away keeps all that it has and asks to be linked again; then everything goes up.
async fn revoked(organizer: &Browser, phone: &Browser, id: &str, keys: &Keys) -> Result<()> {
    let card = desk(organizer, "GET", &format!("people/{id}"), Value::Null).await?;
    for device in card["devices"].as_array().context("no devices")? {
        let path = format!("people/{id}/devices/{}", string(&device["id"])?);
        desk(organizer, "DELETE", &path, Value::Null).await?;
    }
    phone.tolerate("status of 401");
    answer(phone, keys).await?;
    phone.wait_attr("[data-test=sync]", "data-state", "relink").await?;
    // The verdict is drawn before the count of what waits.
    phone
        .wait("what cannot be sent to wait", async || {
            Ok((state(phone, "data-pending").await? > 0).then_some(()))
        })
        .await?;
    let link = desk(organizer, "POST", &format!("people/{id}/link"), Value::Null).await?;
    phone.open(&format!("/join#link-{}", string(&link["code"])?)).await?;
    phone.press("input[name=mine][value=yes]").await?;
    phone.press("[data-test=link]").await?;
    phone.wait_for("[data-test=linked]").await?;
    let local = all_sent(phone).await?;
    let held = desk(organizer, "GET", &format!("people/{id}"), Value::Null).await?;
    ensure!(
        held["person"]["records"] == json!(local.records.len()),
        "{held} and {}",
        local.records.len()
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_office_runs_from_the_first_link_to_the_file_and_nobody_else_acts_in_its_name() {
    journey("office", NEEDS, office).await;
}
