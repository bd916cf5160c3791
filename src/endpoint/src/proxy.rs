//! Which reverse proxies are believed, and what they say of where a request comes from.

use axum::http::HeaderMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

/// An address or a range of addresses: `10.0.0.5`, `10.0.0.0/8`, `fd00::/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    /// The first address, with all bits behind the prefix zero.
    first: IpAddr,
    /// How many leading bits an address has in common with it.
    bits: u8,
}

/// What is no address and no range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("neither an address nor a range of addresses such as 10.0.0.0/8")]
pub struct NoNetwork;

/// Where a request comes from, as far as it can be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Client {
    /// The address of the last hop that is not a proxy of ours. IPv6 forms of IPv4 addresses are told as IPv4.
    pub address: IpAddr,
    /// Whether a believed proxy says that the browser came to it by HTTPS.
    pub https: bool,
}

/// The reverse proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedProxies(Vec<Network>);

impl Network {
    fn has(self, address: IpAddr) -> bool {
        match (self.first, address) {
            (IpAddr::V4(first), IpAddr::V4(address)) => first.to_bits() == masked4(address, self.bits),
            (IpAddr::V6(first), IpAddr::V6(address)) => first.to_bits() == masked6(address, self.bits),
            _ => false,
        }
    }
}

fn masked4(address: Ipv4Addr, bits: u8) -> u32 {
    address.to_bits() & u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0)
}

fn masked6(address: Ipv6Addr, bits: u8) -> u128 {
    address.to_bits() & u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0)
}

impl FromStr for Network {
    type Err = NoNetwork;

    fn from_str(text: &str) -> Result<Self, NoNetwork> {
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u8>().map_err(|_| NoNetwork)?)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| NoNetwork)?;
        let whole = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(whole);
        if bits > whole {
            return Err(NoNetwork);
        }
        // A range in the IPv6 form of IPv4 is that of IPv4, because addresses are compared in that form.
        let (address, bits) = match (address, address.to_canonical()) {
            (IpAddr::V6(_), IpAddr::V4(plain)) if bits >= 96 => (IpAddr::V4(plain), bits - 96),
            (address, _) => (address, bits),
        };
        let first = match address {
            IpAddr::V4(address) => IpAddr::V4(Ipv4Addr::from_bits(masked4(address, bits))),
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(masked6(address, bits))),
        };
        Ok(Self { first, bits })
    }
}

impl Default for TrustedProxies {
    /// Those on this very machine.
    fn default() -> Self {
        Self(vec![
            Network {
                first: IpAddr::V4(Ipv4Addr::new(127, 0, 0, 0)),
                bits: 8,
            },
            Network {
                first: IpAddr::V6(Ipv6Addr::LOCALHOST),
                bits: 128,
            },
        ])
    }
}

impl TrustedProxies {
    /// These and no others; none at all where there are none.
    pub fn new(networks: Vec<Network>) -> Self {
        Self(networks)
    }

    fn believes(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.has(address))
    }

    /// Who asks, when the connection's other end is `peer`. A peer that is not believed is itself the client, whatever its
    /// request says. Of what a believed one says the last hops count, which our own proxies wrote; whatever stands before
    /// the first hop that is not ours is a claim of the client.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> Client {
        let mut address = peer.to_canonical();
        if !self.believes(address) {
            return Client { address, https: false };
        }
        let mut proxies = 0;
        for hop in entries(headers, "x-forwarded-for").iter().rev() {
            // What cannot be read was written by nobody who is believed; the proxy that passed it on is the last one known.
            let Some(hop) = hop_address(hop) else { break };
            address = hop;
            if !self.believes(hop) {
                break;
            }
            proxies += 1;
        }
        // Each proxy adds one entry or leaves the first as it is.
        let schemes = entries(headers, "x-forwarded-proto");
        let scheme = schemes.iter().rev().nth(proxies).or(schemes.first());
        let https = scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"));
        Client { address, https }
    }
}

/// The entries of a header that may come several times, in order.
fn entries<'a>(headers: &'a HeaderMap, name: &str) -> Vec<&'a str> {
    let values = headers.get_all(name).iter();
    values
        .flat_map(|value| value.to_str().unwrap_or("?").split(','))
        .map(str::trim)
        .collect()
}

/// The address of a hop; some proxies write the port too.
fn hop_address(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse().or_else(|_| text.parse::<SocketAddr>().map(|hop| hop.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &[(&str, &str, &str, &str, &str)] = &[
        // believed, peer, X-Forwarded-For (| between headers), X-Forwarded-Proto, client
        (
            "127.0.0.0/8,::1",
            "127.0.0.1",
            "1.1.1.1, 10.0.0.9",
            "https",
            "10.0.0.9 https",
        ),
        ("127.0.0.0/8,::1", "::1", "10.0.0.9", "http", "10.0.0.9"),
        ("127.0.0.0/8,::1", "::ffff:127.0.0.1", "10.0.0.9", "", "10.0.0.9"),
        ("127.0.0.0/8,::1", "127.0.0.1", "", "", "127.0.0.1"),
        // Nobody else is believed, whatever they say.
        ("127.0.0.0/8,::1", "10.0.0.1", "127.0.0.1", "https", "10.0.0.1"),
        ("10.0.0.5", "127.0.0.1", "8.8.8.8", "https", "127.0.0.1"),
        ("", "127.0.0.1", "8.8.8.8", "https", "127.0.0.1"),
        // Several hops: those of ours are walked through, and the claims before them are not looked at.
        (
            "10.0.0.0/8",
            "10.0.0.1",
            "6.6.6.6, 8.8.8.8, 10.0.0.2, 10.0.0.3",
            "",
            "8.8.8.8",
        ),
        ("10.0.0.0/8", "10.0.0.1", "6.6.6.6|8.8.8.8, 10.0.0.2", "", "8.8.8.8"),
        ("10.0.0.0/8", "10.0.0.1", "10.6.6.6, 8.8.8.8", "", "8.8.8.8"),
        ("10.0.0.1", "10.0.0.1", "8.8.8.8, 10.0.0.2", "", "10.0.0.2"),
        // All of them ours: a proxy's own request.
        ("10.0.0.0/8", "10.0.0.1", "10.0.0.7, 10.0.0.2", "", "10.0.0.7"),
        // What cannot be read ends the walk.
        ("10.0.0.0/8", "10.0.0.1", "8.8.8.8, unknown, 10.0.0.2", "", "10.0.0.2"),
        ("10.0.0.0/8", "10.0.0.1", "unknown", "https", "10.0.0.1 https"),
        ("10.0.0.0/8", "10.0.0.1", "8.8.8.8, ", "", "10.0.0.1"),
        // IPv6, ports, brackets, IPv4 in the form of IPv6.
        ("fd00::/8", "fd12::1", "2001:db8::7", "HTTPS", "2001:db8::7 https"),
        ("fd00::/8", "fd12::1", "[2001:db8::7]:4711", "", "2001:db8::7"),
        ("fd00::/8", "fd12::1", "[2001:db8::7]", "", "2001:db8::7"),
        ("10.0.0.0/8", "10.0.0.1", "8.8.8.8:4711", "", "8.8.8.8"),
        (
            "10.0.0.0/8",
            "::ffff:10.0.0.1",
            "::ffff:8.8.8.8, ::ffff:10.0.0.2",
            "",
            "8.8.8.8",
        ),
        ("::ffff:10.0.0.0/104", "10.0.0.1", "8.8.8.8", "", "8.8.8.8"),
        ("10.0.0.0/8", "fd12::1", "8.8.8.8", "", "fd12::1"),
        // The scheme that the browser used, at the proxy that it came to.
        (
            "10.0.0.0/8",
            "10.0.0.1",
            "8.8.8.8, 10.0.0.2",
            "https, http",
            "8.8.8.8 https",
        ),
        ("10.0.0.0/8", "10.0.0.1", "8.8.8.8, 10.0.0.2", "http, https", "8.8.8.8"),
        ("10.0.0.0/8", "10.0.0.1", "8.8.8.8, 10.0.0.2", "https", "8.8.8.8 https"),
        ("10.0.0.0/8", "10.0.0.1", "8.8.8.8", "https, http", "8.8.8.8"),
    ];

    fn networks(list: &str) -> TrustedProxies {
        let parts = list.split(',').filter(|part| !part.is_empty());
        TrustedProxies::new(parts.map(|part| part.parse().unwrap()).collect())
    }

    #[test]
    fn only_our_own_proxies_are_believed() {
        for (believed, peer, hops, scheme, expected) in TABLE {
            let mut headers = HeaderMap::new();
            for header in hops.split('|').filter(|header| !header.is_empty()) {
                headers.append("x-forwarded-for", header.parse().unwrap());
            }
            if !scheme.is_empty() {
                headers.append("x-forwarded-proto", scheme.parse().unwrap());
            }
            let client = networks(believed).client(peer.parse().unwrap(), &headers);
            let told = format!("{}{}", client.address, if client.https { " https" } else { "" });
            assert_eq!(
                told, *expected,
                "{believed} believed, from {peer}: {hops:?} by {scheme:?}"
            );
        }
    }

    #[test]
    fn those_on_this_machine_are_believed_unless_others_are_named() {
        assert_eq!(TrustedProxies::default(), networks("127.0.0.0/8,::1"));
    }

    #[test]
    fn ranges_are_read_and_what_is_none_is_refused() {
        for (text, inside, outside) in [
            ("10.1.2.3", "10.1.2.3", "10.1.2.4"),
            ("10.1.2.3/8", "10.255.0.1", "11.0.0.1"),
            ("0.0.0.0/0", "255.1.1.1", "::1"),
            ("::/0", "fe80::1", "10.0.0.1"),
            ("192.168.0.0/30", "192.168.0.3", "192.168.0.4"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::1"),
        ] {
            let network: Network = text.parse().unwrap();
            assert!(network.has(inside.parse().unwrap()), "{text} has {inside}");
            assert!(!network.has(outside.parse().unwrap()), "{text} has not {outside}");
        }
        for text in [
            "",
            "10.0.0",
            "10.0.0.0/33",
            "::/129",
            "10.0.0.0/-1",
            "nginx",
            "10.0.0.0/8/8",
        ] {
            assert_eq!(text.parse::<Network>(), Err(NoNetwork), "{text}");
        }
    }
}
