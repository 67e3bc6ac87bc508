//! Operations that page: one root field with `limit` and `offset` from variables, and with `count` and `edges`.

use super::document::{Field, Form, Operation, Selection};
use super::sdl::{Sdl, Type};
use std::collections::BTreeMap;

/// What a stream of an operation needs to know.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Paging<'a> {
    /// The variables.
    pub(super) limit: &'a str,
    pub(super) offset: &'a str,
    /// What the answer has the root field, its count and its edges under.
    pub(super) root: &'a str,
    pub(super) count: &'a str,
    pub(super) edges: &'a str,
}

/// How an operation pages, if it does. `uses` says how often each variable stands in it, with its fragments.
pub(super) fn paging<'a>(
    sdl: &Sdl<'a>,
    operation: &'a Operation<'a>,
    uses: &BTreeMap<&'a str, usize>,
) -> Option<Paging<'a>> {
    let (root, limit, offset) = slice(operation)?;
    let known = sdl.field(sdl.root("query")?, root.name)?;
    let is_count = |ty: &Type<'_>| matches!(ty, Type::NonNull(inner) if **inner == Type::Named("Int"));
    let is_edges = |ty: &Type<'_>| matches!(ty.nullable(), Type::List(item) if item.is_non_null());
    let selected = |name: &str, fits: &dyn Fn(&Type<'_>) -> bool| {
        let field = root.selection.as_ref()?.fields().find(|field| field.name == name)?;
        let is_given = field.directives.is_empty() && fits(&sdl.field(known.ty.name(), name)?.ty);
        is_given.then(|| field.key())
    };
    let (count, edges) = (selected("count", &is_count)?, selected("edges", &is_edges)?);
    let is_plain = root.directives.is_empty() && known.ty.is_non_null();
    let is_once = [limit, offset].iter().all(|variable| uses.get(variable) == Some(&1));
    (is_plain && is_once).then(|| Paging { limit, offset, root: root.key(), count, edges })
}

/// The only root field of a query whose `limit` and `offset` are variables.
fn slice<'a>(operation: &'a Operation<'a>) -> Option<(&'a Field<'a>, &'a str, &'a str)> {
    let [Selection::Field(root)] = &operation.selection.items[..] else { return None };
    let variable = |name: &str| {
        let argument = root.arguments.iter().find(|argument| argument.name == name)?;
        let Form::Variable(variable) = argument.value.form else { return None };
        let declared = operation.variables.iter().find(|declared| declared.name == variable)?;
        (*declared.ty.nullable() == Type::Named("Int")).then_some(variable)
    };
    let (limit, offset) = (variable("limit")?, variable("offset")?);
    (operation.keyword == "query" && limit != offset).then_some((root, limit, offset))
}
