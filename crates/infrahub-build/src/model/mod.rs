//! Everything that is decided about the generated code: which kinds, their Rust names and types, what is
//! optional, what a builder asks for. What comes after only writes it down.
//!
//! The model is sorted throughout, so that the order in which a server lists things never shows.

mod any;
mod attribute;
mod chosen;
mod docs;
mod kind;
mod renames;

pub(crate) use attribute::is_set_by_server;
pub(crate) use chosen::matching;
pub(crate) use docs::{attribute_facts, default_text, relationship_facts};

use crate::error::Problem;
use crate::names;
use chosen::Chosen;
use infrahub_schema::{KindSchema, Schema};
pub(crate) use renames::Renames;
use std::collections::BTreeMap;

/// All generated code.
#[derive(Debug)]
pub(crate) struct Model {
    /// Kinds with all their code, by kind.
    pub(crate) kinds: Vec<Kind>,
    /// Kinds that are only named, by kind.
    pub(crate) markers: Vec<Marker>,
    /// What the user should know.
    pub(crate) warnings: Vec<Problem>,
}

/// A kind that the generated ones mention: its objects can be referred to, not read.
#[derive(Debug)]
pub(crate) struct Marker {
    /// The kind's name in the schema.
    pub(crate) kind: String,
    /// The enum without variants that stands for it.
    pub(crate) type_name: String,
    /// Documentation.
    pub(crate) docs: Vec<String>,
    /// Types of the generics that it inherits from.
    pub(crate) generics: Vec<String>,
    /// What its objects have besides fields.
    pub(crate) abilities: Vec<Ability>,
}

/// What the objects of a kind have or are besides their fields, by a kind of the server's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ability {
    /// A file, which is uploaded with the object.
    File,
    /// Artifacts, which the server renders.
    Artifacts,
    /// They are pools, of what the runtime calls this.
    Pool(&'static str),
    /// They are what pools of this give.
    Allocated(&'static str),
}

impl Ability {
    /// The abilities of a kind that is, or inherits from, these.
    fn of<'k>(kind_and_generics: impl Iterator<Item = &'k str>) -> Vec<Self> {
        let ability = |kind| match kind {
            "CoreFileObject" => Some(Self::File),
            "CoreArtifactTarget" => Some(Self::Artifacts),
            "CoreIPAddressPool" => Some(Self::Pool("IpAddresses")),
            "CoreIPPrefixPool" => Some(Self::Pool("IpPrefixes")),
            "CoreNumberPool" => Some(Self::Pool("Numbers")),
            "BuiltinIPAddress" => Some(Self::Allocated("IpAddresses")),
            "BuiltinIPPrefix" => Some(Self::Allocated("IpPrefixes")),
            _ => None,
        };
        kind_and_generics.filter_map(ability).collect()
    }
}

/// A kind with all its code.
#[derive(Debug)]
pub(crate) struct Kind {
    /// The kind's name in the schema.
    pub(crate) kind: String,
    /// Its module, and its file without `.rs`.
    pub(crate) module: String,
    /// The struct of one object.
    pub(crate) type_name: String,
    /// Documentation of the struct.
    pub(crate) docs: Vec<String>,
    /// Whether objects can be of another kind, which the struct then says.
    pub(crate) has_typename: bool,
    /// Fields of the struct, after those that every struct has.
    pub(crate) fields: Vec<Field>,
    /// What the struct selects.
    pub(crate) selection: String,
    /// Columns.
    pub(crate) columns: Vec<Column>,
    /// Types of the generics that it inherits from.
    pub(crate) generics: Vec<String>,
    /// What its objects have besides fields.
    pub(crate) abilities: Vec<Ability>,
    /// Number of parts of the human-friendly id.
    pub(crate) hfid_parts: Option<usize>,
    /// Whether an upsert finds the object that it is to change.
    pub(crate) is_upsertable: bool,
    /// Enums of its attributes' choices.
    pub(crate) choices: Vec<ChoiceType>,
    /// The builder of a new object.
    pub(crate) create: Option<Builder>,
    /// The builder of a change.
    pub(crate) update: Option<Builder>,
    /// The enum over the kinds that inherit from it.
    pub(crate) any: Option<Any>,
    /// Whether it has anything that should no longer be used.
    pub(crate) has_deprecated: bool,
}

impl Kind {
    /// Every type that the kind's module defines.
    pub(crate) fn type_names(&self) -> impl Iterator<Item = &str> {
        let builders = self.create.iter().chain(&self.update).map(|builder| builder.type_name.as_str());
        let any = self.any.iter().map(|any| any.type_name.as_str());
        let choices = self.choices.iter().map(|choices| choices.type_name.as_str());
        std::iter::once(self.type_name.as_str()).chain(builders).chain(any).chain(choices)
    }
}

/// The type of an attribute's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Text,
    Integer,
    Boolean,
    DateTime,
    IpHost,
    IpNetwork,
    IpAddress,
    MacAddress,
    Password,
    List,
    Json,
    /// An enum over choices, by the name of its type.
    Choice(String),
}

/// What a field holds.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// The value of an attribute.
    Attribute(Value),
    /// The peer of a relationship to one, by the name of its type.
    Peer(String),
}

/// A field of a struct.
#[derive(Debug)]
pub(crate) struct Field {
    /// Its name in Rust.
    pub(crate) name: String,
    /// Its name in the schema.
    pub(crate) wire: String,
    pub(crate) docs: Vec<String>,
    pub(crate) deprecation: Option<String>,
    pub(crate) content: Content,
    pub(crate) is_optional: bool,
}

/// What a column stands for.
#[derive(Debug)]
pub(crate) enum ColumnType {
    /// An attribute with the GraphQL scalar of its filters.
    Attribute(Value, &'static str),
    /// A relationship to one, by the name of the peer's type.
    ToOne(String),
    /// A relationship to many, by the name of the peer's type.
    ToMany(String),
    /// A relationship to many that only the server writes, by the name of the peer's type.
    ReadOnlyToMany(String),
    /// All nodes above or below in a hierarchy, by the name of the generic's type.
    Hierarchy(String),
}

/// A typed column.
#[derive(Debug)]
pub(crate) struct Column {
    /// The constant.
    pub(crate) name: String,
    /// Its name in the schema.
    pub(crate) wire: String,
    pub(crate) docs: Vec<String>,
    pub(crate) deprecation: Option<String>,
    pub(crate) column_type: ColumnType,
    /// Whether the attribute may be null, or the relationship to one without a peer.
    pub(crate) is_optional: bool,
}

/// An enum over the choices of an attribute.
#[derive(Debug)]
pub(crate) struct ChoiceType {
    pub(crate) type_name: String,
    pub(crate) docs: Vec<String>,
    /// Sorted by the name on the wire.
    pub(crate) variants: Vec<Variant>,
}

/// One choice.
#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) name: String,
    pub(crate) docs: Vec<String>,
    /// The value on the wire.
    pub(crate) wire: String,
    pub(crate) label: String,
    pub(crate) color: String,
    pub(crate) description: String,
}

/// What a builder is told about a field.
#[derive(Debug, Clone)]
pub(crate) enum Write {
    /// The value of an attribute; whether it may be null.
    Attribute { value: Value, is_optional: bool },
    /// The peer of a relationship, by the name of its type.
    Peer(String),
    /// The peers of a relationship, by the name of their type.
    Peers(String),
    /// The file of the object.
    File,
    /// That the attribute has no value.
    ClearAttribute,
    /// That the attribute has its default value.
    ResetAttribute,
    /// That the relationship has no peer.
    ClearPeer,
    /// That the relationship has no peers.
    ClearPeers,
}

/// A method of a builder, or an argument of its `new`.
#[derive(Debug, Clone)]
pub(crate) struct Setter {
    pub(crate) name: String,
    /// The field's name in the schema.
    pub(crate) wire: String,
    pub(crate) docs: Vec<String>,
    pub(crate) deprecation: Option<String>,
    pub(crate) write: Write,
}

/// A function that begins a builder.
#[derive(Debug)]
pub(crate) struct Constructor {
    pub(crate) name: &'static str,
    pub(crate) docs: Vec<String>,
    pub(crate) arguments: Vec<Setter>,
}

/// The data of a write.
#[derive(Debug)]
pub(crate) struct Builder {
    pub(crate) type_name: String,
    pub(crate) docs: Vec<String>,
    pub(crate) constructors: Vec<Constructor>,
    pub(crate) setters: Vec<Setter>,
}

/// The enum over the kinds that inherit from a generic.
#[derive(Debug)]
pub(crate) struct Any {
    pub(crate) type_name: String,
    pub(crate) docs: Vec<String>,
    pub(crate) variants: Vec<AnyVariant>,
    /// What the enum selects, piece by piece.
    pub(crate) selections: Vec<String>,
}

/// One kind of a generic.
#[derive(Debug)]
pub(crate) struct AnyVariant {
    pub(crate) name: String,
    pub(crate) docs: Vec<String>,
    /// The struct in it.
    pub(crate) type_name: String,
    /// The kind's name in the schema.
    pub(crate) kind: String,
}

/// Names of all types and modules of one output.
struct Names<'s> {
    types: BTreeMap<&'s str, String>,
    modules: BTreeMap<&'s str, String>,
    scope: names::Scope,
    renames: &'s Renames,
}

impl<'s> Names<'s> {
    fn new(chosen: &Chosen<'s>, renames: &'s Renames) -> Self {
        let generated = || chosen.generated.iter().map(|kind| kind.kind.as_str());
        let mut scope = names::type_scope();
        let type_name = |kind: &str| renames.kind(kind).map_or_else(|| names::type_name(kind), str::to_owned);
        let types = scope.claim_all(generated().chain(chosen.markers.iter().copied()), type_name);
        let module_name = |kind: &str| names::module_name(renames.kind(kind).unwrap_or(kind));
        let modules = names::module_scope().claim_all(generated(), module_name);
        Self { types, modules, scope, renames }
    }

    /// Renamed kinds and fields whose names others have.
    fn taken(&self, chosen: &Chosen<'_>) -> Vec<Problem> {
        let kinds = self.types.iter().filter_map(|(kind, name)| {
            let wanted = self.renames.kind(kind).filter(|wanted| wanted != name)?;
            Some(Problem::new(Some(kind), None, renames::taken(wanted)))
        });
        let fields = chosen.generated.iter().flat_map(|kind| kind::taken_names(kind, self.renames));
        kinds.chain(fields).collect()
    }

    /// The type that stands for a kind.
    fn type_of(&self, kind: &str) -> String {
        // Every kind that is mentioned was named before.
        self.types.get(kind).cloned().unwrap_or_default()
    }
}

impl Model {
    /// The kind of that name, if it is generated.
    pub(crate) fn kind(&self, name: &str) -> Option<&Kind> {
        self.kinds.iter().find(|kind| kind.kind == name)
    }

    /// Decides everything, or says everything that cannot be.
    pub(crate) fn new(schema: &Schema, patterns: &[String], renames: &Renames) -> Result<Self, Vec<Problem>> {
        let chosen = Chosen::new(schema, patterns)?;
        let mut problems = impossible_names(&chosen);
        problems.extend(renames.problems(&chosen));
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut names = Names::new(&chosen, renames);
        let problems = names.taken(&chosen);
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut kinds = kind::kinds(&chosen, &mut names);
        any::add(&chosen, &mut names, &mut kinds);
        let markers = chosen.markers.iter().map(|kind| marker(schema, &chosen, &names, kind)).collect();
        let warnings = chosen.generated.iter().flat_map(|kind| unknown_attribute_kinds(kind)).collect();
        Ok(Self { kinds, markers, warnings })
    }
}

fn impossible_names(chosen: &Chosen<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let generated = chosen.generated.iter().map(|kind| kind.kind.as_str());
    for kind in generated.chain(chosen.markers.iter().copied()) {
        if let Err(why) = names::check_kind(kind) {
            problems.push(Problem::new(Some(kind), None, why));
        }
    }
    for kind in &chosen.generated {
        let attributes = kind.attributes.iter().map(|attribute| attribute.name.as_str());
        let relationships = kind.relationships.iter().map(|relationship| relationship.name.as_str());
        let mut seen = std::collections::BTreeSet::new();
        for name in attributes.chain(relationships) {
            if let Err(why) = names::check_field(name) {
                problems.push(Problem::new(Some(&kind.kind), Some(name), why));
            } else if !seen.insert(name) {
                let why = "the name stands for two fields of the kind; rename one of them in the schema";
                problems.push(Problem::new(Some(&kind.kind), Some(name), why));
            }
        }
    }
    problems
}

fn unknown_attribute_kinds(kind: &KindSchema) -> impl Iterator<Item = Problem> {
    kind.attributes.iter().filter_map(|attribute| match &attribute.kind {
        infrahub_schema::AttributeKind::Unknown(unknown) => Some(Problem::new(
            Some(&kind.kind),
            Some(&attribute.name),
            format!(
                "the attribute kind `{}` is new to this version of infrahub-build; the attribute is typed as JSON",
                unknown.escape_debug()
            ),
        )),
        _ => None,
    })
}

fn marker(schema: &Schema, chosen: &Chosen<'_>, names: &Names<'_>, kind: &str) -> Marker {
    let generics = chosen.generics_of(kind).into_iter().filter(|generic| chosen.is_known(generic));
    Marker {
        kind: kind.to_owned(),
        type_name: names.type_of(kind),
        docs: docs::marker(kind, schema.kind(kind)),
        generics: generics.map(|generic| names.type_of(generic)).collect(),
        abilities: Ability::of(chosen.generics_of(kind).into_iter().chain([kind])),
    }
}
