//! TLS as clients meet it: the handshake, a renewal while it serves, slow and plain clients, a certificate for a hall.

use crate::support::{Home, site};
use endpoint::tls::{Certificates, Pair};
use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use sha2::{Digest, Sha256};
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use time::OffsetDateTime;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// How long something may take that should take no time.
const PROMPT: Duration = Duration::from_secs(5);

fn pair(folder: &Path) -> Pair {
    Pair {
        cert: folder.join("cert.pem"),
        key: folder.join("key.pem"),
    }
}

/// A certificate for `localhost` that holds from and until so many days from now, and its key.
fn issued(from: i64, until: i64) -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let now = OffsetDateTime::now_utc();
    params.not_before = now + time::Duration::days(from);
    params.not_after = now + time::Duration::days(until);
    (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
}

fn put(pair: &Pair, (cert, key): &(String, String)) {
    std::fs::write(&pair.cert, cert).unwrap();
    std::fs::write(&pair.key, key).unwrap();
}

/// A client that knows this certificate and no other.
fn client(cert: &str) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(cert.as_bytes()).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap();
    TlsConnector::from(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}

/// `GET` over a connection of whatever kind; the whole answer.
async fn get(mut stream: impl AsyncRead + AsyncWrite + Unpin, path: &str) -> std::io::Result<String> {
    let request = format!("GET {path} HTTP/1.1\r\nhost: a.example:8443\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

/// `GET` by HTTPS, from who says to be `name` and shows a certificate that `connector` knows.
async fn secure(address: SocketAddr, connector: &TlsConnector, name: &str, path: &str) -> std::io::Result<String> {
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let ask = async { get(connector.connect(name, stream).await?, path).await };
    tokio::time::timeout(PROMPT, ask).await.unwrap()
}

/// An endpoint with a certificate, whose files are looked at every few milliseconds.
struct Secured {
    _home: Home,
    folder: tempfile::TempDir,
    address: SocketAddr,
    cert: String,
}

impl Secured {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let pair = pair(folder.path());
        let issued = issued(-1, 90);
        put(&pair, &issued);
        let certificates = Arc::new(Certificates::load(pair).unwrap());
        let config = certificates.config().unwrap();
        tokio::spawn(certificates.watch(Duration::from_millis(20), endpoint::system_clock()));
        let home = Home::with(site(&[("index.html", "<p>")]), |options| options.hsts = true).await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let end = std::future::pending();
        tokio::spawn(endpoint::serve_with(listener, home.router.clone(), Some(config), end));
        Self {
            _home: home,
            folder,
            address,
            cert: issued.0,
        }
    }

    /// Whether it shows this certificate.
    async fn shows(&self, cert: &str) -> bool {
        let answer = secure(self.address, &client(cert), "localhost", "/health").await;
        answer.is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
    }

    async fn comes_to_show(&self, cert: &str) {
        let begun = Instant::now();
        while !self.shows(cert).await {
            assert!(begun.elapsed() < PROMPT, "the new certificate is not taken");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_come_over_tls_and_ask_for_https_from_then_on() {
    let home = Secured::new().await;
    let answer = secure(home.address, &client(&home.cert), "localhost", "/health")
        .await
        .unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let hsts = "strict-transport-security: max-age=15552000\r\n";
    assert!(answer.to_ascii_lowercase().contains(hsts), "{answer}");
    // Whoever shows another certificate than the one that is known, or bears another name, is not spoken to.
    assert!(!home.shows(&issued(-1, 90).0).await);
    let other = secure(home.address, &client(&home.cert), "b.example", "/health").await;
    assert!(other.is_err(), "{other:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_certificate_is_taken_while_it_serves_and_a_broken_one_is_not() {
    let home = Secured::new().await;
    let files = pair(home.folder.path());
    // Somebody who is in the middle of something is not cut off.
    let mut old = TcpStream::connect(home.address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let mut old = client(&home.cert).connect(name, &mut old).await.unwrap();
    let renewed = issued(-1, 180);
    put(&files, &renewed);
    home.comes_to_show(&renewed.0).await;
    assert!(!home.shows(&home.cert).await);
    assert!(get(&mut old, "/health").await.unwrap().starts_with("HTTP/1.1 200"));

    let broken: [&dyn Fn(); 4] = [
        &|| std::fs::write(&files.cert, "rubbish").unwrap(),
        &|| std::fs::write(&files.cert, &issued(-1, 90).0).unwrap(),
        &|| std::fs::write(&files.key, "").unwrap(),
        &|| std::fs::remove_file(&files.key).unwrap(),
    ];
    for (n, break_it) in broken.iter().enumerate() {
        break_it();
        // Long enough for several looks.
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(home.shows(&renewed.0).await, "broken in way {n}: the former is kept");
    }
    let good = issued(-1, 270);
    put(&files, &good);
    home.comes_to_show(&good.0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_slow_to_greet_holds_nobody_up_and_is_let_go() {
    let home = Secured::new().await;
    let begun = Instant::now();
    let mut silent = Vec::new();
    for n in 0..50 {
        let mut stream = TcpStream::connect(home.address).await.unwrap();
        // Half of them begin: the head of a TLS record, and never its content.
        if n % 2 == 0 {
            stream.write_all(&[22, 3, 1, 2, 0]).await.unwrap();
        }
        silent.push(stream);
    }
    assert!(home.shows(&home.cert).await);
    for mut stream in silent {
        let mut rest = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut rest)).await;
        assert!(ended.is_ok(), "a silent client keeps its place");
    }
    assert!(begun.elapsed() > Duration::from_secs(8), "patience with slow networks");
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_http_on_the_port_is_shown_the_way() {
    let home = Secured::new().await;
    let stream = TcpStream::connect(home.address).await.unwrap();
    let answer = get(stream, "/courses?lang=en").await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 307"), "{answer}");
    assert!(
        answer.contains("location: https://a.example:8443/courses?lang=en\r\n"),
        "{answer}"
    );
    let mut stream = TcpStream::connect(home.address).await.unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: x@evil\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
}

#[test]
fn what_is_wrong_with_a_certificate_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let pair = pair(folder.path());
    let (cert, key) = issued(-1, 90);
    let other = issued(-1, 90).1;
    let encrypted = key.replace("PRIVATE", "ENCRYPTED PRIVATE");
    let damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_owned();
    for (cert, key, expected) in [
        (&cert, &other, "is not that of the first certificate in"),
        (&key, &key, "there is no certificate in"),
        (&damaged, &key, "cannot be read"),
        (&cert, &cert, "there is no private key in"),
        (&cert, &encrypted, "is encrypted"),
    ] {
        put(&pair, &(cert.clone(), key.clone()));
        let error = Certificates::load(pair.clone()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    std::fs::remove_file(&pair.cert).unwrap();
    let error = Certificates::load(pair).unwrap_err().to_string();
    assert!(
        error.starts_with("cannot read ") && error.contains("cert.pem"),
        "{error}"
    );
}

/// The program, which ends with the test.
struct Running {
    child: Child,
    out: BufReader<ChildStdout>,
    errors: ChildStderr,
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn start(data: &Path, arguments: &[&str]) -> Running {
    let mut child = Command::new(env!("CARGO_BIN_EXE_anxue"))
        .args(["serve", "--addr", "127.0.0.1:0", "--data"])
        .arg(data)
        .args(arguments)
        .env("ANXUE_LOG", "warn")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let errors = child.stderr.take().unwrap();
    Running { child, out, errors }
}

impl Running {
    /// What it prints until it is ready, and where it listens.
    fn ready(&mut self) -> (String, SocketAddr) {
        let mut said = String::new();
        loop {
            let mut line = String::new();
            assert!(self.out.read_line(&mut line).unwrap() > 0, "ended: {said}");
            if let Some(url) = line.strip_prefix("ready: ") {
                let address = url
                    .trim_end()
                    .strip_prefix("https://")
                    .expect("the scheme is that of the site");
                return (said, address.trim_end_matches('/').parse().unwrap());
            }
            said.push_str(&line);
        }
    }

    /// What it logged, after its end.
    fn logged(mut self) -> String {
        drop(self.child.kill());
        let mut text = String::new();
        self.errors.read_to_string(&mut text).unwrap();
        text
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn for_a_hall_it_makes_its_certificate_and_shows_the_way() {
    let folder = tempfile::tempdir().unwrap();
    let mut running = start(folder.path(), &["--lan"]);
    let (said, address) = running.ready();
    let url = format!("lan: https://127.0.0.1:{}/\n", address.port());
    assert!(said.contains(&url) && said.contains("████ ▄▄▄▄▄ █"), "{said}");
    let file = folder.path().join("tls/lan-cert.pem");
    let cert = std::fs::read_to_string(&file).unwrap();
    let der = CertificateDer::from_pem_slice(cert.as_bytes()).unwrap();
    let bytes: Vec<String> = Sha256::digest(&der).iter().map(|byte| format!("{byte:02X}")).collect();
    assert!(
        said.contains(&format!("fingerprint: SHA-256 {}\n", bytes.join(":"))),
        "{said}"
    );
    for name in ["127.0.0.1", "localhost"] {
        let answer = secure(address, &client(&cert), name, "/health").await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        let told = answer.to_ascii_lowercase();
        assert!(!told.contains("strict-transport-security"), "{answer}");
    }
    drop(running);
    let mut again = start(folder.path(), &["--lan"]);
    assert!(again.ready().0.contains(&bytes.join(":")), "the certificate is kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_out_of_its_time_is_served_with_a_warning() {
    for (from, until, warning) in [
        (-90, -1, "has expired"),
        (1, 90, "does not hold yet"),
        (-80, 5, "expires soon"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let pair = pair(folder.path());
        put(&pair, &issued(from, until));
        let arguments = ["--tls-cert", text(&pair.cert), "--tls-key", text(&pair.key)];
        let mut running = start(&folder.path().join("data"), &arguments);
        running.ready();
        // The first look is not awaited by the start.
        tokio::time::sleep(Duration::from_millis(200)).await;
        let logged = running.logged();
        assert!(logged.contains(warning), "{logged}");
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn arguments_that_do_not_go_together_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let pair = pair(folder.path());
    let (cert, key) = (issued(-1, 90).0, issued(-1, 90).1);
    put(&pair, &(cert, key));
    let (cert, key) = (text(&pair.cert), text(&pair.key));
    for (arguments, code, word) in [
        (vec!["--tls-cert", cert], 2, "--tls-key"),
        (vec!["--tls-key", key], 2, "--tls-cert"),
        (vec!["--lan", "--tls-cert", cert, "--tls-key", key], 2, "--lan"),
        (vec!["--tls-cert", cert, "--tls-key", key], 1, "is not that of"),
        (vec!["--trusted-proxy", "nginx"], 2, "10.0.0.0/8"),
        (vec!["--cors-origin", "*"], 2, "no wildcard"),
        (vec!["--office-logo", cert], 2, "--office-name"),
        (
            vec!["--office-name", "城东街道", "--office-logo", cert],
            1,
            "neither SVG nor PNG",
        ),
        (vec!["--office-name", ""], 1, "1 to 40"),
    ] {
        let mut running = start(&folder.path().join("data"), &arguments);
        let ended = running.child.wait().unwrap();
        let said = running.logged();
        assert!(
            ended.code() == Some(code) && said.contains(word),
            "{arguments:?}: {ended} {said}"
        );
    }
}
