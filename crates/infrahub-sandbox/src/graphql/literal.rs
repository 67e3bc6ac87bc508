//! Whether values that are written in a document are of the type that their place asks for, with the server's words for
//! those that are not.

use super::suggest;
use super::types::{Argument, Shape, TypeSystem, base};
use async_graphql::Name;
use async_graphql::dynamic::TypeRef;
use async_graphql::indexmap::IndexMap;
use async_graphql_value::Value as Literal;
use jiff::Timestamp;
use jiff::civil::DateTime;

/// What a look at values finds.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// What is wrong with them.
    pub(super) wrong: Vec<String>,
    /// The variables among them.
    pub(super) uses: Vec<Use>,
}

/// A variable, and the place where it stands.
#[derive(Debug, Clone)]
pub(super) struct Use {
    pub(super) name: String,
    /// The type of the place.
    pub(super) ty: TypeRef,
    /// Whether the place has a value where it gets none.
    pub(super) has_default: bool,
}

/// Looks at the value of an argument or of a field of an input object.
pub(super) fn check_argument(
    types: &TypeSystem,
    argument: &Argument,
    value: &Literal,
    findings: &mut Findings,
) {
    let known = findings.uses.len();
    check(types, &argument.ty, value, findings);
    if let (Literal::Variable(_), Some(used)) = (value, findings.uses.get_mut(known)) {
        used.has_default = argument.default.is_some();
    }
}

/// Looks at a value in a place of some type.
pub(super) fn check(types: &TypeSystem, place: &TypeRef, value: &Literal, findings: &mut Findings) {
    let unexpected = |ty: &TypeRef| format!("Expected value of type '{ty}', found {value}.");
    let ty = match place {
        TypeRef::NonNull(inner) => inner,
        nullable => nullable,
    };
    let wrong = &mut findings.wrong;
    match (ty, value) {
        (_, Literal::Variable(name)) => {
            let (name, ty) = (name.to_string(), place.clone());
            findings.uses.push(Use { name, ty, has_default: false });
        }
        (_, Literal::Null) if place != ty => wrong.push(unexpected(place)),
        (_, Literal::Null) => {}
        (TypeRef::List(inner), Literal::List(items)) => {
            items.iter().for_each(|item| check(types, inner, item, findings));
        }
        _ => match (types.shape(base(ty)), value) {
            (Some(Shape::Input { fields }), Literal::Object(values)) => {
                check_object(types, base(ty), fields, values, findings);
            }
            (Some(Shape::Input { .. }), Literal::List(_)) => wrong.push(unexpected(ty)),
            (Some(Shape::Input { .. }), _) => wrong.push(unexpected(place)),
            (Some(Shape::Enum { values }), _) => {
                wrong.extend(check_enum(base(ty), values.iter().map(|value| &*value.name), value));
            }
            _ => {
                wrong.extend(check_scalar(base(ty), value, &unexpected(place)));
                inside(value, &mut findings.uses);
            }
        },
    }
}

/// The variables inside of a value of no particular type.
fn inside(value: &Literal, uses: &mut Vec<Use>) {
    match value {
        Literal::Variable(name) => {
            uses.push(Use { name: name.to_string(), ty: TypeRef::named(ANY), has_default: false });
        }
        Literal::List(items) => items.iter().for_each(|item| inside(item, uses)),
        Literal::Object(fields) => fields.values().for_each(|field| inside(field, uses)),
        _ => {}
    }
}

/// The type of a place that has none.
pub(super) const ANY: &str = "";

/// Whether an argument or a field of an input object cannot be left out.
pub(super) fn is_required(argument: &Argument) -> bool {
    matches!(argument.ty, TypeRef::NonNull(_)) && argument.default.is_none()
}

fn check_object(
    types: &TypeSystem,
    name: &str,
    fields: &[Argument],
    values: &IndexMap<Name, Literal>,
    findings: &mut Findings,
) {
    let missing =
        fields.iter().filter(|field| is_required(field) && !values.contains_key(field.name.as_str()));
    findings.wrong.extend(missing.map(|field| {
        format!("Field '{name}.{}' of required type '{}' was not provided.", field.name, field.ty)
    }));
    for (key, value) in values {
        match fields.iter().find(|field| field.name == key.as_str()) {
            Some(field) => check_argument(types, field, value, findings),
            None => {
                let close = suggest::names(key, fields.iter().map(|field| &*field.name));
                findings.wrong.push(format!("Field '{key}' is not defined by type '{name}'.{close}"));
            }
        }
    }
}

fn check_enum<'n>(
    name: &str,
    known: impl Iterator<Item = &'n str> + Clone,
    value: &Literal,
) -> Option<String> {
    match value {
        Literal::Enum(found) if known.clone().any(|known| known == found.as_str()) => None,
        Literal::Enum(found) => {
            let close = suggest::names(found, known).replacen("mean ", "mean the enum value ", 1);
            Some(format!("Value '{found}' does not exist in '{name}' enum.{close}"))
        }
        _ => Some(format!("Enum '{name}' cannot represent non-enum value: {value}.")),
    }
}

fn check_scalar(name: &str, value: &Literal, unexpected: &str) -> Option<String> {
    let whole = match value {
        Literal::Number(number) => number.as_i64(),
        _ => None,
    };
    let what = match (name, value) {
        ("String" | "ID", Literal::String(_)) | ("Boolean", Literal::Boolean(_)) => return None,
        ("Float" | "BigInt", _) | ("ID", _) if whole.is_some() => return None,
        ("Float", Literal::Number(_)) => return None,
        // a whole number that 64 bits do not hold is read as a fraction
        ("BigInt", Literal::Number(number)) if number.as_f64().is_some_and(|float| float.abs() > 9.2e18) => {
            return None;
        }
        ("BigInt", _) => return Some(unexpected.to_owned()),
        ("Int", _) => match whole {
            Some(whole) if i32::try_from(whole).is_ok() => return None,
            Some(_) => "Int cannot represent non 32-bit signed integer value",
            None => "Int cannot represent non-integer value",
        },
        ("String", _) => "String cannot represent a non string value",
        ("ID", _) => "ID cannot represent a non-string and non-integer value",
        ("Boolean", _) => "Boolean cannot represent a non boolean value",
        ("Float", _) => "Float cannot represent non numeric value",
        ("DateTime", Literal::String(text)) if is_time(text) => return None,
        ("DateTime", Literal::String(text)) => {
            return Some(format!("DateTime cannot represent value: '{text}'"));
        }
        ("DateTime", _) => "DateTime cannot represent non-string value",
        _ => return None,
    };
    Some(format!("{what}: {value}"))
}

/// Whether a text is a time or a date, with or without an offset.
pub(super) fn is_time(text: &str) -> bool {
    text.parse::<Timestamp>().is_ok() || text.parse::<DateTime>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphql::sdl;
    use async_graphql::parser;
    use async_graphql::parser::types::{DocumentOperations, Selection};

    fn wrong(ty: &str, text: &str) -> Vec<String> {
        let types = sdl::read(
            "input Data { name: Text, flag: Boolean!, ids: [ID] } input Text { value: String, size: BigInt, way: Way }
             enum Way { ASC DESC } scalar BigInt",
        )
        .unwrap();
        let document = parser::parse_query(format!("{{ field(argument: {text}) }}")).unwrap();
        let DocumentOperations::Single(operation) = document.operations else { panic!("one operation") };
        let Selection::Field(field) = &operation.node.selection_set.node.items[0].node else {
            panic!("a field")
        };
        let mut findings = Findings::default();
        let ty = TypeRef::named_nn(ty.to_owned());
        check(&types, &ty, &field.node.arguments[0].1.node, &mut findings);
        findings.wrong
    }

    #[test]
    fn what_fits_is_not_told() {
        let text = "{ flag: true, ids: 5, name: { value: \"x\", size: 5, way: ASC } }";
        assert_eq!(wrong("Data", text), Vec::<String>::new());
        assert_eq!(wrong("Data", "{ flag: $flag, ids: [\"a\", 1, $id], name: null }"), Vec::<String>::new());
    }

    #[test]
    fn what_does_not_fit_is_told_in_the_words_of_the_server() {
        for (ty, text, message) in [
            ("Data", "[{}]", "Expected value of type 'Data', found [{}]."),
            ("Data", "\"x\"", "Expected value of type 'Data!', found \"x\"."),
            ("Data", "{}", "Field 'Data.flag' of required type 'Boolean!' was not provided."),
            ("Data", "{flag: null}", "Expected value of type 'Boolean!', found null."),
            ("Data", "{flag: 1}", "Boolean cannot represent a non boolean value: 1"),
            (
                "Data",
                "{flag: true, nam: 1}",
                "Field 'nam' is not defined by type 'Data'. Did you mean 'name'?",
            ),
            ("Data", "{flag: true, name: 5}", "Expected value of type 'Text', found 5."),
            ("Text", "{size: 0.5}", "Expected value of type 'BigInt', found 0.5."),
            ("Text", "{way: UP}", "Value 'UP' does not exist in 'Way' enum."),
            ("Text", "{way: \"ASC\"}", "Enum 'Way' cannot represent non-enum value: \"ASC\"."),
        ] {
            assert_eq!(wrong(ty, text), [message], "{text}");
        }
    }
}
