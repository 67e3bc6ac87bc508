//! From a node schema to the GraphQL type system that the server makes of it.
//!
//! What follows from the kinds is derived; the rest is the server's own and stands in `server.graphql`.

mod attributes;
mod filters;
mod inputs;
mod kinds;
mod objects;

pub(crate) use kinds::Kinds;

use super::sdl;
use super::types::{Definition, Field, Shape, TypeSystem};
use infrahub_schema::{Flavour, KindSchema, Schema};
use std::collections::HashMap;

/// What a field of `Query` or `Mutation` does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Root {
    /// Lists the objects of a kind.
    List(String),
    /// Writes one object of a kind.
    Write(Verb, String),
    /// What is the server's own, by the name of the field.
    Server(String),
}

/// What a mutation of a kind does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Create,
    Update,
    Upsert,
    Delete,
}

impl Verb {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Create => "Create",
            Self::Update => "Update",
            Self::Upsert => "Upsert",
            Self::Delete => "Delete",
        }
    }
}

/// The type system of a node schema, and what its root fields do.
#[derive(Debug)]
pub(crate) struct Api {
    pub(crate) types: TypeSystem,
    pub(crate) roots: HashMap<String, Root>,
}

/// Derives everything.
///
/// # Errors
/// The schema lacks kinds that the server's own part is about; the text names them.
pub(crate) fn api(schema: &Schema) -> Result<Api, String> {
    let mut types = sdl::read(sdl::SERVER).map_err(|error| format!("the server's own SDL: {error}"))?;
    let mut roots = server_roots(&types);
    let kinds = Kinds::new(schema);
    let mut queries = Vec::new();
    let mut mutations = Vec::new();
    for kind in kinds.all() {
        objects::add(&mut types, &kinds, kind);
        if kinds.is_internal(kind) {
            continue;
        }
        let arguments = filters::top_level(&kinds, kind);
        queries.push(
            Field::new(&*kind.kind, filters::required(format!("Paginated{}", kind.kind)))
                .with_arguments(arguments),
        );
        roots.insert(kind.kind.clone(), Root::List(kind.kind.clone()));
        for verb in verbs(kind) {
            let field = inputs::add_mutation(&mut types, &kinds, kind, *verb);
            roots.insert(field.name.clone(), Root::Write(*verb, kind.kind.clone()));
            mutations.push(field);
        }
    }
    for (name, fields) in [("Query", queries), ("Mutation", mutations)] {
        types.add(
            name,
            Definition { description: None, shape: Shape::Object { implements: Vec::new(), fields } },
        );
    }
    match types.missing().as_slice() {
        [] => Ok(Api { types, roots }),
        missing => Err(format!(
            "the schema lacks kinds that every Infrahub has, of which the server's own types speak: {}; \
             start from a schema that a server gave, with the stock kinds in it",
            missing.join(", ")
        )),
    }
}

/// A generic takes updates only, and none if it has no field to update.
fn verbs(kind: &KindSchema) -> &'static [Verb] {
    match kind.flavour {
        Flavour::Generic if kind.attributes.is_empty() && kind.relationships.is_empty() => &[],
        Flavour::Generic => &[Verb::Update],
        Flavour::Node | Flavour::Profile | Flavour::Template => {
            &[Verb::Create, Verb::Update, Verb::Upsert, Verb::Delete]
        }
    }
}

fn server_roots(types: &TypeSystem) -> HashMap<String, Root> {
    let fields = |name: &str| match types.shape(name) {
        Some(Shape::Object { fields, .. }) => fields.as_slice(),
        _ => &[],
    };
    fields("Query")
        .iter()
        .chain(fields("Mutation"))
        .map(|field| (field.name.clone(), Root::Server(field.name.clone())))
        .collect()
}
