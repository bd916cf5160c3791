//! A certificate of our own making, for a hall or an intranet where nobody issues one: for this machine's addresses and
//! name, kept in the data folder, so that what people have once accepted stays the same.

use super::Pair;
use anyhow::Context;
use domain::time::Timestamp;
use rcgen::{CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::collections::BTreeSet;
use std::io::Write;
use std::net::IpAddr;
use std::path::Path;
use time::OffsetDateTime;
use x509_parser::extensions::GeneralName;

const DAY: i64 = 86_400_000;

/// For how many days a certificate holds. Some systems refuse a longer time than 398.
const DAYS: i64 = 390;

/// How much must be left of it at a start, in days: an event should not see its end.
const LEFT: i64 = 7;

/// The addresses by which others reach what listens on `listening`: that one, or for one that means all of them those of
/// the network interfaces, IPv4 first.
///
/// # Errors
/// The system does not tell its interfaces.
pub fn reachable(listening: IpAddr) -> std::io::Result<Vec<IpAddr>> {
    if !listening.is_unspecified() {
        return Ok(vec![listening]);
    }
    let all = if_addrs::get_if_addrs()?;
    let all: Vec<(String, IpAddr)> = all.into_iter().map(|one| (one.name.clone(), one.ip())).collect();
    Ok(usable(&all, listening.is_ipv6()))
}

/// Those of the interfaces' addresses that somebody in the same network can type: not this machine's own, not those that
/// hold on one cable only, not those of containers and virtual machines.
fn usable(all: &[(String, IpAddr)], ipv6: bool) -> Vec<IpAddr> {
    let virtual_one = |name: &str| {
        let begins = ["docker", "br-", "veth", "virbr", "cni", "vmnet", "vboxnet"];
        begins.iter().any(|begin| name.starts_with(begin))
    };
    let reaches = |address: &IpAddr| match address {
        IpAddr::V4(address) => !address.is_loopback() && !address.is_link_local() && !address.is_unspecified(),
        IpAddr::V6(address) => {
            ipv6 && !address.is_loopback() && !address.is_unicast_link_local() && !address.is_unspecified()
        }
    };
    let fit = all
        .iter()
        .filter(|(name, address)| !virtual_one(name) && reaches(address));
    let fit: BTreeSet<IpAddr> = fit.map(|(_, address)| *address).collect();
    fit.into_iter().collect()
}

/// This machine's name in the network; none where it has none that a certificate can bear.
pub fn host_name() -> Option<String> {
    let files = ["/proc/sys/kernel/hostname", "/etc/hostname"];
    let name = files.iter().find_map(|file| std::fs::read_to_string(file).ok());
    let name = name.or_else(|| std::env::var("COMPUTERNAME").ok())?;
    let name = name.trim().to_ascii_lowercase();
    let fit = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    (!name.is_empty() && name.len() < 254 && name.chars().all(fit)).then_some(name)
}

/// The certificate for these addresses and names and for this machine itself, in `folder`: the one that lies there, if it is
/// good for all of them and for some time yet, else a new one.
///
/// # Errors
/// The folder cannot be written.
pub fn certificate(folder: &Path, addresses: &[IpAddr], names: &[String], now: Timestamp) -> anyhow::Result<Pair> {
    let pair = Pair {
        cert: folder.join("lan-cert.pem"),
        key: folder.join("lan-key.pem"),
    };
    let mut wanted: BTreeSet<String> = names.iter().cloned().collect();
    wanted.extend(addresses.iter().map(ToString::to_string));
    wanted.extend(["localhost", "127.0.0.1", "::1"].map(Into::into));
    if serves(&pair, &wanted, now) {
        return Ok(pair);
    }
    let key = KeyPair::generate().context("cannot make a key")?;
    let mut params = CertificateParams::new(wanted.into_iter().collect::<Vec<_>>())?;
    params.distinguished_name = DistinguishedName::new();
    let title = names.first().map_or("Anxue", String::as_str);
    params.distinguished_name.push(DnType::CommonName, title);
    params
        .distinguished_name
        .push(DnType::OrganizationName, "Anxue (self-signed)");
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    // From yesterday on: clocks in a hall differ.
    params.not_before = moment(now.plus(-DAY))?;
    params.not_after = moment(now.plus(DAYS * DAY))?;
    let cert = params.self_signed(&key).context("cannot make a certificate")?;
    let why = || format!("cannot write the certificate into {}", folder.display());
    crate::keep::make_private(folder).with_context(why)?;
    // A key without its certificate, after a power cut in between, is no pair: both are then made again.
    write_private(&pair.key, &key.serialize_pem()).with_context(why)?;
    write_private(&pair.cert, &cert.pem()).with_context(why)?;
    Ok(pair)
}

fn moment(at: Timestamp) -> anyhow::Result<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(at.0.div_euclid(1_000)).context("the clock of this machine is wrong")
}

/// Whether the pair that lies there is good for these names and addresses, now and for some time.
fn serves(pair: &Pair, wanted: &BTreeSet<String>, now: Timestamp) -> bool {
    let Ok(loaded) = super::load(pair) else {
        return false;
    };
    let holds = loaded.from <= now && now.plus(LEFT * DAY) <= loaded.until;
    holds && names(&pair.cert).is_some_and(|names| wanted.is_subset(&names))
}

/// The names and addresses that the certificate in a file is good for.
fn names(file: &Path) -> Option<BTreeSet<String>> {
    let der = CertificateDer::from_pem_file(file).ok()?;
    let (_, parsed) = x509_parser::parse_x509_certificate(&der).ok()?;
    let names = parsed.subject_alternative_name().ok()??;
    let name = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => {
            let v4 = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
            let address = v4.or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from));
            address.ok().map(|address| address.to_string())
        }
        _ => None,
    };
    Some(names.value.general_names.iter().filter_map(name).collect())
}

/// Writes a file whole or not at all, for the eyes of its owner only.
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let new = path.with_extension("new");
    drop(std::fs::remove_file(&new));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&new, path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::Certificates;

    const NOW: Timestamp = Timestamp(1_790_000_000_000);

    #[test]
    fn addresses_that_nobody_can_reach_are_not_told() {
        let all = [
            ("lo", "127.0.0.1"),
            ("lo", "::1"),
            ("eth0", "192.168.1.20"),
            ("eth0", "fe80::1"),
            ("eth0", "2001:db8::20"),
            ("wlan0", "169.254.3.4"),
            ("wlan0", "10.0.0.7"),
            ("docker0", "172.17.0.1"),
            ("br-1a2b3c", "172.18.0.1"),
            ("eth0", "192.168.1.20"),
        ];
        let all = all.map(|(name, address)| (name.to_owned(), address.parse().unwrap()));
        let told = |ipv6| usable(&all, ipv6).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(told(false), ["10.0.0.7", "192.168.1.20"]);
        assert_eq!(told(true), ["10.0.0.7", "192.168.1.20", "2001:db8::20"]);
        assert_eq!(
            reachable("10.9.8.7".parse().unwrap()).unwrap(),
            ["10.9.8.7".parse::<IpAddr>().unwrap()]
        );
    }

    #[test]
    fn a_certificate_is_kept_while_it_is_good_for_all_and_not_near_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("tls");
        let made = |addresses: &[&str], names: &[&str], now| {
            let addresses: Vec<IpAddr> = addresses.iter().map(|address| address.parse().unwrap()).collect();
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            let pair = certificate(&folder, &addresses, &names, now).unwrap();
            Certificates::load(pair).unwrap().fingerprint()
        };
        let first = made(&["10.0.0.7", "2001:db8::20"], &["hall"], NOW);
        assert_eq!(made(&["10.0.0.7", "2001:db8::20"], &["hall"], NOW), first);
        assert_eq!(
            made(&["10.0.0.7"], &[], NOW.plus(300 * DAY)),
            first,
            "less is no change"
        );
        let other = made(&["10.0.0.8"], &["hall"], NOW);
        assert_ne!(other, first, "another address");
        let later = made(&["10.0.0.8"], &["hall"], NOW.plus((DAYS - 3) * DAY));
        assert_ne!(later, other, "near its end");
        std::fs::write(folder.join("lan-key.pem"), "rubbish").unwrap();
        assert_ne!(
            made(&["10.0.0.8"], &["hall"], NOW.plus((DAYS - 3) * DAY)),
            later,
            "damaged"
        );
        let names = names(&folder.join("lan-cert.pem")).unwrap();
        assert!(
            ["10.0.0.8", "127.0.0.1", "::1", "hall", "localhost"]
                .iter()
                .all(|name| names.contains(*name))
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let rights = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(rights(&folder.join("lan-key.pem")), 0o600);
            assert_eq!(rights(&folder), 0o700);
        }
    }
}
