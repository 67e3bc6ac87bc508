//! Structs of cynic become a query and a mutation, and this client sends them: it describes the devices of a site.
//!
//! ```sh
//! cargo run --manifest-path examples/cynic/Cargo.toml -- atl1
//! ```

use cynic::{MutationBuilder, QueryBuilder};
use cynic_devices::schema;
use infrahub_client::{Client, Error};

#[derive(cynic::QueryVariables)]
struct DevicesVariables<'a> {
    site: &'a str,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "DevicesVariables")]
struct Devices {
    #[arguments(site__name__value: $site)]
    #[cynic(rename = "InfraDevice")]
    devices: PaginatedInfraDevice,
}

#[derive(cynic::QueryFragment)]
struct PaginatedInfraDevice {
    edges: Vec<EdgedInfraDevice>,
}

#[derive(cynic::QueryFragment)]
struct EdgedInfraDevice {
    node: Option<InfraDevice>,
}

#[derive(cynic::QueryFragment)]
#[cynic(rename_all = "None")]
struct InfraDevice {
    id: String,
    display_label: Option<String>,
    asn: Option<NumberAttribute>,
}

#[derive(cynic::QueryFragment)]
struct NumberAttribute {
    value: Option<BigInt>,
}

#[derive(cynic::Scalar)]
struct BigInt(i64);

#[derive(cynic::QueryVariables)]
struct DescribeVariables {
    data: InfraDeviceUpdateInput,
}

#[derive(cynic::InputObject)]
struct InfraDeviceUpdateInput {
    id: Option<String>,
    description: Option<TextAttributeUpdate>,
}

#[derive(cynic::InputObject)]
struct TextAttributeUpdate {
    value: Option<String>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "DescribeVariables")]
struct Describe {
    #[arguments(data: $data)]
    #[cynic(rename = "InfraDeviceUpdate")]
    updated: Option<InfraDeviceUpdate>,
}

#[derive(cynic::QueryFragment)]
struct InfraDeviceUpdate {
    ok: Option<bool>,
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let client = Client::from_env()?;
    let site = std::env::args().nth(1).unwrap_or_else(|| "atl1".to_owned());
    let answer = client.cynic(Devices::build(DevicesVariables { site: &site })).await?;
    for device in answer.devices.edges.into_iter().filter_map(|edge| edge.node) {
        let asn = device.asn.and_then(|asn| asn.value).map(|BigInt(asn)| asn);
        let description = TextAttributeUpdate { value: Some(format!("in {site}, AS {asn:?}")) };
        let data = InfraDeviceUpdateInput { id: Some(device.id), description: Some(description) };
        let updated = client.cynic(Describe::build(DescribeVariables { data })).await?.updated;
        println!("{} {:?}", device.display_label.unwrap_or_default(), updated.and_then(|updated| updated.ok));
    }
    Ok(())
}
