//! Fields that an answer has once though a document asks for them more than once: they must be the same.

use super::document::{Document, Field, Operation, Selection, SelectionSet};
use super::lexer::Problem;
use super::sdl::{Definition, Sdl, Type};
use std::collections::{BTreeMap, BTreeSet};

/// How many fields are compared for one operation at most: fragments in fragments multiply.
const MAX_FIELDS: usize = 100_000;

/// A field where it stands, with fragments followed.
#[derive(Clone, Copy)]
struct Placed<'a> {
    field: &'a Field<'a>,
    /// The type that it is selected on.
    parent: &'a str,
}

/// Fields of an operation that share a name in the answer and are not the same.
pub(super) fn conflicts<'a>(
    sdl: &'a Sdl<'a>,
    document: &'a Document<'a>,
    root: &'a str,
    operation: &'a Operation<'a>,
) -> Vec<Problem> {
    let mut merger = Merger { sdl, document, problems: Vec::new(), left: MAX_FIELDS };
    merger.level(&[(root, &operation.selection)], false);
    if merger.left == 0 {
        let message = format!("this asks for more than {MAX_FIELDS} fields, with its fragments written out");
        merger.problems.push(Problem::new(operation.at, message));
    }
    merger.problems
}

struct Merger<'a> {
    sdl: &'a Sdl<'a>,
    document: &'a Document<'a>,
    problems: Vec<Problem>,
    /// How many more fields are looked at.
    left: usize,
}

impl<'a> Merger<'a> {
    /// Compares the fields of selections that become one object, or, if `is_apart`, objects of two kinds.
    fn level(&mut self, selections: &[(&'a str, &'a SelectionSet<'a>)], is_apart: bool) {
        let mut fields = Vec::new();
        let mut spread = BTreeSet::new();
        for (parent, selection) in selections {
            self.collect(parent, selection, &mut spread, &mut fields);
        }
        let mut by_key: BTreeMap<&str, Vec<Placed<'a>>> = BTreeMap::new();
        for placed in fields {
            by_key.entry(placed.field.key()).or_default().push(placed);
        }
        for placed in by_key.values() {
            self.same_key(placed, is_apart);
        }
    }

    fn collect(
        &mut self,
        parent: &'a str,
        selection: &'a SelectionSet<'a>,
        spread: &mut BTreeSet<&'a str>,
        fields: &mut Vec<Placed<'a>>,
    ) {
        for item in &selection.items {
            match item {
                Selection::Field(field) if self.left > 0 => {
                    self.left -= 1;
                    fields.push(Placed { field, parent });
                }
                Selection::Field(_) => return,
                Selection::Inline { on, selection, .. } => {
                    self.collect(on.unwrap_or(parent), selection, spread, fields);
                }
                Selection::Spread { name, .. } => {
                    if spread.insert(name)
                        && let Some(fragment) = self.document.fragment(name)
                    {
                        self.collect(fragment.on, &fragment.selection, spread, fields);
                    }
                }
            }
        }
    }

    /// Compares fields of one name in the answer.
    fn same_key(&mut self, placed: &[Placed<'a>], is_apart: bool) {
        let mut seen: Vec<Placed<'a>> = Vec::new();
        for later in placed {
            // What is the same as an earlier one in all respects conflicts where that one does.
            let known = seen.iter().any(|earlier| earlier.parent == later.parent && same(earlier, later));
            if known {
                continue;
            }
            for earlier in &seen {
                if let Some(problem) = self.conflict(earlier, later, is_apart) {
                    self.problems.push(problem);
                    return;
                }
            }
            seen.push(*later);
        }
        let mut groups: Vec<Vec<Placed<'a>>> = Vec::new();
        if is_apart {
            groups.push(placed.to_vec());
        } else {
            // Objects of two kinds are never one, so their fields need not be the same, only of one shape.
            groups.extend(self.together(placed));
            if groups.len() > 1 {
                self.below(placed, true);
            }
        }
        for group in groups {
            self.below(&group, is_apart);
        }
    }

    /// Fields that can stand in one object: those of each kind with those of interfaces.
    fn together(&self, placed: &[Placed<'a>]) -> Vec<Vec<Placed<'a>>> {
        let objects: BTreeSet<&str> =
            placed.iter().map(|placed| placed.parent).filter(|parent| self.is_object(parent)).collect();
        if objects.len() < 2 {
            return vec![placed.to_vec()];
        }
        let of = |object: &str| {
            let fits = |placed: &&Placed<'a>| placed.parent == object || !self.is_object(placed.parent);
            placed.iter().filter(fits).copied().collect()
        };
        objects.into_iter().map(of).collect()
    }

    fn below(&mut self, placed: &[Placed<'a>], is_apart: bool) {
        let inner: Vec<_> = placed
            .iter()
            .filter_map(|placed| Some((self.type_of(placed)?.name(), placed.field.selection.as_ref()?)))
            .collect();
        if !inner.is_empty() && (inner.len() > 1 || !is_apart) {
            self.level(&inner, is_apart);
        }
    }

    fn is_object(&self, name: &str) -> bool {
        matches!(self.sdl.get(name), Some(Definition::Object { .. }))
    }

    fn conflict(&self, earlier: &Placed<'a>, later: &Placed<'a>, is_apart: bool) -> Option<Problem> {
        let key = later.field.key();
        let differ =
            earlier.parent != later.parent && self.is_object(earlier.parent) && self.is_object(later.parent);
        if !is_apart && !differ {
            if earlier.field.name != later.field.name {
                let message = format!(
                    "`{key}` is asked for twice here, as `{}` and as `{}`; give one an alias",
                    earlier.field.name, later.field.name
                );
                return Some(Problem::new(later.field.at, message));
            }
            if !same(earlier, later) {
                let message =
                    format!("`{key}` is asked for twice here, with other arguments; give one an alias");
                return Some(Problem::new(later.field.at, message));
            }
        }
        let (one, other) = (self.type_of(earlier)?, self.type_of(later)?);
        (!self.is_one_shape(&one, &other)).then(|| {
            let message = format!(
                "`{key}` is `{one}` of `{}` and `{other}` of `{}`, and an answer has one type for a name; give one an alias",
                earlier.parent, later.parent
            );
            Problem::new(later.field.at, message)
        })
    }

    fn type_of(&self, placed: &Placed<'a>) -> Option<Type<'a>> {
        if placed.field.name == "__typename" {
            return Some(Type::NonNull(Box::new(Type::Named("String"))));
        }
        self.sdl.field(placed.parent, placed.field.name).map(|known| known.ty.clone())
    }

    /// Whether both types look the same in an answer: lists and `!` alike, and one scalar or enum.
    fn is_one_shape(&self, one: &Type<'a>, other: &Type<'a>) -> bool {
        match (one, other) {
            (Type::NonNull(one), Type::NonNull(other)) | (Type::List(one), Type::List(other)) => {
                self.is_one_shape(one, other)
            }
            (Type::Named(one), Type::Named(other)) => {
                let is_composite = |name| self.sdl.get(name).is_some_and(Definition::is_composite);
                one == other || (is_composite(one) && is_composite(other))
            }
            _ => false,
        }
    }
}

/// Whether two fields ask for the same with the same arguments.
fn same(one: &Placed<'_>, other: &Placed<'_>) -> bool {
    one.field.name == other.field.name
        && one.field.arguments.len() == other.field.arguments.len()
        && one.field.arguments.iter().all(|argument| other.field.arguments.contains(argument))
}
