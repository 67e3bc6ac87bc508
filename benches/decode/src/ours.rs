//! The same by this client: a projection.

#![allow(dead_code, reason = "what is decoded is not all looked at")]

use infrahub_client::Projection;
use infrahub_client::id::{Id, Related};
use infrahub_demo_kinds::{InfraDevice, InfraDeviceRole, InfraDeviceStatus, LocationSite};

#[derive(Projection)]
#[infrahub(kind = InfraDevice)]
pub struct Device {
    pub id: Id<InfraDevice>,
    pub hfid: Option<Vec<String>>,
    pub display_label: Option<String>,
    pub name: String,
    pub role: Option<InfraDeviceRole>,
    pub status: Option<InfraDeviceStatus>,
    pub description: Option<String>,
    pub height: Option<i64>,
    pub asn: Option<i64>,
    pub serial: Option<String>,
    pub r#virtual: Option<bool>,
    pub site: Related<LocationSite>,
}
