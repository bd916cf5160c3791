//! TLS: certificates from PEM files, taken anew when the files change, and one of our own making for a hall (`lan`).

pub mod lan;
pub(crate) mod qr;

use crate::state::Clock;
use domain::time::Timestamp;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert, ServerSessionMemoryCache};
use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys, ServerConfig};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

/// How often the running endpoint looks whether its certificate was renewed.
pub const LOOK: Duration = Duration::from_secs(3);

/// From how long before the end on a certificate is said to expire soon, in milliseconds.
const SOON: i64 = 14 * 86_400_000;

/// How many sessions can be resumed without a new key exchange: a hall of people who come back every minute.
const SESSIONS: usize = 4_096;

/// Where a certificate and its private key lie.
#[derive(Debug, Clone)]
pub struct Pair {
    /// The certificate and the chain up to its root, in PEM, the certificate first.
    pub cert: PathBuf,
    /// The private key in PEM, not encrypted.
    pub key: PathBuf,
}

/// Why a certificate and its key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The file is no PEM with certificates.
    #[error("there is no certificate in {}: it must be PEM, with lines -----BEGIN CERTIFICATE-----", .0.display())]
    NoCertificate(PathBuf),
    /// A certificate in the file is damaged.
    #[error("a certificate in {} cannot be read: it is damaged or no X.509 certificate", .0.display())]
    BadCertificate(PathBuf),
    /// The file is no PEM with a private key.
    #[error("there is no private key in {}: it must be PEM, with a line -----BEGIN PRIVATE KEY----- or alike", .0.display())]
    NoKey(PathBuf),
    /// The key needs a pass phrase, which nobody could type at a restart.
    #[error("the private key in {} is encrypted: take the pass phrase off with `openssl pkey -in FILE -out NEW`", .0.display())]
    EncryptedKey(PathBuf),
    /// The key is of a kind that is not known.
    #[error("the private key in {} cannot be used: it must be ECDSA (P-256, P-384), Ed25519 or RSA with 2048 bits or more", .0.display())]
    BadKey(PathBuf),
    /// The key belongs to another certificate.
    #[error("the private key in {} is not that of the first certificate in {}", key.display(), cert.display())]
    OtherKey {
        /// The file of the certificate.
        cert: PathBuf,
        /// The file of the key.
        key: PathBuf,
    },
}

/// How a certificate stands at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Good,
    NotYet,
    Soon,
    Expired,
}

/// A certificate with its key, and from when to when it holds.
#[derive(Debug)]
struct Loaded {
    key: Arc<CertifiedKey>,
    from: Timestamp,
    until: Timestamp,
}

/// The certificate that is shown to whoever connects; another one from one moment to the next when its files change.
#[derive(Debug)]
pub struct Certificates {
    pair: Pair,
    /// How the files were when they were read.
    stamp: Stamp,
    loaded: RwLock<Arc<Loaded>>,
}

/// When the two files were written last, and how long they are; nothing of one that is not there.
type Stamp = [Option<(SystemTime, u64)>; 2];

fn stamp(pair: &Pair) -> Stamp {
    // Follows links: tools that renew certificates replace a link.
    [&pair.cert, &pair.key].map(|path| {
        let file = std::fs::metadata(path).ok()?;
        Some((file.modified().ok()?, file.len()))
    })
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    std::fs::read(path).map_err(|source| TlsError::Read {
        path: path.to_owned(),
        source,
    })
}

fn load(pair: &Pair) -> Result<Loaded, TlsError> {
    let cert = || pair.cert.clone();
    let pem = read(&pair.cert)?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let chain = chain.map_err(|_| TlsError::BadCertificate(cert()))?;
    let first = chain.first().ok_or_else(|| TlsError::NoCertificate(cert()))?;
    let (from, until) = validity(first).ok_or_else(|| TlsError::BadCertificate(cert()))?;
    let pem = read(&pair.key)?;
    let secret = PrivateKeyDer::from_pem_slice(&pem).map_err(|_| {
        let encrypted = String::from_utf8_lossy(&pem).contains("ENCRYPTED");
        let why = if encrypted {
            TlsError::EncryptedKey
        } else {
            TlsError::NoKey
        };
        why(pair.key.clone())
    })?;
    let key = CertifiedKey::from_der(chain, secret, &provider()).map_err(|error| match error {
        Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => TlsError::OtherKey {
            cert: cert(),
            key: pair.key.clone(),
        },
        Error::InvalidCertificate(_) => TlsError::BadCertificate(cert()),
        _ => TlsError::BadKey(pair.key.clone()),
    })?;
    Ok(Loaded {
        key: Arc::new(key),
        from,
        until,
    })
}

/// From when to when a certificate holds.
fn validity(der: &CertificateDer<'_>) -> Option<(Timestamp, Timestamp)> {
    let (_, parsed) = x509_parser::parse_x509_certificate(der).ok()?;
    let validity = parsed.validity();
    let at = |time: x509_parser::time::ASN1Time| Timestamp(time.timestamp().saturating_mul(1_000));
    Some((at(validity.not_before), at(validity.not_after)))
}

impl Loaded {
    fn standing(&self, now: Timestamp) -> Standing {
        match now.0 {
            now if now < self.from.0 => Standing::NotYet,
            now if now > self.until.0 => Standing::Expired,
            now if now > self.until.0 - SOON => Standing::Soon,
            _ => Standing::Good,
        }
    }
}

impl Certificates {
    /// Reads the certificate and its key. One that does not hold yet, or no longer, is served all the same: `watch` says so.
    ///
    /// # Errors
    /// A file cannot be read or is not what it should be, or the key is another's.
    pub fn load(pair: Pair) -> Result<Self, TlsError> {
        // Before reading: what changes meanwhile is then seen as a change.
        let stamp = stamp(&pair);
        let loaded = RwLock::new(Arc::new(load(&pair)?));
        Ok(Self { pair, stamp, loaded })
    }

    fn loaded(&self) -> Arc<Loaded> {
        Arc::clone(&self.loaded.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// SHA-256 of the certificate as browsers show it: `AB:CD:…`.
    pub fn fingerprint(&self) -> String {
        let loaded = self.loaded();
        let der: &[u8] = loaded.key.cert.first().map_or(&[], |der| der);
        let bytes = Sha256::digest(der);
        let bytes: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
        bytes.join(":")
    }

    /// How connections are secured: TLS 1.2 and 1.3, HTTP/1.1 inside.
    ///
    /// # Errors
    /// Never with the algorithms that this program has.
    pub fn config(self: &Arc<Self>) -> Result<Arc<ServerConfig>, Error> {
        let resolver: Arc<Self> = Arc::clone(self);
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(resolver);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        config.session_storage = ServerSessionMemoryCache::new(SESSIONS);
        Ok(Arc::new(config))
    }

    /// Looks at the files every so often, without end, and takes a new pair once both have come to rest. A pair that cannot
    /// be used is an error in the log, and the former one goes on. Says when the certificate does not hold.
    pub async fn watch(self: Arc<Self>, every: Duration, clock: Clock) {
        let (mut tried, mut last) = (self.stamp, self.stamp);
        let mut said = Standing::Good;
        loop {
            let loaded = self.loaded();
            let standing = loaded.standing(clock());
            if standing != said {
                tell(standing, &loaded);
                said = standing;
            }
            tokio::time::sleep(every).await;
            let now = stamp(&self.pair);
            // Certificate and key are rarely written in the same moment: between two looks without a change both are there.
            if now == last && now != tried {
                tried = now;
                match load(&self.pair) {
                    Ok(new) => {
                        let until = new.until.day();
                        *self.loaded.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(new);
                        tracing::info!(%until, "the new certificate is served from now on");
                    }
                    Err(error) => {
                        let error = anyhow::Error::from(error);
                        tracing::error!("the new certificate cannot be used, the former is kept: {error:#}");
                    }
                }
            }
            last = now;
        }
    }
}

fn tell(standing: Standing, loaded: &Loaded) {
    let (from, until) = (loaded.from.day(), loaded.until.day());
    match standing {
        Standing::Good => {}
        Standing::NotYet => {
            tracing::warn!(%from, "the certificate does not hold yet, browsers refuse it: is this machine's clock right?");
        }
        Standing::Soon => tracing::warn!(%until, "the certificate expires soon"),
        Standing::Expired => tracing::warn!(%until, "the certificate has expired, browsers refuse it"),
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.loaded().key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_holds_from_its_first_to_its_last_moment() {
        let folder = tempfile::tempdir().unwrap();
        let start = Timestamp(1_790_000_000_000);
        let pair = lan::certificate(folder.path(), &[], &["a.example".into()], start).unwrap();
        let loaded = load(&pair).unwrap();
        let day = 86_400_000;
        for (now, expected) in [
            (start.0 - 2 * day, Standing::NotYet),
            (start.0, Standing::Good),
            (loaded.until.0 - 15 * day, Standing::Good),
            (loaded.until.0 - 13 * day, Standing::Soon),
            (loaded.until.0 + 1_000, Standing::Expired),
        ] {
            assert_eq!(loaded.standing(Timestamp(now)), expected, "{now}");
        }
    }
}
