//! The server's GraphQL schema, as far as a document can touch it.

use super::lexer::{Lexer, Problem, Token};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A type as a field, argument or variable declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Type<'a> {
    Named(&'a str),
    List(Box<Type<'a>>),
    NonNull(Box<Type<'a>>),
}

impl<'a> Type<'a> {
    /// Reads `[Name!]!`.
    pub(super) fn read(lexer: &mut Lexer<'a>) -> Result<Self, Problem> {
        let inner = if lexer.accept(b'[')? {
            let item = Self::read(lexer)?;
            lexer.expect(b']')?;
            Self::List(Box::new(item))
        } else {
            Self::Named(lexer.name("a type")?)
        };
        Ok(if lexer.accept(b'!')? { Self::NonNull(Box::new(inner)) } else { inner })
    }

    /// The name inside lists and `!`.
    pub(super) fn name(&self) -> &'a str {
        match self {
            Self::Named(name) => name,
            Self::List(inner) | Self::NonNull(inner) => inner.name(),
        }
    }

    pub(super) fn is_non_null(&self) -> bool {
        matches!(self, Self::NonNull(_))
    }

    /// The type without its own `!`.
    pub(super) fn nullable(&self) -> &Self {
        match self {
            Self::NonNull(inner) => inner,
            other => other,
        }
    }

    /// Whether a variable of this type may stand where `place` is asked for.
    pub(super) fn fits(&self, place: &Self) -> bool {
        match (self, place) {
            (Self::NonNull(own), Self::NonNull(wanted)) => own.fits(wanted),
            (_, Self::NonNull(_)) => false,
            (Self::NonNull(own), wanted) => own.fits(wanted),
            (Self::List(own), Self::List(wanted)) => own.fits(wanted),
            (Self::Named(own), Self::Named(wanted)) => own == wanted,
            _ => false,
        }
    }
}

impl fmt::Display for Type<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => f.write_str(name),
            Self::List(inner) => write!(f, "[{inner}]"),
            Self::NonNull(inner) => write!(f, "{inner}!"),
        }
    }
}

/// An argument of a field, or a field of an input object.
#[derive(Debug)]
pub(super) struct Input<'a> {
    pub(super) name: &'a str,
    pub(super) ty: Type<'a>,
    pub(super) has_default: bool,
    /// Why it should not be used, empty where the schema does not say why; `None` where it may be.
    pub(super) deprecation: Option<&'a str>,
}

impl Input<'_> {
    /// Whether it must be given.
    pub(super) fn is_required(&self) -> bool {
        self.ty.is_non_null() && !self.has_default
    }
}

/// A field of an object or an interface.
#[derive(Debug)]
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    pub(super) arguments: Vec<Input<'a>>,
    pub(super) ty: Type<'a>,
    /// The directives, as they stand in the schema.
    pub(super) directives: &'a str,
}

/// What a type is.
#[derive(Debug)]
pub(super) enum Definition<'a> {
    Scalar,
    Enum(Vec<&'a str>),
    Object { fields: Vec<Field<'a>>, implements: Vec<&'a str> },
    Interface { fields: Vec<Field<'a>> },
    Union(Vec<&'a str>),
    InputObject { fields: Vec<Input<'a>> },
}

impl<'a> Definition<'a> {
    /// The fields that can be selected.
    pub(super) fn fields(&self) -> Option<&[Field<'a>]> {
        match self {
            Self::Object { fields, .. } | Self::Interface { fields } => Some(fields),
            _ => None,
        }
    }

    /// Whether it is selected with braces.
    pub(super) fn is_composite(&self) -> bool {
        matches!(self, Self::Object { .. } | Self::Interface { .. } | Self::Union(_))
    }

    /// Whether more than one kind of object can stand for it.
    pub(super) fn is_abstract(&self) -> bool {
        matches!(self, Self::Interface { .. } | Self::Union(_))
    }

    /// Whether a variable can have it.
    pub(super) fn is_input(&self) -> bool {
        matches!(self, Self::Scalar | Self::Enum(_) | Self::InputObject { .. })
    }
}

/// The types of a schema by name.
#[derive(Debug)]
pub(super) struct Sdl<'a> {
    types: BTreeMap<&'a str, Definition<'a>>,
    directives: BTreeMap<&'a str, DirectiveDefinition<'a>>,
    roots: BTreeMap<&'a str, &'a str>,
    /// The kinds of each interface.
    kinds: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

/// What a directive takes and where it may stand.
#[derive(Debug)]
pub(super) struct DirectiveDefinition<'a> {
    pub(super) arguments: Vec<Input<'a>>,
    /// `FIELD`, `INLINE_FRAGMENT`, …
    pub(super) places: Vec<&'a str>,
    pub(super) is_repeatable: bool,
}

impl<'a> Sdl<'a> {
    /// Reads a schema as `/schema.graphql` serves it.
    pub(super) fn read(text: &'a str) -> Result<Self, Problem> {
        let mut lexer = Lexer::new(text)?;
        let mut sdl = Self {
            types: BTreeMap::new(),
            directives: BTreeMap::new(),
            roots: BTreeMap::new(),
            kinds: BTreeMap::new(),
        };
        for scalar in ["Int", "Float", "String", "Boolean", "ID"] {
            sdl.types.insert(scalar, Definition::Scalar);
        }
        for conditional in ["include", "skip"] {
            let condition = Input {
                name: "if",
                ty: Type::NonNull(Box::new(Type::Named("Boolean"))),
                has_default: false,
                deprecation: None,
            };
            let definition = DirectiveDefinition {
                arguments: vec![condition],
                places: vec!["FIELD", "FRAGMENT_SPREAD", "INLINE_FRAGMENT"],
                is_repeatable: false,
            };
            sdl.directives.insert(conditional, definition);
        }
        loop {
            description(&mut lexer)?;
            if lexer.peek() == Token::End {
                sdl.index_kinds();
                return Ok(sdl);
            }
            sdl.definition(&mut lexer)?;
        }
    }

    /// The type of this name.
    pub(super) fn get(&self, name: &str) -> Option<&Definition<'a>> {
        self.types.get(name)
    }

    /// The names of all types.
    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.types.keys().copied()
    }

    /// The directive of this name.
    pub(super) fn directive(&self, name: &str) -> Option<&DirectiveDefinition<'a>> {
        self.directives.get(name)
    }

    /// The names of all directives.
    pub(super) fn directive_names(&self) -> impl Iterator<Item = &'a str> {
        self.directives.keys().copied()
    }

    /// The kinds of object that can stand for a type: the type itself, the kinds of an interface or the members
    /// of a union.
    pub(super) fn kinds_of(&self, name: &'a str) -> BTreeSet<&'a str> {
        match self.get(name) {
            Some(Definition::Object { .. }) => BTreeSet::from([name]),
            Some(Definition::Union(members)) => members.iter().copied().collect(),
            Some(Definition::Interface { .. }) => self.kinds.get(name).cloned().unwrap_or_default(),
            _ => BTreeSet::new(),
        }
    }

    /// A field of an object or interface.
    pub(super) fn field(&self, parent: &str, name: &str) -> Option<&Field<'a>> {
        self.get(parent)?.fields()?.iter().find(|field| field.name == name)
    }

    fn index_kinds(&mut self) {
        for (name, definition) in &self.types {
            if let Definition::Object { implements, .. } = definition {
                for interface in implements {
                    self.kinds.entry(interface).or_default().insert(name);
                }
            }
        }
    }

    /// The type that `query` or `mutation` starts at.
    pub(super) fn root(&self, operation: &str) -> Option<&'a str> {
        let named = self.roots.get(operation).copied();
        let name = named.or(match operation {
            "query" => Some("Query"),
            "mutation" => Some("Mutation"),
            _ => None,
        })?;
        self.types.get_key_value(name).map(|(name, _)| *name)
    }

    fn definition(&mut self, lexer: &mut Lexer<'a>) -> Result<(), Problem> {
        let keyword = lexer.name("a definition (`type`, `input`, `enum`, …)")?;
        match keyword {
            "schema" => {
                directives(lexer)?;
                lexer.expect(b'{')?;
                while !lexer.accept(b'}')? {
                    description(lexer)?;
                    let operation = lexer.name("`query` or `mutation`")?;
                    lexer.expect(b':')?;
                    self.roots.insert(operation, lexer.name("a type")?);
                }
                return Ok(());
            }
            "directive" => {
                lexer.expect(b'@')?;
                let name = lexer.name("the directive's name")?;
                let arguments = arguments(lexer)?;
                let is_repeatable = lexer.accept_name("repeatable")?;
                lexer.accept_name("on")?;
                lexer.accept(b'|')?;
                let mut places = vec![lexer.name("a place")?];
                while lexer.accept(b'|')? {
                    places.push(lexer.name("a place")?);
                }
                self.directives.insert(name, DirectiveDefinition { arguments, places, is_repeatable });
                return Ok(());
            }
            _ => {}
        }
        let at = lexer.at();
        let name = lexer.name("the type's name")?;
        let definition = match keyword {
            "scalar" => {
                directives(lexer)?;
                Definition::Scalar
            }
            "enum" => {
                directives(lexer)?;
                Definition::Enum(block(lexer, |lexer| {
                    let name = lexer.name("a value")?;
                    directives(lexer)?;
                    Ok(name)
                })?)
            }
            "union" => {
                directives(lexer)?;
                lexer.expect(b'=')?;
                lexer.accept(b'|')?;
                let mut members = vec![lexer.name("a type")?];
                while lexer.accept(b'|')? {
                    members.push(lexer.name("a type")?);
                }
                Definition::Union(members)
            }
            "input" => {
                directives(lexer)?;
                Definition::InputObject { fields: block(lexer, input)? }
            }
            "type" | "interface" => {
                let mut implements = Vec::new();
                if lexer.accept_name("implements")? {
                    lexer.accept(b'&')?;
                    implements.push(lexer.name("an interface")?);
                    while lexer.accept(b'&')? {
                        implements.push(lexer.name("an interface")?);
                    }
                }
                directives(lexer)?;
                let fields = block(lexer, field)?;
                if keyword == "type" {
                    Definition::Object { fields, implements }
                } else {
                    Definition::Interface { fields }
                }
            }
            other => return Err(Problem::new(at, format!("`{other}` is no definition that is known here"))),
        };
        self.types.insert(name, definition);
        Ok(())
    }
}

/// Skips a description.
fn description(lexer: &mut Lexer<'_>) -> Result<(), Problem> {
    while matches!(lexer.peek(), Token::String(_)) {
        lexer.take()?;
    }
    Ok(())
}

/// Skips the directives on a definition.
fn directives(lexer: &mut Lexer<'_>) -> Result<(), Problem> {
    while lexer.accept(b'@')? {
        lexer.name("the directive's name")?;
        if lexer.accept(b'(')? {
            while !lexer.accept(b')')? {
                lexer.name("an argument")?;
                lexer.expect(b':')?;
                value(lexer)?;
            }
        }
    }
    Ok(())
}

/// Skips a constant value.
fn value(lexer: &mut Lexer<'_>) -> Result<(), Problem> {
    if lexer.accept(b'[')? {
        while !lexer.accept(b']')? {
            value(lexer)?;
        }
    } else if lexer.accept(b'{')? {
        while !lexer.accept(b'}')? {
            lexer.name("a field")?;
            lexer.expect(b':')?;
            value(lexer)?;
        }
    } else {
        match lexer.peek() {
            Token::Name(_) | Token::Int(_) | Token::Float(_) | Token::String(_) => {
                lexer.take()?;
            }
            _ => return Err(lexer.unexpected("a value")),
        }
    }
    Ok(())
}

/// Reads `{ … }`, each entry with a description before it; a missing block is an empty one.
fn block<'a, T>(
    lexer: &mut Lexer<'a>,
    entry: impl Fn(&mut Lexer<'a>) -> Result<T, Problem>,
) -> Result<Vec<T>, Problem> {
    let mut entries = Vec::new();
    if lexer.accept(b'{')? {
        loop {
            description(lexer)?;
            if lexer.accept(b'}')? {
                break;
            }
            entries.push(entry(lexer)?);
        }
    }
    Ok(entries)
}

fn arguments<'a>(lexer: &mut Lexer<'a>) -> Result<Vec<Input<'a>>, Problem> {
    let mut arguments = Vec::new();
    if lexer.accept(b'(')? {
        loop {
            description(lexer)?;
            if lexer.accept(b')')? {
                break;
            }
            arguments.push(input(lexer)?);
        }
    }
    Ok(arguments)
}

fn input<'a>(lexer: &mut Lexer<'a>) -> Result<Input<'a>, Problem> {
    let name = lexer.name("a name")?;
    lexer.expect(b':')?;
    let ty = Type::read(lexer)?;
    let has_default = lexer.accept(b'=')?;
    if has_default {
        value(lexer)?;
    }
    let start = lexer.end();
    directives(lexer)?;
    Ok(Input { name, ty, has_default, deprecation: deprecation(lexer.since(start)) })
}

/// The reason of `@deprecated(reason: "…")`.
fn deprecation(directives: &str) -> Option<&str> {
    let (_, rest) = directives.split_once("@deprecated")?;
    Some(rest.split('"').find(|part| !part.trim_start().starts_with('(')).unwrap_or_default())
}

fn field<'a>(lexer: &mut Lexer<'a>) -> Result<Field<'a>, Problem> {
    let name = lexer.name("a field")?;
    let arguments = arguments(lexer)?;
    lexer.expect(b':')?;
    let ty = Type::read(lexer)?;
    let start = lexer.end();
    directives(lexer)?;
    let directives = lexer.since(start);
    Ok(Field { name, arguments, ty, directives })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_is_read() {
        let text = r#"
            """The root"""
            type Query { "One" device(id: ID! = "a", all: [Int!]! = [1]): Device! @deprecated(reason: "gone") }
            interface Named @x(a: {b: [1 "c"]}) { name: String }
            type Device implements & Named & Other { name: String }
            enum State { UP @deprecated DOWN }
            input Filter { state: State! = UP, names: [String!] @deprecated(reason: "no use") old: Int @deprecated }
            union Any = | Device | Named
            scalar BigInt
            directive @expand(exclude: [String]) repeatable on FIELD | INLINE_FRAGMENT
        "#;
        let sdl = Sdl::read(text).unwrap();
        let device = &sdl.get("Query").unwrap().fields().unwrap()[0];
        assert_eq!(device.ty.to_string(), "Device!");
        assert_eq!(device.directives, "@deprecated(reason: \"gone\")");
        assert_eq!(device.arguments[1].ty.to_string(), "[Int!]!");
        assert!(!device.arguments[0].is_required());
        assert!(matches!(sdl.get("State"), Some(Definition::Enum(values)) if values == &["UP", "DOWN"]));
        assert!(
            matches!(sdl.get("Device"), Some(Definition::Object { implements, .. }) if implements == &["Named", "Other"])
        );
        let Some(Definition::InputObject { fields }) = sdl.get("Filter") else { panic!("an input object") };
        let deprecations: Vec<_> = fields.iter().map(|field| field.deprecation).collect();
        assert_eq!(deprecations, [None, Some("no use"), Some("")]);
        let expand = sdl.directive("expand").unwrap();
        assert_eq!((expand.arguments.len(), expand.is_repeatable), (1, true));
        assert_eq!(expand.places, ["FIELD", "INLINE_FRAGMENT"]);
        assert_eq!(sdl.kinds_of("Named"), ["Device"].into());
        assert_eq!(sdl.kinds_of("Any"), ["Device", "Named"].into());
        assert_eq!(sdl.root("query"), Some("Query"));
        assert_eq!(sdl.root("mutation"), None);
    }

    #[test]
    fn a_broken_schema_is_a_problem_with_a_place() {
        let problem = Sdl::read("type Query { device Device }").unwrap_err();
        assert_eq!((problem.at, problem.message.as_str()), (20, "expected `:`, found `Device`"));
    }

    #[test]
    fn variables_fit_by_the_rules_of_graphql() {
        let read = |text: &'static str| Type::read(&mut Lexer::new(text).unwrap()).unwrap();
        for (variable, place, fits) in [
            ("String!", "String", true),
            ("String", "String!", false),
            ("[String!]!", "[String]", true),
            ("[String]", "[String!]", false),
            ("String", "[String]", false),
            ("Int", "String", false),
        ] {
            assert_eq!(read(variable).fits(&read(place)), fits, "{variable} for {place}");
        }
    }
}
