//! Checks a document against the schema, and notes what of the schema it touches.

use super::document::{
    Argument, Directive, Document, Field, Form, Fragment, Operation, Selection, SelectionSet, Value, Variable,
};
use super::lexer::Problem;
use super::sdl::{Definition, Input, Sdl, Type};
use crate::suggest::closest;
use std::collections::{BTreeMap, BTreeSet};

/// What of the schema a document touches, for [`super::prune`].
#[derive(Debug, Default)]
pub(super) struct Touched<'a> {
    /// The fields that are selected, by type.
    pub(super) fields: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// The scalars, enums and input objects.
    pub(super) leaves: BTreeSet<&'a str>,
    /// The kinds that are named inside an interface or union, by that type.
    pub(super) variants: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// Where `{` opens a selection on an interface or union, with its type and whether it asks for
    /// `__typename` already.
    pub(super) abstract_selections: Vec<(usize, &'a str, bool)>,
}

/// The outcome of a check.
#[derive(Debug, Default)]
pub(super) struct Checked<'a> {
    pub(super) problems: Vec<Problem>,
    pub(super) warnings: Vec<Problem>,
    pub(super) touched: Touched<'a>,
}

/// Checks every operation and fragment of a document.
pub(super) fn check<'a>(sdl: &'a Sdl<'a>, document: &'a Document<'a>) -> Checked<'a> {
    let mut checker =
        Checker { sdl, document, out: Checked::default(), used: BTreeSet::new(), spread: BTreeSet::new() };
    for fragment in &document.fragments {
        checker.fragment(fragment);
    }
    for operation in &document.operations {
        checker.operation(operation);
    }
    for fragment in &document.fragments {
        if !checker.spread.contains(fragment.name) {
            checker.problem(
                fragment.at,
                format!("the fragment `{}` is used nowhere in this file", fragment.name),
            );
        }
    }
    let mut out = checker.out;
    out.problems.sort_by_key(|problem| problem.at);
    out.problems.dedup();
    out
}

struct Checker<'a> {
    sdl: &'a Sdl<'a>,
    document: &'a Document<'a>,
    out: Checked<'a>,
    /// The variables that the operation or fragment at hand uses.
    used: BTreeSet<&'a str>,
    /// The fragments that something spreads.
    spread: BTreeSet<&'a str>,
}

/// A variable's use: where, what stands there.
struct Place<'t, 'a> {
    ty: &'t Type<'a>,
    has_default: bool,
}

/// The variables that may be used: those of the operation, or any inside a fragment, whose uses are checked
/// with each operation that spreads it.
type Variables<'a> = Option<&'a [Variable<'a>]>;

impl<'a> Checker<'a> {
    fn problem(&mut self, at: usize, message: impl Into<String>) {
        self.out.problems.push(Problem::new(at, message));
    }

    fn fragment(&mut self, fragment: &'a Fragment<'a>) {
        if ["Variables", "ResponseData", "Boolean", "Int", "Float", "ID"].contains(&fragment.name) {
            self.problem(
                fragment.at,
                format!("a fragment cannot be called `{}`: generated code uses the name", fragment.name),
            );
        }
        let Some((on, definition)) = self.composite(fragment.on, fragment.on_at) else { return };
        if self.cycle(fragment.name, &fragment.selection, &mut BTreeSet::new()) {
            self.problem(fragment.at, format!("the fragment `{}` contains itself", fragment.name));
            return;
        }
        self.selection(on, definition, &fragment.selection, None);
    }

    fn cycle(&self, name: &str, selection: &SelectionSet<'a>, seen: &mut BTreeSet<&'a str>) -> bool {
        selection.items.iter().any(|item| match item {
            Selection::Field(field) => {
                field.selection.as_ref().is_some_and(|inner| self.cycle(name, inner, seen))
            }
            Selection::Inline { selection, .. } => self.cycle(name, selection, seen),
            Selection::Spread { name: other, .. } => {
                *other == name
                    || (seen.insert(other)
                        && self.find(other).is_some_and(|inner| self.cycle(name, &inner.selection, seen)))
            }
        })
    }

    fn find(&self, fragment: &str) -> Option<&'a Fragment<'a>> {
        self.document.fragments.iter().find(|candidate| candidate.name == fragment)
    }

    fn operation(&mut self, operation: &'a Operation<'a>) {
        if operation.keyword == "subscription" {
            self.problem(operation.at, "subscriptions are not supported");
            return;
        }
        let Some(root) = self.sdl.root(operation.keyword) else {
            self.problem(operation.at, format!("the schema has no {}", operation.keyword));
            return;
        };
        let Some(definition) = self.sdl.get(root) else { return };
        for (index, variable) in operation.variables.iter().enumerate() {
            self.variable(variable);
            if operation.variables[..index].iter().any(|earlier| earlier.name == variable.name) {
                self.problem(variable.at, format!("`${}` is declared twice", variable.name));
            }
        }
        self.used.clear();
        let problems = self.out.problems.len();
        self.selection(root, definition, &operation.selection, Some(&operation.variables));
        if self.out.problems.len() > problems {
            // What stands below a mistake was not looked at, and may use any variable.
            return;
        }
        let unused: Vec<_> =
            operation.variables.iter().filter(|variable| !self.used.contains(variable.name)).collect();
        for variable in unused {
            self.problem(variable.at, format!("`${}` is never used", variable.name));
        }
        self.shared_session(operation, definition);
    }

    /// The server runs the root fields of a query side by side. Lists of a kind open a session each; the
    /// others share one, and two of them can hang a worker for good.
    fn shared_session(&mut self, operation: &'a Operation<'a>, root: &'a Definition<'a>) {
        if operation.keyword != "query" {
            return;
        }
        let fields = root.fields().unwrap_or_default();
        let shared: Vec<_> = operation
            .selection
            .items
            .iter()
            .filter_map(|item| match item {
                Selection::Field(field) => Some(field),
                _ => None,
            })
            .filter(|field| {
                fields
                    .iter()
                    .any(|known| known.name == field.name && !known.ty.name().starts_with("Paginated"))
            })
            .collect();
        if let [first, second, ..] = shared[..] {
            self.out.warnings.push(Problem::new(
                second.at,
                format!(
                    "`{}` and `{}` share one database session on the server, which can hang a worker; put them in two operations",
                    first.name, second.name
                ),
            ));
        }
    }

    fn variable(&mut self, variable: &'a Variable<'a>) {
        let name = variable.ty.name();
        match self.sdl.get(name) {
            None => {
                let hint = closest(name, self.sdl.names());
                self.problem(
                    variable.at,
                    format!("`${}`: the schema has no type `{name}`{hint}", variable.name),
                );
            }
            Some(definition) if !definition.is_input() => {
                self.problem(
                    variable.at,
                    format!("`${}`: `{name}` cannot be the type of a variable", variable.name),
                );
            }
            Some(_) if name == "Upload" => {
                self.problem(
                    variable.at,
                    format!("`${}`: files cannot be sent from a document", variable.name),
                );
            }
            Some(_) => {
                self.leaf(name);
                if let Some(default) = &variable.default {
                    self.value(default, &Place { ty: &variable.ty, has_default: false }, Some(&[]));
                }
            }
        }
    }

    /// Notes a scalar or enum, and an input object with all that it holds.
    fn leaf(&mut self, name: &'a str) {
        if self.out.touched.leaves.insert(name)
            && let Some(Definition::InputObject { fields }) = self.sdl.get(name)
        {
            for field in fields {
                self.leaf(field.ty.name());
            }
        }
    }

    fn composite(&mut self, name: &'a str, at: usize) -> Option<(&'a str, &'a Definition<'a>)> {
        match self.sdl.get(name) {
            Some(definition) if definition.is_composite() => Some((name, definition)),
            Some(_) => {
                self.problem(at, format!("`{name}` has no fields, so no fragment can be on it"));
                None
            }
            None => {
                let hint = closest(name, self.sdl.names());
                self.problem(at, format!("the schema has no type `{name}`{hint}"));
                None
            }
        }
    }

    fn selection(
        &mut self,
        type_name: &'a str,
        definition: &'a Definition<'a>,
        selection: &'a SelectionSet<'a>,
        variables: Variables<'a>,
    ) {
        self.out.touched.fields.entry(type_name).or_default();
        if definition.is_abstract() {
            let asks = selection
                .items
                .iter()
                .any(|item| matches!(item, Selection::Field(field) if field.name == "__typename"));
            let note = (selection.start, type_name, asks);
            if !self.out.touched.abstract_selections.contains(&note) {
                self.out.touched.abstract_selections.push(note);
            }
        }
        if matches!(definition, Definition::Union(_))
            && selection.items.iter().all(|item| matches!(item, Selection::Field(_)))
        {
            self.problem(
                selection.start,
                format!("`{type_name}` is several kinds; name one: `... on Kind {{ … }}`"),
            );
        }
        let mut keys = BTreeSet::new();
        for item in &selection.items {
            match item {
                Selection::Field(field) => {
                    if !keys.insert(field.key()) {
                        self.problem(
                            field.at,
                            format!(
                                "`{}` is selected twice here; select it once, or give one an alias",
                                field.key()
                            ),
                        );
                    }
                    self.field(type_name, definition, field, variables);
                }
                Selection::Spread { name, at, directives } => {
                    self.conditional_fragment(directives, variables);
                    self.spread.insert(name);
                    let Some(fragment) = self.find(name) else {
                        let names = self.document.fragments.iter().map(|fragment| fragment.name);
                        let hint = closest(name, names);
                        self.problem(*at, format!("this file has no fragment `{name}`{hint}"));
                        continue;
                    };
                    let Some(on) = self.sdl.get(fragment.on) else { continue };
                    if self.narrowing(type_name, definition, fragment.on, *at)
                        && variables.is_some()
                        && !self.cycle(name, &fragment.selection, &mut BTreeSet::new())
                    {
                        self.selection(fragment.on, on, &fragment.selection, variables);
                    }
                }
                Selection::Inline { on, at, directives, selection } => {
                    self.conditional_fragment(directives, variables);
                    let Some(on) = on else {
                        self.problem(
                            *at,
                            "a fragment without a type is not supported; move its fields out of it",
                        );
                        continue;
                    };
                    if let Some((on, inner)) = self.composite(on, *at) {
                        if on == type_name {
                            self.problem(
                                *at,
                                format!("this is on `{on}` already; move the fields out of the fragment"),
                            );
                        } else if self.narrowing(type_name, definition, on, *at) {
                            self.selection(on, inner, selection, variables);
                        }
                    }
                }
            }
        }
    }

    /// Whether a fragment on `on` can stand inside `parent`: on the type itself, or on a kind of it.
    fn narrowing(&mut self, parent: &'a str, definition: &'a Definition<'a>, on: &'a str, at: usize) -> bool {
        if parent == on {
            return true;
        }
        let member = match (definition, self.sdl.get(on)) {
            (Definition::Interface { .. }, Some(Definition::Object { implements, .. })) => {
                implements.contains(&parent)
            }
            (Definition::Union(members), Some(Definition::Object { .. })) => members.contains(&on),
            _ => false,
        };
        if member {
            self.out.touched.variants.entry(parent).or_default().insert(on);
        } else if definition.is_abstract() && self.sdl.get(on).is_some_and(Definition::is_abstract) {
            self.problem(
                at,
                format!("a fragment inside `{parent}` must be on one kind, and `{on}` is several"),
            );
        } else {
            self.problem(at, format!("a `{parent}` is never a `{on}`"));
        }
        member
    }

    fn conditional_fragment(&mut self, directives: &'a [Directive<'a>], variables: Variables<'a>) {
        self.directives(directives, variables);
        if let Some(directive) = conditional(directives) {
            self.problem(
                directive.at,
                format!("`@{}` on a fragment is not supported; put it on the fields", directive.name),
            );
        }
    }

    fn field(
        &mut self,
        parent: &'a str,
        definition: &'a Definition<'a>,
        field: &'a Field<'a>,
        variables: Variables<'a>,
    ) {
        self.directives(&field.directives, variables);
        if field.name == "__typename" {
            return;
        }
        let fields = definition.fields().unwrap_or_default();
        let Some(known) = fields.iter().find(|known| known.name == field.name) else {
            let hint = closest(field.name, fields.iter().map(|known| known.name));
            self.problem(field.at, format!("`{parent}` has no field `{}`{hint}", field.name));
            return;
        };
        self.out.touched.fields.entry(parent).or_default().insert(known.name);
        if let Some(directive) = conditional(&field.directives)
            && known.ty.is_non_null()
        {
            self.problem(
                directive.at,
                format!(
                    "`@{}` may leave out `{}`, which is `{}` and so always expected",
                    directive.name, field.name, known.ty
                ),
            );
        }
        let owner = format!("`{parent}.{}`", field.name);
        self.arguments(&owner, field.at, &known.arguments, &field.arguments, variables);
        let target = known.ty.name();
        let Some(inner) = self.sdl.get(target) else { return };
        match (&field.selection, inner.is_composite()) {
            (Some(selection), true) => self.selection(target, inner, selection, variables),
            (None, false) => self.leaf(target),
            (None, true) => {
                self.problem(
                    field.at,
                    format!("{owner} is a `{}`; say which of its fields: `{} {{ … }}`", known.ty, field.name),
                );
            }
            (Some(_), false) => {
                self.problem(field.at, format!("{owner} is a `{}`, which has no fields", known.ty));
            }
        }
    }

    fn directives(&mut self, directives: &'a [Directive<'a>], variables: Variables<'a>) {
        for directive in directives {
            if matches!(directive.name, "include" | "skip") {
                let condition = [Input {
                    name: "if",
                    ty: Type::NonNull(Box::new(Type::Named("Boolean"))),
                    has_default: false,
                }];
                let owner = format!("`@{}`", directive.name);
                self.arguments(&owner, directive.at, &condition, &directive.arguments, variables);
            } else if let Some(known) = self.sdl.directive(directive.name) {
                let owner = format!("`@{}`", directive.name);
                self.arguments(&owner, directive.at, known, &directive.arguments, variables);
            } else {
                self.problem(directive.at, format!("the schema has no directive `@{}`", directive.name));
            }
        }
    }

    /// Arguments against those of a field or directive; object values against their fields.
    fn arguments(
        &mut self,
        owner: &str,
        at: usize,
        known: &[Input<'a>],
        given: &'a [Argument<'a>],
        variables: Variables<'a>,
    ) {
        for (index, argument) in given.iter().enumerate() {
            if given[..index].iter().any(|earlier| earlier.name == argument.name) {
                self.problem(argument.at, format!("{owner}: `{}` is given twice", argument.name));
            }
            match known.iter().find(|input| input.name == argument.name) {
                Some(input) => {
                    self.value(
                        &argument.value,
                        &Place { ty: &input.ty, has_default: input.has_default },
                        variables,
                    );
                }
                None => {
                    let hint = closest(argument.name, known.iter().map(|input| input.name));
                    self.problem(argument.at, format!("{owner} takes no `{}`{hint}", argument.name));
                }
            }
        }
        for input in known {
            if input.is_required() && !given.iter().any(|argument| argument.name == input.name) {
                self.problem(at, format!("{owner} needs `{}: {}`", input.name, input.ty));
            }
        }
    }

    fn value(&mut self, value: &'a Value<'a>, place: &Place<'_, 'a>, variables: Variables<'a>) {
        let expected = place.ty;
        let mismatch = |found: &str| format!("expected `{expected}`, found {found}");
        match &value.form {
            Form::Variable(name) => {
                self.used.insert(name);
                let Some(variables) = variables else { return };
                match variables.iter().find(|variable| variable.name == *name) {
                    None => {
                        let hint = closest(name, variables.iter().map(|variable| variable.name));
                        self.problem(value.at, format!("the operation declares no `${name}`{hint}"));
                    }
                    Some(variable) => {
                        let defaulted = place.has_default
                            || variable
                                .default
                                .as_ref()
                                .is_some_and(|default| !matches!(default.form, Form::Null));
                        let wanted = if defaulted { expected.nullable() } else { expected };
                        if !variable.ty.fits(wanted) {
                            self.problem(
                                value.at,
                                mismatch(&format!("`${name}`, which is `{}`", variable.ty)),
                            );
                        }
                    }
                }
            }
            Form::Null if expected.is_non_null() => self.problem(value.at, mismatch("null")),
            Form::Null => {}
            Form::List(items) => match expected.nullable() {
                Type::List(item) => {
                    for value in items {
                        self.value(value, &Place { ty: item, has_default: false }, variables);
                    }
                }
                Type::Named(name) if is_free(name) => {
                    for value in items {
                        self.value(value, &Place { ty: expected.nullable(), has_default: false }, variables);
                    }
                }
                _ => self.problem(value.at, mismatch("a list")),
            },
            // GraphQL reads one value as a list of one.
            _ => self.single(value, expected.nullable(), variables),
        }
    }

    fn single(&mut self, value: &'a Value<'a>, expected: &Type<'a>, variables: Variables<'a>) {
        let name = match expected {
            Type::Named(name) => *name,
            Type::List(item) => return self.single(value, item.nullable(), variables),
            Type::NonNull(inner) => return self.single(value, inner, variables),
        };
        let sdl = self.sdl;
        let found = match (sdl.get(name), &value.form) {
            (Some(Definition::InputObject { fields }), Form::Object(given)) => {
                let owner = format!("`{name}`");
                return self.arguments(&owner, value.at, fields, given, variables);
            }
            (Some(Definition::Enum(values)), Form::Enum(given)) => {
                if !values.contains(given) {
                    let hint = closest(given, values.iter().copied());
                    self.problem(value.at, format!("`{name}` has no value `{given}`{hint}"));
                }
                return;
            }
            (Some(Definition::Scalar), form) => {
                let fits = match (name, form) {
                    ("Int" | "BigInt", Form::Int(_))
                    | ("Float", Form::Int(_) | Form::Float)
                    | ("String" | "DateTime", Form::String)
                    | ("ID", Form::String | Form::Int(_))
                    | ("Boolean", Form::Boolean) => true,
                    ("Int" | "BigInt" | "Float" | "String" | "DateTime" | "ID" | "Boolean", _) => false,
                    _ => true,
                };
                if fits {
                    return;
                }
                form
            }
            (Some(_), form) => form,
            (None, _) => return,
        };
        let found = match found {
            Form::Int(text) => format!("the number {text}"),
            Form::Float => "a number".to_owned(),
            Form::String => "a string".to_owned(),
            Form::Boolean => "a boolean".to_owned(),
            Form::Enum(text) => format!("`{text}`"),
            Form::Object(_) => "an object".to_owned(),
            Form::Variable(_) | Form::Null | Form::List(_) => "another value".to_owned(),
        };
        self.problem(value.at, format!("expected `{expected}`, found {found}"));
    }
}

/// Whether the scalar takes any JSON.
fn is_free(scalar: &str) -> bool {
    matches!(scalar, "GenericScalar" | "FixedGenericScalar")
}

fn conditional<'a>(directives: &'a [Directive<'a>]) -> Option<&'a Directive<'a>> {
    directives.iter().find(|directive| matches!(directive.name, "include" | "skip"))
}
