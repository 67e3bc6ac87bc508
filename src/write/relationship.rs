//! Changing the peers of an object.

use super::mutation::{Action, Mutation, Outcome, WriteData, not_done};
use crate::client::Client;
use crate::column::ToMany;
use crate::decode::{self, Failed, Source};
use crate::error::Error;
use crate::filter::to_json;
use crate::id::{Id, Key, Reference};
use crate::input::{Fields, IntoPeer, WirePeer};
use crate::kind::{Is, Kind, Node};
use crate::operation::{Effect, Operation};
use crate::read::{OnlyField, id_of_key};
use futures_core::future::BoxFuture;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::future::IntoFuture;
use std::marker::PhantomData;

/// The peers of one object across one relationship, to add to, remove from or replace.
#[must_use = "say what changes with `.add(…)`, `.remove(…)` or `.replace(…)`, then await it"]
#[derive(Debug)]
pub struct RelationshipPeers<P> {
    client: Client,
    kind: &'static str,
    key: Key,
    relationship: &'static str,
    peer: PhantomData<fn() -> P>,
}

impl<P: Kind> RelationshipPeers<P> {
    pub(crate) fn new<R: Reference>(client: Client, node: &R, relationship: ToMany<R::Kind, P>) -> Self
    where
        R::Kind: Node,
    {
        Self {
            client,
            kind: R::Kind::KIND,
            key: node.key().0,
            relationship: relationship.name(),
            peer: PhantomData,
        }
    }

    /// Adds these peers; one that is there already stays.
    #[allow(clippy::should_implement_trait, reason = "nothing is summed; the word is the server's own")]
    pub fn add<R: IntoPeer<P>>(self, peers: impl IntoIterator<Item = R>) -> RelationshipChange {
        self.change(Change::Add, peers)
    }

    /// Removes these peers; one that is not there is no error.
    ///
    /// The server even removes a component from its mandatory parent, and leaves it without one.
    pub fn remove<R: Reference>(self, peers: impl IntoIterator<Item = R>) -> RelationshipChange
    where
        R::Kind: Is<P>,
    {
        self.change(Change::Remove, peers)
    }

    /// Makes these all the peers there are. An empty list removes every peer.
    pub fn replace<R: IntoPeer<P>>(self, peers: impl IntoIterator<Item = R>) -> RelationshipChange {
        self.change(Change::Replace, peers)
    }

    fn change<R: IntoPeer<P>>(
        self,
        change: Change,
        peers: impl IntoIterator<Item = R>,
    ) -> RelationshipChange {
        RelationshipChange {
            client: self.client,
            kind: self.kind,
            key: self.key,
            relationship: self.relationship,
            change,
            peers: peers.into_iter().map(|peer| peer.into_peer().wire).collect(),
            effect: Effect::Write,
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Change {
    Add,
    Remove,
    Replace,
}

/// Changes the peers of one object when awaited.
#[must_use = "a change is sent when it is awaited"]
#[derive(Debug)]
pub struct RelationshipChange {
    client: Client,
    kind: &'static str,
    key: Key,
    relationship: &'static str,
    change: Change,
    peers: Vec<WirePeer>,
    effect: Effect,
}

#[derive(serde::Serialize)]
struct Nodes<'a> {
    id: &'a str,
    name: &'static str,
    nodes: &'a [WirePeer],
}

#[derive(serde::Serialize)]
struct Variables<T> {
    data: T,
}

impl RelationshipChange {
    /// Says that nobody else changes these peers meanwhile, so that the change may be sent again even where
    /// it may have run already.
    pub fn repeatable(mut self) -> Self {
        self.effect = Effect::RepeatableWrite;
        self
    }

    async fn send(mut self) -> Result<(), Error> {
        let operation = match self.change {
            Change::Replace => self.replace(),
            Change::Add => self.add_or_remove("RelationshipAdd").await?,
            Change::Remove => self.add_or_remove("RelationshipRemove").await?,
        };
        let answered = self.client.run_write(&operation).await?;
        let OnlyField(outcome): OnlyField<Outcome<serde::de::IgnoredAny>> = answered.data;
        if outcome.ok == Some(false) { Err(not_done(&operation.name, answered.context)) } else { Ok(()) }
    }

    fn replace(&self) -> Operation<'static> {
        let mut fields = Fields::default();
        fields.set(self.relationship, &self.peers);
        let data = to_json(&WriteData { key: Some(&self.key), fields: &fields });
        Mutation { kind: self.kind, action: Action::Update, data, file: None }.operation("id", self.effect)
    }

    /// These two mutations name the object by id. Peers by human-friendly id are not removed though the server says
    /// so, and not added to groups: they are named by id, too.
    async fn add_or_remove(&mut self, mutation: &'static str) -> Result<Operation<'static>, Error> {
        let id = id_of_key(&self.client, self.kind, &self.key).await?.into_owned();
        let named: Vec<_> = self.peers.iter().filter_map(WirePeer::hfid).collect();
        let ids = ids_of(&self.client, &named).await?;
        let unnamed = self.peers.iter_mut().filter(|peer| peer.hfid().is_some());
        for (peer, id) in unnamed.zip(ids) {
            peer.set_id(id);
        }
        let nodes: Vec<WirePeer> = self.peers.drain(..).map(WirePeer::into_generic).collect();
        let data = Nodes { id: &id, name: self.relationship, nodes: &nodes };
        let tracker = format!("mutation-{}-{}-{}", self.kind, mutation, self.relationship).to_lowercase();
        Ok(Operation {
            name: Cow::Borrowed(mutation),
            document: Cow::Owned(format!(
                "mutation {mutation}($data: RelationshipNodesInput!) {{ {mutation}(data: $data) {{ ok }} }}"
            )),
            variables: to_json(&Variables { data }),
            effect: self.effect,
            tracker: Cow::Owned(tracker),
            kind: Some(self.kind),
            is_compiled: true,
            object: Some(id),
            upload: None,
        })
    }
}

/// How many objects one document looks up.
const LOOKED_UP: usize = 100;

/// The ids of these objects, of which kinds and human-friendly ids are given: all of them, in the same order.
async fn ids_of(client: &Client, named: &[(&'static str, &[String])]) -> Result<Vec<String>, Error> {
    let mut ids = Vec::with_capacity(named.len());
    for named in named.chunks(LOOKED_UP) {
        let operation = look_up(named);
        let mut found = HashMap::new();
        client
            .read(&operation, &mut |data| {
                found = ids_by_alias(data)?;
                Ok(())
            })
            .await?;
        for (place, (kind, hfid)) in named.iter().enumerate() {
            let id = found.remove(&alias(place));
            ids.push(id.ok_or_else(|| Error::not_found(*kind, format!("hfid {}", hfid.join("__"))))?);
        }
    }
    Ok(ids)
}

/// Reads `{p0 {count edges {node {id}}} …}`.
fn ids_by_alias(data: &mut dyn Source<'_>) -> Result<HashMap<String, String>, Failed> {
    let mut ids = HashMap::new();
    while let Some(alias) = data.next_name()? {
        data.object(&mut |page| {
            let read = &mut |edge: &mut dyn Source<'_>| {
                let id = decode::edge::<Id<()>>(edge)?;
                ids.extend(id.map(|id| (alias.to_owned(), id.to_string())));
                Ok(())
            };
            decode::page(page, read).map(|_| ())
        })?;
    }
    Ok(ids)
}

fn alias(place: usize) -> String {
    format!("p{place}")
}

/// `query ids_of_peers($p0: [String!]) { p0: Kind(hfid: $p0, limit: 1) { edges { node { id } } } … }`.
fn look_up(named: &[(&'static str, &[String])]) -> Operation<'static> {
    let aliases: Vec<String> = (0..named.len()).map(alias).collect();
    let declarations: Vec<String> = aliases.iter().map(|alias| format!("${alias}: [String!]")).collect();
    let fields = aliases.iter().zip(named);
    let fields: Vec<String> = fields
        .map(|(alias, (kind, _))| {
            format!("{alias}: {kind}(hfid: ${alias}, limit: 1) {{ count edges {{ node {{ id }} }} }}")
        })
        .collect();
    let document = format!("query ids_of_peers({}) {{ {} }}", declarations.join(", "), fields.join(" "));
    let variables: BTreeMap<&String, &[String]> =
        aliases.iter().zip(named.iter().map(|(_, hfid)| *hfid)).collect();
    Operation {
        name: Cow::Borrowed("ids_of_peers"),
        document: Cow::Owned(document),
        variables: to_json(&variables),
        effect: Effect::Read,
        tracker: Cow::Borrowed("query-ids-of-peers"),
        kind: None,
        is_compiled: true,
        object: None,
        upload: None,
    }
}

impl IntoFuture for RelationshipChange {
    type Output = Result<(), Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
