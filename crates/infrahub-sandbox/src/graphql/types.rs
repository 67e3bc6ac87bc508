//! A GraphQL type system as data: what is derived from a node schema, read from SDL, printed and served.

use async_graphql::Value;
use async_graphql::dynamic::TypeRef;
use std::collections::BTreeMap;
use std::sync::Arc;

/// All types, by name.
#[derive(Debug, Default)]
pub(crate) struct TypeSystem {
    pub(crate) types: BTreeMap<String, Definition>,
}

/// One type.
#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) description: Option<String>,
    pub(crate) shape: Shape,
}

/// What kind of type it is, and its parts.
#[derive(Debug)]
pub(crate) enum Shape {
    Object { implements: Vec<String>, fields: Vec<Field> },
    Interface { fields: Vec<Field> },
    Input { fields: Vec<Argument> },
    Enum { values: Vec<EnumValue> },
    Scalar,
}

/// One value of an enum.
#[derive(Debug)]
pub(crate) struct EnumValue {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
}

/// A field of an object or interface.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) arguments: Arc<Vec<Argument>>,
    pub(crate) ty: TypeRef,
    pub(crate) deprecation: Option<String>,
}

/// An argument of a field, or a field of an input object.
#[derive(Debug, Clone)]
pub(crate) struct Argument {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) ty: TypeRef,
    pub(crate) default: Option<Value>,
    pub(crate) deprecation: Option<String>,
}

impl Field {
    pub(crate) fn new(name: impl Into<String>, ty: TypeRef) -> Self {
        Self { name: name.into(), description: None, arguments: Arc::default(), ty, deprecation: None }
    }

    pub(crate) fn described(mut self, description: Option<String>) -> Self {
        self.description = description;
        self
    }

    pub(crate) fn with_arguments(mut self, arguments: Vec<Argument>) -> Self {
        self.arguments = Arc::new(arguments);
        self
    }
}

impl Argument {
    pub(crate) fn new(name: impl Into<String>, ty: TypeRef) -> Self {
        Self { name: name.into(), description: None, ty, default: None, deprecation: None }
    }

    pub(crate) fn described(mut self, description: Option<String>) -> Self {
        self.description = description;
        self
    }
}

impl TypeSystem {
    /// Adds a type. A name that is there already keeps what it has, but an object gains the fields.
    pub(crate) fn add(&mut self, name: impl Into<String>, definition: Definition) {
        match (self.types.entry(name.into()), definition) {
            (std::collections::btree_map::Entry::Vacant(entry), definition) => {
                entry.insert(definition);
            }
            (
                std::collections::btree_map::Entry::Occupied(mut entry),
                Definition { shape: Shape::Object { fields: more, .. }, .. },
            ) => {
                if let Shape::Object { fields, .. } = &mut entry.get_mut().shape {
                    fields.extend(more);
                }
            }
            _ => {}
        }
    }

    pub(crate) fn shape(&self, name: &str) -> Option<&Shape> {
        self.types.get(name).map(|definition| &definition.shape)
    }

    /// The names that fields, arguments and interfaces use and no type has.
    pub(crate) fn missing(&self) -> Vec<String> {
        let known = |name: &str| {
            self.types.contains_key(name) || matches!(name, "Int" | "Float" | "String" | "Boolean" | "ID")
        };
        let mut missing = Vec::new();
        let mut look = |name: &str| {
            if !known(name) && !missing.iter().any(|other| other == name) {
                missing.push(name.to_owned());
            }
        };
        for definition in self.types.values() {
            match &definition.shape {
                Shape::Object { implements, fields } => {
                    implements.iter().for_each(|name| look(name));
                    fields.iter().for_each(|field| look(base(&field.ty)));
                }
                Shape::Interface { fields } => fields.iter().for_each(|field| look(base(&field.ty))),
                Shape::Input { fields } => fields.iter().for_each(|field| look(base(&field.ty))),
                Shape::Enum { .. } | Shape::Scalar => {}
            }
        }
        missing
    }
}

/// The name at the bottom of a type: `Int` of `[Int!]!`.
pub(crate) fn base(ty: &TypeRef) -> &str {
    match ty {
        TypeRef::Named(name) => name,
        TypeRef::NonNull(inner) | TypeRef::List(inner) => base(inner),
    }
}
