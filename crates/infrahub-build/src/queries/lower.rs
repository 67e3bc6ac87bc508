//! Checked documents in the form that the code generator understands, with a schema made for them.
//!
//! The generator parses a whole schema anew for every document, needs a field for every name that an answer
//! has, drops what it cannot express and knows no shared types. So each selection gets a type of its own with
//! just its fields, in the Rust that they are to have: fragments, enums and typed values are scalars to the
//! generator, what a condition may leave out is nullable, and fragments on several kinds are written out for
//! each kind.

use super::document::{Directive, Document, Field, Fragment, Operation, Selection, SelectionSet};
use super::lexer::Problem;
use super::names;
use super::sdl::{self, Definition, Sdl, Type};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// What the name of a field begins with that stands for a fragment.
pub(super) const FRAGMENT: &str = "__fragment_";

/// What the names of types begin with that the generator takes for scalars.
const SCALAR: &str = "__Scalar_";

/// The operation that uses all fragments and input objects, so that each is generated once.
pub(super) const TYPES: &str = "Types";

/// The interface of every kind that a schema can add.
const EVERY_KIND: &str = "CoreNode";

/// The attribute types whose `value` is a text that has a Rust type of its own.
const TYPED_VALUES: [&str; 3] = ["IPHost", "IPNetwork", "MacAddress"];

/// What goes to the generator.
#[derive(Debug, Default)]
pub(super) struct Lowered<'a> {
    pub(super) document: String,
    pub(super) schema: String,
    /// What the generator takes for scalars, by the name that it has for them.
    pub(super) scalars: BTreeMap<String, Scalar<'a>>,
    /// Where the sent text needs a `__typename`, because the kind decides the type of what is read.
    pub(super) typenames: BTreeSet<usize>,
    pub(super) problems: Vec<Problem>,
}

/// What stands behind a scalar of the generator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scalar<'a> {
    /// A custom scalar of the schema.
    Custom(&'a str),
    Enum(&'a str),
    Fragment(&'a str),
    /// The value of an attribute of this type.
    Value(&'static str),
}

/// Lowers all operations and fragments. `leaves` are the scalars, enums and input objects that they use.
pub(super) fn lower<'a>(
    sdl: &'a Sdl<'a>,
    document: &'a Document<'a>,
    leaves: impl Iterator<Item = &'a str>,
) -> Lowered<'a> {
    let mut lowering = Lowering {
        sdl,
        document,
        out: Lowered::default(),
        next: 0,
        roots: BTreeMap::from([("query", String::new()), ("mutation", String::new())]),
        kinds: BTreeMap::new(),
    };
    for operation in &document.operations {
        lowering.operation(operation);
    }
    let mut inputs = Vec::new();
    for leaf in leaves {
        lowering.leaf(leaf, &mut inputs);
    }
    lowering.types(&inputs);
    lowering.finish()
}

struct Lowering<'a> {
    sdl: &'a Sdl<'a>,
    document: &'a Document<'a>,
    out: Lowered<'a>,
    /// The number of the next field or type.
    next: usize,
    /// The fields of the root types.
    roots: BTreeMap<&'a str, String>,
    /// The kinds that are singled out somewhere.
    kinds: BTreeMap<&'a str, Kind>,
}

#[derive(Default)]
struct Kind {
    implements: Vec<String>,
    fields: String,
}

/// The fields of one object, wherever they were asked for.
#[derive(Default)]
struct Object<'a> {
    fields: Vec<Merged<'a>>,
    fragments: BTreeSet<&'a str>,
    /// What only objects of one kind have, where the object can be of several.
    kinds: BTreeMap<&'a str, Object<'a>>,
}

/// A field that may be asked for more than once.
struct Merged<'a> {
    key: &'a str,
    at: usize,
    /// `None` for `__typename`.
    known: Option<&'a sdl::Field<'a>>,
    /// The type that it is selected on.
    parent: &'a str,
    is_conditional: bool,
    selections: Vec<&'a SelectionSet<'a>>,
}

/// What a selection stands on.
#[derive(Clone, Copy)]
struct On<'a> {
    parent: &'a str,
    /// The only kind of object that it can be, if that is known.
    kind: Option<&'a str>,
    /// Whether a condition may leave out all of it.
    is_conditional: bool,
}

impl<'a> Lowering<'a> {
    fn operation(&mut self, operation: &'a Operation<'a>) {
        let Some(root) = self.sdl.root(operation.keyword) else { return };
        let object = self.object(root, &[&operation.selection]);
        let (fields, selection) = self.fields(&object);
        self.roots.entry(operation.keyword).or_default().push_str(&fields);
        let variables: Vec<_> = operation
            .variables
            .iter()
            .map(|variable| {
                // What has a default may be left out.
                let ty = if variable.default.is_some() { variable.ty.nullable() } else { &variable.ty };
                format!("${}: {}", variable.name, self.input_type(ty))
            })
            .collect();
        let variables =
            if variables.is_empty() { String::new() } else { format!("({})", variables.join(", ")) };
        let (keyword, name) = (operation.keyword, operation.name);
        let _ = writeln!(self.out.document, "{keyword} {name}{variables} {{ {selection} }}");
    }

    /// The operation with every fragment and input object.
    fn types(&mut self, inputs: &[&'a str]) {
        let variables: Vec<_> =
            inputs.iter().enumerate().map(|(index, input)| format!("$i{index}: {input}")).collect();
        let variables =
            if variables.is_empty() { String::new() } else { format!("({})", variables.join(", ")) };
        let nothing = self.number("f");
        let mut fields = format!("  {nothing}: Int\n");
        let mut selection = nothing;
        for fragment in &self.document.fragments {
            let (ty, text) = self.fragment(fragment);
            let field = self.number("f");
            let name = names::type_name(fragment.name);
            let _ = writeln!(fields, "  {field}: {ty}");
            let _ = write!(selection, " {field} {{ ...{name} }}");
            let _ = writeln!(self.out.document, "fragment {name} on {ty} {{ {text} }}");
        }
        self.roots.entry("query").or_default().push_str(&fields);
        let _ = writeln!(self.out.document, "query {TYPES}{variables} {{ {selection} }}");
    }

    fn fragment(&mut self, fragment: &'a Fragment<'a>) -> (String, String) {
        let object = self.object(fragment.on, &[&fragment.selection]);
        self.note_typename(&object, &[&fragment.selection]);
        self.define(&object, fragment.selection.start)
    }

    fn leaf(&mut self, name: &'a str, inputs: &mut Vec<&'a str>) {
        if let Some(Definition::InputObject { fields }) = self.sdl.get(name) {
            inputs.push(name);
            let _ = writeln!(self.out.schema, "input {name} {{");
            for field in fields {
                let ty = if field.has_default { field.ty.nullable() } else { &field.ty };
                let ty = self.input_type(ty);
                let _ = writeln!(self.out.schema, "  {}: {ty}", field.name);
            }
            self.out.schema.push_str("}\n");
        }
    }

    /// A scalar of the generator.
    fn scalar(&mut self, scalar: Scalar<'a>) -> String {
        let name = match scalar {
            Scalar::Custom(name) | Scalar::Enum(name) => format!("{SCALAR}{name}"),
            Scalar::Fragment(name) => format!("{SCALAR}fragment_{name}"),
            Scalar::Value(attribute) => format!("{SCALAR}value_{attribute}"),
        };
        self.out.scalars.insert(name.clone(), scalar);
        name
    }

    /// The name of a scalar, enum or input object.
    fn leaf_type(&mut self, name: &'a str) -> String {
        match self.sdl.get(name) {
            Some(Definition::Enum(_)) => self.scalar(Scalar::Enum(name)),
            Some(Definition::Scalar) if !is_built_in(name) => self.scalar(Scalar::Custom(name)),
            _ => name.to_owned(),
        }
    }

    /// The type of a variable or a field of an input object.
    fn input_type(&mut self, ty: &Type<'a>) -> String {
        let name = self.leaf_type(ty.name());
        renamed(ty, &name)
    }

    /// The object that selections on a type together ask for.
    fn object(&mut self, parent: &'a str, selections: &[&'a SelectionSet<'a>]) -> Object<'a> {
        let is_object = matches!(self.sdl.get(parent), Some(Definition::Object { .. }));
        let mut object = Object::default();
        for selection in selections {
            let on = On { parent, kind: is_object.then_some(parent), is_conditional: false };
            self.collect(&mut object, on, selection);
        }
        object
    }

    fn collect(&mut self, object: &mut Object<'a>, on: On<'a>, selection: &'a SelectionSet<'a>) {
        for item in &selection.items {
            match item {
                Selection::Field(field) => self.field(object, on, field),
                Selection::Inline { on: narrowed, directives, selection, .. } => {
                    let is_conditional = on.is_conditional || is_conditional(directives);
                    let on = On { is_conditional, ..on };
                    self.narrow(object, on, narrowed.unwrap_or(on.parent), &|lowering, object, on| {
                        lowering.collect(object, on, selection);
                    });
                }
                Selection::Spread { name, directives, .. } => {
                    let Some(fragment) = self.document.fragment(name) else { continue };
                    let is_conditional = on.is_conditional || is_conditional(directives);
                    let on = On { is_conditional, ..on };
                    self.narrow(object, on, fragment.on, &|lowering, object, on| {
                        if is_conditional {
                            // All of it may be missing, so its fields stand here, where they may be.
                            lowering.collect(object, on, &fragment.selection);
                        } else {
                            object.fragments.insert(name);
                        }
                    });
                }
            }
        }
    }

    /// Does something for the objects of a fragment on a type.
    fn narrow(
        &mut self,
        object: &mut Object<'a>,
        on: On<'a>,
        narrowed: &'a str,
        what: &dyn Fn(&mut Self, &mut Object<'a>, On<'a>),
    ) {
        let kinds = self.sdl.kinds_of(narrowed);
        match on.kind {
            Some(kind) if kinds.contains(kind) => what(self, object, On { parent: narrowed, ..on }),
            Some(_) => {}
            None if narrowed == on.parent => what(self, object, on),
            // What every kind is, a kind that the server learns later is too.
            None if narrowed == EVERY_KIND && self.sdl.kinds_of(on.parent).is_subset(&kinds) => {
                what(self, object, On { parent: narrowed, ..on });
            }
            None => {
                for kind in self.sdl.kinds_of(on.parent).intersection(&kinds) {
                    let on = On { parent: narrowed, kind: Some(kind), ..on };
                    what(self, object.kinds.entry(kind).or_default(), on);
                }
            }
        }
    }

    fn field(&mut self, object: &mut Object<'a>, on: On<'a>, field: &'a Field<'a>) {
        let parent = on.kind.unwrap_or(on.parent);
        let is_conditional = on.is_conditional || is_conditional(&field.directives);
        let key = field.key();
        let merged = match object.fields.iter_mut().find(|merged| merged.key == key) {
            Some(merged) => {
                merged.is_conditional &= is_conditional;
                merged
            }
            None => {
                let known = self.sdl.field(parent, field.name);
                let selections = Vec::new();
                object.fields.push(Merged { key, at: field.at, known, parent, is_conditional, selections });
                let last = object.fields.len() - 1;
                &mut object.fields[last]
            }
        };
        merged.selections.extend(&field.selection);
    }

    /// The type of an object, and the selection of all its fields.
    fn define(&mut self, object: &Object<'a>, at: usize) -> (String, String) {
        let name = self.number("__T");
        let (fields, mut selection) = self.fields(object);
        let kinds: Vec<_> = object.kinds.iter().filter(|(_, inner)| !inner.is_empty()).collect();
        if kinds.is_empty() {
            if object.is_empty() {
                self.out
                    .problems
                    .push(Problem::new(at, "nothing is selected here of any kind that it can be"));
            }
            let _ = writeln!(self.out.schema, "type {name} {{\n{fields}}}");
            return (name, selection);
        }
        // A type has at least one field, selected or not.
        let unused = self.number("f");
        let _ = writeln!(self.out.schema, "interface {name} {{\n  {unused}: Int\n{fields}}}");
        selection.push_str(" __typename");
        for (kind, inner) in kinds {
            if let Err(why) = names::check_variant(kind) {
                self.out
                    .problems
                    .push(Problem::new(at, format!("`{kind}` cannot be singled out here: {why}")));
            }
            let (fields, inner) = self.fields(inner);
            let singled_out = self.kinds.entry(kind).or_default();
            singled_out.implements.push(name.clone());
            singled_out.fields.push_str(&fields);
            let _ = write!(selection, " ... on {kind} {{ {inner} }}");
        }
        (name, selection)
    }

    /// The fields of an object in the schema, and their selection.
    fn fields(&mut self, object: &Object<'a>) -> (String, String) {
        let mut fields = String::new();
        let mut selection = String::new();
        let mut taken: BTreeMap<String, &str> = BTreeMap::new();
        if !object.kinds.is_empty() {
            taken.insert("on".to_owned(), "on");
        }
        for name in &object.fragments {
            let field = self.number("f");
            let _ = writeln!(fields, "  {field}: {}!", self.scalar(Scalar::Fragment(name)));
            let _ = write!(selection, " {FRAGMENT}{}: {field}", names::field_name(name));
            taken.insert(names::field_name(name), name);
        }
        for merged in &object.fields {
            if let Some(other) = taken.insert(names::field_name(merged.key), merged.key) {
                let message =
                    format!("`{}` and `{other}` would be one field in Rust; give one an alias", merged.key);
                self.out.problems.push(Problem::new(merged.at, message));
            }
            let field = self.number("f");
            let _ = write!(selection, " {}: {field}", merged.key);
            let ty = self.field_type(merged, &mut selection);
            let _ = writeln!(fields, "  {field}: {ty}");
        }
        (fields, selection)
    }

    /// The type of a field, whose own selection goes behind its name.
    fn field_type(&mut self, merged: &Merged<'a>, selection: &mut String) -> String {
        let Some(known) = merged.known else {
            return if merged.is_conditional { "String".to_owned() } else { "String!".to_owned() };
        };
        let name = known.ty.name();
        let lowered = if merged.selections.is_empty() {
            match self.typed_value(merged.parent, known) {
                Some(attribute) => self.scalar(Scalar::Value(attribute)),
                None => self.leaf_type(name),
            }
        } else {
            let object = self.object(name, &merged.selections);
            self.note_typename(&object, &merged.selections);
            match object.only_fragment() {
                Some(fragment) => self.scalar(Scalar::Fragment(fragment)),
                None => {
                    let (ty, inner) = self.define(&object, merged.at);
                    let _ = write!(selection, " {{ {inner} }}");
                    ty
                }
            }
        };
        let ty = if merged.is_conditional { known.ty.nullable() } else { &known.ty };
        format!("{} {}", renamed(ty, &lowered), known.directives)
    }

    /// The attribute type of a value that has a Rust type of its own.
    fn typed_value(&self, parent: &str, known: &sdl::Field<'a>) -> Option<&'static str> {
        let attribute = TYPED_VALUES.into_iter().find(|attribute| *attribute == parent)?;
        let is_attribute = matches!(
            self.sdl.get(parent),
            Some(Definition::Object { implements, .. }) if implements.contains(&"AttributeInterface")
        );
        let is_text = known.name == "value" && *known.ty.nullable() == Type::Named("String");
        (is_attribute && is_text).then_some(attribute)
    }

    /// Has `__typename` sent where the kind decides the type and the author did not ask for it.
    fn note_typename(&mut self, object: &Object<'a>, selections: &[&'a SelectionSet<'a>]) {
        if object.kinds.is_empty() {
            return;
        }
        let asks = |selection: &&&SelectionSet<'_>| {
            selection.fields().any(|field| field.key() == "__typename" && field.directives.is_empty())
        };
        let lacking = selections.iter().filter(|selection| !asks(selection));
        self.out.typenames.extend(lacking.map(|selection| selection.start));
    }

    fn number(&mut self, prefix: &str) -> String {
        self.next += 1;
        format!("{prefix}{}", self.next)
    }

    fn finish(mut self) -> Lowered<'a> {
        let schema = &mut self.out.schema;
        for scalar in self.out.scalars.keys() {
            let _ = writeln!(schema, "scalar {scalar}");
        }
        for (kind, Kind { implements, fields }) in &self.kinds {
            let _ = writeln!(schema, "type {kind} implements {} {{\n{fields}}}", implements.join(" & "));
        }
        schema.push_str("schema {");
        for (operation, fields) in &self.roots {
            if !fields.is_empty() {
                let _ = write!(schema, " {operation}: __{operation}");
            }
        }
        schema.push_str(" }\n");
        for (operation, fields) in self.roots.iter().filter(|(_, fields)| !fields.is_empty()) {
            let _ = writeln!(schema, "type __{operation} {{\n{fields}}}");
        }
        self.out
    }
}

impl<'a> Object<'a> {
    fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.fragments.is_empty() && self.kinds.values().all(Self::is_empty)
    }

    /// The fragment that is all that was asked for.
    fn only_fragment(&self) -> Option<&'a str> {
        let is_only = self.fields.is_empty() && self.kinds.is_empty() && self.fragments.len() == 1;
        self.fragments.first().copied().filter(|_| is_only)
    }
}

/// A type with another name inside its lists and `!`.
fn renamed(ty: &Type<'_>, name: &str) -> String {
    match ty {
        Type::Named(_) => name.to_owned(),
        Type::List(inner) => format!("[{}]", renamed(inner, name)),
        Type::NonNull(inner) => format!("{}!", renamed(inner, name)),
    }
}

fn is_conditional(directives: &[Directive<'_>]) -> bool {
    directives.iter().any(|directive| matches!(directive.name, "include" | "skip"))
}

/// Whether GraphQL itself defines the scalar.
pub(super) fn is_built_in(scalar: &str) -> bool {
    matches!(scalar, "Int" | "Float" | "String" | "Boolean" | "ID")
}
