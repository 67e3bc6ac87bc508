//! Hand-written GraphQL documents, with the place of everything that can be wrong in them.

use super::lexer::{Lexer, Problem, Token};
use super::sdl::Type;
use std::ops::Range;

/// The operations and fragments of all files.
#[derive(Debug, Default)]
pub(super) struct Document<'a> {
    pub(super) operations: Vec<Operation<'a>>,
    pub(super) fragments: Vec<Fragment<'a>>,
}

#[derive(Debug)]
pub(super) struct Operation<'a> {
    /// `query`, `mutation` or `subscription`.
    pub(super) keyword: &'a str,
    pub(super) name: &'a str,
    pub(super) at: usize,
    pub(super) variables: Vec<Variable<'a>>,
    pub(super) directives: Vec<Directive<'a>>,
    pub(super) selection: SelectionSet<'a>,
    /// Where it stands in the text, from its keyword to its last brace.
    pub(super) span: Range<usize>,
}

#[derive(Debug)]
pub(super) struct Variable<'a> {
    pub(super) name: &'a str,
    pub(super) at: usize,
    pub(super) ty: Type<'a>,
    pub(super) default: Option<Value<'a>>,
    pub(super) directives: Vec<Directive<'a>>,
}

#[derive(Debug)]
pub(super) struct Fragment<'a> {
    pub(super) name: &'a str,
    pub(super) at: usize,
    pub(super) on: &'a str,
    pub(super) on_at: usize,
    pub(super) directives: Vec<Directive<'a>>,
    pub(super) selection: SelectionSet<'a>,
    /// Where it stands in the text, from its keyword to its last brace.
    pub(super) span: Range<usize>,
}

#[derive(Debug)]
pub(super) struct SelectionSet<'a> {
    /// The byte after the opening brace.
    pub(super) start: usize,
    pub(super) items: Vec<Selection<'a>>,
}

impl<'a> SelectionSet<'a> {
    /// The fields that stand in it directly.
    pub(super) fn fields(&self) -> impl Iterator<Item = &Field<'a>> {
        self.items.iter().filter_map(|item| match item {
            Selection::Field(field) => Some(field),
            _ => None,
        })
    }
}

#[derive(Debug)]
pub(super) enum Selection<'a> {
    Field(Field<'a>),
    Spread { name: &'a str, at: usize, directives: Vec<Directive<'a>> },
    Inline { on: Option<&'a str>, at: usize, directives: Vec<Directive<'a>>, selection: SelectionSet<'a> },
}

#[derive(Debug)]
pub(super) struct Field<'a> {
    pub(super) alias: Option<&'a str>,
    pub(super) name: &'a str,
    pub(super) at: usize,
    pub(super) arguments: Vec<Argument<'a>>,
    pub(super) directives: Vec<Directive<'a>>,
    pub(super) selection: Option<SelectionSet<'a>>,
}

impl<'a> Field<'a> {
    /// The name that the answer has it under.
    pub(super) fn key(&self) -> &'a str {
        self.alias.unwrap_or(self.name)
    }
}

#[derive(Debug)]
pub(super) struct Directive<'a> {
    pub(super) name: &'a str,
    pub(super) at: usize,
    pub(super) arguments: Vec<Argument<'a>>,
}

/// An argument, or a field of an object value.
#[derive(Debug)]
pub(super) struct Argument<'a> {
    pub(super) name: &'a str,
    pub(super) at: usize,
    pub(super) value: Value<'a>,
}

#[derive(Debug)]
pub(super) struct Value<'a> {
    pub(super) at: usize,
    pub(super) form: Form<'a>,
}

#[derive(Debug, PartialEq)]
pub(super) enum Form<'a> {
    Variable(&'a str),
    Int(&'a str),
    Float(&'a str),
    String(&'a str),
    Boolean(bool),
    Null,
    Enum(&'a str),
    List(Vec<Value<'a>>),
    Object(Vec<Argument<'a>>),
}

impl PartialEq for Value<'_> {
    /// Whether they mean the same, wherever they stand.
    fn eq(&self, other: &Self) -> bool {
        self.form == other.form
    }
}

impl PartialEq for Argument<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.value == other.value
    }
}

impl<'a> Document<'a> {
    /// Reads a file, which is a part of the text, up to the first thing that is not GraphQL.
    pub(super) fn read(&mut self, text: &'a str, file: Range<usize>) -> Result<(), Problem> {
        let mut lexer = Lexer::within(text, file)?;
        let mut is_empty = true;
        loop {
            let at = lexer.at();
            match lexer.peek() {
                Token::End if is_empty => {
                    return Err(Problem::new(at, "the file has no operation and no fragment"));
                }
                Token::End => return Ok(()),
                Token::Name("fragment") => {
                    lexer.take()?;
                    self.fragments.push(fragment(&mut lexer, at)?);
                }
                Token::Name(keyword @ ("query" | "mutation" | "subscription")) => {
                    lexer.take()?;
                    self.operations.push(operation(&mut lexer, keyword, at)?);
                }
                Token::Punctuation(b'{') => {
                    return Err(Problem::new(
                        at,
                        "an operation needs a name, which becomes the Rust name: write `query SomeName { … }`",
                    ));
                }
                _ => return Err(lexer.unexpected("`query`, `mutation` or `fragment`")),
            }
            is_empty = false;
        }
    }

    /// The fragment of this name.
    pub(super) fn fragment(&self, name: &str) -> Option<&Fragment<'a>> {
        self.fragments.iter().find(|fragment| fragment.name == name)
    }
}

fn operation<'a>(lexer: &mut Lexer<'a>, keyword: &'a str, start: usize) -> Result<Operation<'a>, Problem> {
    let at = lexer.at();
    let name = lexer.name(&format!("a name after `{keyword}`, which becomes the Rust name"))?;
    let variables = if lexer.accept(b'(')? { some(lexer, b')', variable)? } else { Vec::new() };
    let directives = directives(lexer)?;
    let selection = selection_set(lexer)?;
    Ok(Operation { keyword, name, at, variables, directives, selection, span: start..lexer.end() })
}

/// At least one of something, up to what closes it.
fn some<'a, T>(
    lexer: &mut Lexer<'a>,
    close: u8,
    one: impl Fn(&mut Lexer<'a>) -> Result<T, Problem>,
) -> Result<Vec<T>, Problem> {
    let mut all = vec![one(lexer)?];
    while !lexer.accept(close)? {
        all.push(one(lexer)?);
    }
    Ok(all)
}

fn variable<'a>(lexer: &mut Lexer<'a>) -> Result<Variable<'a>, Problem> {
    let at = lexer.at();
    lexer.expect(b'$')?;
    let name = lexer.name("the variable's name")?;
    lexer.expect(b':')?;
    let ty = Type::read(lexer)?;
    let default = if lexer.accept(b'=')? { Some(value(lexer)?) } else { None };
    Ok(Variable { name, at, ty, default, directives: directives(lexer)? })
}

fn fragment<'a>(lexer: &mut Lexer<'a>, start: usize) -> Result<Fragment<'a>, Problem> {
    let at = lexer.at();
    if lexer.peek() == Token::Name("on") {
        return Err(lexer.unexpected("the fragment's name"));
    }
    let name = lexer.name("the fragment's name")?;
    if !lexer.accept_name("on")? {
        return Err(lexer.unexpected("`on` and the type of the fragment"));
    }
    let on_at = lexer.at();
    let on = lexer.name("the type of the fragment")?;
    let directives = directives(lexer)?;
    let selection = selection_set(lexer)?;
    Ok(Fragment { name, at, on, on_at, directives, selection, span: start..lexer.end() })
}

fn selection_set<'a>(lexer: &mut Lexer<'a>) -> Result<SelectionSet<'a>, Problem> {
    lexer.expect(b'{')?;
    let start = lexer.end();
    if lexer.peek() == Token::Punctuation(b'}') {
        return Err(lexer.unexpected("a field"));
    }
    Ok(SelectionSet { start, items: some(lexer, b'}', selection)? })
}

fn selection<'a>(lexer: &mut Lexer<'a>) -> Result<Selection<'a>, Problem> {
    let at = lexer.at();
    if lexer.peek() == Token::Spread {
        lexer.take()?;
        if let Token::Name(name) = lexer.peek()
            && name != "on"
        {
            lexer.take()?;
            return Ok(Selection::Spread { name, at, directives: directives(lexer)? });
        }
        let on = if lexer.accept_name("on")? { Some(lexer.name("a type")?) } else { None };
        let directives = directives(lexer)?;
        return Ok(Selection::Inline { on, at, directives, selection: selection_set(lexer)? });
    }
    let first = lexer.name("a field, `...` or `}`")?;
    let (alias, name) =
        if lexer.accept(b':')? { (Some(first), lexer.name("a field")?) } else { (None, first) };
    let arguments = if lexer.accept(b'(')? { some(lexer, b')', argument)? } else { Vec::new() };
    let directives = directives(lexer)?;
    let selection = if lexer.peek() == Token::Punctuation(b'{') { Some(selection_set(lexer)?) } else { None };
    Ok(Selection::Field(Field { alias, name, at, arguments, directives, selection }))
}

fn directives<'a>(lexer: &mut Lexer<'a>) -> Result<Vec<Directive<'a>>, Problem> {
    let mut directives = Vec::new();
    loop {
        let at = lexer.at();
        if !lexer.accept(b'@')? {
            return Ok(directives);
        }
        let name = lexer.name("the directive's name")?;
        let arguments = if lexer.accept(b'(')? { some(lexer, b')', argument)? } else { Vec::new() };
        directives.push(Directive { name, at, arguments });
    }
}

fn argument<'a>(lexer: &mut Lexer<'a>) -> Result<Argument<'a>, Problem> {
    let at = lexer.at();
    let name = lexer.name("a name")?;
    lexer.expect(b':')?;
    Ok(Argument { name, at, value: value(lexer)? })
}

fn value<'a>(lexer: &mut Lexer<'a>) -> Result<Value<'a>, Problem> {
    let at = lexer.at();
    let form = match lexer.peek() {
        Token::Punctuation(b'$') => {
            lexer.take()?;
            return Ok(Value { at, form: Form::Variable(lexer.name("the variable's name")?) });
        }
        Token::Punctuation(b'[') => {
            lexer.take()?;
            let mut items = Vec::new();
            while !lexer.accept(b']')? {
                items.push(value(lexer)?);
            }
            return Ok(Value { at, form: Form::List(items) });
        }
        Token::Punctuation(b'{') => {
            lexer.take()?;
            let mut fields = Vec::new();
            while !lexer.accept(b'}')? {
                fields.push(argument(lexer)?);
            }
            return Ok(Value { at, form: Form::Object(fields) });
        }
        Token::Int(text) => Form::Int(text),
        Token::Float(text) => Form::Float(text),
        Token::String(text) => Form::String(text),
        Token::Name("true") => Form::Boolean(true),
        Token::Name("false") => Form::Boolean(false),
        Token::Name("null") => Form::Null,
        Token::Name(name) => Form::Enum(name),
        _ => return Err(lexer.unexpected("a value")),
    };
    lexer.take()?;
    Ok(Value { at, form })
}
