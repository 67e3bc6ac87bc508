//! `docs/types.md`: how each kind of attribute and relationship is read, filtered, written and cleared.
//!
//! A row of its tables is code: the compiler checks it, the test runs it, and its text becomes the row. So the document
//! says nothing that does not work. The kinds in the first column come from the schema, and one without a row fails the
//! test. `BLESS=1 cargo test --test types` writes the document.
#![allow(clippy::unwrap_used)]

use infrahub_client::filter::{Filter, Order};
use infrahub_client::id::{Id, Related};
use infrahub_client::input::{AttributeInput, PeerInput, Update};
use infrahub_client::jiff::Timestamp;
use infrahub_client::pool::{CoreIPAddressPool, CoreIPPrefixPool, CoreNumberPool, from_pool};
use infrahub_client::projection::{Attr, Column, Count, FirstPeers, WithMetadata, WithProperties};
use infrahub_client::value::{DateTime, IpHost, IpNetwork, Json, MacAddress, Password};
use infrahub_client::{All, AllocateRequest, Client, Config, Projection, RelationshipChange};
use infrahub_demo_kinds::*;
use infrahub_schema::{Attribute, Cardinality, Relationship, Schema};
use serde_json::json;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::Path;

/// A row of a table: an attribute or relationship of a kind, and what can be done with it.
struct Row {
    kind: &'static str,
    name: &'static str,
    cells: Vec<String>,
}

fn code(text: &str) -> String {
    format!("`{}`", text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The name in the schema of what is `r#type` in Rust.
fn plain(name: &'static str) -> &'static str {
    name.trim_start_matches("r#")
}

/// Code of this type, as a cell; an empty cell without code.
macro_rules! cell {
    ($type:ty:) => {
        String::new()
    };
    ($type:ty: $code:expr) => {{
        let _: $type = $code;
        code(stringify!($code))
    }};
}

/// Something that can be awaited, as a cell.
macro_rules! awaited {
    ($read:expr) => {{
        drop(IntoFuture::into_future($read));
        code(stringify!($read))
    }};
}

/// A call on a new update, as a cell; the update must then name just this attribute or relationship.
macro_rules! change {
    ($update:ident, $name:ident:) => {
        String::new()
    };
    ($update:ident, $name:ident: $($call:tt)+) => {{
        let data = format!("{:?}", $update::new() $($call)+.into_data());
        let named = format!("{{{:?}}}", plain(stringify!($name)));
        assert!(data.ends_with(&named), "{} names {data}, not {named}", stringify!($($call)+));
        code(stringify!($($call)+))
    }};
}

/// A field as a cell. `read` is one that nodes, projections and tuples of columns have alike; `asked` one of
/// projections and tuples, such as a password; `listed` one of projections only.
macro_rules! field {
    (read $kind:ident . $name:ident / $column:ident: $type:ty) => {{
        let _: fn(&$kind) -> &$type = |node| &node.$name;
        field!(asked $kind . $name / $column: $type)
    }};
    (asked $kind:ident . $name:ident / $column:ident: $type:ty) => {{
        fn reads<T>(_: impl Column<Kind = $kind, Value = T>) {}
        reads::<$type>($kind::$column);
        field!(listed $kind . $name / $column: $type)
    }};
    (listed $kind:ident . $name:ident / $column:ident: $type:ty) => {{
        #[derive(Projection)]
        #[infrahub(kind = $kind)]
        #[allow(dead_code, reason = "the compiler checks its type")]
        struct Projected {
            $name: $type,
        }
        assert_eq!($kind::$column.name(), plain(stringify!($name)));
        code(concat!(stringify!($name), ": ", stringify!($type)))
    }};
}

macro_rules! attributes {
    ($($way:ident $kind:ident, $update:ident . $name:ident / $column:ident: $type:ty,
        [$($filter:expr)?] [$($set:tt)*] [$($clear:tt)*] [$($reset:tt)*];)*) => {
        vec![$(Row {
            kind: stringify!($kind),
            name: plain(stringify!($name)),
            cells: vec![
                field!($way $kind . $name / $column: $type),
                cell!(Filter<$kind>: $($filter)?),
                change!($update, $name: $($set)*),
                change!($update, $name: $($clear)*),
                change!($update, $name: $($reset)*),
            ],
        }),*]
    };
}

macro_rules! relationships {
    ($($way:ident $kind:ident, $update:ident . $name:ident / $column:ident: $type:ty,
        [$read:expr] [$($filter:expr)?] [$($set:tt)*] [$($clear:tt)*];)*) => {
        vec![$(Row {
            kind: stringify!($kind),
            name: plain(stringify!($name)),
            cells: vec![
                field!($way $kind . $name / $column: $type),
                awaited!($read),
                cell!(Filter<$kind>: $($filter)?),
                change!($update, $name: $($set)*),
                change!($update, $name: $($clear)*),
            ],
        }),*]
    };
}

fn attributes() -> Vec<Row> {
    let host: IpHost = "10.0.0.1/24".parse().unwrap();
    let network: IpNetwork = "10.0.0.0/24".parse().unwrap();
    let address: IpAddr = "10.0.0.1".parse().unwrap();
    let mac: MacAddress = "00:25:96:ff:fe:12".parse().unwrap();
    let now = Timestamp::UNIX_EPOCH;
    attributes! {
        read InfraDevice, InfraDeviceUpdate.name / NAME: String,
            [InfraDevice::NAME.eq("atl1-leaf1")] [.name("atl1-leaf1")] [] [];
        read InfraDevice, InfraDeviceUpdate.description / DESCRIPTION: Option<String>,
            [InfraDevice::DESCRIPTION.is_null()] [.description("rack 12")] [.clear_description()] [];
        read InfraBgpSession, InfraBgpSessionUpdate.r#type / TYPE: Option<InfraBgpSessionType>,
            [InfraBgpSession::TYPE.eq(InfraBgpSessionType::Internal)]
            [.r#type(InfraBgpSessionType::Internal)] [.clear_type()] [.reset_type()];
        read InfraDevice, InfraDeviceUpdate.fqdn / FQDN: Option<String>,
            [InfraDevice::FQDN.eq("atl1-leaf1.example.net")] [] [] [];
        read LocationSite, LocationSiteUpdate.address / ADDRESS: Option<String>,
            [LocationSite::ADDRESS.is_not_null()] [.address("1 Main Street")] [.clear_address()] [];
        read InfraDevice, InfraDeviceUpdate.role / ROLE: Option<InfraDeviceRole>,
            [InfraDevice::ROLE.eq(InfraDeviceRole::Leaf)]
            [.role(InfraDeviceRole::Leaf)] [.clear_role()] [];
        read InfraDevice, InfraDeviceUpdate.status / STATUS: Option<InfraDeviceStatus>,
            [InfraDevice::STATUS.is_in([InfraDeviceStatus::Active])]
            [.status(InfraDeviceStatus::Active)] [.clear_status()] [.reset_status()];
        read InfraDevice, InfraDeviceUpdate.asn / ASN: Option<i64>,
            [InfraDevice::ASN.eq(65001)] [.asn(65001)] [.clear_asn()] [];
        read InfraDevice, InfraDeviceUpdate.console_speed / CONSOLE_SPEED: Option<i64>,
            [InfraDevice::CONSOLE_SPEED.is_in([9600, 19200])]
            [.console_speed(9600)] [.clear_console_speed()] [.reset_console_speed()];
        read InfraCircuit, InfraCircuitUpdate.service_id / SERVICE_ID: Option<i64>,
            [InfraCircuit::SERVICE_ID.eq(10_000)] [] [] [];
        read InfraCircuit, InfraCircuitUpdate.bandwidth / BANDWIDTH: Option<i64>,
            [InfraCircuit::BANDWIDTH.eq(1_000_000)] [.bandwidth(1_000_000)] [.clear_bandwidth()] [];
        read InfraInterface, InfraInterfaceL3Update.enabled / ENABLED: Option<bool>,
            [InfraInterface::ENABLED.eq(true)] [.enabled(true)] [.clear_enabled()] [.reset_enabled()];
        read InfraDevice, InfraDeviceUpdate.r#virtual / VIRTUAL: Option<bool>,
            [InfraDevice::VIRTUAL.eq(false)] [.r#virtual(false)] [.clear_virtual()] [.reset_virtual()];
        read InfraDevice, InfraDeviceUpdate.installed_at / INSTALLED_AT: Option<DateTime>,
            [InfraDevice::INSTALLED_AT.is_null()] [.installed_at(now)] [.clear_installed_at()] [];
        read InfraDevice, InfraDeviceUpdate.loopback / LOOPBACK: Option<IpHost>,
            [InfraDevice::LOOPBACK.eq(host)] [.loopback(host)] [.clear_loopback()] [];
        read InfraBgpSession, InfraBgpSessionUpdate.accept / ACCEPT: Option<IpNetwork>,
            [InfraBgpSession::ACCEPT.eq(network)] [.accept(network)] [.clear_accept()] [];
        read InfraBgpSession, InfraBgpSessionUpdate.router_id / ROUTER_ID: Option<IpAddr>,
            [InfraBgpSession::ROUTER_ID.eq(address)] [.router_id(address)] [.clear_router_id()] [];
        read InfraInterface, InfraInterfaceL3Update.mac_address / MAC_ADDRESS: Option<MacAddress>,
            [InfraInterface::MAC_ADDRESS.eq(mac)] [.mac_address(mac)] [.clear_mac_address()] [];
        asked InfraBgpSession, InfraBgpSessionUpdate.secret / SECRET: Option<Password>,
            [InfraBgpSession::SECRET.is_null()] [.secret("hunter2")] [.clear_secret()] [];
        asked InfraCredential, InfraCredentialUpdate.enable_secret / ENABLE_SECRET: Option<Password>,
            [InfraCredential::ENABLE_SECRET.is_null()] [.enable_secret("hunter2")] [.clear_enable_secret()] [];
        read InfraDevice, InfraDeviceUpdate.labels / LABELS: Option<Vec<Json>>,
            [InfraDevice::LABELS.contains("core")]
            [.labels(vec![json!("core")])] [.clear_labels()] [];
        read InfraDevice, InfraDeviceUpdate.facts / FACTS: Option<Json>,
            [InfraDevice::FACTS.is_not_null()] [.facts(json!({ "cpus": 4 }))] [.clear_facts()] [];
        read InfraPolicyRule, InfraPolicyRuleUpdate.r#where / WHERE: Option<Json>,
            [InfraPolicyRule::WHERE.is_null()] [.r#where(json!("inside"))] [.clear_where()] [];
        read InfraDevice, InfraDeviceUpdate.serial / SERIAL: Option<String>,
            [InfraDevice::SERIAL.eq("FX123")] [.serial("FX123")] [.clear_serial()] [];
        read LocationSite, LocationSiteUpdate.contact / CONTACT: Option<String>,
            [LocationSite::CONTACT.eq("noc@example.net")] [.contact("noc@example.net")] [.clear_contact()] [];
        read OrganizationProvider, OrganizationProviderUpdate.portal / PORTAL: Option<String>,
            [OrganizationProvider::PORTAL.is_null()] [.portal("https://example.net")] [.clear_portal()] [];
        read InfraPlatform, InfraPlatformUpdate.image / IMAGE: Option<String>,
            [InfraPlatform::IMAGE.eq("eos.swi")] [.image("eos.swi")] [.clear_image()] [];
        read LocationRegion, LocationRegionUpdate.color / COLOR: Option<String>,
            [LocationRegion::COLOR.eq("#2e86ab")] [.color("#2e86ab")] [.clear_color()] [.reset_color()];
    }
}

/// Objects that rows and lines refer to.
struct Objects {
    client: Client,
    device: Id<InfraDevice>,
    port: Id<InfraInterfaceL3>,
    site: Id<LocationSite>,
    region: Id<LocationRegion>,
    rack: Id<LocationRack>,
    tag: Id<BuiltinTag>,
    circuit: Id<InfraCircuit>,
    contract: Id<InfraContract>,
    window: Id<InfraMaintenanceWindow>,
    prefix: Id<IpamIPPrefix>,
    address: Id<IpamIPAddress>,
    namespace: Id<IpamNamespace>,
    template: Id<TemplateInfraDevice>,
    group: Id<CoreGroup>,
    profile: Id<CoreProfile>,
    account: Id<()>,
    numbers: Id<CoreNumberPool>,
    addresses: Id<CoreIPAddressPool>,
    prefixes: Id<CoreIPPrefixPool>,
}

impl Objects {
    fn new() -> Self {
        Self {
            client: Client::new(Config::new("http://localhost:8000")).unwrap(),
            device: Id::new("18eaebdc-e3d5-9669-15e8-5996b6e6a93b"),
            port: Id::generate(),
            site: Id::generate(),
            region: Id::generate(),
            rack: Id::generate(),
            tag: Id::generate(),
            circuit: Id::generate(),
            contract: Id::generate(),
            window: Id::generate(),
            prefix: Id::generate(),
            address: Id::generate(),
            namespace: Id::generate(),
            template: Id::generate(),
            group: Id::generate(),
            profile: Id::generate(),
            account: Id::generate(),
            numbers: Id::generate(),
            addresses: Id::generate(),
            prefixes: Id::generate(),
        }
    }
}

fn relationships() -> Vec<Row> {
    let Objects { client, device, port, site, region, rack, tag, circuit, .. } = Objects::new();
    let Objects { contract, window, prefix, address, namespace, template, group, profile, .. } =
        Objects::new();
    relationships! {
        read InfraDevice, InfraDeviceUpdate.site / SITE: Related<LocationSite>,
            [client.peer(&device, InfraDevice::SITE)]
            [InfraDevice::SITE.then(LocationSite::NAME).eq("atl1")] [.site(&site)] [];
        read InfraDevice, InfraDeviceUpdate.rack / RACK: Option<Related<LocationRack>>,
            [client.peer(&device, InfraDevice::RACK)]
            [InfraDevice::RACK.is_null()] [.rack(&rack)] [.clear_rack()];
        listed InfraDevice, InfraDeviceUpdate.tags / TAGS: Vec<Related<BuiltinTag>>,
            [client.peers(&device, InfraDevice::TAGS)]
            [InfraDevice::TAGS.then(BuiltinTag::NAME).eq("production")] [.tags([&tag])] [.clear_tags()];
        listed InfraMaintenanceWindow, InfraMaintenanceWindowUpdate.devices / DEVICES: Vec<Related<InfraDevice>>,
            [client.peers(&window, InfraMaintenanceWindow::DEVICES)]
            [InfraMaintenanceWindow::DEVICES.is_in([&device])] [.devices([&device])] [];
        read InfraInterfaceL3, InfraInterfaceL3Update.device / DEVICE: Related<InfraDevice>,
            [client.peer(&port, InfraInterfaceL3::DEVICE)]
            [InfraInterfaceL3::DEVICE.is_in([&device])] [.device(&device)] [];
        listed InfraDevice, InfraDeviceUpdate.interfaces / INTERFACES: Vec<Related<InfraInterface>>,
            [client.peers(&device, InfraDevice::INTERFACES)]
            [InfraDevice::INTERFACES.then(InfraInterface::MTU).eq(9000)] [.interfaces([&port])] [.clear_interfaces()];
        read IpamIPAddress, IpamIPAddressUpdate.ip_namespace / IP_NAMESPACE: Option<Related<BuiltinIPNamespace>>,
            [client.peer(&address, IpamIPAddress::IP_NAMESPACE).select::<Related<_>>()]
            [IpamIPAddress::IP_NAMESPACE.is_not_null()] [.ip_namespace(&namespace)] [.clear_ip_namespace()];
        read IpamIPAddress, IpamIPAddressUpdate.ip_prefix / IP_PREFIX: Option<Related<BuiltinIPPrefix>>,
            [client.peer(&address, IpamIPAddress::IP_PREFIX).select::<Related<_>>()]
            [IpamIPAddress::IP_PREFIX.is_null()] [] [];
        listed InfraContract, InfraContractUpdate.circuits / CIRCUITS: Vec<Related<InfraCircuit>>,
            [client.peers(&contract, InfraContract::CIRCUITS)]
            [InfraContract::CIRCUITS.is_in([&circuit])] [.circuits([&circuit])] [.clear_circuits()];
        listed IpamIPPrefix, IpamIPPrefixUpdate.ip_addresses / IP_ADDRESSES: Vec<Related<BuiltinIPAddress>>,
            [client.peers(&prefix, IpamIPPrefix::IP_ADDRESSES).select::<Related<_>>()]
            [IpamIPPrefix::IP_ADDRESSES.is_null()] [] [];
        listed InfraDevice, InfraDeviceUpdate.member_of_groups / MEMBER_OF_GROUPS: Vec<Related<CoreGroup>>,
            [client.peers(&device, InfraDevice::MEMBER_OF_GROUPS).select::<Related<_>>()]
            [InfraDevice::MEMBER_OF_GROUPS.is_in([&group])] [.member_of_groups([&group])] [.clear_member_of_groups()];
        listed InfraDevice, InfraDeviceUpdate.profiles / PROFILES: Vec<Related<CoreProfile>>,
            [client.peers(&device, InfraDevice::PROFILES).select::<Related<_>>()]
            [InfraDevice::PROFILES.is_in([&profile])] [.profiles([&profile])] [.clear_profiles()];
        read InfraDevice, InfraDeviceUpdate.object_template / OBJECT_TEMPLATE: Option<Related<TemplateInfraDevice>>,
            [client.peer(&device, InfraDevice::OBJECT_TEMPLATE)]
            [InfraDevice::OBJECT_TEMPLATE.is_in([&template])] [.object_template(&template)] [.clear_object_template()];
        listed TemplateInfraDevice, TemplateInfraDeviceUpdate.related_nodes / RELATED_NODES: Vec<Related<InfraDevice>>,
            [client.peers(&template, TemplateInfraDevice::RELATED_NODES)]
            [TemplateInfraDevice::RELATED_NODES.is_in([&device])] [.related_nodes([&device])] [.clear_related_nodes()];
        read LocationSite, LocationSiteUpdate.parent / PARENT: Related<LocationRegion>,
            [client.peer(&site, LocationSite::PARENT)]
            [LocationSite::PARENT.is_in([&region])] [.parent(&region)] [];
        read LocationRegion, LocationRegionUpdate.parent / PARENT: Option<Related<LocationGeneric>>,
            [client.peer(&region, LocationRegion::PARENT)]
            [LocationRegion::PARENT.is_null()] [.parent(&region)] [.clear_parent()];
        listed LocationSite, LocationSiteUpdate.children / CHILDREN: Vec<Related<LocationRack>>,
            [client.peers(&site, LocationSite::CHILDREN)]
            [LocationSite::CHILDREN.is_in([&rack])] [.children([&rack])] [.clear_children()];
        listed IpamIPPrefix, IpamIPPrefixUpdate.children / CHILDREN: Vec<Related<BuiltinIPPrefix>>,
            [client.peers(&prefix, IpamIPPrefix::CHILDREN).select::<Related<_>>()]
            [IpamIPPrefix::CHILDREN.is_null()] [] [];
    }
}

/// Code and what it means, as the row of a table.
macro_rules! lines {
    ($($type:ty: [$code:expr] $means:literal;)*) => {
        [$(format!("| {} | {} |\n", cell!($type: $code), $means)),*].concat()
    };
}

/// Fields of one projection and what they ask for, as rows of a table.
macro_rules! projected {
    ($kind:ident: $($name:ident: $type:ty, $means:literal;)*) => {{
        #[derive(Projection)]
        #[infrahub(kind = $kind)]
        #[allow(dead_code, reason = "the compiler checks its types")]
        struct Projected {
            $($name: $type),*
        }
        [$(format!("| {} | {} |\n", code(concat!(stringify!($name), ": ", stringify!($type))), $means)),*].concat()
    }};
}

fn fields_of_attributes() -> String {
    projected! { InfraDevice:
        name: String, "the value; `Option` where it may be null";
        loopback: Attr<Option<IpHost>>, "the value with `is_default`, `is_from_profile`, `is_protected`, `source`, `owner`, `updated_at`, `updated_by`";
    }
}

fn filters() -> String {
    let account = Objects::new().account;
    lines! {
        Filter<InfraDevice>: [InfraDevice::ASN.eq(65001)] "the value is this";
        Filter<InfraDevice>: [InfraDevice::ASN.is_in([65001, 65002])] "the value is one of these; an empty list matches nothing";
        Filter<InfraDevice>: [InfraDevice::ASN.is_null()] "there is no value";
        Filter<InfraDevice>: [InfraDevice::ASN.is_not_null()] "there is a value";
        Filter<InfraDevice>: [InfraDevice::LABELS.contains("core")] "the list has this element; lists have this instead of `eq`";
        Filter<InfraDevice>: [InfraDevice::ASN.is_protected(true)] "only its owner may change the value";
        Filter<InfraDevice>: [InfraDevice::ASN.owner(&account)] "the value is owned by this object";
        Filter<InfraDevice>: [InfraDevice::ASN.source(&account)] "the value came from this object";
        Order<InfraDevice>: [InfraDevice::ASN.asc()] "for `order_by`; also `.desc()`";
    }
}

fn writes() -> String {
    let Objects { account, numbers, .. } = Objects::new();
    lines! {
        _: [InfraDeviceUpdate::new().asn(None::<i64>)] "an `Option` of the value, where it may be null: as `clear_asn` does";
        _: [InfraDeviceUpdate::new().asn(AttributeInput::new(65001).is_protected(true).owner(&account))] "the value, and who may change it";
        _: [InfraDeviceUpdate::new().asn(AttributeInput::new(65001).source(&account))] "the value, and where it came from";
        _: [InfraTunnelUpdate::new().tunnel_id(from_pool(&numbers))] "a `Number`: the next free one of a `CoreNumberPool`";
    }
}

fn fields_of_relationships() -> String {
    let one = projected! { InfraDevice:
        site: Id<LocationSite>, "the peer's id";
        platform: Option<Related<InfraPlatform>>, "id, human-friendly id, label and kind; what a node holds";
        rack: Option<LocationRack>, "the whole peer, or a projection of your own";
        object_template: Option<WithProperties<Id<TemplateInfraDevice>>>, "with the properties of the relationship: `is_protected`, `source`, `owner`, `updated_at`, …";
        tags: Vec<WithMetadata<BuiltinTag>>, "all peers, with `created_at`, `created_by`, `updated_at`, `updated_by` of each";
        interfaces: Count, "how many peers";
    };
    #[derive(Projection)]
    #[infrahub(kind = InfraDevice)]
    #[allow(dead_code, reason = "the compiler checks its type")]
    struct First {
        #[infrahub(limit = 3)]
        tags: FirstPeers<Id<BuiltinTag>>,
    }
    one + "| `#[infrahub(limit = 3)] tags: FirstPeers<Id<BuiltinTag>>` | the first peers, and how many there are |\n"
        + &projected! { LocationSite:
            ancestors: Vec<Related<LocationGeneric>>, "all above it in its hierarchy, `descendants` all below it; not filtered, not written";
        }
}

fn peers() -> String {
    let Objects { client, device, site, tag, account, addresses, prefixes, .. } = Objects::new();
    lines! {
        _: [client.hierarchy(&site, LocationSite::ANCESTORS)] "reads all above it in its hierarchy";
        _: [client.peers(&device, InfraDevice::TAGS).filter(BuiltinTag::NAME.eq("production"))] "reads some peers";
        RelationshipChange: [client.relationship(&device, InfraDevice::TAGS).add([&tag])] "adds peers, leaves the others";
        RelationshipChange: [client.relationship(&device, InfraDevice::TAGS).remove([&tag])] "removes peers, leaves the others";
        RelationshipChange: [client.relationship(&device, InfraDevice::TAGS).replace([&tag])] "makes these all the peers there are, as the setter does";
        _: [InfraDeviceUpdate::new().site(PeerInput::new(&site).is_protected(true).owner(&account))] "the peer, and who may change the relationship";
        _: [InfraTunnelUpdate::new().far_address(from_pool(&addresses))] "a new IP address from a `CoreIPAddressPool`";
        _: [InfraTunnelUpdate::new().prefix(from_pool(&prefixes).prefix_length(31))] "a new IP prefix from a `CoreIPPrefixPool`";
        AllocateRequest<IpamIPAddress>: [client.allocate(from_pool(&addresses).identifier("atl1-leaf1"))] "takes an IP address by itself, the same for the same identifier";
        All<InfraDevice>: [client.all::<InfraDevice>().order_by(InfraDevice::SITE.then(LocationSite::NAME).asc())] "orders by an attribute of the peer";
    }
}

fn schema() -> Schema {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    Schema::read(&root.join("live/demo-schema/snapshot/nodes.json")).unwrap()
}

/// The first cell of an attribute's row, once the others are as the schema has it.
fn of_attribute(attribute: &Attribute, row: &Row) -> String {
    let [_, _, set, clear, reset] = row.cells.as_slice() else { panic!("five cells") };
    let has_default = attribute.default_value.is_some();
    let is_optional = attribute.is_writable() && (attribute.optional || has_default);
    assert_eq!(!set.is_empty(), attribute.is_writable(), "{}.{}", row.kind, row.name);
    assert_eq!(!clear.is_empty(), is_optional, "{}.{}", row.kind, row.name);
    assert_eq!(!reset.is_empty(), attribute.is_writable() && has_default, "{}.{}", row.kind, row.name);
    let presence = match (attribute.is_writable(), has_default, attribute.optional) {
        (false, ..) => "read-only",
        (true, true, _) => "with a default",
        (true, false, true) => "optional",
        (true, false, false) => "mandatory",
    };
    let values = if attribute.allowed_values.is_some() { " with an enum" } else { "" };
    format!("`{}`{values}, {presence}", attribute.kind.as_str())
}

/// The first cell of a relationship's row, once the others are as the schema has it.
fn of_relationship(relationship: &Relationship, row: &Row) -> String {
    let [_, _, _, set, clear] = row.cells.as_slice() else { panic!("five cells") };
    let is_writable = !relationship.read_only;
    assert_eq!(!set.is_empty(), is_writable, "{}.{}", row.kind, row.name);
    assert_eq!(!clear.is_empty(), is_writable && relationship.optional, "{}.{}", row.kind, row.name);
    let presence = match (is_writable, relationship.optional) {
        (false, _) => "read-only",
        (true, true) => "optional",
        (true, false) => "mandatory",
    };
    let many = if relationship.cardinality == Cardinality::Many { "many" } else { "one" };
    format!("`{}` to {many}, {presence}", relationship.kind.as_str())
}

fn table(rows: &[Row], first: impl Fn(&Row) -> String) -> String {
    rows.iter().map(|row| format!("| {} | {} |\n", first(row), row.cells.join(" | "))).collect()
}

#[test]
fn the_document_says_what_the_code_does() {
    let schema = schema();
    let attribute = |row: &Row| schema.kinds[row.kind].attribute(row.name).unwrap();
    let relationship = |row: &Row| schema.kinds[row.kind].relationship(row.name).unwrap();
    let document = format!(
        include_str!("types.md.in"),
        attributes = table(&attributes(), |row| of_attribute(attribute(row), row)),
        fields_of_attributes = fields_of_attributes(),
        filters = filters(),
        writes = writes(),
        relationships = table(&relationships(), |row| of_relationship(relationship(row), row)),
        fields_of_relationships = fields_of_relationships(),
        peers = peers(),
    );
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/types.md");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &document).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    for (number, (written, made)) in written.lines().zip(document.lines()).enumerate() {
        assert_eq!(written, made, "docs/types.md:{}: BLESS=1 writes it anew", number + 1);
    }
    assert_eq!(written.lines().count(), document.lines().count(), "BLESS=1 writes docs/types.md anew");
}

#[test]
fn every_kind_of_attribute_and_relationship_has_a_row() {
    let schema = schema();
    let of_kinds = |row: &Row| &schema.kinds[row.kind];
    let shown: BTreeSet<String> = attributes()
        .iter()
        .map(|row| of_kinds(row).attribute(row.name).unwrap().kind.as_str().to_owned())
        .collect();
    let all = schema.kinds.values().flat_map(|kind| &kind.attributes);
    let all: BTreeSet<String> = all.map(|attribute| attribute.kind.as_str().to_owned()).collect();
    assert_eq!(shown, all);
    assert_eq!(all.len(), 23, "the kinds that the crate knows are all in the demo schema");

    let of = |relationship: &Relationship| {
        (relationship.kind.as_str().to_owned(), relationship.cardinality == Cardinality::Many)
    };
    let shown: BTreeSet<_> =
        relationships().iter().map(|row| of(of_kinds(row).relationship(row.name).unwrap())).collect();
    let all: BTreeSet<_> = schema.kinds.values().flat_map(|kind| &kind.relationships).map(of).collect();
    assert_eq!(shown, all);
}
