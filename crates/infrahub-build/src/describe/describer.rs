//! One kind: what the schema says of it, and what the model decided.

use super::{
    AttributeDescription, BuilderDescription, ChoiceDescription, ChoicesDescription, ConstructorDescription,
    FieldDescription, KindDescription, RelationshipDescription, SetterDescription,
};
use crate::emit::Emitter;
use crate::model::{self, Builder, Column, ColumnType, Constructor, Kind, Model, Setter, Value};
use crate::names::ident;
use infrahub_schema::{Cardinality, KindSchema, RelationshipKind};
use proc_macro2::{TokenStream, TokenTree};

/// Puts together what the schema says of a kind and what the model decided.
pub(super) struct Describer<'a> {
    pub(super) emitter: &'a Emitter,
    pub(super) model: &'a Model,
    pub(super) kind: &'a Kind,
    pub(super) schema: &'a KindSchema,
}

impl Describer<'_> {
    pub(super) fn kind(&self, is_reserved: bool) -> KindDescription {
        let (kind, schema) = (self.kind, self.schema);
        let any = kind.any.as_ref();
        KindDescription {
            kind: kind.kind.clone(),
            flavour: schema.flavour,
            is_reserved,
            label: schema.label.clone(),
            description: schema.description.clone(),
            human_friendly_id: schema.human_friendly_id.clone().unwrap_or_default(),
            unique_together: schema.uniqueness_constraints.clone().unwrap_or_default(),
            rust_name: kind.type_name.clone(),
            generics: kind.generics.clone(),
            any: any.map(|any| any.type_name.clone()),
            kinds: any.iter().flat_map(|any| &any.variants).map(|variant| variant.kind.clone()).collect(),
            create: kind.create.as_ref().map(|builder| self.builder(builder)),
            update: kind.update.as_ref().map(|builder| self.builder(builder)),
            attributes: kind.columns.iter().filter_map(|column| self.attribute(column)).collect(),
            relationships: kind.columns.iter().filter_map(|column| self.relationship(column)).collect(),
        }
    }

    fn attribute(&self, column: &Column) -> Option<AttributeDescription> {
        let attribute = self.schema.attribute(&column.wire)?;
        let is_read_only = model::is_set_by_server(attribute);
        Some(AttributeDescription {
            field: FieldDescription {
                label: attribute.label.clone(),
                description: attribute.description.clone(),
                deprecation: attribute.deprecation.clone(),
                is_mandatory: !attribute.optional && !is_read_only,
                is_read_only,
                rules: model::attribute_facts(attribute),
                ..self.field(column)
            },
            kind: attribute.kind.clone(),
            is_unique: attribute.unique,
            default: model::default_text(attribute),
            choices: self.choices(column),
        })
    }

    fn relationship(&self, column: &Column) -> Option<RelationshipDescription> {
        let (peer, cardinality) = match &column.column_type {
            ColumnType::Attribute(..) => return None,
            ColumnType::ToOne(peer) => (peer, Cardinality::One),
            ColumnType::ToMany(peer) | ColumnType::ReadOnlyToMany(peer) | ColumnType::Hierarchy(peer) => {
                (peer, Cardinality::Many)
            }
        };
        let field = self.field(column);
        let (field, kind) = match self.schema.relationship(&column.wire) {
            Some(relationship) => (
                FieldDescription {
                    label: relationship.label.clone(),
                    description: relationship.description.clone(),
                    deprecation: relationship.deprecation.clone(),
                    is_mandatory: !relationship.optional && !relationship.read_only,
                    is_read_only: relationship.read_only,
                    rules: model::relationship_facts(relationship),
                    ..field
                },
                relationship.kind.clone(),
            ),
            // The schema does not list what is above or below in a hierarchy.
            None => (field, RelationshipKind::Hierarchy),
        };
        Some(RelationshipDescription { field, kind, peer: peer.clone(), cardinality })
    }

    /// What the model knows of a field; what the schema says beside is filled in by who calls.
    fn field(&self, column: &Column) -> FieldDescription {
        let field = self.kind.fields.iter().find(|field| field.wire == column.wire);
        FieldDescription {
            name: column.wire.clone(),
            label: None,
            description: None,
            deprecation: None,
            column: column.name.clone(),
            struct_field: field.map(|field| ident(&field.name).to_string()),
            rust_type: plain(self.emitter.read_type(self.kind, column)),
            is_mandatory: false,
            is_read_only: true,
            rules: column.docs.join(" "),
        }
    }

    fn choices(&self, column: &Column) -> Option<ChoicesDescription> {
        let ColumnType::Attribute(Value::Choice(rust_name), _) = &column.column_type else { return None };
        // Kinds that inherit an attribute share the enum of another kind.
        let mut all = self.model.kinds.iter().flat_map(|kind| &kind.choices);
        let found = all.find(|choices| choices.type_name == *rust_name)?;
        let choices = found.variants.iter().map(|variant| ChoiceDescription {
            name: variant.wire.clone(),
            variant: ident(&variant.name).to_string(),
            label: variant.label.clone(),
            description: variant.description.clone(),
        });
        Some(ChoicesDescription { rust_name: rust_name.clone(), choices: choices.collect() })
    }

    fn builder(&self, builder: &Builder) -> BuilderDescription {
        let setter = |setter: &Setter| SetterDescription {
            name: ident(&setter.name).to_string(),
            field: setter.wire.clone(),
            argument: self.emitter.argument_type(self.kind, setter).map(plain),
        };
        let constructor = |constructor: &Constructor| ConstructorDescription {
            name: constructor.name.to_owned(),
            arguments: constructor.arguments.iter().map(setter).collect(),
        };
        BuilderDescription {
            rust_name: builder.type_name.clone(),
            constructors: builder.constructors.iter().map(constructor).collect(),
            setters: builder.setters.iter().map(setter).collect(),
        }
    }
}

/// A type as people write it: what a path names, without the way there.
fn plain(tokens: TokenStream) -> String {
    let mut text = String::new();
    // Where the path begins that is being written.
    let mut path = 0;
    for token in tokens {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ':' => text.truncate(path),
            TokenTree::Punct(punct) => {
                match punct.as_char() {
                    ',' => text.push_str(", "),
                    '=' => text.push_str(" = "),
                    other => text.push(other),
                }
                path = text.len();
            }
            TokenTree::Ident(word) if word == "impl" => {
                text.push_str("impl ");
                path = text.len();
            }
            other => text.push_str(&other.to_string()),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    #[test]
    fn a_type_is_written_without_paths() {
        for (tokens, expected) in [
            (
                quote!(::core::option::Option<::r::id::Related<super::InfraSite>>),
                "Option<Related<InfraSite>>",
            ),
            (
                quote!(impl ::r::input::IntoAttribute<i64, ::r::column::Optional>),
                "impl IntoAttribute<i64, Optional>",
            ),
            (
                quote!(impl ::core::iter::IntoIterator<Item = impl crate::input::IntoPeer<Tag>>),
                "impl IntoIterator<Item = impl IntoPeer<Tag>>",
            ),
        ] {
            assert_eq!(plain(tokens), expected);
        }
    }
}
