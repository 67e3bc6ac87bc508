//! IP and MAC addresses in the forms that the server reads and writes.

use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Reads an address with a prefix length or a mask; without one it is a single host. A zone (`fe80::1%eth0`) is lost.
pub(crate) fn host(text: &str) -> Option<IpNet> {
    match text.split_once('/') {
        None => {
            let address = without_zone(text)?;
            IpNet::new(address, if address.is_ipv4() { 32 } else { 128 }).ok()
        }
        Some((address, mask)) => {
            let address = without_zone(address)?;
            if mask.is_empty() || !mask.bytes().all(|digit| digit.is_ascii_digit()) {
                return address.is_ipv4().then(|| masked(address, mask)).flatten();
            }
            IpNet::new(address, mask.parse().ok()?).ok()
        }
    }
}

fn without_zone(text: &str) -> Option<IpAddr> {
    match text.split_once('%') {
        Some((address, zone)) if !zone.is_empty() && !zone.contains('%') => {
            address.parse::<Ipv6Addr>().ok().map(IpAddr::V6)
        }
        Some(_) => None,
        None => text.parse().ok(),
    }
}

/// A mask (`255.255.255.0`), or a host mask (`0.0.0.255`).
fn masked(address: IpAddr, mask: &str) -> Option<IpNet> {
    let mask: Ipv4Addr = mask.parse().ok()?;
    let inverted = Ipv4Addr::from(!u32::from(mask));
    IpNet::with_netmask(address, mask.into()).or_else(|_| IpNet::with_netmask(address, inverted.into())).ok()
}

/// Reads a network: no bit may be set behind the prefix.
pub(crate) fn network(text: &str) -> Option<IpNet> {
    host(text).filter(|network| network.trunc() == *network)
}

/// The address as the server writes it.
pub(crate) fn text(address: IpAddr) -> String {
    match address {
        IpAddr::V6(address) if address.to_ipv4_mapped().is_some() => {
            let [.., high, low] = address.segments();
            format!("::ffff:{high:x}:{low:x}")
        }
        address => address.to_string(),
    }
}

/// The address with its prefix length, as the server writes it.
pub(crate) fn with_length(network: IpNet) -> String {
    format!("{}/{}", text(network.addr()), network.prefix_len())
}

/// The address as a number.
pub(crate) fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u32::from(address).into(),
        IpAddr::V6(address) => address.into(),
    }
}

/// The address of that number, in the family of the other.
pub(crate) fn address_like(other: IpAddr, number: u128) -> Option<IpAddr> {
    match other {
        IpAddr::V4(_) => u32::try_from(number).ok().map(|number| Ipv4Addr::from(number).into()),
        IpAddr::V6(_) => Some(Ipv6Addr::from(number).into()),
    }
}

/// The bits of an address, which sort as the addresses do.
pub(crate) fn bits(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => format!("{:032b}", u32::from(address)),
        IpAddr::V6(address) => format!("{:0128b}", u128::from(address)),
    }
}

/// A part of an address or network; `None` where it has no part of that name.
pub(crate) fn part(network: IpNet, name: &str) -> Option<serde_json::Value> {
    let range = u32::from(network.max_prefix_len() - network.prefix_len());
    Some(match name {
        "version" => if network.addr().is_ipv4() { 4 } else { 6 }.into(),
        "ip" => text(network.addr()).into(),
        "prefixlen" => network.prefix_len().into(),
        "netmask" => text(network.netmask()).into(),
        "hostmask" => text(network.hostmask()).into(),
        "network_address" => text(network.network()).into(),
        "broadcast_address" => text(network.broadcast()).into(),
        "with_netmask" => format!("{}/{}", text(network.addr()), text(network.netmask())).into(),
        "with_hostmask" => format!("{}/{}", text(network.addr()), text(network.hostmask())).into(),
        "binary_address" => bits(network.addr()).into(),
        "num_addresses" => 1_u64.checked_shl(range).unwrap_or(u64::MAX).into(),
        _ => return None,
    })
}

/// Reads a MAC address in any of the usual notations.
pub(crate) fn mac(text: &str) -> Option<u64> {
    let separated = |separator: char, count: usize, least: usize, most: usize| {
        let words: Vec<&str> = text.split(separator).collect();
        let fits = |word: &&str| (least..=most).contains(&word.len()) && is_hex(word);
        (words.len() == count && words.iter().all(fits)).then(|| {
            let bits = 48 / count;
            words.iter().fold(0, |number: u64, word| {
                (number << bits) | u64::from_str_radix(word, 16).unwrap_or_default()
            })
        })
    };
    if matches!(text.len(), 11 | 12) && is_hex(text) {
        return u64::from_str_radix(text, 16).ok();
    }
    let forms = [(':', 6, 1, 2), ('-', 6, 1, 2), (':', 3, 1, 4), ('-', 3, 1, 4), ('.', 3, 1, 4)];
    let forms = forms.into_iter().chain([('-', 2, 5, 6), (':', 2, 5, 6)]);
    forms.into_iter().find_map(|(separator, count, least, most)| separated(separator, count, least, most))
}

fn is_hex(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_hexdigit())
}

/// The MAC address as the server keeps it.
pub(crate) fn mac_text(mac: u64) -> String {
    words(mac, 8, ":", |word| format!("{word:02X}"))
}

/// A part or another notation of a MAC address; `None` where it has none of that name.
pub(crate) fn mac_part(mac: u64, name: &str) -> Option<serde_json::Value> {
    let hyphens = words(mac, 8, "-", |word| format!("{word:02X}"));
    Some(match name {
        "version" => 48.into(),
        "oui" => hyphens[..8].into(),
        "ei" => hyphens[9..].into(),
        "binary" => format!("0b{mac:b}").into(),
        "eui48" => hyphens.into(),
        "eui64" => format!("{}-FF-FE-{}", &hyphens[..8], &hyphens[9..]).into(),
        "bare" => format!("{mac:012X}").into(),
        "dot_notation" => words(mac, 16, ".", |word| format!("{word:04x}")).into(),
        "semicolon_notation" => words(mac, 8, ":", |word| format!("{word:x}")).into(),
        "split_notation" => words(mac, 24, ":", |word| format!("{word:06x}")).into(),
        _ => return None,
    })
}

fn words(mac: u64, bits: u32, separator: &str, write: impl Fn(u64) -> String) -> String {
    let count = 48 / bits;
    let words = (0..count).rev().map(|place| write((mac >> (place * bits)) & ((1 << bits) - 1)));
    words.collect::<Vec<_>>().join(separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_come_in_one_form() {
        for (given, expected) in [
            ("10.0.0.1", Some("10.0.0.1/32")),
            ("10.0.0.1/24", Some("10.0.0.1/24")),
            ("10.0.0.1/255.255.255.0", Some("10.0.0.1/24")),
            ("10.0.0.1/0.0.0.255", Some("10.0.0.1/24")),
            ("2001:DB8::0001", Some("2001:db8::1/128")),
            ("::ffff:1.2.3.4", Some("::ffff:102:304/128")),
            ("10.0.0.256", None),
            ("10.0.0.1/33", None),
            ("10.0.0.1/", None),
            ("10.0.0.1/+8", None),
            ("atl1", None),
        ] {
            assert_eq!(host(given).map(with_length).as_deref(), expected, "{given}");
        }
        assert_eq!(network("10.0.0.0").map(with_length).as_deref(), Some("10.0.0.0/32"));
        assert_eq!(network("10.0.0.1/24"), None, "bits behind the prefix");
        let network = network("10.1.2.0/23").unwrap();
        assert_eq!(part(network, "broadcast_address").unwrap(), "10.1.3.255");
        assert_eq!(part(network, "num_addresses").unwrap(), 512);
        assert_eq!(part(network, "with_hostmask").unwrap(), "10.1.2.0/0.0.1.255");
        assert_eq!(part(network, "color"), None);
    }

    #[test]
    fn mac_addresses_come_in_one_form() {
        for given in [
            "0025.96ff.fe12",
            "00-25-96-ff-fe-12",
            "00:25:96:FF:FE:12",
            "0:25:96:ff:fe:12",
            "002596fffe12",
            "002596:fffe12",
        ] {
            assert_eq!(mac(given).map(mac_text).as_deref(), Some("00:25:96:FF:FE:12"), "{given}");
        }
        for given in ["00:25:96:FF:FE:12:34:56", "00:25:96:FF:FE", "00:25:96:FF:FE:1g", ""] {
            assert_eq!(mac(given), None, "{given}");
        }
        let parts =
            [("dot_notation", "0025.96ff.fe12"), ("ei", "FF-FE-12"), ("split_notation", "002596:fffe12")];
        for (name, expected) in parts {
            assert_eq!(mac_part(0x0025_96ff_fe12, name).unwrap(), expected);
        }
    }
}
