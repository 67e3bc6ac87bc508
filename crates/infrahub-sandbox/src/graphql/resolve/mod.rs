//! From a field to what it gives.

mod attribute;
mod node;
mod roots;
mod server;
mod times;
mod writes;

use super::coerce;
use super::derive::{Api, Root};
use super::error::GraphError;
use super::request::Request;
use super::source::Source;
use super::types::{Argument, Field, Shape, base};
use crate::store::{Arguments, Outcome, Refused};
use async_graphql::dynamic::{FieldFuture, FieldValue, ResolverContext, TypeRef};
use async_graphql::{QueryPathNode, QueryPathSegment, SelectionField};
use serde_json::Value;
use std::sync::Arc;

/// Gives the value of one field of an object type.
pub(super) struct Resolver {
    name: String,
    ty: TypeRef,
    kind_of_type: KindOfType,
    root: Option<Root>,
    arguments: Arc<Vec<Argument>>,
}

/// What the base of a field's type is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum KindOfType {
    Leaf,
    Object,
    Interface,
}

/// What a resolver finds.
enum Given {
    /// A leaf, or records.
    Json(Value),
    Source(Source),
    Sources(Vec<Source>),
    Nothing,
}

/// The field that is asked for: its arguments, and what is selected of it.
struct Asked<'a> {
    name: &'a str,
    arguments: Arguments,
    selection: SelectionField<'a>,
    /// How long the path to the field is.
    depth: usize,
}

impl Asked<'_> {
    /// Whether any of these fields is selected.
    fn selects(&self, names: &[&str]) -> bool {
        self.selection.selection_set().any(|field| names.contains(&field.name()))
    }

    /// Whether only these fields are selected.
    fn selects_only(&self, names: &[&str]) -> bool {
        self.selection.selection_set().all(|field| names.contains(&field.name()))
    }
}

impl Resolver {
    pub(super) fn new(api: &Api, object: &str, field: &Field) -> Self {
        let kind_of_type = match api.types.shape(base(&field.ty)) {
            Some(Shape::Interface { .. }) => KindOfType::Interface,
            Some(Shape::Object { .. }) => KindOfType::Object,
            _ => KindOfType::Leaf,
        };
        let is_root = matches!(object, "Query" | "Mutation");
        Self {
            name: field.name.clone(),
            ty: field.ty.clone(),
            kind_of_type,
            root: is_root.then(|| api.roots.get(&field.name).cloned()).flatten(),
            arguments: field.arguments.clone(),
        }
    }

    /// The value of the field. What fails is noted in the request, and becomes null afterwards.
    pub(super) fn resolve<'a>(&self, context: &ResolverContext<'a>) -> FieldFuture<'a> {
        let Ok(request) = context.data::<Arc<Request>>() else { return FieldFuture::Value(None) };
        let parent = context.parent_value.downcast_ref::<Source>();
        let path = context.path_node.as_ref().map(path).unwrap_or_default();
        let given = self.give(request, parent, context, path.len());
        let value = match given.and_then(|given| self.check_type(request, given)) {
            Ok(given) => self.value(given),
            Err(refusals) => {
                let null_at = match self.ty {
                    TypeRef::NonNull(_) => parent.map_or(0, Source::anchor),
                    _ => path.len(),
                };
                let position = context.item.pos;
                let location = Some((position.line, position.column));
                request.note(GraphError::of_refusals(&refusals, &path, location, Some(null_at)));
                None
            }
        };
        FieldFuture::Value(value.or_else(|| self.placeholder()))
    }

    fn give(
        &self,
        request: &Request,
        parent: Option<&Source>,
        context: &ResolverContext<'_>,
        depth: usize,
    ) -> Outcome<Given> {
        let asked = Asked {
            name: &self.name,
            arguments: self.coerced(request, context)?,
            selection: context.ctx.field(),
            depth,
        };
        match (&self.root, parent) {
            (Some(root), _) => roots::give(request, root, &asked),
            (None, Some(parent)) => node::give(request, parent, &asked),
            (None, None) => Err(Refused::lacking(format!("the field `{}`", self.name)).into()),
        }
    }

    fn coerced(&self, request: &Request, context: &ResolverContext<'_>) -> Outcome<Arguments> {
        let mut arguments = Arguments::new();
        for (name, value) in context.args.iter() {
            if let Ok(value) = value.as_value().clone().into_json() {
                arguments.insert(name.to_string(), value);
            }
        }
        if arguments.is_empty() {
            return Ok(arguments);
        }
        let arguments = coerce::coerce_arguments(request.types(), &self.arguments, arguments);
        let arguments = arguments.map_err(|mismatch| {
            let message =
                format!("Argument '{}' has invalid value {}; {}", self.name, mismatch.found, mismatch.reason);
            Refused::failure(message)
        })?;
        // a list of objects looks at its page first
        let is_negative = |name: &str| arguments.get(name).and_then(Value::as_i64).is_some_and(|it| it < 0);
        if self.root.is_none() || !(is_negative("limit") || is_negative("offset")) {
            times::check_filters(&self.arguments, &arguments)?;
        }
        Ok(arguments)
    }

    /// An object that is given where an interface is asked for must have it.
    fn check_type(&self, request: &Request, given: Given) -> Outcome<Given> {
        let interface = base(&self.ty);
        let name = match &given {
            Given::Source(source) if self.kind_of_type == KindOfType::Interface => source.type_name(),
            _ => None,
        };
        match name.as_deref().map(|name| (name, request.types().shape(name))) {
            Some((name, Some(Shape::Object { implements, .. })))
                if !implements.iter().any(|implemented| implemented == interface) =>
            {
                let message =
                    format!("Runtime Object type '{name}' is not a possible type for '{interface}'.");
                Err(Refused::failure(message).into())
            }
            _ => Ok(given),
        }
    }

    fn value<'a>(&self, given: Given) -> Option<FieldValue<'a>> {
        match given {
            Given::Nothing | Given::Json(Value::Null) => None,
            Given::Json(value) if self.kind_of_type == KindOfType::Leaf => {
                async_graphql::Value::from_json(value).ok().map(FieldValue::value)
            }
            Given::Json(Value::Array(items)) => {
                self.value(Given::Sources(items.into_iter().map(Source::from).collect()))
            }
            Given::Json(value) => self.value(Given::Source(Source::from(value))),
            Given::Source(source) => Some(self.source(source)),
            Given::Sources(sources) => {
                Some(FieldValue::list(sources.into_iter().map(|source| self.source(source))))
            }
        }
    }

    fn source<'a>(&self, source: Source) -> FieldValue<'a> {
        let name = source.type_name().filter(|_| self.kind_of_type == KindOfType::Interface);
        let value = FieldValue::owned_any(source);
        match name {
            Some(name) => value.with_type(name),
            None => value,
        }
    }

    /// What stands in the place of a value that is missing and cannot be null, until the answer is whole.
    fn placeholder<'a>(&self) -> Option<FieldValue<'a>> {
        let TypeRef::NonNull(inner) = &self.ty else { return None };
        Some(match (&**inner, self.kind_of_type) {
            (TypeRef::List(_), _) => FieldValue::list(Vec::<FieldValue<'a>>::new()),
            (_, KindOfType::Leaf) => FieldValue::value(async_graphql::Value::Null),
            _ => FieldValue::owned_any(Source::Failed),
        })
    }
}

/// The path of a field as it stands in an error.
fn path(node: &QueryPathNode<'_>) -> Vec<Value> {
    let mut path = node.parent.map(path).unwrap_or_default();
    path.push(match node.segment {
        QueryPathSegment::Index(index) => Value::from(index),
        QueryPathSegment::Name(name) => Value::from(name),
    });
    path
}
