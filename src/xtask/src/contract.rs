//! The API against its own description: schemathesis, a Python package, makes requests of every kind from
//! `/api/v1/openapi.json` and looks for answers that the description does not know, and for errors of the server.

use crate::command::{output, run, which};
use crate::packages;
use crate::place::Place;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The package, pinned.
const PACKAGE: &str = "schemathesis==4.32.5";

/// What is looked for. That a batch with a bad record is answered by 200 and a verdict is the contract, so whether bad data is
/// refused as a whole is not asked.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,\
                      unsupported_method,allow_header_conformance,ignored_auth";

/// Requests of each kind, and where they begin: the same in every run.
const EXAMPLES: &str = "40";
const SEED: &str = "20260921";

/// What ends the right to ask anything more is tried last.
const LAST: &str = "(organize/session|/v1/person)$";

/// Tries the API of `binary`.
///
/// # Errors
/// Something is answered that should not be, or the package cannot be had.
pub(crate) fn check(place: &Place, binary: &Path) -> Result<()> {
    let tool = provide(place)?;
    let folder = place.target.join("contract");
    // What an earlier run left; there may be nothing.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let served = Served::start(binary, &folder)?;
    let token = served.token()?;
    let cookie = served.cookie()?;
    let person = served.person(&cookie)?;
    let config = folder.join("schemathesis.toml");
    fs::write(&config, known(&person))?;
    for which in [["--exclude-path-regex", LAST], ["--include-path-regex", LAST]] {
        let mut command = Command::new(&tool);
        command.current_dir(&folder).arg("--config-file").arg(&config);
        command.args(["run", &format!("{}api/v1/openapi.json", served.address)]);
        for header in [
            format!("Authorization: Bearer {token}"),
            format!("Cookie: {cookie}"),
            "x-anxue-desk: 1".into(),
        ] {
            command.args(["--header", &header]);
        }
        command.args(["--checks", CHECKS, "--phases", "examples,coverage,fuzzing"]);
        command.args(["--max-examples", EXAMPLES, "--seed", SEED, "--continue-on-failure"]);
        command.args(["--warnings", "off", "--no-color"]).args(which);
        run(&mut command)?;
    }
    // Whatever was tried, it is still at work.
    let health = served.call("GET", "health", &[], None)?;
    ensure!(health.0 == 200, "the endpoint is not well afterwards: {}", health.1);
    Ok(())
}

/// Ids that lead somewhere, so that not only refusals are seen.
fn known(person: &str) -> String {
    format!(
        "[[operations]]\ninclude-path = \"/api/v1/organize/units/{{id}}\"\nparameters = {{ id = 1 }}\n\
         [[operations]]\ninclude-path-regex = \"/organize/people/\\\\{{id\\\\}}(/confirm|/link)$\"\n\
         parameters = {{ id = \"{person}\" }}\n\
         [[operations]]\ninclude-path = \"/api/v1/organize/codes/{{number}}/close\"\nparameters = {{ number = 1 }}\n"
    )
}

/// The tool in a folder of its own below `target/`.
fn provide(place: &Place) -> Result<PathBuf> {
    packages::python()?;
    let folder = place.target.join("schemathesis");
    let tool = folder.join("bin/schemathesis");
    if !tool.is_file() {
        let python = which(&["python3"]).context("there is no python3")?;
        run(Command::new(python).args(["-m", "venv"]).arg(&folder))?;
        run(Command::new(folder.join("bin/pip")).args(["install", "--quiet", "--disable-pip-version-check", PACKAGE]))?;
    }
    println!("{}", output(Command::new(&tool).arg("--version"))?.trim());
    Ok(tool)
}

/// An endpoint that serves until it is dropped, with the lines that it printed first.
struct Served {
    child: Child,
    /// `http://127.0.0.1:PORT/`
    address: String,
    lines: Vec<String>,
}

impl Served {
    fn start(binary: &Path, folder: &Path) -> Result<Self> {
        let log = fs::File::create(folder.join("log"))?;
        let mut child = Command::new(binary)
            .args(["serve", "--addr", "127.0.0.1:0", "--rate", "0", "--data"])
            .arg(folder.join("data"))
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .with_context(|| format!("cannot start {}", binary.display()))?;
        let mut lines = Vec::new();
        let mut address = None;
        for line in BufReader::new(child.stdout.take().context("the endpoint has no output")?).lines() {
            let line = line?;
            address = line.strip_prefix("ready: ").map(str::to_owned);
            lines.push(line);
            if address.is_some() {
                break;
            }
        }
        let address = address.context("the endpoint ended before it was ready; see target/contract/log")?;
        Ok(Self { child, address, lines })
    }

    /// What follows `mark` in one of the lines, up to a blank.
    fn told(&self, mark: &str) -> Result<&str> {
        let rest = self.lines.iter().find_map(|line| Some(line.split_once(mark)?.1));
        let word = rest.and_then(|rest| rest.split_whitespace().next());
        word.with_context(|| format!("the endpoint did not say '{mark}'"))
    }

    /// One request on a connection of its own: status, and head and body as they came.
    fn call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Result<(u16, String)> {
        let host = self.address.trim_start_matches("http://").trim_end_matches('/');
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut head = format!("{method} /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
        for (name, value) in headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        let head = format!(
            "{head}content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        let mut stream = TcpStream::connect(host)?;
        stream.write_all(head.as_bytes())?;
        stream.write_all(body.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let status = answer.get(9..12).and_then(|status| status.parse().ok());
        Ok((status.context("no HTTP status came")?, answer))
    }

    fn token(&self) -> Result<String> {
        let code = self.told("code: ")?;
        let wish = json!({"code": code, "profile": "7d444840-9dc0-41d1-b245-5ffdce74fad2", "name": "张三"});
        let (_, answer) = self.call("POST", "api/v1/enrolments", &[], Some(&wish))?;
        text(&answer, "/token")
    }

    fn cookie(&self) -> Result<String> {
        let key = json!({"key": self.told("organize#")?});
        let (_, answer) = self.call("POST", "api/v1/organize/session", &[("x-anxue-desk", "1")], Some(&key))?;
        let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: "));
        let cookie = cookie.and_then(|cookie| cookie.split(';').next());
        Ok(cookie.context("signing in set no cookie")?.to_owned())
    }

    fn person(&self, cookie: &str) -> Result<String> {
        let headers = [("x-anxue-desk", "1"), ("cookie", cookie)];
        let (_, answer) = self.call("GET", "api/v1/organize/people", &headers, None)?;
        text(&answer, "/people/0/id")
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A text in the JSON body of an answer.
fn text(answer: &str, pointer: &str) -> Result<String> {
    let body = answer.split_once("\r\n\r\n").context("an answer without a body")?.1;
    let value: Value = serde_json::from_str(body).with_context(|| format!("no JSON: {body}"))?;
    let text = value.pointer(pointer).and_then(Value::as_str);
    Ok(text.with_context(|| format!("no {pointer} in {body}"))?.to_owned())
}
