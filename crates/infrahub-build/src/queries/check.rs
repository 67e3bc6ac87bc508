//! Checks documents against the schema.

use super::document::{
    Argument, Directive, Document, Field, Form, Fragment, Operation, Selection, SelectionSet, Value, Variable,
};
use super::lexer::Problem;
use super::merge;
use super::names;
use super::paging::{Paging, paging};
use super::sdl::{Definition, Input, Sdl, Type};
use crate::suggest::closest;
use std::collections::{BTreeMap, BTreeSet};

/// The outcome of a check.
#[derive(Debug, Default)]
pub(super) struct Checked<'a> {
    pub(super) problems: Vec<Problem>,
    pub(super) warnings: Vec<Problem>,
    /// Scalars, enums and input objects, and where each was met first.
    pub(super) leaves: BTreeMap<&'a str, usize>,
    /// The operations that page, by name.
    pub(super) paging: BTreeMap<&'a str, Paging<'a>>,
}

/// Checks every operation and fragment. `is_whole` says that all files could be read, so that a fragment that
/// is not there does not exist.
pub(super) fn check<'a>(sdl: &'a Sdl<'a>, document: &'a Document<'a>, is_whole: bool) -> Checked<'a> {
    let mut checker = Checker {
        sdl,
        document,
        is_whole,
        out: Checked::default(),
        uses: Uses::default(),
        fragments: BTreeMap::new(),
    };
    for fragment in &document.fragments {
        checker.fragment(fragment);
    }
    let mut spread = BTreeSet::new();
    for operation in &document.operations {
        checker.operation(operation, &mut spread);
    }
    for (_, uses) in checker.fragments {
        spread.extend(uses.spreads);
    }
    let mut out = checker.out;
    for fragment in document.fragments.iter().filter(|fragment| !spread.contains(fragment.name)) {
        let message = format!("the fragment `{}` is used nowhere", fragment.name);
        out.warnings.push(Problem::new(fragment.at, message));
    }
    for problems in [&mut out.problems, &mut out.warnings] {
        problems.sort_by(|left, right| (left.at, &left.message).cmp(&(right.at, &right.message)));
        problems.dedup();
    }
    out
}

struct Checker<'a> {
    sdl: &'a Sdl<'a>,
    document: &'a Document<'a>,
    is_whole: bool,
    out: Checked<'a>,
    /// What the operation or fragment at hand uses.
    uses: Uses<'a>,
    /// What each fragment uses.
    fragments: BTreeMap<&'a str, Uses<'a>>,
}

/// What an operation or fragment uses from outside itself.
#[derive(Default)]
struct Uses<'a> {
    variables: Vec<VariableUse<'a>>,
    spreads: BTreeSet<&'a str>,
    /// Whether it has a mistake: what stands below one was not looked at.
    is_wrong: bool,
}

/// Where a variable stands.
struct VariableUse<'a> {
    name: &'a str,
    at: usize,
    /// What is expected there.
    ty: Type<'a>,
    has_default: bool,
}

impl<'a> Checker<'a> {
    fn problem(&mut self, at: usize, message: impl Into<String>) {
        self.out.problems.push(Problem::new(at, message));
    }

    fn fragment(&mut self, fragment: &'a Fragment<'a>) {
        let before = self.out.problems.len();
        if let Err(why) = names::check_type(fragment.name) {
            self.problem(fragment.at, format!("a fragment cannot be called `{}`: {why}", fragment.name));
        }
        let name = names::type_name(fragment.name);
        let same = self.document.fragments.iter().take_while(|other| other.at < fragment.at);
        if same.clone().any(|other| names::type_name(other.name) == name) {
            self.problem(
                fragment.at,
                format!(
                    "there is a fragment of the name `{}` already; all files share their fragments",
                    fragment.name
                ),
            );
            return;
        }
        self.uses = Uses::default();
        self.directives(&fragment.directives, "FRAGMENT_DEFINITION");
        if let Some((on, definition)) = self.composite(fragment.on, fragment.on_at) {
            if self.cycle(fragment.name, &fragment.selection, &mut BTreeSet::new()) {
                self.problem(fragment.at, format!("the fragment `{}` contains itself", fragment.name));
            } else {
                self.selection(on, definition, &fragment.selection);
            }
        }
        let mut uses = std::mem::take(&mut self.uses);
        uses.is_wrong = self.out.problems.len() > before;
        self.fragments.insert(fragment.name, uses);
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
                        && self
                            .document
                            .fragment(other)
                            .is_some_and(|inner| self.cycle(name, &inner.selection, seen)))
            }
        })
    }

    fn operation(&mut self, operation: &'a Operation<'a>, spread: &mut BTreeSet<&'a str>) {
        let before = self.out.problems.len();
        if let Err(why) = names::check_module(operation.name) {
            self.problem(operation.at, format!("an operation cannot be called `{}`: {why}", operation.name));
        }
        if operation.keyword == "subscription" {
            self.problem(operation.at, "subscriptions are not supported");
            return;
        }
        let Some(root) = self.sdl.root(operation.keyword) else {
            self.problem(operation.at, format!("the schema has no {}", operation.keyword));
            return;
        };
        let Some(definition) = self.sdl.get(root) else { return };
        self.variables(&operation.variables);
        self.uses = Uses::default();
        self.directives(
            &operation.directives,
            if operation.keyword == "query" { "QUERY" } else { "MUTATION" },
        );
        self.selection(root, definition, &operation.selection);
        let uses = std::mem::take(&mut self.uses);
        let fragments = self.reached(&uses);
        spread.extend(&uses.spreads);

        let mut used: BTreeMap<&str, usize> = BTreeMap::new();
        let mut count = |uses: &Uses<'a>| {
            uses.variables.iter().for_each(|variable| *used.entry(variable.name).or_default() += 1);
        };
        count(&uses);
        let mut problems: Vec<_> =
            uses.variables.iter().filter_map(|used| misused(used, operation, None)).collect();
        let mut is_wrong = self.out.problems.len() > before;
        for fragment in fragments {
            let Some(uses) = self.fragments.get(fragment) else { continue };
            count(uses);
            problems
                .extend(uses.variables.iter().filter_map(|used| misused(used, operation, Some(fragment))));
            is_wrong |= uses.is_wrong;
        }
        self.out.problems.extend(problems);
        if is_wrong {
            // What stands below a mistake was not looked at, and may use any variable.
            return;
        }
        for variable in operation.variables.iter().filter(|variable| !used.contains_key(variable.name)) {
            self.problem(variable.at, format!("`${}` is never used", variable.name));
        }
        self.out.problems.extend(merge::conflicts(self.sdl, self.document, root, operation));
        self.shared_session(operation, definition);
        self.out.paging.extend(paging(self.sdl, operation, &used).map(|paging| (operation.name, paging)));
    }

    /// The fragments that something spreads, and those that they spread.
    fn reached(&self, uses: &Uses<'a>) -> BTreeSet<&'a str> {
        let mut reached = BTreeSet::new();
        let mut next: Vec<_> = uses.spreads.iter().copied().collect();
        while let Some(name) = next.pop() {
            if reached.insert(name)
                && let Some(uses) = self.fragments.get(name)
            {
                next.extend(&uses.spreads);
            }
        }
        reached
    }

    /// The server runs the root fields of a query side by side. Lists of a kind open a session each; the
    /// others share one, and two of them can hang a worker for good.
    fn shared_session(&mut self, operation: &'a Operation<'a>, root: &'a Definition<'a>) {
        if operation.keyword != "query" {
            return;
        }
        let fields = root.fields().unwrap_or_default();
        let is_shared = |field: &&Field<'_>| {
            fields.iter().any(|known| known.name == field.name && !known.ty.name().starts_with("Paginated"))
        };
        let shared: Vec<_> = operation.selection.fields().filter(is_shared).collect();
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

    fn variables(&mut self, variables: &'a [Variable<'a>]) {
        let mut fields = BTreeMap::new();
        for (index, variable) in variables.iter().enumerate() {
            self.variable(variable);
            self.directives(&variable.directives, "VARIABLE_DEFINITION");
            if variables[..index].iter().any(|earlier| earlier.name == variable.name) {
                self.problem(variable.at, format!("`${}` is declared twice", variable.name));
            } else {
                self.rust_name(&mut fields, variable.name, variable.at);
            }
        }
    }

    /// Notes the Rust name of a field, which must be one and must be free.
    fn rust_name(&mut self, taken: &mut BTreeMap<String, &'a str>, name: &'a str, at: usize) {
        if let Err(why) = names::check_field(name) {
            self.problem(at, format!("`{name}` cannot be a field in Rust: {why}"));
        } else if let Some(other) = taken.insert(names::field_name(name), name)
            && other != name
        {
            self.problem(at, format!("`{name}` and `{other}` would be one field in Rust; give one an alias"));
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
                self.leaf(name, variable.at);
                if let Some(default) = &variable.default {
                    self.uses = Uses::default();
                    self.value(default, &Place { ty: &variable.ty, has_default: false });
                    for used in std::mem::take(&mut self.uses).variables {
                        self.problem(used.at, "a default cannot contain a variable");
                    }
                }
            }
        }
    }

    /// Notes a scalar or enum, and an input object with all that it holds.
    fn leaf(&mut self, name: &'a str, at: usize) {
        if self.out.leaves.contains_key(name) {
            return;
        }
        self.out.leaves.insert(name, at);
        if !matches!(self.sdl.get(name), Some(Definition::Scalar))
            && let Err(why) = names::check_type(name)
        {
            self.problem(at, format!("`{name}` cannot be a type in Rust: {why}"));
        }
        if let Some(Definition::InputObject { fields }) = self.sdl.get(name) {
            let mut taken = BTreeMap::new();
            for field in fields {
                self.rust_name(&mut taken, field.name, at);
                self.leaf(field.ty.name(), at);
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
    ) {
        for item in &selection.items {
            match item {
                Selection::Field(field) => self.field(type_name, definition, field),
                Selection::Spread { name, at, directives } => {
                    self.directives(directives, "FRAGMENT_SPREAD");
                    self.uses.spreads.insert(name);
                    match self.document.fragment(name) {
                        Some(fragment) => self.overlap(type_name, fragment.on, *at),
                        None if self.is_whole => {
                            let names = self.document.fragments.iter().map(|fragment| fragment.name);
                            let hint = closest(name, names);
                            self.problem(*at, format!("there is no fragment `{name}`{hint}"));
                        }
                        None => {}
                    }
                }
                Selection::Inline { on, at, directives, selection } => {
                    self.directives(directives, "INLINE_FRAGMENT");
                    let Some(on) = on else {
                        self.selection(type_name, definition, selection);
                        continue;
                    };
                    if let Some((on, inner)) = self.composite(on, *at) {
                        self.overlap(type_name, on, *at);
                        self.selection(on, inner, selection);
                    }
                }
            }
        }
    }

    /// A fragment on `on` can stand inside `parent` where one kind can be both.
    fn overlap(&mut self, parent: &'a str, on: &'a str, at: usize) {
        let is_never = self.sdl.kinds_of(parent).is_disjoint(&self.sdl.kinds_of(on));
        if parent != on && is_never && self.sdl.get(on).is_some_and(Definition::is_composite) {
            self.problem(at, format!("a `{parent}` is never a `{on}`"));
        }
    }

    fn field(&mut self, parent: &'a str, definition: &'a Definition<'a>, field: &'a Field<'a>) {
        self.directives(&field.directives, "FIELD");
        if let Err(why) = names::check_field(field.key()) {
            self.problem(field.at, format!("`{}` cannot be a field in Rust: {why}", field.key()));
        }
        if field.alias.is_some_and(|alias| alias.starts_with("__")) {
            self.problem(field.at, "GraphQL keeps names that begin with `__` for itself");
        }
        if field.name == "__typename" {
            if !field.arguments.is_empty() || field.selection.is_some() {
                self.problem(field.at, "`__typename` takes no arguments and has no fields");
            }
            return;
        }
        let fields = definition.fields().unwrap_or_default();
        let Some(known) = fields.iter().find(|known| known.name == field.name) else {
            let hint = self.meant(parent, definition, field.name);
            self.problem(field.at, format!("`{parent}` has no field `{}`{hint}", field.name));
            return;
        };
        let owner = format!("`{parent}.{}`", field.name);
        self.arguments(&owner, field.at, &known.arguments, &field.arguments);
        let target = known.ty.name();
        let Some(inner) = self.sdl.get(target) else { return };
        match (&field.selection, inner.is_composite()) {
            (Some(selection), true) => self.selection(target, inner, selection),
            (None, false) => self.leaf(target, field.at),
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

    /// What the author of a field that does not exist may have meant: a field of that name on a kind of the
    /// interface or union, or one with a name like it.
    fn meant(&self, parent: &'a str, definition: &Definition<'a>, name: &str) -> String {
        if definition.is_abstract()
            && let Some(kind) =
                self.sdl.kinds_of(parent).iter().find(|kind| self.sdl.field(kind, name).is_some())
        {
            return format!("; `{kind}` has one: write `... on {kind} {{ {name} }}`");
        }
        closest(name, definition.fields().unwrap_or_default().iter().map(|known| known.name))
    }

    fn directives(&mut self, directives: &'a [Directive<'a>], place: &str) {
        for (index, directive) in directives.iter().enumerate() {
            let Some(known) = self.sdl.directive(directive.name) else {
                let hint = closest(directive.name, self.sdl.directive_names());
                self.problem(
                    directive.at,
                    format!("the schema has no directive `@{}`{hint}", directive.name),
                );
                continue;
            };
            let owner = format!("`@{}`", directive.name);
            if !known.places.contains(&place) {
                self.problem(directive.at, format!("{owner} cannot stand here"));
            }
            let is_again = directives[..index].iter().any(|earlier| earlier.name == directive.name);
            if is_again && !known.is_repeatable {
                self.problem(directive.at, format!("{owner} stands here twice"));
            }
            self.arguments(&owner, directive.at, &known.arguments, &directive.arguments);
        }
    }

    /// Arguments against those of a field or directive; object values against their fields.
    fn arguments(&mut self, owner: &str, at: usize, known: &[Input<'a>], given: &'a [Argument<'a>]) {
        for (index, argument) in given.iter().enumerate() {
            if given[..index].iter().any(|earlier| earlier.name == argument.name) {
                self.problem(argument.at, format!("{owner}: `{}` is given twice", argument.name));
            }
            match known.iter().find(|input| input.name == argument.name) {
                Some(input) => {
                    if let Some(reason) = input.deprecation {
                        let why = if reason.is_empty() { String::new() } else { format!(": {reason}") };
                        let message = format!("{owner}: `{}` is deprecated{why}", argument.name);
                        self.out.warnings.push(Problem::new(argument.at, message));
                    }
                    self.value(&argument.value, &Place { ty: &input.ty, has_default: input.has_default });
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

    fn value(&mut self, value: &'a Value<'a>, place: &Place<'_, 'a>) {
        let expected = place.ty;
        let mismatch = |found: &str| format!("expected `{expected}`, found {found}");
        match &value.form {
            Form::Variable(name) => self.uses.variables.push(VariableUse {
                name,
                at: value.at,
                ty: expected.clone(),
                has_default: place.has_default,
            }),
            Form::Null if expected.is_non_null() => self.problem(value.at, mismatch("null")),
            Form::Null => {}
            Form::List(items) => match expected.nullable() {
                Type::List(item) => {
                    for value in items {
                        self.value(value, &Place { ty: item, has_default: false });
                    }
                }
                Type::Named(name) if is_free(name) => {
                    for value in items {
                        self.value(value, &Place { ty: expected.nullable(), has_default: false });
                    }
                }
                _ => self.problem(value.at, mismatch("a list")),
            },
            // GraphQL reads one value as a list of one.
            _ => self.single(value, expected.nullable()),
        }
    }

    fn single(&mut self, value: &'a Value<'a>, expected: &Type<'a>) {
        let name = match expected {
            Type::Named(name) => *name,
            Type::List(item) => return self.single(value, item.nullable()),
            Type::NonNull(inner) => return self.single(value, inner),
        };
        let sdl = self.sdl;
        let found = match (sdl.get(name), &value.form) {
            (Some(Definition::InputObject { fields }), Form::Object(given)) => {
                let owner = format!("`{name}`");
                return self.arguments(&owner, value.at, fields, given);
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
                    ("Int", Form::Int(text)) => text.parse::<i32>().is_ok(),
                    ("BigInt", Form::Int(text)) => text.parse::<i64>().is_ok(),
                    ("Float", Form::Int(_) | Form::Float(_))
                    | ("String" | "DateTime", Form::String(_))
                    | ("ID", Form::String(_) | Form::Int(_))
                    | ("Boolean", Form::Boolean(_)) => true,
                    ("Int" | "BigInt" | "Float" | "String" | "DateTime" | "ID" | "Boolean", _) => false,
                    (_, Form::Object(fields)) if is_free(name) => {
                        for field in fields {
                            self.value(&field.value, &Place { ty: expected, has_default: false });
                        }
                        true
                    }
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
            Form::Float(_) => "a number".to_owned(),
            Form::String(_) => "a string".to_owned(),
            Form::Boolean(_) => "a boolean".to_owned(),
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

/// What an argument or a field of an input object expects.
struct Place<'t, 'a> {
    ty: &'t Type<'a>,
    has_default: bool,
}

/// What is wrong with a variable where it stands in an operation, or in a fragment that the operation reaches.
fn misused(used: &VariableUse<'_>, operation: &Operation<'_>, fragment: Option<&str>) -> Option<Problem> {
    let Some(variable) = operation.variables.iter().find(|variable| variable.name == used.name) else {
        let hint = closest(used.name, operation.variables.iter().map(|variable| variable.name));
        let message = match fragment {
            None => format!("the operation declares no `${}`{hint}", used.name),
            Some(fragment) => format!(
                "the operation `{}` declares no `${}`, which the fragment `{fragment}` uses{hint}",
                operation.name, used.name
            ),
        };
        return Some(Problem::new(used.at, message));
    };
    let has_default = used.has_default
        || variable.default.as_ref().is_some_and(|default| !matches!(default.form, Form::Null));
    let wanted = if has_default { used.ty.nullable() } else { &used.ty };
    (!variable.ty.fits(wanted)).then(|| {
        let message = format!("expected `{}`, found `${}`, which is `{}`", used.ty, used.name, variable.ty);
        Problem::new(used.at, message)
    })
}
