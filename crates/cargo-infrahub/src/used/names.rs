//! The Rust names of a schema, as `infrahub-build` makes them.

use crate::failure::Failure;
use infrahub_build::Generator;
use infrahub_build::describe::{FieldDescription, KindDescription};
use infrahub_client::schema::{Flavour, Schema};
use std::collections::{BTreeMap, BTreeSet};

/// The names of all kinds, by their names in the schema.
pub(super) struct Names {
    pub(super) kinds: BTreeMap<String, KindNames>,
}

/// The names of a kind.
#[derive(Default)]
pub(super) struct KindNames {
    /// The struct of one object.
    pub(super) rust_name: String,
    /// Every type that is only there for this kind.
    pub(super) types: BTreeSet<String>,
    /// Builders of a new object.
    pub(super) create: BTreeSet<String>,
    /// Mutations that make a new object.
    pub(super) mutations: [String; 2],
    /// The enum over the kinds of a generic.
    pub(super) any: Option<String>,
    /// Kinds of that enum.
    pub(super) heirs: BTreeSet<String>,
    /// What each field is called, by its name in the schema.
    pub(super) fields: BTreeMap<String, BTreeSet<String>>,
    /// Fields that the struct reads.
    pub(super) read: BTreeSet<String>,
    /// Fields that a new object is asked for.
    pub(super) mandatory: BTreeSet<String>,
    /// Its profile and template.
    pub(super) sources: BTreeSet<String>,
    /// The kinds at the other end of relationships, by field.
    pub(super) peers: BTreeMap<String, String>,
}

impl Names {
    /// All names that a crate may have for the schema, whichever kinds it chose.
    ///
    /// The choice decides whom an enum of choices is named for: a kind without its generics has one of its own. So each
    /// flavour is also looked at without the others.
    pub(super) fn of(schema: &Schema) -> Result<Self, Failure> {
        let mut names = Self { kinds: BTreeMap::new() };
        let choices = [
            vec![Flavour::Node, Flavour::Generic, Flavour::Profile, Flavour::Template],
            vec![Flavour::Node],
            vec![Flavour::Generic],
            vec![Flavour::Profile],
            vec![Flavour::Template],
        ];
        for flavours in choices {
            let kinds = schema.kinds.values().filter(|kind| flavours.contains(&kind.flavour));
            let chosen: BTreeSet<&str> = kinds.map(|kind| kind.kind.as_str()).collect();
            if chosen.is_empty() {
                continue;
            }
            let described = Generator::new(schema.clone()).kinds(chosen.iter().copied()).describe("*")?;
            let by_type: BTreeMap<String, String> =
                described.iter().map(|kind| (kind.rust_name.clone(), kind.kind.clone())).collect();
            for kind in described.iter().filter(|kind| chosen.contains(kind.kind.as_str())) {
                names.kinds.entry(kind.kind.clone()).or_default().add(kind, &by_type);
            }
        }
        for kind in
            schema.kinds.values().filter(|kind| matches!(kind.flavour, Flavour::Profile | Flavour::Template))
        {
            if let Some(made) = names.kinds.get_mut(&kind.name) {
                made.sources.insert(kind.kind.clone());
            }
        }
        Ok(names)
    }
}

impl KindNames {
    fn add(&mut self, kind: &KindDescription, by_type: &BTreeMap<String, String>) {
        self.rust_name.clone_from(&kind.rust_name);
        self.mutations = ["Create", "Upsert"].map(|what| format!("{}{what}", kind.kind));
        self.any = self.any.take().or_else(|| kind.any.clone());
        self.heirs.extend(kind.kinds.iter().cloned());
        self.types.insert(kind.rust_name.clone());
        self.types.extend(kind.any.clone());
        for builder in kind.create.iter().chain(&kind.update) {
            self.types.insert(builder.rust_name.clone());
            for setter in &builder.setters {
                self.field(&setter.field).insert(setter.name.trim_start_matches("r#").to_owned());
            }
        }
        if let Some(create) = &kind.create {
            self.create.insert(create.rust_name.clone());
            let arguments = create.constructors.iter().flat_map(|constructor| &constructor.arguments);
            self.mandatory.extend(arguments.map(|argument| argument.field.clone()));
        }
        for attribute in &kind.attributes {
            self.add_field(&attribute.field);
            if let Some(choices) = &attribute.choices {
                self.field(&attribute.field.name).insert(choices.rust_name.clone());
                // One that is shared is named for another kind.
                if choices.rust_name.starts_with(kind.rust_name.trim_end_matches('_')) {
                    self.types.insert(choices.rust_name.clone());
                }
            }
        }
        for relationship in &kind.relationships {
            self.add_field(&relationship.field);
            if let Some(peer) = by_type.get(&relationship.peer) {
                self.peers.insert(relationship.field.name.clone(), peer.clone());
            }
        }
    }

    fn add_field(&mut self, field: &FieldDescription) {
        let names = [field.name.clone(), field.column.clone(), field.column.to_ascii_lowercase()];
        self.field(&field.name).extend(names);
        if field.struct_field.is_some() {
            self.read.insert(field.name.clone());
        }
    }

    fn field(&mut self, name: &str) -> &mut BTreeSet<String> {
        self.fields.entry(name.to_owned()).or_default()
    }
}
