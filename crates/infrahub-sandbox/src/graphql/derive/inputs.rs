//! The mutations of a kind, and what they take.

use super::Verb;
use super::attributes::input_type;
use super::filters::{list, named, required};
use super::kinds::{Address, Kinds, Related};
use crate::graphql::types::{Argument, Definition, Field, Shape, TypeSystem};
use infrahub_schema::{Cardinality, KindSchema};

/// Adds the types of a mutation, and gives its field.
pub(super) fn add_mutation(
    types: &mut TypeSystem,
    kinds: &Kinds<'_>,
    kind: &KindSchema,
    verb: Verb,
) -> Field {
    let name = format!("{}{}", kind.kind, verb.as_str());
    let mut answer = vec![Field::new("ok", named("Boolean"))];
    let data = match verb {
        Verb::Delete => "DeleteInput".to_owned(),
        _ => {
            answer.push(Field::new("object", named(&*kind.kind)));
            let input = format!("{name}Input");
            let shape = Shape::Input { fields: input_fields(kinds, kind, verb) };
            types.add(&*input, Definition { description: None, shape });
            input
        }
    };
    let shape = Shape::Object { implements: Vec::new(), fields: answer };
    types.add(&*name, Definition { description: kind.description.clone(), shape });

    let mut arguments =
        vec![Argument::new("data", required(data)), Argument::new("context", named("ContextInput"))];
    if kinds.is_file(&kind.kind) {
        match verb {
            Verb::Create | Verb::Upsert => arguments.push(Argument::new("file", required("Upload"))),
            Verb::Update => arguments.push(Argument::new("file", named("Upload"))),
            Verb::Delete => {}
        }
    }
    Field::new(&*name, named(&*name)).described(kind.description.clone()).with_arguments(arguments)
}

/// What can be written of a kind. Nothing is mandatory here, for the server checks it when it runs.
fn input_fields(kinds: &Kinds<'_>, kind: &KindSchema, verb: Verb) -> Vec<Argument> {
    let mut fields = vec![Argument::new("id", named("String"))];
    let end = match verb {
        Verb::Create => "Create",
        _ => {
            fields.push(Argument::new("hfid", list("String")));
            "Update"
        }
    };
    for attribute in kind.attributes.iter().filter(|attribute| !attribute.read_only) {
        let ty = named(format!("{}{end}", input_type(&attribute.kind)));
        fields.push(Argument::new(&*attribute.name, ty).described(attribute.description.clone()));
    }
    for Related { relationship, peer } in kinds.related(kind) {
        if relationship.read_only {
            continue;
        }
        let input = match kinds.address(&peer.kind) {
            Some(Address::Prefix) => "RelatedIPPrefixNodeInput",
            Some(Address::Address) => "RelatedIPAddressNodeInput",
            None => "RelatedNodeInput",
        };
        let ty = match relationship.cardinality {
            Cardinality::One => named(input),
            Cardinality::Many => list(input),
        };
        fields.push(Argument::new(&*relationship.name, ty).described(relationship.description.clone()));
    }
    fields
}
