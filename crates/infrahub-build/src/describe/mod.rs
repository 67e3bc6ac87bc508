//! Kinds with the names and types that generated code has for them, for those who read it rather than compile it.
//!
//! ```
//! use infrahub_build::Generator;
//! # use infrahub_schema::Schema;
//! # let nodes = br#"{"format": 1, "namespaces": {"Infra": true}, "kinds": [{"namespace": "Infra", "name": "Site",
//! #   "kind": "InfraSite", "attributes": [{"name": "asn", "kind": "Number", "optional": true}]}]}"#;
//! # let schema = Schema::from_nodes_json(nodes, "nodes.json")?;
//! let kinds = Generator::new(schema).describe("InfraSite")?;
//! let asn = &kinds[0].attributes[0].field;
//! assert_eq!((asn.column.as_str(), asn.rust_type.as_str()), ("ASN", "Option<i64>"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod describer;

use crate::emit::Emitter;
use crate::model::{self, Model};
use crate::{Error, Generator};
use describer::Describer;
use infrahub_schema::{AttributeKind, Cardinality, Flavour, KindSchema, RelationshipKind};

/// A kind.
///
/// What the schema says is given as it stands there; it may hold any character.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct KindDescription {
    /// Its name in the schema (`InfraDevice`).
    pub kind: String,
    /// Node, generic, profile or template.
    pub flavour: Flavour,
    /// Whether it is one of the server's own.
    pub is_reserved: bool,
    /// The name for people.
    pub label: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Paths of the parts of the human-friendly id (`name__value`); none where it has no such id.
    pub human_friendly_id: Vec<String>,
    /// Sets of fields that are unique together.
    pub unique_together: Vec<Vec<String>>,
    /// The struct of one object.
    pub rust_name: String,
    /// Types of the generics that it inherits from.
    pub generics: Vec<String>,
    /// For a generic, the enum over the kinds that inherit from it.
    pub any: Option<String>,
    /// For a generic, the kinds of that enum.
    pub kinds: Vec<String>,
    /// The builder of a new object; generics have none.
    pub create: Option<BuilderDescription>,
    /// The builder of a change; generics have none.
    pub update: Option<BuilderDescription>,
    /// Attributes, in the order of the struct.
    pub attributes: Vec<AttributeDescription>,
    /// Relationships, in the order of the columns.
    pub relationships: Vec<RelationshipDescription>,
}

/// What attributes and relationships have in common.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FieldDescription {
    /// Its name in the schema.
    pub name: String,
    /// The name for people.
    pub label: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Why it should no longer be used.
    pub deprecation: Option<String>,
    /// The constant of its column (`NAME` of `InfraDevice::NAME`).
    pub column: String,
    /// The field of the struct; passwords and relationships to many have none.
    pub struct_field: Option<String>,
    /// What a program reads: the type of the struct's field, or of that of a projection.
    pub rust_type: String,
    /// Whether no object is without it.
    pub is_mandatory: bool,
    /// Whether only the server sets it.
    pub is_read_only: bool,
    /// All that the schema demands of it, on one line, names and values in backticks.
    pub rules: String,
}

/// An attribute.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct AttributeDescription {
    /// Names, type and rules.
    pub field: FieldDescription,
    /// The server's kind of value.
    pub kind: AttributeKind,
    /// Whether no two objects share a value.
    pub is_unique: bool,
    /// The value of an object that did not set it; that of a password is not told.
    pub default: Option<String>,
    /// The enum of its choices, where it has one.
    pub choices: Option<ChoicesDescription>,
}

/// A relationship, or what is above or below in a hierarchy.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RelationshipDescription {
    /// Names, type and rules.
    pub field: FieldDescription,
    /// What the relationship means.
    pub kind: RelationshipKind,
    /// Type of the kind at the other end.
    pub peer: String,
    /// One or many peers.
    pub cardinality: Cardinality,
}

/// The enum of an attribute's choices.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChoicesDescription {
    /// The enum.
    pub rust_name: String,
    /// Its variants but `Other`, by the name on the wire.
    pub choices: Vec<ChoiceDescription>,
}

/// One choice.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChoiceDescription {
    /// The value on the wire.
    pub name: String,
    /// The variant of the enum.
    pub variant: String,
    /// The name for people.
    pub label: String,
    /// What the choice means; empty where the schema does not say.
    pub description: String,
}

/// A builder of data to write.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BuilderDescription {
    /// The struct.
    pub rust_name: String,
    /// Functions that begin it: `new` first.
    pub constructors: Vec<ConstructorDescription>,
    /// Methods that set a field or clear it.
    pub setters: Vec<SetterDescription>,
}

/// A function that begins a builder.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConstructorDescription {
    /// Its name.
    pub name: String,
    /// What it takes.
    pub arguments: Vec<SetterDescription>,
}

/// A method of a builder, or an argument of a function that begins one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SetterDescription {
    /// Its name.
    pub name: String,
    /// The field's name in the schema.
    pub field: String,
    /// The type of what it takes; none where it clears the field or sets it back.
    pub argument: Option<String>,
}

impl Generator {
    /// Describes the kinds that match a pattern in which `*` stands for any text, by name.
    ///
    /// Names and types are those of what this generator generates. A kind that it does not choose is described as it
    /// would be if all were chosen.
    ///
    /// # Errors
    /// [`Error::Impossible`] where no kind matches, with the one that may have been meant; and as for
    /// [`Generator::generate`].
    pub fn describe(&self, pattern: &str) -> Result<Vec<KindDescription>, Error> {
        let wanted = model::matching(&self.schema, &[pattern.to_owned()]);
        let wanted = wanted.map_err(|problems| self.impossible(problems))?;
        let runtime = self.runtime()?;
        let emitter = Emitter::new(&runtime, &[], self.is_vendored);
        let mut models = Vec::new();
        if !self.patterns.is_empty() || self.schema.kinds.values().any(|kind| !self.is_reserved(kind)) {
            models.push(self.model(&self.patterns)?);
        }
        let is_chosen = |kind: &&str| models.iter().any(|model: &Model| model.kind(kind).is_some());
        if !wanted.iter().all(is_chosen) {
            models.push(self.model(&["*".to_owned()])?);
        }
        let described = wanted.into_iter().filter_map(|name| {
            let (model, kind) = models.iter().find_map(|model| Some((model, model.kind(name)?)))?;
            let schema = self.schema.kind(name)?;
            let is_reserved = self.is_reserved(schema);
            Some(Describer { emitter: &emitter, model, kind, schema }.kind(is_reserved))
        });
        Ok(described.collect())
    }

    fn is_reserved(&self, kind: &KindSchema) -> bool {
        self.schema.is_reserved_namespace(&kind.namespace)
    }
}
