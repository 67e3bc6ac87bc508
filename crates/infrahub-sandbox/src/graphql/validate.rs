//! What is wrong with a document, in the words of the server's GraphQL library: fields and arguments that there are not,
//! arguments that are missing, values of another type, and fields with and without a selection.

use super::error::GraphError;
use super::literal::{Findings, Use};
use super::types::{Field, Shape, TypeSystem, base};
use super::{literal, suggest, variables};
use async_graphql::dynamic::TypeRef;
use async_graphql::parser::types::{
    Directive, ExecutableDocument, Field as Selected, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Pos, Positioned};
use std::collections::{BTreeMap, BTreeSet};
use std::mem;

/// The directives that the server knows.
const DIRECTIVES: [&str; 4] = ["deprecated", "expand", "include", "skip"];

/// The errors of a document.
pub(super) fn validate(types: &TypeSystem, document: &ExecutableDocument) -> Vec<GraphError> {
    let mut validator = Validator { types, errors: Vec::new(), found: Found::default() };
    let mut fragments: BTreeMap<&str, Found> = BTreeMap::new();
    for (name, fragment) in &document.fragments {
        let ty = fragment.node.type_condition.node.on.node.as_str();
        validator.selection(ty, &fragment.node.selection_set.node);
        fragments.insert(name, mem::take(&mut validator.found));
    }
    for (name, operation) in document.operations.iter() {
        let root = match operation.node.ty {
            OperationType::Query => "Query",
            OperationType::Mutation => "Mutation",
            OperationType::Subscription => "Subscription",
        };
        validator.selection(root, &operation.node.selection_set.node);
        let uses = mem::take(&mut validator.found).with_fragments(&fragments);
        for message in variables::check(types, name.map(Name::as_str), &operation.node, &uses) {
            validator.report(message, operation.pos);
        }
    }
    validator.errors
}

struct Validator<'t> {
    types: &'t TypeSystem,
    errors: Vec<GraphError>,
    found: Found,
}

/// What an operation or a fragment uses.
#[derive(Default)]
struct Found {
    uses: Vec<Use>,
    /// Names of fragments.
    spreads: BTreeSet<String>,
}

impl Found {
    /// What is used here and in the fragments, and in those that they use.
    fn with_fragments(self, fragments: &BTreeMap<&str, Found>) -> Vec<Use> {
        let (mut uses, mut known) = (self.uses, BTreeSet::new());
        let mut open: Vec<String> = self.spreads.into_iter().collect();
        while let Some(name) = open.pop() {
            if let Some(found) = fragments.get(name.as_str())
                && known.insert(name)
            {
                uses.extend(found.uses.iter().cloned());
                open.extend(found.spreads.iter().cloned());
            }
        }
        uses
    }
}

impl Validator<'_> {
    fn report(&mut self, message: String, position: Pos) {
        self.errors.push(GraphError::of_document(message, Some((position.line, position.column))));
    }

    /// A selection of a type; one that does not exist is told elsewhere.
    fn selection(&mut self, ty: &str, selection: &SelectionSet) {
        for item in &selection.items {
            match &item.node {
                Selection::Field(field) => {
                    self.directives(&field.node.directives);
                    self.field(ty, field);
                }
                Selection::InlineFragment(fragment) => {
                    self.directives(&fragment.node.directives);
                    let condition = fragment.node.type_condition.as_ref();
                    let ty = condition.map_or(ty, |condition| condition.node.on.node.as_str());
                    self.selection(ty, &fragment.node.selection_set.node);
                }
                Selection::FragmentSpread(spread) => {
                    self.directives(&spread.node.directives);
                    self.found.spreads.insert(spread.node.fragment_name.node.to_string());
                }
            }
        }
    }

    fn directives(&mut self, directives: &[Positioned<Directive>]) {
        for directive in directives {
            let name = directive.node.name.node.as_str();
            if !DIRECTIVES.contains(&name) {
                self.report(format!("Unknown directive '@{name}'."), directive.pos);
            }
            let condition = directive.node.arguments.iter().filter(|(argument, _)| argument.node == "if");
            for (_, value) in condition {
                let mut findings = Findings::default();
                literal::check(self.types, &TypeRef::named_nn(TypeRef::BOOLEAN), &value.node, &mut findings);
                self.add(findings, value.pos);
            }
        }
    }

    fn add(&mut self, findings: Findings, position: Pos) {
        findings.wrong.into_iter().for_each(|message| self.report(message, position));
        self.found.uses.extend(findings.uses);
    }

    fn field(&mut self, ty: &str, field: &Positioned<Selected>) {
        let (position, field) = (field.pos, &field.node);
        let name = field.name.node.as_str();
        let types = self.types;
        let (Some(Shape::Object { fields, .. } | Shape::Interface { fields }), false) =
            (types.shape(ty), name.starts_with("__"))
        else {
            return;
        };
        let Some(definition) = fields.iter().find(|definition| definition.name == name) else {
            let close = self.kinds_with(ty, name);
            let close = if close.is_empty() {
                suggest::names(name, fields.iter().map(|field| &*field.name))
            } else {
                suggest::did_you_mean("to use an inline fragment on ", &close)
            };
            return self.report(format!("Cannot query field '{name}' on type '{ty}'.{close}"), position);
        };
        self.arguments(ty, definition, field, position);
        let selection = &field.selection_set.node;
        if is_leaf(types, &definition.ty) {
            if !selection.items.is_empty() {
                let ty = &definition.ty;
                let text =
                    format!("Field '{name}' must not have a selection since type '{ty}' has no subfields.");
                self.report(text, position);
            }
            return;
        }
        if selection.items.is_empty() {
            let ty = &definition.ty;
            let text = format!(
                "Field '{name}' of type '{ty}' must have a selection of subfields. Did you mean '{name} {{ ... }}'?"
            );
            self.report(text, position);
        }
        self.selection(base(&definition.ty), selection);
    }

    fn arguments(&mut self, ty: &str, definition: &Field, field: &Selected, position: Pos) {
        let name = &definition.name;
        for (index, (given, value)) in field.arguments.iter().enumerate() {
            if field.arguments[..index].iter().any(|(other, _)| other.node == given.node) {
                self.report(format!("There can be only one argument named '{}'.", given.node), given.pos);
            }
            let Some(argument) =
                definition.arguments.iter().find(|argument| argument.name == given.node.as_str())
            else {
                let (known, given) = (definition.arguments.iter(), &given.node);
                let close = suggest::names(given, known.map(|argument| &*argument.name));
                self.report(format!("Unknown argument '{given}' on field '{ty}.{name}'.{close}"), value.pos);
                continue;
            };
            let mut findings = Findings::default();
            literal::check_argument(self.types, argument, &value.node, &mut findings);
            self.add(findings, value.pos);
        }
        let is_given = |name: &str| field.arguments.iter().any(|(given, _)| given.node == name);
        for argument in definition.arguments.iter() {
            if literal::is_required(argument) && !is_given(&argument.name) {
                let (argument, ty) = (&argument.name, &argument.ty);
                let text = format!(
                    "Field '{name}' argument '{argument}' of type '{ty}' is required, but it was not provided."
                );
                self.report(text, position);
            }
        }
    }

    /// The types of an interface that have a field which it has not: those that more of them share come first.
    fn kinds_with(&self, interface: &str, field: &str) -> Vec<&str> {
        if !matches!(self.types.shape(interface), Some(Shape::Interface { .. })) {
            return Vec::new();
        }
        let has_field = |fields: &[Field]| fields.iter().any(|candidate| candidate.name == field);
        let mut uses: BTreeMap<&str, (usize, bool)> = BTreeMap::new();
        for (name, definition) in &self.types.types {
            let Shape::Object { implements, fields } = &definition.shape else { continue };
            if !implements.iter().any(|implemented| implemented == interface) || !has_field(fields) {
                continue;
            }
            uses.insert(name, (1, true));
            for other in implements {
                if matches!(self.types.shape(other), Some(Shape::Interface { fields }) if has_field(fields)) {
                    uses.entry(other).or_insert((0, false)).0 += 1;
                }
            }
        }
        let mut names: Vec<(&str, (usize, bool))> = uses.into_iter().collect();
        names.sort_by_key(|(name, (uses, is_object))| (std::cmp::Reverse(*uses), *is_object, *name));
        names.into_iter().map(|(name, _)| name).collect()
    }
}

fn is_leaf(types: &TypeSystem, ty: &TypeRef) -> bool {
    !matches!(types.shape(base(ty)), Some(Shape::Object { .. } | Shape::Interface { .. }))
}
