//! Every document that generated code can have the client send is valid GraphQL for the schema that the code was
//! generated from, and so are its variables, as a full GraphQL compiler sees it.
//!
//! `build/calls.rs` writes a call of each read, filter, order, relationship and builder; the client sends them to
//! a server that validates what it receives.
#![allow(deprecated)]

mod server;

use infrahub_build_consumer::{demo, stock};
use infrahub_client::Projection;
use infrahub_client::column::{Attribute, Hierarchy, PeerAttribute, ToMany, ToOne};
use infrahub_client::decode::{Failed, Source};
use infrahub_client::file::File;
use infrahub_client::filter::{Filter, Order};
use infrahub_client::id::{Hfid, Id, Related};
use infrahub_client::input::{AttributeInput, Create, IntoPeer, PeerInput, Update};
use infrahub_client::kind::{FileObject, HumanFriendlyId, Is, Kind, Node, Upsertable};
use infrahub_client::pool::{
    CoreIPAddressPool, CoreIPPrefixPool, CoreNumberPool, FromPool, IpResource, Pool, from_pool,
};
use infrahub_client::projection::{
    Attr, Count, FirstPeers, FromEdge, Selection, WithMetadata, WithProperties,
};
use infrahub_client::value::{AttributeValue, Filterable};
use infrahub_client::{Client, Config, Error};
use serde::de::DeserializeOwned;
use server::Server;
use std::cell::RefCell;
use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::pin::Pin;
use tokio::runtime::{Builder, Runtime};

/// Makes calls, whose answer is always the same error.
struct Check {
    runtime: Runtime,
    client: Client,
}

/// Reads nothing, but selects what another projection does: one such type per kind is enough to send the
/// document of every projection of the kind.
struct Selected<K>(PhantomData<fn() -> K>);

thread_local! {
    static SELECTION: RefCell<String> = const { RefCell::new(String::new()) };
}

impl<K: Kind> FromEdge for Selected<K> {
    fn read_edge(_: &mut dyn Source<'_>) -> Result<Option<Self>, Failed> {
        Ok(Some(Self(PhantomData)))
    }
}

impl<K: Kind> Projection for Selected<K> {
    type Kind = K;

    fn select(selection: &mut Selection) {
        SELECTION.with(|text| selection.push(&text.borrow()));
    }
}

/// From now on [`Selected`] selects what `P` does.
fn select<P: Projection>() {
    let mut selection = Selection::new();
    P::select(&mut selection);
    SELECTION.set(selection.as_str().to_owned());
}

/// An id of any kind.
fn id<K>() -> Id<K> {
    Id::new("18e00000-0000-0000-0000-000000000000")
}

/// A value of any type that attributes have.
fn value<T: DeserializeOwned>() -> T {
    let samples =
        [r#""x""#, r#""10.0.0.0/8""#, r#""10.0.0.1""#, r#""00:25:96:FF:FE:12""#, "1", "true", r#"["x"]"#];
    let values = samples.iter().filter_map(|sample| serde_json::from_str(sample).ok());
    values.into_iter().next().expect("a sample for every type")
}

/// A value with all that can be said about it.
fn attribute<T: AttributeValue>() -> AttributeInput<T> {
    AttributeInput::new(value::<T>()).is_protected(true).owner(&id::<()>()).source(&id::<()>())
}

/// A peer with all that can be said about it.
fn said<P: Kind>(peer: impl IntoPeer<P>) -> PeerInput<P> {
    PeerInput::new(peer).is_protected(true).owner(&id::<()>()).source(&id::<()>())
}

/// Something from a pool with all that can be said about it but data.
fn taken<K: Pool>(pool: &Id<K>) -> FromPool<K::Resource>
where
    K::Resource: IpResource,
{
    from_pool(pool).identifier("x").prefix_length(30)
}

/// Filters and orders of a kind, each argument once.
struct Conditions<K> {
    filters: Vec<Filter<K>>,
    orders: Vec<Order<K>>,
}

impl<K: Kind> Conditions<K> {
    fn new() -> Self {
        Self { filters: Vec::new(), orders: Vec::new() }
    }

    /// What needs no column.
    fn of_every_kind(&mut self) {
        let time = "2026-01-02T03:04:05Z".parse().expect("a time");
        self.filters.extend([
            Filter::ids([id()]),
            Filter::any("x"),
            Filter::any_in(["x"]),
            Filter::created_before(time),
            Filter::created_after(time),
            Filter::updated_before(time),
            Filter::updated_after(time),
            Filter::created_by([id::<()>()]),
            Filter::updated_by([id::<()>()]),
        ]);
        let orders =
            [Order::created_at(), Order::created_at_desc(), Order::updated_at(), Order::updated_at_desc()];
        self.orders.extend(orders);
    }

    fn attribute<T: AttributeValue + Filterable, N>(&mut self, column: Attribute<K, T, N>) {
        self.filters.extend([column.eq(value::<T>()), column.is_in([value::<T>()])]);
        self.unfiltered(column);
    }

    fn unfiltered<T: AttributeValue, N>(&mut self, column: Attribute<K, T, N>) {
        let about = [
            column.is_null(),
            column.is_protected(true),
            column.owner(&id::<()>()),
            column.source(&id::<()>()),
        ];
        self.filters.extend(about);
        self.orders.extend([column.asc(), column.desc()]);
    }

    fn relationship(&mut self, is_null: Filter<K>, is_in: Filter<K>) {
        self.filters.extend([is_null, is_in]);
    }

    fn peer<T: AttributeValue + Filterable, N>(&mut self, column: PeerAttribute<K, T, N>) {
        self.filters.extend([column.eq(value::<T>()), column.is_in([value::<T>()])]);
        self.orders.extend([column.asc(), column.desc()]);
    }
}

/// One type for the futures of all counts of a kind.
fn boxed<T>(call: impl Future<Output = T> + Send + 'static) -> Pin<Box<dyn Future<Output = T> + Send>> {
    Box::pin(call)
}

impl Check {
    /// The call must have come as far as the server.
    fn sent<T>(&self, what: &str, call: impl IntoFuture<Output = Result<T, Error>>) {
        match self.runtime.block_on(call.into_future()) {
            Err(Error::GraphQl { .. }) => {}
            Err(error) => panic!("{what}: {error}"),
            Ok(_) => panic!("{what}: the server never succeeds"),
        }
    }

    fn read<P: Projection>(&self, filters: Vec<Filter<P::Kind>>, orders: Vec<Order<P::Kind>>) {
        let matching = || {
            let all = self.client.all::<Selected<P::Kind>>().partial_match();
            filters.iter().cloned().fold(all, |all, filter| all.filter(filter))
        };
        select::<P>();
        let ordered = orders.into_iter().fold(matching().limit(1), |all, order| all.order_by(order));
        self.sent(P::Kind::KIND, ordered);
        self.sent(P::Kind::KIND, boxed(matching().count()));
    }

    fn kind<K: Kind>(&self) {
        self.read::<Related<K>>(Vec::new(), Vec::new());
        select::<Id<K>>();
        self.sent(K::KIND, self.client.get::<Selected<K>>().id(id()));
    }

    fn by_hfid<K: HumanFriendlyId>(&self, parts: K::Parts<&str>) {
        select::<Id<K>>();
        self.sent(K::KIND, self.client.get::<Selected<K>>().hfid(parts));
    }

    fn peer<K: Kind, P: Kind, N>(&self, column: ToOne<K, P, N>) {
        self.peer_as::<K, P, N, Related<P>>(column);
    }

    fn peer_as<K: Kind, P: Kind, N, S: Projection<Kind = P>>(&self, column: ToOne<K, P, N>) {
        select::<S>();
        self.sent(column.name(), self.client.peer(&id(), column).select::<Selected<P>>());
    }

    fn peers<K: Kind, P: Kind, A>(&self, column: ToMany<K, P, A>) {
        let peers = || self.client.peers(&id(), column).filter(Filter::ids([id()])).select::<Selected<P>>();
        select::<Related<P>>();
        self.sent(column.name(), peers().order_by(Order::created_at()).limit(1).offset(1));
        self.sent(column.name(), boxed(peers().count()));
    }

    fn peers_as<K: Kind, P: Kind, A, S: Projection<Kind = P>>(&self, column: ToMany<K, P, A>) {
        select::<S>();
        self.sent(column.name(), self.client.peers(&id(), column).select::<Selected<P>>());
    }

    fn hierarchy<K: Kind, P: Kind>(&self, column: Hierarchy<K, P>) {
        select::<Related<P>>();
        let nodes = self.client.hierarchy(&id(), column).filter(Filter::ids([id()]));
        self.sent(column.name(), nodes.select::<Selected<P>>());
    }

    fn change_peers<K: Node, P: Is<P>>(
        &self,
        column: ToMany<K, P>,
        named: PeerInput<P>,
        taken: PeerInput<P>,
    ) {
        let peers = || self.client.relationship(&id(), column);
        self.sent(column.name(), peers().add([said(id::<P>()), taken]));
        self.sent(column.name(), peers().remove([id::<P>()]));
        self.sent(column.name(), peers().replace([id::<P>()]));
        // Looks up the ids first.
        self.sent(column.name(), peers().add([named.clone(), named]));
    }

    /// Takes an object of kind `P` from a pool, with all that can be said about it.
    fn allocate<P: Kind, S: IpResource, K>(&self, from: FromPool<S, K>)
    where
        FromPool<S, K>: IntoPeer<P>,
    {
        let allocate = self.client.allocate::<P, S, K>(from);
        self.sent(P::KIND, allocate);
    }

    fn create<C: Create>(&self, data: C)
    where
        C::Kind: Node,
    {
        self.sent(C::Kind::KIND, self.client.create(data));
    }

    fn upsert<C: Create>(&self, data: C)
    where
        C::Kind: Node + Upsertable,
    {
        self.sent(C::Kind::KIND, self.client.upsert(data));
    }

    fn update<K: Node>(&self, data: impl Update<Kind = K>) {
        self.sent(K::KIND, self.client.update(&id::<K>()).set(data));
    }

    /// Reads a projection of all that a kind has.
    fn row<P: Projection>(&self) {
        self.sent(P::Kind::KIND, self.client.get::<P>().id(id()));
    }

    /// Reads what is known of a file.
    fn file<K: FileObject>(&self) {
        let file = self.client.file(&id::<K>());
        self.sent(K::KIND, boxed(async move { file.info().await }));
    }

    fn delete<K: Node>(&self) {
        self.sent(K::KIND, self.client.delete(&id::<K>()));
    }
}

mod stock_calls {
    use super::*;
    include!(concat!(env!("OUT_DIR"), "/stock_calls.rs"));
}

mod demo_calls {
    use super::*;
    include!(concat!(env!("OUT_DIR"), "/demo_calls.rs"));
}

#[allow(dead_code, reason = "nothing ever comes back")]
mod demo_rows {
    use super::*;
    include!(concat!(env!("OUT_DIR"), "/demo_rows.rs"));
}

fn check(server: &Server) -> Check {
    let config = Config::new(server.address()).with_retry_on_failure(false);
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let client = Client::new(config).expect("a client");
    Check { runtime, client }
}

#[test]
fn the_stock_kinds_send_valid_documents() {
    let server = Server::start("../../../../schema/schema.graphql");
    stock_calls::stock(&check(&server));
    server.finish(1000);
}

#[test]
fn the_demo_kinds_send_valid_documents() {
    let server = Server::start("../../../../live/demo-schema/snapshot/schema.graphql");
    demo_calls::demo(&check(&server));
    server.finish(1000);
}

#[test]
fn allocations_send_valid_documents() {
    let server = Server::start("../../../../live/demo-schema/snapshot/schema.graphql");
    let check = check(&server);
    let (addresses, prefixes) = (id::<CoreIPAddressPool>(), id::<CoreIPPrefixPool>());
    let data = demo::IpamIPAddressUpdate::new().dns_name("x").clear_description();
    check.allocate::<demo::IpamIPAddress, _, _>(taken(&addresses).with(data));
    check.allocate::<demo::BuiltinIPAddress, _, _>(from_pool(&addresses));
    let data = demo::IpamIPPrefixUpdate::new().purpose(demo::IpamIPPrefixPurpose::Fabric);
    check.allocate::<demo::IpamIPPrefix, _, _>(taken(&prefixes).with(data));
    check.allocate::<demo::BuiltinIPPrefix, _, _>(from_pool(&Hfid::<CoreIPPrefixPool>::new(["x"])));
    server.finish(2);
}

#[test]
fn projections_of_all_that_the_demo_kinds_have_send_valid_documents() {
    let server = Server::start("../../../../live/demo-schema/snapshot/schema.graphql");
    demo_rows::all(&check(&server));
    server.finish(20);
}
