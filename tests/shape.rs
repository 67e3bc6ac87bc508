//! A kind written by hand in the shape that the generator emits: it must compile, decode and serialise.
#![allow(missing_docs, clippy::unwrap_used)]

/// A device.
///
/// Infrahub kind `InfraDevice`.
#[derive(Debug, Clone, PartialEq, ::infrahub_client::__private::serde::Deserialize)]
#[serde(crate = "::infrahub_client::__private::serde")]
#[non_exhaustive]
pub struct InfraDevice {
    pub id: ::infrahub_client::id::Id<InfraDevice>,
    #[serde(default, deserialize_with = "::infrahub_client::decode::hfid")]
    pub hfid: ::core::option::Option<::std::vec::Vec<::std::string::String>>,
    #[serde(default)]
    pub display_label: ::core::option::Option<::std::string::String>,
    #[serde(deserialize_with = "::infrahub_client::decode::value")]
    pub name: ::std::string::String,
    #[serde(deserialize_with = "::infrahub_client::decode::optional_value")]
    pub height: ::core::option::Option<i64>,
    #[serde(deserialize_with = "::infrahub_client::decode::optional_value")]
    pub role: ::core::option::Option<InfraDeviceRole>,
    #[serde(rename = "type", deserialize_with = "::infrahub_client::decode::optional_value")]
    pub r#type: ::core::option::Option<::std::string::String>,
    #[serde(deserialize_with = "::infrahub_client::decode::peer")]
    pub site: ::infrahub_client::id::Related<InfraSite>,
    #[serde(deserialize_with = "::infrahub_client::decode::optional_peer")]
    pub primary_tag: ::core::option::Option<::infrahub_client::id::Related<BuiltinTag>>,
}

impl InfraDevice {
    pub const NAME: ::infrahub_client::column::Attribute<InfraDevice, ::std::string::String> =
        ::infrahub_client::column::Attribute::new("name", "String");
    pub const HEIGHT: ::infrahub_client::column::Attribute<InfraDevice, i64> =
        ::infrahub_client::column::Attribute::new("height", "BigInt");
    pub const ROLE: ::infrahub_client::column::Attribute<InfraDevice, InfraDeviceRole> =
        ::infrahub_client::column::Attribute::new("role", "String");
    pub const TYPE: ::infrahub_client::column::Attribute<InfraDevice, ::std::string::String> =
        ::infrahub_client::column::Attribute::new("type", "String");
    pub const SITE: ::infrahub_client::column::ToOne<InfraDevice, InfraSite> =
        ::infrahub_client::column::ToOne::new("site");
    pub const PRIMARY_TAG: ::infrahub_client::column::ToOne<InfraDevice, BuiltinTag> =
        ::infrahub_client::column::ToOne::new("primary_tag");
    pub const TAGS: ::infrahub_client::column::ToMany<InfraDevice, BuiltinTag> =
        ::infrahub_client::column::ToMany::new("tags");
}

impl ::infrahub_client::kind::Kind for InfraDevice {
    const KIND: &'static str = "InfraDevice";
}

impl ::infrahub_client::kind::Is<InfraDevice> for InfraDevice {}
impl ::infrahub_client::kind::Is<CoreArtifactTarget> for InfraDevice {}

impl ::infrahub_client::kind::HumanFriendlyId for InfraDevice {
    type Parts<S> = [S; 2];
}

impl ::infrahub_client::kind::Upsertable for InfraDevice {}

impl ::infrahub_client::kind::Projection for InfraDevice {
    type Kind = InfraDevice;

    fn select(selection: &mut ::infrahub_client::kind::Selection) {
        selection.push(
            "id hfid display_label name { value } height { value } role { value } type { value } \
             site { node { id hfid display_label __typename } } \
             primary_tag { node { id hfid display_label __typename } }",
        );
    }
}

impl ::infrahub_client::kind::Node for InfraDevice {
    fn id(&self) -> &::infrahub_client::id::Id<InfraDevice> {
        &self.id
    }
}

impl ::infrahub_client::id::Reference for InfraDevice {
    type Kind = InfraDevice;

    fn key(&self) -> ::infrahub_client::id::ObjectKey {
        ::infrahub_client::id::Reference::key(&self.id)
    }
}

/// Role of the device.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum InfraDeviceRole {
    /// `leaf`: Leaf.
    Leaf,
    /// `spine`: Spine.
    Spine,
    /// A choice that the schema did not have when this code was generated.
    Other(::std::string::String),
}

::infrahub_client::__choice!(InfraDeviceRole {
    Leaf = "leaf", "Leaf", "#ffffff", "";
    Spine = "spine", "Spine", "", "A spine";
});

#[derive(Debug, Clone)]
#[must_use]
pub struct InfraDeviceCreate {
    data: ::infrahub_client::input::Data<InfraDevice>,
}

impl InfraDeviceCreate {
    /// A new device with its mandatory fields.
    pub fn new(
        name: impl ::infrahub_client::input::IntoAttribute<::std::string::String>,
        site: impl ::infrahub_client::input::IntoPeer<InfraSite>,
    ) -> Self {
        let data = ::infrahub_client::input::Data::default();
        Self { data: data.attribute("name", name).peer("site", site) }
    }

    pub fn height(mut self, value: impl ::infrahub_client::input::IntoAttribute<i64>) -> Self {
        self.data = self.data.attribute("height", value);
        self
    }

    pub fn role(mut self, value: impl ::infrahub_client::input::IntoAttribute<InfraDeviceRole>) -> Self {
        self.data = self.data.attribute("role", value);
        self
    }

    pub fn tags<P: ::infrahub_client::input::IntoPeer<BuiltinTag>>(
        mut self,
        peers: impl ::core::iter::IntoIterator<Item = P>,
    ) -> Self {
        self.data = self.data.peers("tags", peers);
        self
    }

    pub fn with_id(mut self, id: ::infrahub_client::id::Id<InfraDevice>) -> Self {
        self.data = self.data.with_id(id);
        self
    }
}

impl ::infrahub_client::input::Create for InfraDeviceCreate {
    type Kind = InfraDevice;

    fn into_data(self) -> ::infrahub_client::input::Data<InfraDevice> {
        self.data
    }
}

#[derive(Debug, Clone)]
#[must_use]
pub struct InfraDeviceUpdate {
    data: ::infrahub_client::input::Data<InfraDevice>,
}

impl InfraDeviceUpdate {
    /// A change that changes nothing yet.
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        Self { data: ::infrahub_client::input::Data::default() }
    }

    pub fn height(mut self, value: impl ::infrahub_client::input::IntoAttribute<i64>) -> Self {
        self.data = self.data.attribute("height", value);
        self
    }

    pub fn clear_height(mut self) -> Self {
        self.data = self.data.clear_attribute("height");
        self
    }

    pub fn reset_role(mut self) -> Self {
        self.data = self.data.reset_attribute("role");
        self
    }

    pub fn clear_primary_tag(mut self) -> Self {
        self.data = self.data.clear_peer("primary_tag");
        self
    }
}

impl ::infrahub_client::input::Update for InfraDeviceUpdate {
    type Kind = InfraDevice;

    fn into_data(self) -> ::infrahub_client::input::Data<InfraDevice> {
        self.data
    }
}

/// A kind that was not chosen: its objects can be referred to, not read.
#[derive(Debug)]
pub enum InfraSite {}
impl ::infrahub_client::kind::Kind for InfraSite {
    const KIND: &'static str = "InfraSite";
}
impl ::infrahub_client::kind::Is<InfraSite> for InfraSite {}

#[derive(Debug)]
pub enum BuiltinTag {}
impl ::infrahub_client::kind::Kind for BuiltinTag {
    const KIND: &'static str = "BuiltinTag";
}
impl ::infrahub_client::kind::Is<BuiltinTag> for BuiltinTag {}

/// The fields that all kinds of the generic share.
#[derive(Debug, Clone, PartialEq, ::infrahub_client::__private::serde::Deserialize)]
#[serde(crate = "::infrahub_client::__private::serde")]
#[non_exhaustive]
pub struct CoreArtifactTarget {
    /// The concrete kind.
    #[serde(rename = "__typename")]
    pub typename: ::std::string::String,
    pub id: ::infrahub_client::id::Id<CoreArtifactTarget>,
    #[serde(default)]
    pub display_label: ::core::option::Option<::std::string::String>,
}

impl ::infrahub_client::kind::Kind for CoreArtifactTarget {
    const KIND: &'static str = "CoreArtifactTarget";
}
impl ::infrahub_client::kind::Is<CoreArtifactTarget> for CoreArtifactTarget {}
impl ::infrahub_client::kind::Projection for CoreArtifactTarget {
    type Kind = CoreArtifactTarget;

    fn select(selection: &mut ::infrahub_client::kind::Selection) {
        selection.push("__typename id display_label");
    }
}

/// An object of a kind that inherits from `CoreArtifactTarget`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum AnyCoreArtifactTarget {
    InfraDevice(::std::boxed::Box<InfraDevice>),
    /// A kind that was not generated, or that the schema did not have: its shared fields.
    Other(::std::boxed::Box<CoreArtifactTargetOther>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct CoreArtifactTargetOther {
    pub typename: ::std::string::String,
    pub id: ::infrahub_client::id::Id<CoreArtifactTarget>,
}

impl<'de> ::infrahub_client::__private::serde::Deserialize<'de> for AnyCoreArtifactTarget {
    fn deserialize<D: ::infrahub_client::__private::serde::Deserializer<'de>>(
        deserializer: D,
    ) -> ::core::result::Result<Self, D::Error> {
        ::infrahub_client::decode::variants(deserializer)
    }
}

impl ::infrahub_client::decode::Variants for AnyCoreArtifactTarget {
    const EXPECTING: &'static str = "an object of a kind that inherits from CoreArtifactTarget";

    fn variant<'de, A: ::infrahub_client::__private::serde::de::MapAccess<'de>>(
        typename: &str,
        rest: A,
    ) -> ::core::result::Result<Self, A::Error> {
        match typename {
            "InfraDevice" => ::infrahub_client::decode::rest(rest).map(Self::InfraDevice),
            _ => {
                #[derive(::infrahub_client::__private::serde::Deserialize)]
                #[serde(crate = "::infrahub_client::__private::serde")]
                struct Shared {
                    id: ::infrahub_client::id::Id<CoreArtifactTarget>,
                }
                let shared: Shared = ::infrahub_client::decode::rest(rest)?;
                Ok(Self::Other(Box::new(CoreArtifactTargetOther {
                    typename: typename.into(),
                    id: shared.id,
                })))
            }
        }
    }
}

#[test]
fn decodes_in_one_pass() {
    let text = r#"{"id":"1","hfid":["a","b"],"display_label":"x","name":{"value":"a"},"height":{"value":null},
        "role":{"value":"leafy"},"type":{"value":"t"},
        "site":{"node":{"id":"2","hfid":[],"display_label":"s","__typename":"InfraSite"}},"primary_tag":{"node":null}}"#;
    let device: InfraDevice = serde_json::from_str(text).unwrap();
    assert_eq!(device.role, Some(InfraDeviceRole::Other("leafy".into())));
    assert_eq!(device.site.hfid, None);
    let any: AnyCoreArtifactTarget = serde_json::from_str(
        &text
            .replace(r#"{"id":"1""#, r#"{"__typename":"InfraDevice","id":"1""#)
            .replace("\"name\"", "\"InfraDevice__name\""),
    )
    .unwrap();
    assert_eq!(any, AnyCoreArtifactTarget::InfraDevice(Box::new(device)));
    let other: AnyCoreArtifactTarget =
        serde_json::from_str(r#"{"__typename":"New","id":"1","x":1}"#).unwrap();
    assert!(matches!(other, AnyCoreArtifactTarget::Other(_)));
}

#[test]
fn writes_only_what_was_named() {
    use infrahub_client::id::{Hfid, Id};
    let site = Id::<InfraSite>::new("2");
    let create =
        InfraDeviceCreate::new("a", &site).role(InfraDeviceRole::Leaf).tags([Id::<BuiltinTag>::new("3")]);
    assert!(format!("{create:?}").contains("name"));
    let _ = InfraDeviceUpdate::new().height(3).clear_height().reset_role().clear_primary_tag();
    let _ = Hfid::<InfraDevice>::new(["a", "b"]);
    let _ = InfraDevice::SITE.then(InfraDevice::NAME_OF_SITE).eq("x");
}

impl InfraDevice {
    const NAME_OF_SITE: ::infrahub_client::column::Attribute<InfraSite, String> =
        ::infrahub_client::column::Attribute::new("name", "String");
}
