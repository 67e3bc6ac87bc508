//! A hand-written GraphQL document, with the place of everything that can be wrong in it.

use super::lexer::{Lexer, Problem, Token};
use super::sdl::Type;

/// The operations and fragments of one file.
#[derive(Debug)]
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
    pub(super) selection: SelectionSet<'a>,
}

#[derive(Debug)]
pub(super) struct Variable<'a> {
    pub(super) name: &'a str,
    pub(super) at: usize,
    pub(super) ty: Type<'a>,
    pub(super) default: Option<Value<'a>>,
}

#[derive(Debug)]
pub(super) struct Fragment<'a> {
    pub(super) name: &'a str,
    pub(super) at: usize,
    pub(super) on: &'a str,
    pub(super) on_at: usize,
    pub(super) selection: SelectionSet<'a>,
}

#[derive(Debug)]
pub(super) struct SelectionSet<'a> {
    /// The byte after the opening brace.
    pub(super) start: usize,
    pub(super) items: Vec<Selection<'a>>,
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

#[derive(Debug)]
pub(super) enum Form<'a> {
    Variable(&'a str),
    Int(&'a str),
    Float,
    String,
    Boolean,
    Null,
    Enum(&'a str),
    List(Vec<Value<'a>>),
    Object(Vec<Argument<'a>>),
}

impl<'a> Document<'a> {
    /// Reads a file; the first thing that is not GraphQL is the problem.
    pub(super) fn read(text: &'a str) -> Result<Self, Problem> {
        let mut lexer = Lexer::new(text)?;
        let mut document = Self { operations: Vec::new(), fragments: Vec::new() };
        loop {
            let at = lexer.at();
            match lexer.peek() {
                Token::End => return Ok(document),
                Token::Name("fragment") => {
                    lexer.take()?;
                    document.fragments.push(fragment(&mut lexer)?);
                }
                Token::Name(keyword @ ("query" | "mutation" | "subscription")) => {
                    lexer.take()?;
                    document.operations.push(operation(&mut lexer, keyword)?);
                }
                Token::Punctuation(b'{') => {
                    return Err(Problem::new(
                        at,
                        "an operation needs a name, which becomes the Rust name: write `query SomeName { … }`",
                    ));
                }
                _ => return Err(lexer.unexpected("`query`, `mutation` or `fragment`")),
            }
        }
    }
}

fn operation<'a>(lexer: &mut Lexer<'a>, keyword: &'a str) -> Result<Operation<'a>, Problem> {
    let at = lexer.at();
    let name = lexer.name(&format!("a name after `{keyword}`, which becomes the Rust name"))?;
    let mut variables = Vec::new();
    if lexer.accept(b'(')? {
        while !lexer.accept(b')')? {
            variables.push(variable(lexer)?);
        }
    }
    directives(lexer)?;
    Ok(Operation { keyword, name, at, variables, selection: selection_set(lexer)? })
}

fn variable<'a>(lexer: &mut Lexer<'a>) -> Result<Variable<'a>, Problem> {
    let at = lexer.at();
    lexer.expect(b'$')?;
    let name = lexer.name("the variable's name")?;
    lexer.expect(b':')?;
    let ty = Type::read(lexer)?;
    let default = if lexer.accept(b'=')? { Some(value(lexer)?) } else { None };
    directives(lexer)?;
    Ok(Variable { name, at, ty, default })
}

fn fragment<'a>(lexer: &mut Lexer<'a>) -> Result<Fragment<'a>, Problem> {
    let at = lexer.at();
    let name = lexer.name("the fragment's name")?;
    if !lexer.accept_name("on")? {
        return Err(lexer.unexpected("`on` and the type of the fragment"));
    }
    let on_at = lexer.at();
    let on = lexer.name("the type of the fragment")?;
    directives(lexer)?;
    Ok(Fragment { name, at, on, on_at, selection: selection_set(lexer)? })
}

fn selection_set<'a>(lexer: &mut Lexer<'a>) -> Result<SelectionSet<'a>, Problem> {
    lexer.expect(b'{')?;
    let start = lexer.end();
    if lexer.peek() == Token::Punctuation(b'}') {
        return Err(lexer.unexpected("a field"));
    }
    let mut items = Vec::new();
    while !lexer.accept(b'}')? {
        items.push(selection(lexer)?);
    }
    Ok(SelectionSet { start, items })
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
    let arguments = if lexer.accept(b'(')? { arguments(lexer, b')')? } else { Vec::new() };
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
        let arguments = if lexer.accept(b'(')? { arguments(lexer, b')')? } else { Vec::new() };
        directives.push(Directive { name, at, arguments });
    }
}

fn arguments<'a>(lexer: &mut Lexer<'a>, close: u8) -> Result<Vec<Argument<'a>>, Problem> {
    let mut arguments = Vec::new();
    while !lexer.accept(close)? {
        let at = lexer.at();
        let name = lexer.name("a name")?;
        lexer.expect(b':')?;
        arguments.push(Argument { name, at, value: value(lexer)? });
    }
    Ok(arguments)
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
            return Ok(Value { at, form: Form::Object(arguments(lexer, b'}')?) });
        }
        Token::Int(text) => Form::Int(text),
        Token::Float(_) => Form::Float,
        Token::String(_) => Form::String,
        Token::Name("true" | "false") => Form::Boolean,
        Token::Name("null") => Form::Null,
        Token::Name(name) => Form::Enum(name),
        _ => return Err(lexer.unexpected("a value")),
    };
    lexer.take()?;
    Ok(Value { at, form })
}
