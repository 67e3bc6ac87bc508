//! The same by `cynic`.

#![allow(dead_code, reason = "what is decoded is not all looked at")]

#[cynic::schema("devices")]
mod schema {}

#[derive(cynic::Scalar)]
#[cynic(graphql_type = "BigInt")]
pub struct BigInt(pub i64);

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query")]
pub struct Devices {
    #[cynic(rename = "InfraDevice")]
    pub devices: PaginatedInfraDevice,
}

#[derive(cynic::QueryFragment)]
pub struct PaginatedInfraDevice {
    pub count: i32,
    pub edges: Vec<EdgedInfraDevice>,
}

#[derive(cynic::QueryFragment)]
pub struct EdgedInfraDevice {
    pub node: Option<InfraDevice>,
}

#[derive(cynic::QueryFragment)]
pub struct InfraDevice {
    pub id: String,
    #[cynic(rename = "hfid")]
    pub hfid: Option<Vec<String>>,
    #[cynic(rename = "display_label")]
    pub display_label: Option<String>,
    pub name: Option<TextAttribute>,
    pub role: Option<Dropdown>,
    pub status: Option<Dropdown>,
    pub description: Option<TextAttribute>,
    pub height: Option<NumberAttribute>,
    pub asn: Option<NumberAttribute>,
    pub serial: Option<TextAttribute>,
    #[cynic(rename = "virtual")]
    pub is_virtual: Option<CheckboxAttribute>,
    pub site: NestedEdgedLocationSite,
}

#[derive(cynic::QueryFragment)]
pub struct NestedEdgedLocationSite {
    pub node: Option<LocationSite>,
}

#[derive(cynic::QueryFragment)]
pub struct LocationSite {
    pub id: String,
    #[cynic(rename = "hfid")]
    pub hfid: Option<Vec<String>>,
    #[cynic(rename = "display_label")]
    pub display_label: Option<String>,
    #[cynic(rename = "__typename")]
    pub typename: String,
}

#[derive(cynic::QueryFragment)]
pub struct TextAttribute {
    pub value: Option<String>,
}

#[derive(cynic::QueryFragment)]
pub struct Dropdown {
    pub value: Option<String>,
}

#[derive(cynic::QueryFragment)]
pub struct NumberAttribute {
    pub value: Option<BigInt>,
}

#[derive(cynic::QueryFragment)]
pub struct CheckboxAttribute {
    pub value: Option<bool>,
}
