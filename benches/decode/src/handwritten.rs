//! The structs that a good programmer writes by hand for this answer.

#![allow(dead_code, reason = "what is decoded is not all looked at")]

use serde::Deserialize;

#[derive(Deserialize)]
pub struct Answer {
    pub data: Data,
}

#[derive(Deserialize)]
pub struct Data {
    #[serde(rename = "InfraDevice")]
    pub devices: Page,
}

#[derive(Deserialize)]
pub struct Page {
    pub count: u64,
    pub edges: Vec<Edge<Device>>,
}

#[derive(Deserialize)]
pub struct Edge<T> {
    pub node: T,
}

#[derive(Deserialize)]
pub struct Value<T> {
    pub value: T,
}

#[derive(Deserialize)]
pub struct Device {
    pub id: String,
    pub hfid: Option<Vec<String>>,
    pub display_label: Option<String>,
    pub name: Value<String>,
    pub role: Value<Option<Role>>,
    pub status: Value<Option<Status>>,
    pub description: Value<Option<String>>,
    pub height: Value<Option<i64>>,
    pub asn: Value<Option<i64>>,
    pub serial: Value<Option<String>>,
    pub r#virtual: Value<Option<bool>>,
    pub site: Edge<Site>,
}

#[derive(Deserialize)]
pub struct Site {
    pub id: String,
    pub hfid: Option<Vec<String>>,
    pub display_label: Option<String>,
    #[serde(rename = "__typename")]
    pub typename: String,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Spine,
    Leaf,
    Edge,
    Firewall,
    #[serde(other)]
    Other,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Active,
    Drained,
    Maintenance,
    #[serde(other)]
    Other,
}
