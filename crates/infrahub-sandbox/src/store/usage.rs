//! What was taken from a pool, and how much of it is used.

use super::branch::Line;
use super::pool::{Reserved, text};
use super::record::Node;
use super::state::State;
use super::{MAIN, NodeId, Outcome, Refused, Store, address, ipam, read, value};
use infrahub_schema::Attribute;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A resource that was taken from a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Allocated {
    /// The address or prefix; of a number the object that has it.
    pub(crate) id: NodeId,
    pub(crate) kind: String,
    pub(crate) branch: String,
    pub(crate) display_label: String,
    pub(crate) identifier: Option<String>,
}

/// How much is used, in percent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Usage {
    pub(crate) all: f64,
    /// By what the default branch does not have.
    pub(crate) branches: f64,
    pub(crate) default_branch: f64,
}

/// How much of a pool is used, and of each prefix in it. A pool of numbers is one resource.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PoolUsage {
    pub(crate) usage: Usage,
    pub(crate) resources: Vec<ResourceUsage>,
}

/// How much of a resource is used.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ResourceUsage {
    pub(crate) id: NodeId,
    pub(crate) kind: String,
    pub(crate) display_label: String,
    /// How much there is of it.
    pub(crate) weight: f64,
    pub(crate) usage: Usage,
}

impl Store {
    /// `InfrahubResourcePoolAllocated`: what a branch has in a prefix of a pool, whether the pool gave it or not; or
    /// the numbers that objects of any branch have of a pool of numbers.
    pub(crate) fn allocated(
        &self,
        branch: &str,
        at: Option<Timestamp>,
        pool_id: &str,
        resource_id: &str,
    ) -> Outcome<Vec<Allocated>> {
        let pool = self.pool(branch, pool_id)?;
        if &*pool.kind == "CoreNumberPool" {
            return Ok(self.numbers(&pool));
        }
        let resources = read::peers(self.line(branch)?.latest(), &pool, "resources");
        let Some(resource) = resources.iter().find(|resource| resource.id.to_string() == resource_id) else {
            return Err(Refused::invalid(format!(
                "The selected pool_id={pool_id} doesn't contain the requested resource_id={resource_id}"
            ))
            .into());
        };
        let state = self.state_at(branch, at)?;
        let relationship = if &*pool.kind == "CoreIPPrefixPool" { "children" } else { "ip_addresses" };
        let mut members: Vec<_> = read::peers(&state, resource, relationship)
            .into_iter()
            .filter_map(|member| ipam::network_of(&member).map(|network| (member, network)))
            .collect();
        members.sort_by_key(|(member, network)| {
            (address::bits(network.addr()), network.prefix_len(), member.id)
        });
        let identifiers: BTreeMap<NodeId, Arc<str>> = self
            .given(&pool)
            .filter_map(|(identifier, reserved)| match reserved {
                Reserved::Node(id) => Some((id, identifier.clone())),
                Reserved::Number(_) => None,
            })
            .collect();
        let allocated = members.into_iter().map(|(member, network)| Allocated {
            id: member.id,
            kind: member.kind.to_string(),
            branch: branch.to_owned(),
            display_label: address::with_length(network),
            identifier: identifiers.get(&member.id).map(ToString::to_string),
        });
        Ok(allocated.collect())
    }

    /// `InfrahubResourcePoolUtilization`.
    pub(crate) fn pool_usage(
        &self,
        branch: &str,
        at: Option<Timestamp>,
        pool_id: &str,
    ) -> Outcome<PoolUsage> {
        let pool = self.pool(branch, pool_id)?;
        if &*pool.kind == "CoreNumberPool" {
            return Ok(self.usage_of_numbers(&pool)?);
        }
        let (here, main) = (self.state_at(branch, at)?, self.state_at(MAIN, at)?);
        let usage = |resources: &[Arc<Node>]| {
            let (all, default_branch) = (percent(&here, resources), percent(&main, resources));
            // what the branch deleted may make it less than that of the default branch
            Usage { all, branches: (all - default_branch).max(0.0), default_branch }
        };
        let mut resources = Vec::new();
        let mut parts = Vec::new();
        for (resource, state) in self.resources(branch, &pool)? {
            parts.push(ResourceUsage {
                id: resource.id,
                kind: resource.kind.to_string(),
                display_label: read::display_label(state, &resource),
                weight: ipam::space(&resource),
                usage: usage(std::slice::from_ref(&resource)),
            });
            resources.push(resource);
        }
        Ok(PoolUsage { usage: usage(&resources), resources: parts })
    }

    fn pool(&self, branch: &str, id: &str) -> Outcome<Arc<Node>> {
        let state = self.line(branch)?.latest();
        let pool = NodeId::parse(id).and_then(|id| state.node(id));
        let kinds = ["CoreIPAddressPool", "CoreIPPrefixPool", "CoreNumberPool"];
        let pool = pool.filter(|pool| kinds.contains(&&*pool.kind)).cloned();
        Ok(pool.ok_or_else(|| Refused::not_found("ResourcePool", id))?)
    }

    /// The prefixes that the pool has on any branch, as they are on this one or else on the first that has them.
    fn resources(&self, branch: &str, pool: &Node) -> Outcome<Vec<(Arc<Node>, &State)>> {
        let lines = std::iter::once(self.line(branch)?).chain(self.lines.values().map(|line| &**line));
        let mut found = BTreeMap::new();
        for state in lines.map(Line::latest) {
            for resource in read::peers(state, pool, "resources") {
                found.entry(resource.id).or_insert((resource, state));
            }
        }
        Ok(found.into_values().collect())
    }

    /// What the pool gave, by identifier.
    fn given(&self, pool: &Node) -> impl Iterator<Item = (&Arc<str>, Reserved)> {
        let id = pool.id;
        let given = self.reserved.from(&(id, Arc::from(""))).take_while(move |((owner, _), _)| *owner == id);
        given.map(|((_, identifier), reserved)| (identifier, *reserved))
    }

    /// The numbers of a pool, each with the branch that gave it to the object. A number that the pool gave several
    /// times comes once for each identifier.
    fn numbers(&self, pool: &Node) -> Vec<Allocated> {
        let mut identifiers: BTreeMap<i64, Vec<&Arc<str>>> = BTreeMap::new();
        for (identifier, reserved) in self.given(pool) {
            if let Reserved::Number(number) = reserved {
                identifiers.entry(number).or_default().push(identifier);
            }
        }
        let (kind, attribute) = (text(pool, "node"), text(pool, "node_attribute"));
        let limit = |name: &str| pool.values.get(name).and_then(|value| value.value.as_i64());
        let (first, last) =
            (limit("start_range").unwrap_or(i64::MIN), limit("end_range").unwrap_or(i64::MAX));
        let mut numbers = Vec::new();
        for line in self.lines.values() {
            for node in line.latest().of_kind(&kind) {
                let stored = node.values.get(attribute.as_str());
                let stored = stored.filter(|stored| stored.source == Some(pool.id));
                let number = stored.and_then(|stored| stored.value.as_i64());
                let Some(number) = number.filter(|number| (first..=last).contains(number)) else { continue };
                if is_of_base(line, node, &attribute) {
                    continue;
                }
                for identifier in identifiers.get(&number).into_iter().flatten() {
                    let allocated = Allocated {
                        id: node.id,
                        kind: kind.clone(),
                        branch: line.branch.name.to_string(),
                        display_label: number.to_string(),
                        identifier: Some(identifier.to_string()),
                    };
                    numbers.push((number, allocated));
                }
            }
        }
        numbers.sort_by_key(|(number, _)| *number);
        numbers.into_iter().map(|(_, allocated)| allocated).collect()
    }

    fn usage_of_numbers(&self, pool: &Node) -> Result<PoolUsage, Refused> {
        let limit = |name: &str| pool.values.get(name).and_then(|value| value.value.as_i64());
        let size = limit("end_range").unwrap_or_default() - limit("start_range").unwrap_or_default() + 1;
        let kind = self.line(MAIN).ok().and_then(|main| main.latest().catalogue.kind(&text(pool, "node")));
        let attribute = kind.and_then(|kind| kind.attribute(&text(pool, "node_attribute")));
        let size = size - attribute.map_or(0, excluded);
        if size == 0 {
            return Err(Refused::failure("division by zero"));
        }
        let numbers = |of_main: bool| -> BTreeSet<String> {
            let numbers = self.numbers(pool).into_iter();
            let numbers = numbers.filter(|number| (number.branch == MAIN) == of_main);
            numbers.map(|number| number.display_label).collect()
        };
        let main = numbers(true);
        let branches = numbers(false).difference(&main).count();
        let percent = |used: usize| used as f64 / size as f64 * 100.0;
        let usage = Usage {
            all: percent(branches + main.len()),
            branches: percent(branches),
            default_branch: percent(main.len()),
        };
        let resource = ResourceUsage {
            id: pool.id,
            kind: pool.kind.to_string(),
            display_label: text(pool, "name"),
            weight: 1.0,
            usage,
        };
        Ok(PoolUsage { usage, resources: vec![resource] })
    }
}

/// How much of prefixes is used by what a branch has in them.
fn percent(state: &State, prefixes: &[Arc<Node>]) -> f64 {
    let used = prefixes.iter().map(|prefix| ipam::used(state, prefix)).sum();
    ipam::percent(used, prefixes.iter().map(|prefix| ipam::space(prefix)).sum())
}

/// Whether a branch has the value of an object from the default branch.
fn is_of_base(line: &Line, node: &Node, attribute: &str) -> bool {
    let base = line.base.node(node.id).and_then(|node| node.values.get(attribute));
    let base = base.filter(|_| !line.branch.is_default).map(|stored| &stored.value);
    base == node.values.get(attribute).map(|stored| &stored.value)
}

/// How many numbers an attribute does not take.
fn excluded(attribute: &Attribute) -> i64 {
    value::excluded(attribute).map(|(first, last)| last - first + 1).sum()
}
