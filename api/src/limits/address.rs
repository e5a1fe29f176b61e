//! Whose request it is, where there is no token: the address that it came from.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use actix_web::http::header::{HeaderMap, HeaderName};

/// What counts as one anonymous client: an IPv4 address, or the /64 network of an IPv6 one, of which one subscriber has
/// all addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Place(u64, bool);

impl Place {
    /// Of an address.
    pub(super) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self(u32::from(v4).into(), false),
            IpAddr::V6(v6) => Self((v6.to_bits() >> 64) as u64, true),
        }
    }
}

/// The place that a request came from. A header is read only where the settings name one: whoever sends it chooses what
/// stands in it. Of a list, the last entry counts, as the nearest proxy wrote it; all before it may be invented.
pub(super) fn place(peer: Option<SocketAddr>, header: Option<&HeaderName>, headers: &HeaderMap) -> Place {
    let told = header.and_then(|name| headers.get_all(name).last()?.to_str().ok().and_then(last));
    let address = told.or(peer.map(|peer| peer.ip()));
    Place::of(address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)))
}

/// The last address of a list: of `X-Forwarded-For` and its like, or of `Forwarded` (RFC 7239).
fn last(list: &str) -> Option<IpAddr> {
    let entry = list.rsplit(',').next()?.trim();
    let named = entry.split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then(|| value.trim())
    });
    let text = named.unwrap_or(entry).trim_matches('"');
    let bare = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    text.parse()
        .ok()
        .or_else(|| text.parse().ok().map(|with_port: SocketAddr| with_port.ip()))
        .or_else(bare)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    #[test]
    fn the_last_address_of_a_list_counts() {
        let address = |text: &str| Some(text.parse().unwrap());
        for (list, expected) in [
            ("192.0.2.1", address("192.0.2.1")),
            ("6.6.6.6, 192.0.2.1", address("192.0.2.1")),
            ("192.0.2.1:4711", address("192.0.2.1")),
            ("2001:db8::1", address("2001:db8::1")),
            ("[2001:db8::1]", address("2001:db8::1")),
            ("[2001:db8::1]:4711", address("2001:db8::1")),
            ("for=6.6.6.6, for=192.0.2.1;proto=https;by=x", address("192.0.2.1")),
            ("proto=https;For=\"[2001:db8::1]:4711\"", address("2001:db8::1")),
            ("for=unknown", None),
            ("for=_hidden", None),
            ("192.0.2.1,", None),
            ("", None),
            ("nonsense", None),
        ] {
            assert_eq!(last(list), expected, "{list}");
        }
    }

    #[test]
    fn a_header_counts_only_where_the_settings_name_it() {
        let name = HeaderName::from_static("x-forwarded-for");
        let mut headers = HeaderMap::new();
        headers.append(name.clone(), HeaderValue::from_static("6.6.6.6"));
        headers.append(name.clone(), HeaderValue::from_static("7.7.7.7, 192.0.2.7"));
        let peer: SocketAddr = "127.0.0.1:1".parse().unwrap();
        assert_eq!(place(Some(peer), None, &headers), Place::of(peer.ip()));
        let told = place(Some(peer), Some(&name), &headers);
        assert_eq!(told, Place::of("192.0.2.7".parse().unwrap()));
        assert_eq!(place(Some(peer), Some(&name), &HeaderMap::new()), Place::of(peer.ip()));
    }

    #[test]
    fn a_network_of_version_6_is_one_place_and_never_one_of_version_4() {
        let of = |text: &str| Place::of(text.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("::1"), of("0.0.0.0"));
    }
}
