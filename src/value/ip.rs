//! `IPHost` and `IPNetwork` attributes.

use ipnet::IpNet;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// Text that is not an address with an optional prefix length.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {expected}")]
pub struct ParseIpError {
    text: String,
    expected: &'static str,
}

fn parse(text: &str, expected: &'static str) -> Result<IpNet, ParseIpError> {
    let parsed = match text.parse::<IpNet>() {
        Ok(network) => Some(network),
        Err(_) => text.parse::<IpAddr>().ok().map(IpNet::from),
    };
    parsed.ok_or_else(|| ParseIpError { text: text.to_owned(), expected })
}

macro_rules! ip_value {
    ($type:ident, $expected:literal) => {
        impl FromStr for $type {
            type Err = ParseIpError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                parse(text, $expected).and_then(Self::checked)
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<$type> for IpNet {
            fn from(value: $type) -> Self {
                value.0
            }
        }

        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::decode::from_text(deserializer)
            }
        }
    };
}

/// An address with its prefix length: `10.0.0.1/24`. An address alone is a `/32` or `/128`, as on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IpHost(IpNet);

impl IpHost {
    fn checked(value: IpNet) -> Result<Self, ParseIpError> {
        Ok(Self(value))
    }

    /// The address, host bits included.
    pub fn address(&self) -> IpAddr {
        self.0.addr()
    }

    /// Bits of the network part.
    pub fn prefix_len(&self) -> u8 {
        self.0.prefix_len()
    }

    /// The network that the address stands in.
    pub fn network(&self) -> IpNetwork {
        IpNetwork(self.0.trunc())
    }
}

ip_value!(IpHost, "an IP address with an optional prefix length, such as 10.0.0.1/24");

impl From<IpNet> for IpHost {
    fn from(value: IpNet) -> Self {
        Self(value)
    }
}

impl From<IpAddr> for IpHost {
    fn from(value: IpAddr) -> Self {
        Self(value.into())
    }
}

/// A network: `10.0.0.0/24`. Host bits must be zero, as on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IpNetwork(IpNet);

const NETWORK: &str = "an IP network whose host bits are zero, such as 10.0.0.0/24";

impl IpNetwork {
    fn checked(value: IpNet) -> Result<Self, ParseIpError> {
        if value.addr() == value.network() {
            Ok(Self(value))
        } else {
            Err(ParseIpError { text: value.to_string(), expected: NETWORK })
        }
    }

    /// The network's first address.
    pub fn address(&self) -> IpAddr {
        self.0.network()
    }

    /// Bits of the network part.
    pub fn prefix_len(&self) -> u8 {
        self.0.prefix_len()
    }

    /// Whether the address stands in the network.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address)
    }
}

ip_value!(IpNetwork, "an IP network whose host bits are zero, such as 10.0.0.0/24");

impl TryFrom<IpNet> for IpNetwork {
    type Error = ParseIpError;

    fn try_from(value: IpNet) -> Result<Self, Self::Error> {
        Self::checked(value)
    }
}

#[cfg(test)]
mod tests {
    use super::{IpHost, IpNetwork};

    #[test]
    fn a_host_keeps_its_prefix_length() {
        let host: IpHost = "10.0.0.1/24".parse().expect("a host");
        assert_eq!(host.to_string(), "10.0.0.1/24");
        assert_eq!(host.network().to_string(), "10.0.0.0/24");
        let alone: IpHost = "2001:db8::1".parse().expect("a host");
        assert_eq!(alone.to_string(), "2001:db8::1/128");
    }

    #[test]
    fn a_network_has_no_host_bits() {
        assert!("10.0.0.0/24".parse::<IpNetwork>().is_ok());
        let error = "10.0.0.1/24".parse::<IpNetwork>().expect_err("host bits");
        assert!(error.to_string().contains("host bits are zero"), "{error}");
    }
}
