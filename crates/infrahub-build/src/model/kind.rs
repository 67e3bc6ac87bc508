//! The struct, columns and builders of a kind.

use super::chosen::Chosen;
use super::{
    Ability, Builder, ChoiceType, Column, ColumnType, Constructor, Content, Field, Kind, Names, Problem,
    Renames, Setter, Value, Variant, Write,
};
use super::{attribute, docs, renames};
use crate::names;
use crate::text::{code, note};
use infrahub_schema::{Attribute, Cardinality, Choice, Flavour, KindSchema, Relationship, RelationshipKind};
use std::collections::{BTreeMap, BTreeSet};

/// What is selected of the peer of a relationship to one.
const PEER: &str = "{ node { id hfid display_label __typename } }";

/// The enum of an attribute's choices, by kind and attribute.
type ChoiceTypes<'s> = BTreeMap<(&'s str, &'s str), String>;

/// An attribute or relationship with its Rust name.
struct Named<'s> {
    name: String,
    item: Item<'s>,
}

#[derive(Clone, Copy)]
enum Item<'s> {
    Attribute(&'s Attribute),
    Relationship(&'s Relationship),
}

impl<'s> Item<'s> {
    fn wire(self) -> &'s str {
        match self {
            Item::Attribute(attribute) => &attribute.name,
            Item::Relationship(relationship) => &relationship.name,
        }
    }

    fn order_weight(self) -> Option<i64> {
        match self {
            Item::Attribute(attribute) => attribute.order_weight,
            Item::Relationship(relationship) => relationship.order_weight,
        }
    }

    fn deprecation(self) -> Option<String> {
        let reason = match self {
            Item::Attribute(attribute) => attribute.deprecation.as_deref(),
            Item::Relationship(relationship) => relationship.deprecation.as_deref(),
        };
        reason.map(note).filter(|reason| !reason.is_empty())
    }
}

/// All generated kinds, without the enums over the kinds of a generic.
pub(super) fn kinds<'s>(chosen: &Chosen<'s>, names: &mut Names<'s>) -> Vec<Kind> {
    let builders: Vec<[Option<String>; 2]> =
        chosen.generated.iter().map(|kind| builder_types(names, kind)).collect();
    let choice_types = choice_types(chosen, names);
    let kinds = chosen.generated.iter().zip(builders);
    kinds
        .map(|(schema, [create, update])| {
            KindModel {
                chosen,
                names,
                choice_types: &choice_types,
                schema,
                fields: named_fields(schema, names.renames),
            }
            .kind(create, update)
        })
        .collect()
}

/// Claims the names of the builders that the kind has.
fn builder_types(names: &mut Names<'_>, kind: &KindSchema) -> [Option<String>; 2] {
    if kind.flavour == Flavour::Generic {
        return [None, None];
    }
    let type_name = names.type_of(&kind.kind);
    let mut claim = |suffix| names.scope.claim(&names::builder_type_name(&type_name, suffix));
    [Some(claim("Create")), Some(claim("Update"))]
}

/// Claims the names of the enums of choices.
fn choice_types<'s>(chosen: &Chosen<'s>, names: &mut Names<'_>) -> ChoiceTypes<'s> {
    let mut types = ChoiceTypes::new();
    for kind in &chosen.generated {
        for named in named_fields(kind, names.renames) {
            if let Item::Attribute(attribute) = named.item
                && attribute::choices(attribute).is_some()
                && choice_owner(chosen, kind, attribute) == kind.kind
            {
                let wanted = names::choice_type_name(&names.type_of(&kind.kind), &named.name);
                types.insert((&kind.kind, &attribute.name), names.scope.claim(&wanted));
            }
        }
    }
    types
}

/// The kind that the enum of an attribute is named for. Kinds that inherit the attribute as it is share
/// the enum of the generic; profiles and templates share that of the kind that they are for.
fn choice_owner<'s>(chosen: &Chosen<'s>, kind: &'s KindSchema, attribute: &Attribute) -> &'s str {
    let choices = attribute::choices(attribute);
    let mut owner = kind;
    let mut seen = BTreeSet::from([owner.kind.as_str()]);
    loop {
        let mut candidates: Vec<&str> = Vec::new();
        if matches!(owner.namespace.as_str(), "Profile" | "Template") {
            candidates.push(&owner.name);
        }
        let is_inherited = |attribute: &&Attribute| attribute.inherited;
        if attribute_of(owner, &attribute.name).filter(is_inherited).is_some() {
            let mut generics: Vec<&str> = owner.inherit_from.iter().map(String::as_str).collect();
            generics.sort_unstable();
            candidates.extend(generics);
        }
        let shares = |candidate: &&&'s KindSchema| {
            candidates.contains(&candidate.kind.as_str())
                && attribute_of(candidate, &attribute.name)
                    .is_some_and(|other| other.kind == attribute.kind && attribute::choices(other) == choices)
        };
        match chosen.generated.iter().find(shares) {
            Some(next) if seen.insert(&next.kind) => owner = next,
            _ => return &owner.kind,
        }
    }
}

fn attribute_of<'s>(kind: &'s KindSchema, name: &str) -> Option<&'s Attribute> {
    kind.attributes.iter().find(|attribute| attribute.name == name)
}

/// Attributes and relationships with their Rust names, in the order of the schema's weights.
fn named_fields<'s>(kind: &'s KindSchema, renames: &Renames) -> Vec<Named<'s>> {
    let attributes = kind.attributes.iter().map(Item::Attribute);
    let relationships = kind.relationships.iter().map(Item::Relationship);
    let mut items: Vec<Item<'_>> = attributes.chain(relationships).collect();
    items.sort_by_key(|item| (item.order_weight().is_none(), item.order_weight(), item.wire()));
    let field_name = |field: &str| {
        renames.field(&kind.kind, field).map_or_else(|| names::field_name(field), str::to_owned)
    };
    let names = names::field_scope().claim_all(items.iter().map(|item| item.wire()), field_name);
    items.into_iter().map(|item| Named { name: names[item.wire()].clone(), item }).collect()
}

/// Renamed fields whose names others of the kind have.
pub(super) fn taken_names(kind: &KindSchema, renames: &Renames) -> Vec<Problem> {
    let fields = named_fields(kind, renames).into_iter().filter_map(|named| {
        let wanted = renames.field(&kind.kind, named.item.wire()).filter(|wanted| *wanted != named.name)?;
        Some(Problem::new(Some(&kind.kind), Some(named.item.wire()), renames::taken(wanted)))
    });
    fields.collect()
}

/// What the struct reads of a field.
pub(super) fn selection_of(field: &Field) -> String {
    match field.content {
        Content::Attribute(_) => format!("{} {{ value }}", field.wire),
        Content::Peer(_) => format!("{} {PEER}", field.wire),
    }
}

struct KindModel<'a, 's> {
    chosen: &'a Chosen<'s>,
    names: &'a Names<'s>,
    choice_types: &'a ChoiceTypes<'s>,
    schema: &'s KindSchema,
    fields: Vec<Named<'s>>,
}

impl KindModel<'_, '_> {
    fn kind(&self, create: Option<String>, update: Option<String>) -> Kind {
        let schema = self.schema;
        let is_generic = schema.flavour == Flavour::Generic;
        let fields = self.struct_fields();
        let mut selection =
            if is_generic { "__typename id hfid display_label" } else { "id hfid display_label" }.to_owned();
        for field in &fields {
            selection.push(' ');
            selection.push_str(&selection_of(field));
        }
        let generics = self.chosen.generics_of(&schema.kind).into_iter();
        Kind {
            kind: schema.kind.clone(),
            module: self.names.modules.get(schema.kind.as_str()).cloned().unwrap_or_default(),
            type_name: self.names.type_of(&schema.kind),
            docs: docs::kind(schema),
            has_typename: is_generic,
            fields,
            selection,
            columns: self.columns(),
            generics: generics.map(|generic| self.names.type_of(generic)).collect(),
            abilities: self.abilities(),
            hfid_parts: schema.human_friendly_id.as_ref().map(Vec::len).filter(|parts| *parts > 0),
            is_upsertable: !is_generic
                && (schema.human_friendly_id.as_ref().is_some_and(|parts| !parts.is_empty())
                    || schema.default_filter.as_ref().is_some_and(|filter| !filter.is_empty())),
            choices: self.choices(),
            create: create.map(|name| self.create(name)),
            update: update.map(|name| self.update(name)),
            any: None,
            has_deprecated: self.fields.iter().any(|named| named.item.deprecation().is_some()),
        }
    }

    fn value(&self, attribute: &Attribute) -> Value {
        let owner = choice_owner(self.chosen, self.schema, attribute);
        match self.choice_types.get(&(owner, attribute.name.as_str())) {
            Some(type_name) => Value::Choice(type_name.clone()),
            None => attribute::value(&attribute.kind),
        }
    }

    /// Every attribute but passwords, and the peer of every relationship to one but to groups and profiles.
    fn struct_fields(&self) -> Vec<Field> {
        let field = |named: &Named<'_>, docs, content| Field {
            name: named.name.clone(),
            wire: named.item.wire().to_owned(),
            docs,
            deprecation: named.item.deprecation(),
            content,
            is_optional: self.is_optional(named.item),
        };
        let fields = self.fields.iter().filter_map(|named| match named.item {
            Item::Attribute(attribute) if !docs::is_secret(attribute) => {
                let content = Content::Attribute(self.value(attribute));
                Some(field(named, docs::attribute(attribute), content))
            }
            Item::Relationship(relationship) if is_read(relationship) => {
                let content = Content::Peer(self.names.type_of(&relationship.peer));
                Some(field(named, docs::relationship(relationship), content))
            }
            _ => None,
        });
        fields.collect()
    }

    /// Whether an object may be without a value of this attribute, or without a peer.
    fn is_optional(&self, item: Item<'_>) -> bool {
        let is_optional = match item {
            Item::Attribute(attribute) => attribute.optional || attribute::is_set_by_server(attribute),
            Item::Relationship(relationship) => relationship.optional || relationship.read_only,
        };
        is_optional || self.may_lack(item.wire())
    }

    /// Whether a kind that inherits the field from this generic may lack it: the generic of a template has
    /// the mandatory fields of the kinds that it makes, and the templates that inherit from it have them optional.
    fn may_lack(&self, field: &str) -> bool {
        self.schema.flavour == Flavour::Generic
            && self.chosen.heirs(&self.schema.kind).into_iter().any(|heir| {
                attribute_of(heir, field)
                    .is_some_and(|attribute| attribute.optional || attribute::is_set_by_server(attribute))
                    || heir.relationships.iter().any(|relationship| {
                        relationship.name == field && (relationship.optional || relationship.read_only)
                    })
            })
    }

    fn columns(&self) -> Vec<Column> {
        let mut columns: Vec<Column> = self
            .fields
            .iter()
            .map(|named| {
                let (docs, column_type) = match named.item {
                    Item::Attribute(attribute) => (
                        docs::attribute_column(attribute),
                        ColumnType::Attribute(
                            self.value(attribute),
                            attribute::filter_scalar(&attribute.kind),
                        ),
                    ),
                    Item::Relationship(relationship) => {
                        let peer = self.names.type_of(&relationship.peer);
                        let column_type = match relationship.cardinality {
                            Cardinality::One => ColumnType::ToOne(peer),
                            Cardinality::Many if relationship.read_only => ColumnType::ReadOnlyToMany(peer),
                            Cardinality::Many => ColumnType::ToMany(peer),
                        };
                        (docs::relationship_column(relationship), column_type)
                    }
                };
                Column {
                    name: names::constant_name(&named.name),
                    wire: named.item.wire().to_owned(),
                    docs,
                    deprecation: named.item.deprecation(),
                    column_type,
                    is_optional: self.is_optional(named.item),
                }
            })
            .collect();
        columns.extend(self.hierarchy_columns());
        columns
    }

    /// GraphQL has these two for every kind of a hierarchy; the schema does not list them.
    fn hierarchy_columns(&self) -> Vec<Column> {
        let Some(generic) = self.chosen.hierarchy_of(self.schema) else { return Vec::new() };
        let known = |wire: &str| self.fields.iter().any(|named| named.item.wire() == wire);
        let column = |wire: &str, what: &str| Column {
            name: names::constant_name(wire),
            wire: wire.to_owned(),
            docs: vec![format!(
                "All nodes {what} this one in the hierarchy. The server has no filters for them."
            )],
            deprecation: None,
            column_type: ColumnType::Hierarchy(self.names.type_of(generic)),
            is_optional: false,
        };
        let columns = [("ancestors", "above"), ("descendants", "below")].into_iter();
        columns.filter(|(wire, _)| !known(wire)).map(|(wire, what)| column(wire, what)).collect()
    }

    fn choices(&self) -> Vec<ChoiceType> {
        let own = self.fields.iter().filter_map(|named| match named.item {
            Item::Attribute(attribute) => {
                let type_name =
                    self.choice_types.get(&(self.schema.kind.as_str(), attribute.name.as_str()))?;
                Some(choice_type(&self.schema.kind, type_name, attribute))
            }
            Item::Relationship(_) => None,
        });
        own.collect()
    }

    fn abilities(&self) -> Vec<Ability> {
        let kind = self.schema.kind.as_str();
        Ability::of(self.chosen.generics_of(kind).into_iter().chain([kind]))
    }

    /// The method, or argument, for the file of an object whose kind has one.
    fn file(&self, docs: &str) -> Option<Setter> {
        let mut scope = self.taken_names();
        self.abilities().contains(&Ability::File).then(|| Setter {
            name: scope.claim("file"),
            wire: "file".to_owned(),
            docs: vec![docs.to_owned()],
            deprecation: None,
            write: Write::File,
        })
    }

    /// The names of builders' methods for the kind's fields.
    fn taken_names(&self) -> names::Scope {
        let mut scope = names::field_scope();
        for named in &self.fields {
            scope.claim(&named.name);
        }
        scope
    }

    fn create(&self, type_name: String) -> Builder {
        let (mut mandatory, optional): (Vec<&Named<'_>>, Vec<&Named<'_>>) =
            self.fields.iter().filter(|named| is_written(named.item)).partition(|named| match named.item {
                Item::Attribute(attribute) => !attribute.optional,
                Item::Relationship(relationship) => !relationship.optional,
            });
        // Not by weight: an edit of the weights would swap arguments of the same type in a program that compiles.
        mandatory.sort_by_key(|named| named.item.wire());
        let file = self.file("");
        let new_docs = match &file {
            None => "The data of a new object with its mandatory fields, in the order of their names.",
            Some(_) => {
                "The data of a new object with its file and its mandatory fields, in the order of their names."
            }
        };
        let asked = mandatory.iter().map(|named| self.setter(named));
        let new = Constructor {
            name: "new",
            docs: vec![new_docs.to_owned()],
            arguments: file.clone().into_iter().chain(asked).collect(),
        };
        let from = |relationship: &Named<'_>, source: &KindSchema, name, docs: &str| {
            let asked = mandatory.iter().filter(|named| !has(source, named.item));
            Constructor {
                name,
                docs: vec![
                    docs.to_owned(),
                    "The server refuses the object where they do not give all that is left out here."
                        .to_owned(),
                ],
                arguments: std::iter::once(self.setter(relationship))
                    .chain(file.clone())
                    .chain(asked.map(|named| self.setter(named)))
                    .collect(),
            }
        };
        let template = self.source(&optional, &RelationshipKind::Template, |relationship| &relationship.peer);
        let of_kind = format!("Profile{}", self.schema.kind);
        let profile = self.source(&optional, &RelationshipKind::Profile, |_| &of_kind);
        let profile = profile.filter(|(_, profile)| mandatory.iter().any(|named| has(profile, named.item)));
        let mut setters: Vec<Setter> = optional.iter().map(|named| self.setter(named)).collect();
        let given = |named: &&Named<'_>| {
            let sources = template.iter().chain(&profile);
            sources.into_iter().any(|(_, source)| has(source, named.item))
        };
        setters.extend(mandatory.iter().copied().filter(given).map(|named| self.setter(named)));
        let from_template = template.map(|(relationship, template)| {
            let docs = "The data of a new object that takes what is not set from a template, its components too: \
                        the template, and the mandatory fields that no template has.";
            from(relationship, template, "from_template", docs)
        });
        let from_profiles = profile.map(|(relationship, profile)| {
            let docs = "The data of a new object that takes what is not set from profiles: the profiles, and the \
                        mandatory fields that no profile has.";
            from(relationship, profile, "from_profiles", docs)
        });
        Builder {
            type_name,
            docs: vec![format!("The data of a new {}.", code(&self.schema.kind))],
            constructors: std::iter::once(new).chain(from_template).chain(from_profiles).collect(),
            setters,
        }
    }

    /// The relationship of this kind by which an object takes values from others, and the kind of those.
    fn source<'f>(
        &self,
        fields: &[&'f Named<'f>],
        kind: &RelationshipKind,
        source: impl Fn(&'f Relationship) -> &'f str,
    ) -> Option<(&'f Named<'f>, &KindSchema)> {
        if self.schema.flavour != Flavour::Node {
            return None;
        }
        fields.iter().find_map(|named| match named.item {
            Item::Relationship(relationship) if relationship.kind == *kind => {
                Some((*named, self.chosen.schema_of(source(relationship))?))
            }
            _ => None,
        })
    }

    fn update(&self, type_name: String) -> Builder {
        let written: Vec<&Named<'_>> = self.fields.iter().filter(|named| is_written(named.item)).collect();
        let mut setters: Vec<Setter> = written.iter().map(|named| self.setter(named)).collect();
        let mut scope = self.taken_names();
        if let Some(file) = self.file("Replaces the file. Without this it stays as it is.") {
            scope.claim(&file.name);
            setters.insert(0, file);
        }
        for named in written {
            let method = |prefix: &str, docs: String, write| Setter {
                name: names::method_name(prefix, &named.name),
                wire: named.item.wire().to_owned(),
                docs: vec![docs],
                deprecation: named.item.deprecation(),
                write,
            };
            let field = code(named.item.wire());
            let clear = match named.item {
                Item::Attribute(attribute) => attribute
                    .optional
                    .then(|| method("clear", format!("Sets {field} to null."), Write::ClearAttribute)),
                Item::Relationship(relationship) => {
                    relationship.optional.then(|| match relationship.cardinality {
                        Cardinality::One => {
                            method("clear", format!("Removes the peer of {field}."), Write::ClearPeer)
                        }
                        Cardinality::Many => {
                            method("clear", format!("Removes all peers of {field}."), Write::ClearPeers)
                        }
                    })
                }
            };
            let has_default =
                matches!(named.item, Item::Attribute(attribute) if attribute.default_value.is_some());
            let reset = has_default.then(|| {
                method("reset", format!("Sets {field} back to its default."), Write::ResetAttribute)
            });
            for mut method in clear.into_iter().chain(reset) {
                method.name = scope.claim(&method.name);
                setters.push(method);
            }
        }
        Builder {
            type_name,
            docs: vec![format!("A change to a {}: only what is named is sent.", code(&self.schema.kind))],
            constructors: vec![Constructor {
                name: "new",
                docs: vec!["A change that changes nothing yet.".to_owned()],
                arguments: Vec::new(),
            }],
            setters,
        }
    }

    fn setter(&self, named: &Named<'_>) -> Setter {
        let (docs, write) = match named.item {
            Item::Attribute(attribute) => {
                let (value, is_optional) = (self.value(attribute), attribute.optional);
                (docs::attribute_setter(attribute), Write::Attribute { value, is_optional })
            }
            Item::Relationship(relationship) => {
                let peer = self.names.type_of(&relationship.peer);
                let write = match relationship.cardinality {
                    Cardinality::One => Write::Peer(peer),
                    Cardinality::Many => Write::Peers(peer),
                };
                (docs::relationship_setter(relationship), write)
            }
        };
        Setter {
            name: named.name.clone(),
            wire: named.item.wire().to_owned(),
            docs,
            deprecation: named.item.deprecation(),
            write,
        }
    }
}

/// Whether a struct has the peer of the relationship.
fn is_read(relationship: &Relationship) -> bool {
    relationship.cardinality == Cardinality::One
        && !matches!(relationship.kind, RelationshipKind::Group | RelationshipKind::Profile)
}

/// Whether objects of this kind, a template or a profile, have a value of the field to give.
fn has(source: &KindSchema, item: Item<'_>) -> bool {
    let name = item.wire();
    attribute_of(source, name).is_some() || source.relationships.iter().any(|other| other.name == name)
}

/// Whether a client may write the field.
fn is_written(item: Item<'_>) -> bool {
    match item {
        Item::Attribute(attribute) => !attribute::is_set_by_server(attribute),
        Item::Relationship(relationship) => !relationship.read_only,
    }
}

fn choice_type(kind: &str, type_name: &str, attribute: &Attribute) -> ChoiceType {
    let choices = attribute::choices(attribute).unwrap_or_default();
    let wires: Vec<&str> = choices.iter().map(|choice| choice.name.as_str()).collect();
    let variants = names::variant_names(&wires);
    let variant = |(choice, name): (&Choice, String)| Variant {
        name,
        docs: docs::choice(choice),
        wire: choice.name.clone(),
        label: choice.label.clone().unwrap_or_else(|| choice.name.clone()),
        color: choice.color.clone().unwrap_or_default(),
        description: choice.description.clone().unwrap_or_default(),
    };
    ChoiceType {
        type_name: type_name.to_owned(),
        docs: docs::choices(kind, attribute),
        variants: choices.iter().zip(variants).map(variant).collect(),
    }
}
