//! Pins what `docs/server-notes.md` says of the server. When one of these fails, the server has changed: correct
//! the note, and look for what in the client can go.

use infrahub_client::{Client, Config};
use infrahub_conformance::{Outcome, address, client, eventually, execute, http, refused, unique};
use serde_json::{Value, json};

const CREATE_TAG: &str =
    "mutation ($data: BuiltinTagCreateInput!) { BuiltinTagCreate(data: $data) { object { id } } }";
const CREATE_DEVICE: &str =
    "mutation ($data: InfraDeviceCreateInput!) { InfraDeviceCreate(data: $data) { object { id } } }";

fn named(name: &str) -> Value {
    json!({ "data": { "name": { "value": name } } })
}

async fn tag(client: &Client, name: &str) -> Result<String, Box<dyn std::error::Error>> {
    let created = execute(client, CREATE_TAG, named(name)).await?;
    Ok(text(&created["BuiltinTagCreate"]["object"]["id"]))
}

/// A site in a region of its own; gives its id.
async fn site(client: &Client, name: &str) -> Result<String, Box<dyn std::error::Error>> {
    let document = "mutation ($region: String!, $site: String!) { \
        LocationRegionCreate(data: { name: { value: $region } }) { ok } \
        LocationSiteCreate(data: { name: { value: $site }, parent: { hfid: [$region] } }) { object { id } } }";
    let variables = json!({ "region": format!("region-of-{name}"), "site": name });
    let created = execute(client, document, variables).await?;
    Ok(text(&created["LocationSiteCreate"]["object"]["id"]))
}

async fn device(client: &Client, name: &str, site: &str) -> Result<String, Box<dyn std::error::Error>> {
    let data = json!({ "data": { "name": { "value": name }, "site": { "hfid": [site] } } });
    let created = execute(client, CREATE_DEVICE, data).await?;
    Ok(text(&created["InfraDeviceCreate"]["object"]["id"]))
}

async fn interface(client: &Client, name: &str, device: &str) -> Result<String, Box<dyn std::error::Error>> {
    let document = "mutation ($name: String!, $device: String!) { InfraInterfaceL2Create(data: \
        { name: { value: $name }, device: { id: $device } }) { object { id } } }";
    let created = execute(client, document, json!({ "name": name, "device": device })).await?;
    Ok(text(&created["InfraInterfaceL2Create"]["object"]["id"]))
}

async fn delete(client: &Client, kind: &str, id: &str) -> Outcome {
    let document = format!("mutation ($id: String!) {{ {kind}Delete(data: {{ id: $id }}) {{ ok }} }}");
    execute(client, &document, json!({ "id": id })).await?;
    Ok(())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

fn edges(page: &Value) -> usize {
    page["edges"].as_array().unwrap_or_else(|| panic!("{page} is no page")).len()
}

// --- reading ---

#[tokio::test]
async fn a_null_filter_is_no_filter() -> Outcome {
    let client = client();
    tag(&client, &unique("note")).await?;
    let all = execute(&client, "{ BuiltinTag { count } }", json!({})).await?;
    let document = "query ($name: String) { BuiltinTag(name__value: $name) { count } }";
    let null = execute(&client, document, json!({ "name": null })).await?;
    // other tests create tags meanwhile, so there may be more
    assert!(null["BuiltinTag"]["count"].as_u64() >= all["BuiltinTag"]["count"].as_u64());
    Ok(())
}

#[tokio::test]
async fn null_ids_match_nothing() -> Outcome {
    let client = client();
    tag(&client, &unique("note")).await?;
    let document = "query ($ids: [ID]) { BuiltinTag(ids: $ids) { count } }";
    let null = execute(&client, document, json!({ "ids": null })).await?;
    assert_eq!(null["BuiltinTag"]["count"], 0);
    let omitted = execute(&client, document, json!({})).await?;
    assert_ne!(omitted["BuiltinTag"]["count"], 0);
    Ok(())
}

#[tokio::test]
async fn a_limit_of_zero_is_no_limit() -> Outcome {
    let client = client();
    let name = unique("note");
    tag(&client, &name).await?;
    let document =
        "query ($name: String) { BuiltinTag(name__value: $name, limit: 0) { edges { node { id } } } }";
    let found = execute(&client, document, json!({ "name": name })).await?;
    assert_eq!(edges(&found["BuiltinTag"]), 1);
    Ok(())
}

#[tokio::test]
async fn nulls_come_first_in_ascending_order() -> Outcome {
    let client = client();
    let name = unique("note");
    tag(&client, &format!("{name}-b")).await?;
    let described = json!({ "data": { "name": { "value": format!("{name}-a") }, "description": { "value": "described" } } });
    execute(&client, CREATE_TAG, described).await?;
    let document = "query ($name: String) { BuiltinTag(name__value: $name, partial_match: true, \
        order: { by: [{ field: \"description__value\", direction: ASC }] }) { edges { node { name { value } } } } }";
    let found = execute(&client, document, json!({ "name": name })).await?;
    assert_eq!(found["BuiltinTag"]["edges"][0]["node"]["name"]["value"], format!("{name}-b"));
    Ok(())
}

#[tokio::test]
async fn one_failing_query_takes_the_others_with_it() {
    let document = "{ good: BuiltinTag { count } bad: BuiltinTag(limit: -1) { count } }";
    let error = refused(&client(), document, json!({})).await;
    assert!(error.to_string().contains("non-negative"), "{error}");
    let infrahub_client::Error::GraphQl { data, .. } = error else { panic!("{error}") };
    assert!(data.is_none(), "the good half survived");
}

#[tokio::test]
async fn permissions_of_nested_peers_fail() -> Outcome {
    let client = client();
    let name = unique("note");
    site(&client, &name).await?;
    let document = "query ($name: String) { LocationSite(name__value: $name) { edges { node { \
        tags { permissions { count } } } } } }";
    let error = refused(&client, document, json!({ "name": name })).await;
    assert!(error.to_string().contains("'permissions'"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_fragment_right_inside_a_fragment_is_answered_500() -> Outcome {
    let client = client();
    let (name, place) = (unique("note"), unique("place"));
    site(&client, &place).await?;
    device(&client, &name, &place).await?;
    let document = |inner: &str| {
        format!(
            "query ($name: String) {{ InfraDevice(name__value: $name) {{ edges {{ node {{ site {{ node {{ \
            ... on LocationSite {{ name {{ value }} {inner} }} }} }} }} }} }} }}"
        )
    };
    let nested = document("... on LocationGeneric { description { value } }");
    let error = refused(&client, &nested, json!({ "name": name })).await;
    assert!(matches!(error, infrahub_client::Error::Http { status: 500, .. }), "{error:?}");
    let below = document("parent { node { ... on LocationRegion { name { value } } } }");
    execute(&client, &below, json!({ "name": name })).await?;
    Ok(())
}

#[tokio::test]
async fn the_peer_of_a_relationship_to_one_generic_has_no_kind_where_only_its_id_is_read() -> Outcome {
    let client = client();
    let place = unique("place");
    site(&client, &place).await?;
    let document = |fields: &str| {
        format!(
            "query ($name: String) {{ LocationSite(name__value: $name) {{ edges {{ node {{ \
             parent {{ node {{ {fields} }} }} }} }} }} }}"
        )
    };
    let error = refused(&client, &document("id"), json!({ "name": place })).await;
    assert!(error.to_string().contains("Unable to identify the type"), "{error}");
    execute(&client, &document("id __typename"), json!({ "name": place })).await?;
    Ok(())
}

#[tokio::test]
async fn a_filter_on_peers_by_false_is_no_filter() -> Outcome {
    let client = client();
    let (name, place) = (unique("note"), unique("place"));
    site(&client, &place).await?;
    let device = device(&client, &name, &place).await?;
    let port = "mutation ($device: String!) { InfraInterfaceL3Create(data: {name: {value: \"lo0\"}, \
        device: {id: $device}, enabled: {value: true}}) { ok } }";
    execute(&client, port, json!({ "device": device })).await?;
    let counted = |filter: &str| {
        format!(
            "query ($name: String) {{ InfraDevice(name__value: $name) {{ edges {{ node {{ interfaces({filter}) {{ count }} }} }} }} }}"
        )
    };
    for (filter, count) in
        [("enabled__value: false", 1), ("enabled__values: [false]", 0), ("mtu__value: 0", 1)]
    {
        let found = execute(&client, &counted(filter), json!({ "name": name })).await?;
        assert_eq!(found["InfraDevice"]["edges"][0]["node"]["interfaces"]["count"], count, "{filter}");
    }
    Ok(())
}

#[tokio::test]
async fn the_hfid_of_a_peer_is_empty_beside_its_properties() -> Outcome {
    let client = client();
    let (name, place) = (unique("note"), unique("place"));
    site(&client, &place).await?;
    device(&client, &name, &place).await?;
    let document = "query ($name: String) { InfraDevice(name__value: $name) { edges { node { \
        site { node { hfid } properties { is_protected } } } } } }";
    let beside = execute(&client, document, json!({ "name": name })).await?;
    assert_eq!(beside["InfraDevice"]["edges"][0]["node"]["site"]["node"]["hfid"], json!([]));
    let document = "query ($name: String) { InfraDevice(name__value: $name) { edges { node { \
        site { node { hfid } } } } } }";
    let alone = execute(&client, document, json!({ "name": name })).await?;
    assert_eq!(alone["InfraDevice"]["edges"][0]["node"]["site"]["node"]["hfid"], json!([place]));
    Ok(())
}

#[tokio::test]
async fn a_renamed_device_leaves_the_hfid_of_its_interfaces_stale_for_a_while() -> Outcome {
    let client = client();
    let (name, place) = (unique("note"), unique("place"));
    site(&client, &place).await?;
    let device = device(&client, &name, &place).await?;
    let interface = interface(&client, "eth0", &device).await?;
    let renamed = format!("{name}-renamed");
    let update = "mutation ($id: String!, $name: String!) { InfraDeviceUpdate(data: \
        { id: $id, name: { value: $name } }) { object { hfid } } }";
    let answer = execute(&client, update, json!({ "id": device, "name": renamed })).await?;
    assert_eq!(answer["InfraDeviceUpdate"]["object"]["hfid"], json!([renamed]), "its own is right at once");
    let query = "query ($id: ID) { InfraInterfaceL2(ids: [$id]) { edges { node { hfid } } } }";
    let expected = json!([renamed, "eth0"]);
    eventually(async || {
        let found = execute(&client, query, json!({ "id": interface })).await?;
        let hfid = &found["InfraInterfaceL2"]["edges"][0]["node"]["hfid"];
        Ok::<_, infrahub_client::Error>((*hfid == expected).then_some(()))
    })
    .await
}

// --- writing ---

#[tokio::test]
async fn a_client_may_choose_the_id_and_use_it_once() -> Outcome {
    let client = client();
    let id = infrahub_client::id::Id::<()>::generate();
    let with_id = |name: String| json!({ "data": { "id": id.as_str(), "name": { "value": name } } });
    let created = execute(&client, CREATE_TAG, with_id(unique("note"))).await?;
    assert_eq!(created["BuiltinTagCreate"]["object"]["id"], id.as_str());
    let error = refused(&client, CREATE_TAG, with_id(unique("note"))).await;
    assert!(error.to_string().contains("already in use"), "{error}");
    Ok(())
}

#[tokio::test]
async fn mutations_of_a_document_succeed_and_fail_each_on_its_own() -> Outcome {
    let client = client();
    let (first, last) = (unique("note"), unique("note"));
    let document = "mutation ($first: String!, $last: String!) { \
        a: BuiltinTagCreate(data: { name: { value: $first } }) { ok } \
        b: BuiltinTagCreate(data: { name: { value: $first } }) { ok } \
        c: BuiltinTagCreate(data: { name: { value: $last } }) { ok } }";
    let error = refused(&client, document, json!({ "first": first, "last": last })).await;
    assert_eq!(error.graphql_errors().len(), 1);
    assert_eq!(error.graphql_errors()[0].root(), Some("b"));
    let document = "query ($names: [String]) { BuiltinTag(name__values: $names) { count } }";
    let found = execute(&client, document, json!({ "names": [first, last] })).await?;
    assert_eq!(found["BuiltinTag"]["count"], 2);
    Ok(())
}

#[tokio::test]
async fn a_taken_name_has_no_error_code_of_its_own() -> Outcome {
    let client = client();
    let name = unique("note");
    tag(&client, &name).await?;
    let error = refused(&client, CREATE_TAG, named(&name)).await;
    let error = &error.graphql_errors()[0];
    assert_eq!(error.code().map(|code| code.as_str()), Some("UNDEFINED_ERROR"));
    assert_eq!(error.http_status(), Some(422));
    assert!(error.message().contains("Violates uniqueness constraint 'name'"), "{}", error.message());
    Ok(())
}

#[tokio::test]
async fn fractions_and_texts_become_whole_numbers() -> Outcome {
    let client = client();
    let (name, place) = (unique("note"), unique("place"));
    site(&client, &place).await?;
    let data = json!({ "data": { "name": { "value": name }, "site": { "hfid": [place] },
        "height": { "value": 2.9 }, "asn": { "value": "65001" } } });
    let document = "mutation ($data: InfraDeviceCreateInput!) { InfraDeviceCreate(data: $data) { object { \
        height { value } asn { value } } } }";
    let created = execute(&client, document, data).await?;
    let object = &created["InfraDeviceCreate"]["object"];
    assert_eq!((&object["height"]["value"], &object["asn"]["value"]), (&json!(2), &json!(65001)));
    Ok(())
}

#[tokio::test]
async fn null_for_an_attribute_with_a_default_is_answered_and_not_kept() -> Outcome {
    let client = client();
    let (name, place) = (unique("note"), unique("place"));
    site(&client, &place).await?;
    let id = device(&client, &name, &place).await?;
    let document = "mutation ($id: String!) { InfraDeviceUpdate(data: { id: $id, status: { value: null } }) { \
        object { status { value is_default } } } }";
    let updated = execute(&client, document, json!({ "id": id })).await?;
    let status = &updated["InfraDeviceUpdate"]["object"]["status"];
    assert_eq!(*status, json!({ "value": null, "is_default": false }));
    let document =
        "query ($id: ID) { InfraDevice(ids: [$id]) { edges { node { status { value is_default } } } } }";
    let read = execute(&client, document, json!({ "id": id })).await?;
    let status = &read["InfraDevice"]["edges"][0]["node"]["status"];
    assert_eq!(*status, json!({ "value": "active", "is_default": true }));
    Ok(())
}

#[tokio::test]
async fn a_mandatory_peer_may_be_null_on_create() -> Outcome {
    let client = client();
    let data = json!({ "data": { "name": { "value": unique("note") }, "site": null } });
    let document = "mutation ($data: InfraDeviceCreateInput!) { InfraDeviceCreate(data: $data) { object { \
        id site { node { id } } } } }";
    let created = execute(&client, document, data).await?;
    let object = &created["InfraDeviceCreate"]["object"];
    // such an object does not decode, so it must not stay for other tests to find
    delete(&client, "InfraDevice", &text(&object["id"])).await?;
    assert_eq!(object["site"]["node"], Value::Null);
    Ok(())
}

#[tokio::test]
async fn an_update_answers_without_the_peers_that_it_did_not_name() -> Outcome {
    let client = client();
    let (name, place) = (unique("note"), unique("place"));
    site(&client, &place).await?;
    let id = device(&client, &name, &place).await?;
    let document = "mutation ($id: String!) { InfraDeviceUpdate(data: { id: $id, description: { value: \"x\" } }) { \
        object { site { node { id } } } } }";
    let updated = execute(&client, document, json!({ "id": id })).await?;
    assert_eq!(updated["InfraDeviceUpdate"]["object"]["site"]["node"], Value::Null);
    Ok(())
}

#[tokio::test]
async fn null_clears_a_relationship_to_many() -> Outcome {
    let client = client();
    let place = unique("place");
    let site = site(&client, &place).await?;
    let tag = tag(&client, &unique("note")).await?;
    let document = "mutation ($id: String!, $tags: [RelatedNodeInput]) { LocationSiteUpdate(data: \
        { id: $id, tags: $tags }) { object { tags { count } } } }";
    let set = execute(&client, document, json!({ "id": site, "tags": [{ "id": tag }] })).await?;
    assert_eq!(set["LocationSiteUpdate"]["object"]["tags"]["count"], 1);
    let cleared = execute(&client, document, json!({ "id": site, "tags": null })).await?;
    assert_eq!(cleared["LocationSiteUpdate"]["object"]["tags"]["count"], 0);
    Ok(())
}

#[tokio::test]
async fn an_upsert_by_id_never_creates() {
    let id = infrahub_client::id::Id::<()>::generate();
    let document = "mutation ($id: String!, $name: String!) { BuiltinTagUpsert(data: \
        { id: $id, name: { value: $name } }) { ok } }";
    let error = refused(&client(), document, json!({ "id": id.as_str(), "name": unique("note") })).await;
    assert_eq!(error.code().map(|code| code.as_str()), Some("NODE_NOT_FOUND"));
}

#[tokio::test]
async fn an_upsert_without_human_friendly_id_doubles_the_object() -> Outcome {
    let client = client();
    let message = unique("note");
    let document = "mutation ($message: String!) { InfraJournalEntryUpsert(data: { message: { value: $message } }) \
        { ok } }";
    for _ in 0..2 {
        execute(&client, document, json!({ "message": message })).await?;
    }
    let document = "query ($message: String) { InfraJournalEntry(message__value: $message) { count } }";
    let found = execute(&client, document, json!({ "message": message })).await?;
    assert_eq!(found["InfraJournalEntry"]["count"], 2);
    Ok(())
}

#[tokio::test]
async fn an_upsert_finds_objects_of_other_kinds_of_the_generic() -> Outcome {
    let client = client();
    let name = unique("note");
    site(&client, &name).await?;
    let document =
        "mutation ($name: String!) { LocationRegionUpsert(data: { name: { value: $name } }) { ok } }";
    let error = refused(&client, document, json!({ "name": name })).await;
    assert!(error.to_string().contains("it is a LocationSite, not LocationRegion"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_component_can_be_torn_from_its_parent() -> Outcome {
    let client = client();
    let (name, place) = (unique("note"), unique("place"));
    site(&client, &place).await?;
    let device = device(&client, &name, &place).await?;
    let interface = interface(&client, "eth0", &device).await?;
    let document = "mutation ($device: String!, $interface: String!) { RelationshipRemove(data: \
        { id: $device, name: \"interfaces\", nodes: [{ id: $interface }] }) { ok } }";
    execute(&client, document, json!({ "device": device, "interface": interface })).await?;
    let document =
        "query ($id: ID) { InfraInterfaceL2(ids: [$id]) { edges { node { device { node { id } } } } } }";
    let found = execute(&client, document, json!({ "id": interface })).await?;
    delete(&client, "InfraInterfaceL2", &interface).await?;
    assert_eq!(found["InfraInterfaceL2"]["edges"][0]["node"]["device"]["node"], Value::Null);
    Ok(())
}

#[tokio::test]
async fn passwords_can_be_read_and_hashed_ones_are_echoed_once() -> Outcome {
    let client = client();
    let username = unique("note");
    let document = "mutation ($username: String!) { InfraCredentialCreate(data: { username: { value: $username }, \
        password: { value: \"plain\" }, enable_secret: { value: \"hashed\" } }) { object { enable_secret { value } } } }";
    let created = execute(&client, document, json!({ "username": username })).await?;
    assert_eq!(created["InfraCredentialCreate"]["object"]["enable_secret"]["value"], "hashed");
    let document = "query ($username: String) { InfraCredential(username__value: $username) { edges { node { \
        password { value } enable_secret { value } } } } }";
    let found = execute(&client, document, json!({ "username": username })).await?;
    let node = &found["InfraCredential"]["edges"][0]["node"];
    assert_eq!(node["password"]["value"], "plain");
    assert!(text(&node["enable_secret"]["value"]).starts_with("$2"));
    Ok(())
}

#[tokio::test]
async fn addresses_come_back_in_another_form() -> Outcome {
    let client = client();
    let (name, place) = (unique("note"), unique("place"));
    site(&client, &place).await?;
    let data = json!({ "data": { "name": { "value": name }, "site": { "hfid": [place] },
        "loopback": { "value": "2001:DB8::0001" } } });
    let document = "mutation ($data: InfraDeviceCreateInput!) { InfraDeviceCreate(data: $data) { object { id \
        loopback { value } } } }";
    let created = execute(&client, document, data).await?;
    let object = &created["InfraDeviceCreate"]["object"];
    assert_eq!(object["loopback"]["value"], "2001:db8::1/128");
    let document = "mutation ($device: String!) { InfraInterfaceL2Create(data: { name: { value: \"eth0\" }, \
        device: { id: $device }, mac_address: { value: \"0025.96ff.fe12\" } }) { object { mac_address { value } } } }";
    let created = execute(&client, document, json!({ "device": object["id"] })).await?;
    assert_eq!(created["InfraInterfaceL2Create"]["object"]["mac_address"]["value"], "00:25:96:FF:FE:12");
    Ok(())
}

// --- branches and time ---

#[tokio::test]
async fn a_branch_in_the_query_string_is_ignored() -> Outcome {
    let body = r#"{"query": "{ BuiltinTag { count } }"}"#;
    let answer = http::post_with_token("/graphql?branch=no-such-branch", body).send().await?;
    assert_eq!(answer.status(), 200);
    Ok(())
}

#[tokio::test]
async fn a_point_in_time_does_not_stop_a_mutation() -> Outcome {
    let body = r#"{"query": "mutation { BuiltinTagUpsert(data: { name: { value: \"note-at\" } }) { ok } }"}"#;
    let answer = http::post_with_token("/graphql?at=1h", body).send().await?.text().await?;
    let answer: Value = serde_json::from_str(&answer)?;
    assert_eq!(answer["data"]["BuiltinTagUpsert"]["ok"], true, "{answer}");
    Ok(())
}

#[tokio::test]
async fn an_unknown_branch_is_answered_with_plain_texts() -> Outcome {
    let body = r#"{"query": "{ BuiltinTag { count } }"}"#;
    let answer = http::post_with_token("/graphql/no-such-branch", body).send().await?;
    assert_eq!(answer.status(), 404);
    let answer: Value = serde_json::from_str(&answer.text().await?)?;
    assert_eq!(answer, json!({ "errors": ["Branch: no-such-branch not found."] }));
    Ok(())
}

#[tokio::test]
async fn a_branch_with_an_impossible_name_is_promised_first() -> Outcome {
    let client = client();
    let document = "mutation { BranchCreate(data: { name: \"no..good\" }, wait_until_completion: false) { ok task { id } } }";
    let promised = execute(&client, document, json!({})).await?;
    assert_eq!(promised["BranchCreate"]["ok"], true);
    let task = text(&promised["BranchCreate"]["task"]["id"]);
    let document = "query ($id: String!) { InfrahubTask(ids: [$id]) { edges { node { state } } } }";
    let state = eventually(async || {
        let found = execute(&client, document, json!({ "id": task })).await?;
        let state =
            found["InfrahubTask"]["edges"][0]["node"]["state"].as_str().unwrap_or_default().to_owned();
        let ended = ["COMPLETED", "FAILED", "CRASHED"].contains(&state.as_str());
        Ok::<_, infrahub_client::Error>(ended.then_some(state))
    })
    .await?;
    assert_eq!(state, "FAILED");
    Ok(())
}

// --- transport and credentials ---

#[tokio::test]
async fn without_credentials_reads_succeed() -> Outcome {
    let anonymous = Client::new(Config::new(address()))?;
    execute(&anonymous, "{ BuiltinTag { count } }", json!({})).await?;
    let error = refused(&anonymous, CREATE_TAG, named(&unique("note"))).await;
    assert!(matches!(error, infrahub_client::Error::Authentication { .. }), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_document_that_does_not_parse_is_answered_500_in_plain_text() -> Outcome {
    let answer = http::post_with_token("/graphql", r#"{"query": "{ BuiltinTag {"}"#).send().await?;
    assert_eq!(answer.status(), 500);
    assert_eq!(answer.text().await?, "Internal Server Error");
    Ok(())
}

#[tokio::test]
async fn a_list_filter_matches_any_element() -> Outcome {
    let client = client();
    let (name, place) = (unique("note"), unique("place"));
    site(&client, &place).await?;
    let data = json!({ "data": { "name": { "value": name }, "site": { "hfid": [place] },
        "labels": { "value": ["red", "blue"] } } });
    execute(&client, CREATE_DEVICE, data).await?;
    let document = "query ($name: String, $label: GenericScalar) { InfraDevice(name__value: $name, \
        labels__value: $label) { count } }";
    let one = execute(&client, document, json!({ "name": name, "label": "red" })).await?;
    assert_eq!(one["InfraDevice"]["count"], 1);
    let whole = execute(&client, document, json!({ "name": name, "label": ["red", "blue"] })).await?;
    assert_eq!(whole["InfraDevice"]["count"], 0);
    Ok(())
}
