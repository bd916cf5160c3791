//! How the endpoint stands in its network: where it listens, TLS, reverse proxies, other origins, the office's name.

use crate::cors::{AllowedOrigins, Origin};
use crate::office;
use crate::proxy::{Network, TrustedProxies};
use crate::site::Site;
use crate::state::{Options, system_clock};
use crate::tls::{Certificates, LOOK, Pair, lan, qr};
use anyhow::Context;
use clap::Args;
use rustls::ServerConfig;
use std::io::IsTerminal;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The folder in the data folder with the certificate of our own making.
const FOLDER: &str = "tls";

#[derive(Args)]
pub(crate) struct Deploy {
    /// Where to listen; port 0 takes any free one [default: 127.0.0.1:8080, with --lan 0.0.0.0:8443]
    #[arg(long)]
    addr: Option<SocketAddr>,
    /// HTTPS with this certificate and its chain, PEM; taken anew when the file changes
    #[arg(long, value_name = "FILE", requires = "tls_key", conflicts_with = "lan")]
    tls_cert: Option<PathBuf>,
    /// The private key of --tls-cert, PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// For a hall or an intranet: HTTPS with a certificate of its own making, on all addresses, with QR codes to open it by
    #[arg(long)]
    lan: bool,
    /// The reverse proxies (addresses or ranges, by commas) whose X-Forwarded-For and X-Forwarded-Proto are believed
    /// [default: those on this machine]
    #[arg(long, value_name = "ADDR", value_delimiter = ',')]
    trusted_proxy: Vec<Network>,
    /// Origins (by commas) whose pages may use the API, such as https://a.example
    #[arg(long, value_name = "ORIGIN", value_delimiter = ',')]
    cors_origin: Vec<Origin>,
    /// The office's name, for the head of the learners' pages; 1 to 40 characters
    #[arg(long, value_name = "NAME")]
    office_name: Option<String>,
    /// The office's logo, SVG or PNG of at most 32 KiB
    #[arg(long, value_name = "FILE", requires = "office_name")]
    office_logo: Option<PathBuf>,
}

impl Deploy {
    /// Where to listen.
    pub(crate) fn addr(&self) -> SocketAddr {
        let usual = if self.lan {
            SocketAddr::from((Ipv4Addr::UNSPECIFIED, 8443))
        } else {
            SocketAddr::from((Ipv4Addr::LOCALHOST, 8080))
        };
        self.addr.unwrap_or(usual)
    }

    /// The endpoint's options, as far as they are said here. The logo goes into the site.
    ///
    /// # Errors
    /// The office's name or logo is not fit to be shown.
    pub(crate) fn options(&self, site: &mut Site) -> anyhow::Result<Options> {
        let office = self.office_name.as_ref();
        let office = office.map(|name| office::office(name, self.office_logo.as_deref(), site));
        let defaults = Options::default();
        Ok(Options {
            secure: self.tls_cert.is_some() || self.lan,
            hsts: self.tls_cert.is_some(),
            proxies: match self.trusted_proxy.as_slice() {
                [] => defaults.proxies.clone(),
                named => TrustedProxies::new(named.to_vec()),
            },
            origins: AllowedOrigins::new(self.cors_origin.clone()),
            office: office.transpose()?,
            ..defaults
        })
    }

    /// How connections to `listening` are secured; none for plain HTTP. From here on the certificate's files are watched.
    ///
    /// # Errors
    /// The certificate or its key cannot be used, or none can be made.
    pub(crate) fn tls(&self, data: &Path, listening: SocketAddr) -> anyhow::Result<Option<Arc<ServerConfig>>> {
        let certificates = if let (Some(cert), Some(key)) = (&self.tls_cert, &self.tls_key) {
            let (cert, key) = (cert.clone(), key.clone());
            Certificates::load(Pair { cert, key }).context("--tls-cert and --tls-key")?
        } else if self.lan {
            own(data, listening)?
        } else {
            return Ok(None);
        };
        let certificates = Arc::new(certificates);
        let config = certificates.config()?;
        tokio::spawn(certificates.watch(LOOK, system_clock()));
        Ok(Some(config))
    }
}

/// A certificate of our own making for what is reached at `listening`, told to whoever is to be shown the way.
fn own(data: &Path, listening: SocketAddr) -> anyhow::Result<Certificates> {
    let addresses =
        lan::reachable(listening.ip()).context("cannot find this machine's addresses; say one with --addr")?;
    let names: Vec<String> = lan::host_name().into_iter().collect();
    let pair = lan::certificate(&data.join(FOLDER), &addresses, &names, system_clock()())?;
    let certificates = Certificates::load(pair)?;
    if addresses.is_empty() {
        tracing::warn!("this machine has no address in a network: only it can open the site");
    }
    let coloured = std::io::stdout().is_terminal();
    for address in addresses {
        let url = format!("https://{}/", SocketAddr::new(address, listening.port()));
        let code = qr::text(&url, coloured).unwrap_or_default();
        crate::cli::say(&format!("lan: {url}\n{code}"))?;
    }
    crate::cli::say(&format!(
        "fingerprint: SHA-256 {}\n浏览器第一次打开会提示证书不受信任：请先核对指纹与上面一致，再选择继续访问。",
        certificates.fingerprint()
    ))?;
    Ok(certificates)
}
