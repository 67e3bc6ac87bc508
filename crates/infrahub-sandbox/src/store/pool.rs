//! Addresses and prefixes from pools.

use super::change::Change;
use super::create::{Source, insert};
use super::record::Node;
use super::state::State;
use super::write::{self, Done};
use super::{Arguments, NodeId, Outcome, Refused, address, ipam, number, python, read, view};
use infrahub_schema::Relationship;
use ipnet::IpNet;
use serde_json::Value;
use std::sync::Arc;

/// What a pool gave under an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reserved {
    /// An address or a prefix.
    Node(NodeId),
    /// A number.
    Number(i64),
}

/// What is asked of a pool of addresses or prefixes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    /// The same identifier gives the same resource again.
    pub(crate) identifier: Option<String>,
    /// Fields of the new object.
    pub(crate) data: Arguments,
    /// The prefix length.
    pub(crate) length: Option<i64>,
    /// The kind of the new object.
    pub(crate) kind: Option<String>,
    /// For prefixes: whether it holds addresses or prefixes.
    pub(crate) member_type: Option<String>,
}

impl Request {
    /// Reads a request; the names of length and kind differ from place to place.
    pub(crate) fn read(fields: &Arguments) -> Self {
        let data = fields.get("data").and_then(Value::as_object).cloned().unwrap_or_default();
        let text = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
        let first = |names: [&str; 3]| names.into_iter().find_map(|name| fields.get(name)?.as_i64());
        Self {
            identifier: text("identifier").filter(|identifier| !identifier.is_empty()),
            length: first(["prefixlen", "size", "prefix_length"]).filter(|length| *length != 0),
            kind: text("address_type").or_else(|| text("prefix_type")),
            member_type: text("member_type"),
            data,
        }
    }

    fn data_text(&self, name: &str) -> Option<String> {
        self.data.get(name).and_then(Value::as_str).map(str::to_owned)
    }

    fn wanted_length(&self) -> Option<i64> {
        self.length.or_else(|| self.data.get("prefixlen")?.as_i64())
    }
}

/// The text of a pool's attribute; empty where it has none.
pub(crate) fn text(pool: &Node, attribute: &str) -> String {
    pool.values.get(attribute).and_then(|value| value.value.as_str()).unwrap_or_default().to_owned()
}

/// What a pool gives for a relationship. Without an identifier of its own, the object and the relationship are one.
pub(crate) fn for_relationship(
    change: &mut Change<'_>,
    relationship: &Relationship,
    asked: &Arguments,
    node: NodeId,
    holder: Option<&str>,
) -> Outcome<NodeId> {
    let id = asked.get("id").map(python::text).unwrap_or_default();
    let Some(pool) = number::by_name(change, "CoreResourcePool", &id) else {
        let message = format!(
            "Unable to find the pool to generate a node for the relationship {} on {}",
            python::quoted(&relationship.name),
            python::quoted(&node.to_string())
        );
        let kind = "CoreResourcePool".to_owned();
        return Err(Refused::NodeNotFound { kind, identifier: id, message }.into());
    };
    let mut request = Request::read(asked);
    if !asked.contains_key("identifier") {
        request.identifier = holder.map(|holder| format!("hfid={holder} rel={}", relationship.name));
    }
    give(change, &pool, &request)
}

/// What the mutation that takes from a pool gives.
pub(crate) fn allocate(change: &mut Change<'_>, kind: &str, data: &Arguments) -> Outcome<Done> {
    let request = Request::read(data);
    if request.member_type.as_deref().is_some_and(|text| !["prefix", "address"].contains(&text)) {
        let message = "Invalid member_type value, allowed values are ['prefix', 'address']".to_owned();
        return Err(Refused::Other { http_status: 400, message }.into());
    }
    let catalogue = change.state.catalogue.clone();
    let pool = write::find_object(change, view::kind(&catalogue, kind)?, data)?;
    Ok(Done::plain(give(change, &pool, &request)?))
}

/// Gives what is reserved under the identifier, or makes a new address or prefix.
pub(crate) fn give(change: &mut Change<'_>, pool: &Arc<Node>, request: &Request) -> Outcome<NodeId> {
    let is_address = match &*pool.kind {
        "CoreIPAddressPool" => true,
        "CoreIPPrefixPool" => false,
        other => {
            return Err(Refused::failure(format!("{other} gives no objects")).into());
        }
    };
    let (name, attribute) =
        if is_address { ("IPAddressPool", "address") } else { ("IPPrefixPool", "prefix") };
    let failed = |sentence: &str| Refused::failure(format!("{name}: {} | {sentence}", text(pool, "name")));
    let identifier = request.identifier.as_deref();
    if let Some(Reserved::Node(id)) = identifier.and_then(|text| change.reserved(pool.id, text))
        && let Some(node) = change.state.node(id).cloned()
    {
        refuse_other_length(pool, name, &text(&node, attribute), request)?;
        return Ok(id);
    }
    let (from_data, default) = if is_address {
        ("address_type", "default_address_type")
    } else {
        ("prefix_type", "default_prefix_type")
    };
    let kind = request.kind.clone().or_else(|| request.data_text(from_data));
    let kind = kind.unwrap_or_else(|| text(pool, default));
    let default_length = pool.values.get("default_prefix_length").and_then(|value| value.value.as_i64());
    let length = request.wanted_length().or(default_length);
    if !is_address && length.is_none() {
        return Err(failed("A prefixlen or a default_value must be provided to allocate a new prefix").into());
    }
    if kind.is_empty() && is_address {
        return Err(failed(
            "An address_type or a default_value type must be provided to allocate a new IP address",
        )
        .into());
    }
    let namespace = read::one_peer(&change.state, pool, "ip_namespace")
        .ok_or_else(|| Refused::failure("the pool has no namespace"))?;
    let next = if is_address {
        next_address(change, pool, &namespace, length)?
    } else {
        next_prefix(change, pool, &namespace, length.unwrap_or_default())?
    };
    if kind.is_empty() {
        return Err(failed(
            "A prefix_type or a default_value type must be provided to allocate a new prefix",
        )
        .into());
    }
    let mut fields = request.data.clone();
    if !is_address {
        // in the data it may be a value alone or one of an attribute, and is passed on as it is
        let said = request.data.get("member_type").filter(|value| !value.is_null()).cloned();
        let member_type = request.member_type.clone().map(Value::from).or(said);
        let member_type = member_type.unwrap_or_else(|| text(pool, "default_member_type").into());
        fields.insert("member_type".to_owned(), member_type);
    }
    fields.insert(attribute.to_owned(), address::with_length(next).into());
    fields.insert("ip_namespace".to_owned(), serde_json::json!({ "id": namespace.id.to_string() }));
    let catalogue = change.state.catalogue.clone();
    let made = insert(change, view::kind(&catalogue, &kind)?, &fields, Source::Pool);
    let id = made.map_err(|refusals| failed(&refusals.to_string()))?.id;
    ipam::reconcile(change, id);
    if let Some(identifier) = identifier {
        change.reserve(pool.id, identifier, Reserved::Node(id));
    }
    Ok(id)
}

/// What was given under an identifier keeps its length.
fn refuse_other_length(pool: &Node, name: &str, given: &str, request: &Request) -> Result<(), Refused> {
    let length = address::host(given).map(|network| i64::from(network.prefix_len()));
    match (request.wanted_length(), length) {
        (Some(wanted), Some(length)) if wanted != length => Err(Refused::invalid(format!(
            "{name}: {} | This resource is already allocated as {given}; its prefix length cannot be changed, only \
             /{length} can be used.",
            text(pool, "name")
        ))),
        _ => Ok(()),
    }
}

/// The prefixes that a pool gives from, those of greater weight first.
fn resources(state: &State, pool: &Node) -> Vec<(Arc<Node>, IpNet)> {
    let found = read::peers(state, pool, "resources").into_iter();
    let mut found: Vec<(Arc<Node>, IpNet)> =
        found.filter_map(|prefix| ipam::network_of(&prefix).map(|network| (prefix, network))).collect();
    let weight =
        |prefix: &Node| prefix.values.get("allocation_weight").and_then(|value| value.value.as_i64());
    found.sort_by_key(|(prefix, network)| {
        (std::cmp::Reverse(weight(prefix).unwrap_or_default()), *network, prefix.id)
    });
    found
}

fn next_address(
    change: &Change<'_>,
    pool: &Node,
    namespace: &Node,
    length: Option<i64>,
) -> Result<IpNet, Refused> {
    for (prefix, network) in resources(&change.state, pool) {
        let length = length.unwrap_or_else(|| network.prefix_len().into());
        let allowed = i64::from(network.prefix_len())..=i64::from(network.max_prefix_len());
        let Some(length) = u8::try_from(length).ok().filter(|_| allowed.contains(&length)) else {
            return Err(Refused::invalid("Invalid prefix length for current selected prefix"));
        };
        let is_pool = prefix.values.get("is_pool").is_some_and(|value| value.value == Value::Bool(true));
        let edge = u128::from(!is_pool);
        let first = address::number(network.network()).saturating_add(edge);
        let last = address::number(network.broadcast()).saturating_sub(edge);
        let taken: std::collections::BTreeSet<u128> = ipam::taken(change, namespace.id, true)
            .filter(|(_, taken)| {
                taken.prefix_len() >= network.prefix_len() && network.contains(&taken.addr())
            })
            .map(|(_, taken)| address::number(taken.addr()))
            .collect();
        let free = (first..=last).find(|number| !taken.contains(number));
        let free = free.and_then(|number| address::address_like(network.addr(), number));
        if let Some(free) = free.and_then(|free| IpNet::new(free, length).ok()) {
            return Ok(free);
        }
    }
    Err(Refused::Other {
        http_status: 409,
        message: "There are no more addresses available in this pool.".to_owned(),
    })
}

fn next_prefix(change: &Change<'_>, pool: &Node, namespace: &Node, length: i64) -> Result<IpNet, Refused> {
    for (prefix, network) in resources(&change.state, pool) {
        let Some(length) = u8::try_from(length)
            .ok()
            .filter(|length| (network.prefix_len()..=network.max_prefix_len()).contains(length))
        else {
            continue;
        };
        let last = address::number(network.broadcast());
        // The size of a block but one: that of a whole address family has no number.
        let rest =
            u128::MAX.checked_shr(128 - u32::from(network.max_prefix_len() - length)).unwrap_or_default();
        let mut taken: Vec<(u128, u128)> = ipam::taken(change, namespace.id, false)
            .filter(|(id, taken)| *id != prefix.id && network.contains(taken))
            .map(|(_, taken)| (address::number(taken.network()), address::number(taken.broadcast())))
            .collect();
        taken.sort_unstable();
        let mut start = Some(address::number(network.network()));
        for (first, end) in taken {
            let Some(free) = start.filter(|free| end >= *free) else { continue };
            if free.checked_add(rest).is_some_and(|block_end| block_end < first) {
                break;
            }
            // The next block begins behind what is taken.
            start = (end | rest).checked_add(1);
        }
        let free = start.filter(|free| free.checked_add(rest).is_some_and(|end| end <= last));
        let free = free.and_then(|free| address::address_like(network.addr(), free));
        if let Some(free) = free.and_then(|free| IpNet::new(free, length).ok()) {
            return Ok(free);
        }
    }
    Err(Refused::failure("No more resources available"))
}
