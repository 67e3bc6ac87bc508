//! `kinds`, `describe`, `generate`, `queries` and `schema`, as a user types them.
#![allow(clippy::unwrap_used)]

mod support;

use insta::assert_snapshot;
use serde_json::{Value, json};
use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;
use support::{Loopback, TOKEN, Told, cargo_infrahub};

/// A folder with the snapshot of the demo schema in `schema`.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        let snapshot = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../live/demo-schema/snapshot");
        fs::create_dir(folder.at("schema")).unwrap();
        for file in ["nodes.json", "schema.graphql", "source.json"] {
            fs::copy(snapshot.join(file), folder.at("schema").join(file)).unwrap();
        }
        folder
    }

    fn at(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    fn write(&self, file: &str, text: &str) {
        fs::create_dir_all(self.at(file).parent().unwrap()).unwrap();
        fs::write(self.at(file), text).unwrap();
    }

    fn edit(&self, file: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.at(file)).unwrap();
        assert!(text.contains(from), "{file} has no {from}");
        self.write(file, &text.replace(from, to));
    }

    fn run(&self, arguments: &[&str]) -> Told {
        cargo_infrahub(self.0.path(), &[], arguments)
    }

    /// Runs a command that ends well and has nothing to warn of.
    fn tell(&self, arguments: &[&str]) -> String {
        let Told { code, stdout, stderr } = self.run(arguments);
        assert_eq!((code, stderr.as_str()), (Some(0), ""), "{stdout}");
        stdout
    }

    /// Runs a command with a server.
    fn run_with(&self, server: &Loopback, arguments: &[&str]) -> Told {
        let environment = [("INFRAHUB_ADDRESS", server.address.as_str()), ("INFRAHUB_API_TOKEN", TOKEN)];
        cargo_infrahub(self.0.path(), &environment, arguments)
    }
}

#[test]
fn kinds_lists_what_there_is() {
    let folder = Folder::new();
    assert_snapshot!(folder.tell(&["kinds"]), @r#"
    KIND                    FLAVOUR  RUST                    FIELDS  DESCRIPTION
    InfraBgpSession         node     InfraBgpSession         10      A BGP session of a device with a peer.
    InfraCircuit            node     InfraCircuit            9       A line between sites that a provider sells.
    InfraCircuitEndpoint    node     InfraCircuitEndpoint    7       Where a circuit ends.
    InfraContract           node     InfraContract           11      A signed contract with its file.
    InfraCredential         node     InfraCredential         6       A login on devices.
    InfraDevice             node     InfraDevice             25      A router, switch or firewall.
    InfraInterface          generic  InfraInterface          11      A port of a device.
    InfraInterfaceL2        node     InfraInterfaceL2        15      A switched port.
    InfraInterfaceL3        node     InfraInterfaceL3        12      A routed port.
    InfraJournalEntry       node     InfraJournalEntry       8       Something that happened. It has neither a human-friendly id nor a default filter.
    InfraMaintenanceWindow  node     InfraMaintenanceWindow  7       A time in which devices may be touched.
    InfraPlatform           node     InfraPlatform           6       An operating system that devices run. It is found by its default filter.
    InfraPolicyRule         node     InfraPolicyRule         13      One rule of a routing policy, with field names that programming languages reserve.
    InfraTunnel             node     InfraTunnel             14      A tunnel from one site to another, whose number and addresses come from pools.
    InfraVlan               node     InfraVlan               7       A layer 2 network of one site.
    IpamIPAddress           node     IpamIPAddress           9       An address of the address plan.
    IpamIPPrefix            node     IpamIPPrefix            22      A network of the address plan.
    IpamNamespace           node     IpamNamespace           8       A namespace that segments IPAM
    LocationGeneric         generic  LocationGeneric         9       A place, from a whole region down to one rack.
    LocationRack            node     LocationRack            11      A rack with its height in units.
    LocationRegion          node     LocationRegion          10      A part of the world that is operated together.
    LocationSite            node     LocationSite            14      A building or a floor that holds equipment.
    OrganizationProvider    node     OrganizationProvider    7       A company that sells circuits.
    "#);
    assert_snapshot!(folder.tell(&["kinds", "Core*Pool"]), @r#"
    KIND               FLAVOUR  RUST               FIELDS  DESCRIPTION
    CoreIPAddressPool  node     CoreIPAddressPool  8       A pool of IP address resources
    CoreIPPool         generic  CoreIPPool         2       A pool of IP resources (prefixes or addresses).
    CoreIPPrefixPool   node     CoreIPPrefixPool   9       A pool of IP prefix resources
    CoreNumberPool     node     CoreNumberPool     9       A pool of number resources
    CoreResourcePool   generic  CoreResourcePool   4       The resource manager contains pools of resources to allow for automatic assignments.
    "#);
    assert_eq!(folder.tell(&["kinds", "*"]).lines().count(), 142);
}

#[test]
fn a_kind_that_is_not_there_ends_with_2_and_a_suggestion() {
    let folder = Folder::new();
    for command in ["kinds", "describe"] {
        let Told { code, stdout: told, stderr: problem } = folder.run(&[command, "InfraDevise"]);
        assert_eq!((code, told.as_str()), (Some(2), ""));
        assert_eq!(
            problem,
            "error: schema/nodes.json: no kind of the schema matches `InfraDevise`; did you mean `InfraDevice`?\n"
        );
        let Told { code, stderr: problem, .. } = folder.run(&[command, "*", "--schema-dir", "nowhere"]);
        assert_eq!(code, Some(2));
        assert!(problem.starts_with("error: cannot read nowhere/nodes.json: "), "{problem}");
        assert!(problem.contains("`cargo infrahub pull` creates the snapshot"), "{problem}");
    }
}

#[test]
fn describe_tells_all_about_a_kind() {
    let folder = Folder::new();
    assert_snapshot!(folder.tell(&["describe", "LocationSite"]), @r#"
    LocationSite
    A building or a floor that holds equipment.

        flavour            node
        label              Site
        human-friendly id  name__value
        unique             name__value
        generics           CoreNode, LocationGeneric
        Rust               LocationSite, LocationSiteCreate, LocationSiteUpdate

    Attributes

        ATTRIBUTE    COLUMN       FIELD                               RULES
        name         NAME         name: String                        `Text`, mandatory, unique, 2 to 64 characters
                                                                      Unique over all locations.
        status       STATUS       status: Option<LocationSiteStatus>  `Dropdown`, default `active`
        address      ADDRESS      address: Option<String>             `TextArea`
        description  DESCRIPTION  description: Option<String>         `Text`
        contact      CONTACT      contact: Option<String>             `Email`
                                                                      Who opens the door.
        opened_at    OPENED_AT    opened_at: Option<DateTime>         `DateTime`

    Relationships

        RELATIONSHIP          COLUMN                FIELD                                          RULES
        tags                  TAGS                  Vec<Related<BuiltinTag>>, in projections       to many `BuiltinTag`
        parent                PARENT                parent: Related<LocationRegion>                to one `LocationRegion`, mandatory
        children              CHILDREN              Vec<Related<LocationRack>>, in projections     to many `LocationRack`
        member_of_groups      MEMBER_OF_GROUPS      Vec<Related<CoreGroup>>, in projections        to many `CoreGroup`
        subscriber_of_groups  SUBSCRIBER_OF_GROUPS  Vec<Related<CoreGroup>>, in projections        to many `CoreGroup`
        profiles              PROFILES              Vec<Related<CoreProfile>>, in projections      to many `CoreProfile`
        ancestors             ANCESTORS             Vec<Related<LocationGeneric>>, in projections  All nodes above this one in the hierarchy. The server has no filters for them.
        descendants           DESCENDANTS           Vec<Related<LocationGeneric>>, in projections  All nodes below this one in the hierarchy. The server has no filters for them.

    Choices of status: LocationSiteStatus

        VARIANT  VALUE    LABEL    DESCRIPTION
        Active   active   Active   In operation.
        Planned  planned  Planned  Not built yet.
        Retired  retired  Retired  No equipment left.

    Setters

        FIELD                 LocationSiteCreate    LocationSiteUpdate
        name                                        name
        status                status                status, clear_status, reset_status
        address               address               address, clear_address
        description           description           description, clear_description
        contact               contact               contact, clear_contact
        opened_at             opened_at             opened_at, clear_opened_at
        tags                  tags                  tags, clear_tags
        parent                                      parent
        children              children              children, clear_children
        member_of_groups      member_of_groups      member_of_groups, clear_member_of_groups
        subscriber_of_groups  subscriber_of_groups  subscriber_of_groups, clear_subscriber_of_groups
        profiles              profiles              profiles, clear_profiles

    Create

        let data = LocationSiteCreate::new(
            name,   // impl IntoAttribute<String>
            parent, // impl IntoPeer<LocationRegion>
        );
        let created = client.create(data).await?;

    Read

        let one = client.get::<LocationSite>().hfid(["…"]).await?;
        let all = client.all::<LocationSite>().filter(LocationSite::NAME.eq("…")).await?;
    "#);
    assert_snapshot!(folder.tell(&["describe", "InfraInterface"]), @r#"
    InfraInterface
    A port of a device.

        flavour            generic
        label              Interface
        human-friendly id  device__name__value, name__value
        unique             device, name__value
        generics           CoreNode
        kinds              InfraInterfaceL2, InfraInterfaceL3
        Rust               InfraInterface, AnyInfraInterface

    Attributes

        ATTRIBUTE    COLUMN       FIELD                            RULES
        name         NAME         name: String                     `Text`, mandatory
        description  DESCRIPTION  description: Option<String>      `Text`
        enabled      ENABLED      enabled: Option<bool>            `Boolean`, default `true`
        mtu          MTU          mtu: Option<i64>                 `Number`, default `1500`, 64 to 9216
                                                                   Largest frame in bytes.
        speed        SPEED        speed: Option<i64>               `Bandwidth`
                                                                   Bits a second.
        mac_address  MAC_ADDRESS  mac_address: Option<MacAddress>  `MacAddress`

    Relationships

        RELATIONSHIP          COLUMN                FIELD                                      RULES
        device                DEVICE                device: Related<InfraDevice>               to one `InfraDevice`, mandatory
        tags                  TAGS                  Vec<Related<BuiltinTag>>, in projections   to many `BuiltinTag`
        member_of_groups      MEMBER_OF_GROUPS      Vec<Related<CoreGroup>>, in projections    to many `CoreGroup`
        subscriber_of_groups  SUBSCRIBER_OF_GROUPS  Vec<Related<CoreGroup>>, in projections    to many `CoreGroup`
        profiles              PROFILES              Vec<Related<CoreProfile>>, in projections  to many `CoreProfile`

    Read

        let one = client.get::<AnyInfraInterface>().hfid(["…", "…"]).await?;
        let all = client.all::<AnyInfraInterface>().filter(InfraInterface::NAME.eq("…")).await?;
    "#);
    assert!(
        folder.tell(&["describe", "CoreAccount"]).starts_with("CoreAccount\nUser Account for Infrahub\n")
    );

    let secret = folder.tell(&["describe", "InfraCredential"]);
    assert!(secret.contains("PASSWORD       Password, in projections"), "{secret}");
    let both = folder.tell(&["describe", "InfraInterfaceL*"]);
    assert!(both.starts_with("InfraInterfaceL2\n") && both.contains("\n\nInfraInterfaceL3\n"), "{both}");
}

#[test]
fn what_a_schema_says_is_no_command_to_the_terminal() {
    let folder = Folder::new();
    folder.edit(
        "schema/nodes.json",
        "A router, switch or firewall.",
        r"A\u001b[2J router\n\u202eor\r worse.",
    );
    folder.edit("schema/nodes.json", "Host name, lower case.", r"\u001b]0;evil\u0007");
    folder.edit("schema/nodes.json", r#""label": "Leaf""#, r#""label": "\u001b[31mLeaf""#);
    for told in [folder.tell(&["kinds"]), folder.tell(&["describe", "InfraDevice"])] {
        assert!(told.contains(r"A\u{1b}[2J router"), "{told}");
        assert!(!told.contains(|c: char| (c.is_control() && c != '\n') || c == '\u{202e}'), "{told:?}");
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let folder = Folder::new();
    folder.write("old/nodes.json", r#"{"format": 1, "namespaces": {}, "kinds": []}"#);
    for (arguments, code) in [(&["describe", "*"][..], 0), (&["diff", "old/nodes.json", "schema"], 1)] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-infrahub"));
        command.arg("infrahub").args(arguments).current_dir(folder.0.path());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let problem = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), problem.as_str()), (Some(code), ""));
    }
}

#[test]
fn generate_writes_a_module_and_tells_when_it_is_stale() {
    let folder = Folder::new();
    let generate = ["generate", "--kinds", "LocationRack", "InfraPlatform"];
    let check = [&generate[..], &["--check"]].concat();

    let Told { code, stdout: told, .. } = folder.run(&check);
    assert_eq!(code, Some(1));
    assert_snapshot!(told, @r#"
    missing src/kinds/infra_platform.rs
    missing src/kinds/location_rack.rs
    missing src/kinds/mod.rs
    missing src/kinds/peers.rs
    missing src/kinds/schema.json
    src/kinds is not what schema gives; the same command without `--check` writes it
    "#);
    assert!(!folder.at("src").exists(), "a check writes nothing");

    assert_snapshot!(folder.tell(&generate), @r#"
    wrote src/kinds/infra_platform.rs
    wrote src/kinds/location_rack.rs
    wrote src/kinds/mod.rs
    wrote src/kinds/peers.rs
    wrote src/kinds/schema.json
    src/kinds now holds 5 files made from schema
    declare the module where its folder stands: `mod kinds;`
    "#);
    assert_snapshot!(folder.tell(&generate), @"src/kinds is up to date with schema");
    assert_snapshot!(folder.tell(&check), @"src/kinds is up to date with schema");

    folder.write("src/kinds/mine.rs", "// mine\n");
    folder.edit("src/kinds/infra_platform.rs", "InfraPlatform", "InfraPlan");
    fs::remove_file(folder.at("src/kinds/peers.rs")).unwrap();
    fs::copy(folder.at("src/kinds/location_rack.rs"), folder.at("src/kinds/location_gone.rs")).unwrap();
    let Told { code, stdout: told, .. } = folder.run(&check);
    assert_eq!(code, Some(1));
    assert_snapshot!(told, @r#"
    stale src/kinds/infra_platform.rs
    missing src/kinds/peers.rs
    surplus src/kinds/location_gone.rs
    src/kinds is not what schema gives; the same command without `--check` writes it
    "#);
    assert!(!folder.at("src/kinds/peers.rs").exists() && folder.at("src/kinds/location_gone.rs").exists());
    assert_snapshot!(folder.tell(&generate), @r#"
    wrote src/kinds/infra_platform.rs
    wrote src/kinds/peers.rs
    removed src/kinds/location_gone.rs
    src/kinds now holds 5 files made from schema
    "#);
    assert_eq!(fs::read_to_string(folder.at("src/kinds/mine.rs")).unwrap(), "// mine\n");
}

#[test]
fn generate_leaves_files_of_the_users_alone() {
    let folder = Folder::new();
    folder.write("src/kinds/infra_device.rs", "// mine\n");
    let problems = [&["generate"][..], &["generate", "--check"]].map(|arguments| {
        let Told { code, stdout: told, stderr: problem } = folder.run(arguments);
        assert_eq!((code, told.as_str()), (Some(2), ""));
        problem
    });
    assert_eq!(problems[0], problems[1]);
    assert_snapshot!(problems[0], @"error: src/kinds/infra_device.rs was not generated, so it is not overwritten; move it away, or choose another folder");
    assert_eq!(fs::read_to_string(folder.at("src/kinds/infra_device.rs")).unwrap(), "// mine\n");
    assert_eq!(fs::read_dir(folder.at("src/kinds")).unwrap().count(), 1);

    let other = folder.tell(&["generate", "--out", "src/schema", "--kinds", "Infra*"]);
    assert!(other.ends_with("declare the module where its folder stands: `mod schema;`\n"), "{other}");
    let Told { code, stderr: problem, .. } =
        folder.run(&["generate", "--out", "src/other", "--kinds", "Nope*"]);
    assert_eq!(code, Some(2));
    assert!(
        problem.starts_with("error: schema/nodes.json: no kind of the schema matches `Nope*`"),
        "{problem}"
    );
    assert!(!folder.at("src/other").exists());
}

#[test]
fn queries_check_tells_whether_the_documents_fit() {
    let folder = Folder::new();
    let query = "query Devices($site: String!) {\n  InfraDevice(site__name__value: $site) {\n    edges {\n      node {\n        name {\n          value\n        }\n      }\n    }\n  }\n}\n";
    folder.write("queries/devices.graphql", query);
    assert_eq!(
        folder.tell(&["queries", "check"]),
        "1 document of queries with 1 operation fits schema/schema.graphql\n"
    );
    let tags = "query Tags { BuiltinTag { count } }\nquery TagNames { BuiltinTag { edges { node { display_label } } } }";
    folder.write("documents/tags.graphql", tags);
    folder.write("documents/devices.graphql", query);
    assert_eq!(
        folder.tell(&["queries", "check", "--queries", "documents"]),
        "2 documents of documents with 3 operations fit schema/schema.graphql\n"
    );

    folder.edit("queries/devices.graphql", "name {", "nam {");
    folder.write("queries/tags.graphql", "query Tags {\n  BuiltinTag(first: 1) { count }\n}\n");
    let Told { code, stdout: told, stderr: problem } = folder.run(&["queries", "check"]);
    assert_eq!((code, told.as_str()), (Some(1), ""));
    assert_snapshot!(problem, @r#"
    error: `InfraDevice` has no field `nam`; did you mean `name`?
     --> queries/devices.graphql:5:9
      |
    5 |         nam {
      |         ^^^

    error: `Query.BuiltinTag` takes no `first`
     --> queries/tags.graphql:2:14
      |
    2 |   BuiltinTag(first: 1) { count }
      |              ^^^^^

    error: 2 mistakes in 2 files of queries
    "#);
}

#[test]
fn queries_check_ends_with_2_where_it_cannot_tell() {
    let folder = Folder::new();
    let problem = |arguments: &[&str]| {
        let Told { code, stdout: told, stderr: problem } =
            folder.run(&[&["queries", "check"], arguments].concat());
        assert_eq!((code, told.as_str()), (Some(2), ""), "{problem}");
        problem
    };
    assert_snapshot!(problem(&[]), @"error: cannot read queries: No such file or directory (os error 2); `--queries` names the folder of the documents");
    folder.write("queries/tags.graphql", "query Tags { BuiltinTag { count } }");
    assert_snapshot!(problem(&["--schema-dir", "nowhere"]), @"error: cannot read nowhere/schema.graphql: No such file or directory (os error 2); `cargo install cargo-infrahub`, then `cargo infrahub pull` creates the snapshot; or name the folder that holds it");
    folder.write("schema/schema.graphql", "type Query {\n");
    assert_snapshot!(problem(&[]), @r#"
    error: schema/schema.graphql:2:1: expected a field, found the end of the file
      |
    2 |
      | ^
    The documents were not checked; pull the schema again with `cargo infrahub pull`
    "#);
}

const SITES: &str = "\
version: '1.0'
nodes:
  - name: Site
    namespace: Infra
    attributes:
      - name: name
        kind: Text
";

/// A server that answers a path with a status and JSON.
fn serve(answer: impl Fn(&str) -> (u16, Value) + Send + Sync + 'static) -> Loopback {
    Loopback::start(move |seen| {
        let (status, body) = answer(seen.path());
        (status, body.to_string())
    })
}

fn converged(is: bool) -> Value {
    json!({"data": {"InfrahubStatus": {"summary": {"schema_hash_synced": is}}}})
}

fn difference() -> Value {
    let none = || json!({"added": {}, "changed": {}, "removed": {}});
    let attributes = json!({"added": {"role": null}, "changed": {"name": {"added": {}, "changed": {"kind": null}, "removed": {}}}, "removed": {}});
    json!({
        "added": {"InfraSite": none()},
        "changed": {"InfraDevice": {"added": {}, "changed": {"attributes": attributes, "label": null}, "removed": {}}},
        "removed": {"InfraRack": none()},
    })
}

#[test]
fn schema_load_tells_what_changed_and_waits_for_the_workers() {
    let folder = Folder::new();
    folder.write("schemas/sites.yml", SITES);
    folder.write("racks.json", r#"{"version": "1.0", "nodes": [{"name": "Rack", "namespace": "Infra"}]}"#);
    let polls = Mutex::new(0);
    let server = serve(move |path| match path {
        "/api/schema/load" => {
            let warning = json!({"type": "deprecation", "kinds": [{"kind": "InfraSite", "field": "hash"}],
                "message": "'hash' is a read-only field, the submitted value is ignored"});
            let answer = json!({"hash": "b", "previous_hash": "a", "schema_updated": true, "diff": difference(), "warnings": [warning]});
            (200, answer)
        }
        "/graphql/change" => {
            let mut polls = polls.lock().unwrap();
            *polls += 1;
            (200, converged(*polls > 2))
        }
        _ => (404, json!({})),
    });
    let Told { code, stdout: told, stderr: problem } =
        folder.run_with(&server, &["schema", "load", "schemas", "racks.json", "--branch", "change"]);
    assert_eq!(code, Some(0), "{problem}");
    assert_snapshot!(told, @r#"
    changed InfraDevice
        changed attributes.name.kind
        added attributes.role
        changed label
    removed InfraRack
    added InfraSite
    the schema of branch change has changed
    "#);
    assert_snapshot!(problem, @"warning: InfraSite.hash: 'hash' is a read-only field, the submitted value is ignored");
    let load = server.seen()[0].clone();
    assert_eq!(load.line, "POST /api/schema/load?branch=change HTTP/1.1");
    assert!(load.headers.contains(&format!("x-infrahub-key: {TOKEN}")));
    assert_eq!(server.take_paths()[1..], ["/graphql/change"; 3]);
    let sent: Value = serde_json::from_str(&load.body).unwrap();
    let names = [0, 1].map(|index| sent["schemas"][index]["nodes"][0]["name"].clone());
    assert_eq!(names, ["Site", "Rack"]);
}

#[test]
fn schema_load_of_what_is_there_changes_nothing() {
    let folder = Folder::new();
    folder.write("sites.yml", SITES);
    let server = serve(|path| match path {
        "/api/schema/load" => (200, json!({"hash": "a", "previous_hash": "a", "schema_updated": false})),
        _ => (200, converged(true)),
    });
    let Told { code, stdout: told, stderr: problem } =
        folder.run_with(&server, &["schema", "load", "sites.yml"]);
    assert_eq!((code, problem.as_str()), (Some(0), ""));
    assert_eq!(told, "branch main has this schema already\n");
}

#[test]
fn schema_check_tells_what_a_load_would_change() {
    let folder = Folder::new();
    folder.write("sites.yml", SITES);
    let server = serve(|_| (202, json!({"diff": difference(), "warnings": []})));
    let Told { code, stdout: told, stderr: problem } =
        folder.run_with(&server, &["schema", "check", "sites.yml"]);
    assert_eq!((code, problem.as_str()), (Some(1), ""));
    assert_snapshot!(told, @r#"
    changed InfraDevice
        changed attributes.name.kind
        added attributes.role
        changed label
    removed InfraRack
    added InfraSite
    a load would change the schema of branch main
    "#);
    assert_eq!(server.seen()[0].line, "POST /api/schema/check?branch=main HTTP/1.1");
    assert_eq!(server.seen().len(), 1);

    let none = json!({"added": {}, "changed": {}, "removed": {}});
    let server = serve(move |_| (202, json!({"diff": none, "warnings": []})));
    let Told { code, stdout: told, .. } = folder.run_with(&server, &["schema", "check", "sites.yml"]);
    assert_eq!((code, told.as_str()), (Some(0), "branch main has this schema already\n"));
}

#[test]
fn what_the_server_objects_to_is_told_where_it_stands() {
    let folder = Folder::new();
    let wrong =
        SITES.replace("kind: Text", "kind: Txt").replace("    attributes", "    bogus: 2\n    attributes");
    folder.write("schemas/sites.yml", &wrong);
    let server = serve(|_| {
        let at = |loc: Value, msg: &str| json!({"type": "value_error", "loc": loc, "msg": msg, "input": 2});
        let unknown = "Unknown field, it is not part of the schema\u{1b}[2J";
        let tag = "Input tag 'Txt' does not match any of the expected tags: <AttributeKind.TEXT: 'Text'>";
        let complaints = [
            at(json!(["body", "schemas", 0, "nodes", 0, "bogus"]), unknown),
            at(json!(["body", "schemas", 0, "nodes", 0, "attributes", 0]), tag),
            at(json!(["body", "schemas"]), "Input should be a valid list"),
        ];
        (422, json!({"detail": complaints}))
    });
    let problems = ["load", "check"].map(|command| {
        let Told { code, stdout: told, stderr: problem } =
            folder.run_with(&server, &["schema", command, "schemas/sites.yml"]);
        assert_eq!((code, told.as_str()), (Some(1), ""), "{problem}");
        problem
    });
    assert_eq!(problems[0], problems[1]);
    assert_snapshot!(problems[0], @r#"
    error: InfraSite.bogus: Unknown field, it is not part of the schema\u{1b}[2J
     --> schemas/sites.yml:5
    error: InfraSite.name: Input tag 'Txt' does not match any of the expected tags: Text
     --> schemas/sites.yml:7
    error: Input should be a valid list
    error: the server refuses the schema: 3 objections
    "#);
    assert_eq!(server.seen().len(), 2);
}

#[test]
fn schema_commands_end_with_2_where_they_cannot_tell() {
    let folder = Folder::new();
    folder.write("sites.yml", SITES);
    folder.write("twice.yml", "version: '1.0'\nversion: '1.0'\n");
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let refusing = serve(|_| {
        let message = "You are not allowed to manage the schema";
        (403, json!({"data": null, "errors": [{"message": message, "extensions": {"code": 403}}]}))
    });
    for command in ["load", "check"] {
        let problem = |file: &str, address: &str| {
            let environment = [("INFRAHUB_ADDRESS", address), ("INFRAHUB_MAX_RETRY_DURATION", "1")];
            let Told { code, stdout: told, stderr: problem } =
                cargo_infrahub(folder.0.path(), &environment, &["schema", command, file]);
            assert_eq!((code, told.as_str()), (Some(2), ""), "{problem}");
            problem
        };
        let nobody = format!("http://{closed}");
        assert_eq!(problem("twice.yml", &nobody), "error: twice.yml, line 2: `version` stands here twice\n");
        assert!(problem("gone.yml", &nobody).starts_with("error: gone.yml: "));
        assert!(problem("sites.yml", &refusing.address).contains("You are not allowed to manage the schema"));
        assert!(problem("sites.yml", &nobody).contains("not reachable"));
    }
}

#[test]
fn schema_load_says_that_it_may_have_happened() {
    let folder = Folder::new();
    folder.write("sites.yml", SITES);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            // The request is read, and nobody answers.
            let _ = stream.read(&mut [0; 4096]);
        }
    });
    let environment = [("INFRAHUB_ADDRESS", address.as_str())];
    let Told { code, stderr: problem, .. } =
        cargo_infrahub(folder.0.path(), &environment, &["schema", "load", "sites.yml"]);
    assert_eq!(code, Some(2), "{problem}");
    assert!(problem.ends_with("; `cargo infrahub schema check` tells whether it did\n"), "{problem}");
}
