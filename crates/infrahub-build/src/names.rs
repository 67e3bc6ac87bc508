//! Every name that generated code uses is made here.
//!
//! The schema is text that others wrote, so a name is either turned into a checked identifier or the build
//! stops with an error. The rules stand in `docs/guide.md`: users write these names in their programs, so a
//! rule that changes breaks them.

use proc_macro2::{Ident, Span};
use std::collections::{BTreeMap, BTreeSet};

/// Methods of generated types; a field or setter of that name gets an underscore.
pub(crate) const OWN_METHODS: [&str; 6] =
    ["new", "from_template", "from_profiles", "with_id", "into_data", "typename"];

/// Fields that the server itself gives to every GraphQL type, so that no attribute can have the name.
const SERVER_FIELDS: [&str; 3] = ["id", "hfid", "display_label"];

/// Keywords of every edition, and those that are reserved.
const KEYWORDS: [&str; 53] = [
    "_", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do",
    "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "Self",
    "static", "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// Keywords that have no raw form.
const NEVER_RAW: [&str; 5] = ["_", "crate", "self", "Self", "super"];

/// Types, traits and variants that Rust's prelude brings into every module, and the primitive types.
const PRELUDE: [&str; 46] = [
    "AsMut",
    "AsRef",
    "AsyncFn",
    "AsyncFnMut",
    "AsyncFnOnce",
    "Box",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "DoubleEndedIterator",
    "Drop",
    "Eq",
    "Err",
    "ExactSizeIterator",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Future",
    "Hash",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Self",
    "Send",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Vec",
];

/// File names that Windows keeps for itself.
const DEVICES: [&str; 22] = [
    "aux", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "con", "lpt1", "lpt2",
    "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9", "nul", "prn",
];

/// Modules that stand beside those of the kinds.
const OWN_MODULES: [&str; 3] = ["mod", "peers", "queries"];

/// The longest name that is accepted; the server's own limit is 64 for a namespace and name together.
const MAX_LENGTH: usize = 128;

/// Names that must differ from each other.
#[derive(Debug, Default, Clone)]
pub(crate) struct Scope {
    taken: BTreeSet<String>,
}

impl Scope {
    /// A scope in which some names are taken from the start.
    pub(crate) fn with(taken: &[&str]) -> Self {
        Self { taken: taken.iter().map(|name| (*name).to_owned()).collect() }
    }

    /// The wanted name, with as many underscores behind it as it takes to be free.
    pub(crate) fn claim(&mut self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        while !self.taken.insert(name.clone()) {
            name.push('_');
        }
        name
    }

    /// Names for all of these, in their order: `rename` says what each would like to be called, and
    /// who asks for its very own name goes first.
    pub(crate) fn claim_all<'a>(
        &mut self,
        names: impl IntoIterator<Item = &'a str>,
        rename: impl Fn(&str) -> String,
    ) -> BTreeMap<&'a str, String> {
        let mut wanted: Vec<(bool, &str, String)> = names
            .into_iter()
            .map(|name| {
                let new = rename(name);
                (new != name, name, new)
            })
            .collect();
        wanted.sort();
        wanted.into_iter().map(|(_, name, new)| (name, self.claim(&new))).collect()
    }
}

/// The scope of the type names of a whole output.
pub(crate) fn type_scope() -> Scope {
    Scope::with(&PRELUDE)
}

/// The scope of the module names of a whole output.
pub(crate) fn module_scope() -> Scope {
    let mut scope = Scope::with(&OWN_MODULES);
    scope.taken.extend(DEVICES.iter().chain(&KEYWORDS).map(|name| (*name).to_owned()));
    scope
}

/// The scope of the fields, columns and setters of one kind.
pub(crate) fn field_scope() -> Scope {
    let mut scope = Scope::with(&OWN_METHODS);
    scope.taken.extend(SERVER_FIELDS.iter().chain(&NEVER_RAW).map(|name| (*name).to_owned()));
    scope
}

/// Why a kind of this name cannot exist, if it cannot.
pub(crate) fn check_kind(kind: &str) -> Result<(), String> {
    check_graphql(kind)
        .map_err(|why| format!("`{}` cannot be the name of a kind: {why}", kind.escape_debug()))
}

/// Why an attribute or relationship of this name cannot exist, if it cannot.
pub(crate) fn check_field(name: &str) -> Result<(), String> {
    let refuse = |why: &str| Err(format!("`{}` cannot be the name of a field: {why}", name.escape_debug()));
    if SERVER_FIELDS.contains(&name) {
        return refuse(
            "the server gives every GraphQL type a field of that name, and this one would hide it",
        );
    }
    if name.contains("__") {
        return refuse("`__` parts the names in a path such as `site__name__value`");
    }
    check_graphql(name).or_else(|why| refuse(&why))
}

fn check_graphql(name: &str) -> Result<(), String> {
    let mut bytes = name.bytes();
    match bytes.next() {
        None => return Err("it is empty".to_owned()),
        Some(first) if first.is_ascii_alphabetic() || first == b'_' => {}
        Some(_) => return Err("a GraphQL name begins with a letter or an underscore".to_owned()),
    }
    if !bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Err("a GraphQL name has only ASCII letters, digits and underscores".to_owned());
    }
    if !name.bytes().any(|byte| byte.is_ascii_alphanumeric()) {
        return Err("it has no letter or digit".to_owned());
    }
    if name.starts_with("__") {
        return Err("GraphQL keeps names that begin with `__` for itself".to_owned());
    }
    if name.len() > MAX_LENGTH {
        return Err(format!("it is longer than {MAX_LENGTH} bytes"));
    }
    Ok(())
}

/// The type for a kind.
pub(crate) fn type_name(kind: &str) -> String {
    if kind.starts_with(|first: char| first.is_ascii_uppercase()) && !kind.contains('_') {
        kind.to_owned()
    } else {
        join_words(kind)
    }
}

/// The module (and file, without `.rs`) for a kind.
pub(crate) fn module_name(kind: &str) -> String {
    snake_case(kind)
}

/// The field for an attribute or relationship.
pub(crate) fn field_name(name: &str) -> String {
    snake_case(name)
}

/// The column for a field.
pub(crate) fn constant_name(field: &str) -> String {
    field.to_ascii_uppercase()
}

/// The builder for a kind: the kind's type and `Create` or `Update`.
pub(crate) fn builder_type_name(kind_type: &str, what: &str) -> String {
    format!("{}{what}", kind_type.trim_end_matches('_'))
}

/// A method about a field: `clear_name`.
pub(crate) fn method_name(what: &str, field: &str) -> String {
    format!("{what}_{}", field.trim_start_matches('_'))
}

/// The enum for the choices of an attribute.
pub(crate) fn choice_type_name(kind_type: &str, field: &str) -> String {
    format!("{}{}", kind_type.trim_end_matches('_'), join_words(field))
}

/// The variants for the choices of an attribute, in the order of the choices.
pub(crate) fn variant_names(choices: &[&str]) -> Vec<String> {
    let mut sharing: BTreeMap<String, usize> = BTreeMap::new();
    for choice in choices {
        *sharing.entry(plain_variant(choice)).or_default() += 1;
    }
    let mut scope = Scope::with(&["Other", "Self"]);
    let wanted = choices.iter().map(|choice| {
        let plain = plain_variant(choice);
        if sharing.get(&plain) == Some(&1) { plain } else { spelled_out(choice) }
    });
    wanted.map(|name| scope.claim(&name)).collect()
}

fn plain_variant(choice: &str) -> String {
    let joined = join_words(choice);
    match joined.chars().next() {
        None => spelled_out(choice),
        Some(first) if first.is_ascii_digit() => format!("_{joined}"),
        Some(_) => joined,
    }
}

/// Every character of a choice, what is no ASCII letter or digit as `U` and its number.
fn spelled_out(choice: &str) -> String {
    if choice.is_empty() {
        return "Empty".to_owned();
    }
    let mut name = "X".to_owned();
    for character in choice.chars() {
        if character.is_ascii_alphanumeric() {
            name.push(character);
        } else {
            name.push_str(&format!("U{:x}", u32::from(character)));
        }
    }
    name
}

/// `in progress` to `InProgress`; what follows the first letter of a word stays as it is.
fn join_words(text: &str) -> String {
    let words = text.split(|character: char| !character.is_ascii_alphanumeric());
    words
        .flat_map(|word| {
            let mut characters = word.chars();
            characters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(characters)
        })
        .collect()
}

/// `InfraDevice` to `infra_device`, `IPPrefixPool` to `ip_prefix_pool`; underscores are never doubled.
fn snake_case(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut name = String::with_capacity(text.len() + 4);
    for (index, &character) in characters.iter().enumerate() {
        let before = index.checked_sub(1).map(|index| characters[index]);
        let after = characters.get(index + 1);
        let starts_word = character.is_ascii_uppercase()
            && before.is_some_and(|before| {
                before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_ascii_uppercase() && after.is_some_and(char::is_ascii_lowercase))
            });
        if (starts_word || character == '_') && !name.ends_with('_') {
            name.push('_');
        }
        if character != '_' {
            name.push(character.to_ascii_lowercase());
        }
    }
    name
}

/// The identifier of a name that this module made.
pub(crate) fn ident(name: &str) -> Ident {
    if KEYWORDS.contains(&name) && !NEVER_RAW.contains(&name) {
        Ident::new_raw(name, Span::call_site())
    } else {
        Ident::new(name, Span::call_site())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_become_types_and_modules() {
        for (kind, expected_type, module) in [
            ("InfraDevice", "InfraDevice", "infra_device"),
            ("CoreIPPrefixPool", "CoreIPPrefixPool", "core_ip_prefix_pool"),
            ("CoreTransformJinja2", "CoreTransformJinja2", "core_transform_jinja2"),
            ("InfraInterfaceL2", "InfraInterfaceL2", "infra_interface_l2"),
            ("infra_device", "InfraDevice", "infra_device"),
            ("VRF", "VRF", "vrf"),
        ] {
            assert_eq!(
                (type_name(kind).as_str(), module_name(kind).as_str()),
                (expected_type, module),
                "{kind}"
            );
        }
    }

    #[test]
    fn files_that_differ_only_in_case_get_names_that_do_not() {
        let names = module_scope().claim_all(["InfraVRF", "InfraVrf", "Mod", "Con", "Type"], module_name);
        assert_eq!(names["InfraVRF"], "infra_vrf");
        assert_eq!(names["InfraVrf"], "infra_vrf_");
        assert_eq!((names["Mod"].as_str(), names["Con"].as_str()), ("mod_", "con_"));
        assert_eq!(names["Type"], "type_");
    }

    #[test]
    fn fields_step_around_keywords_and_our_own_names() {
        let names =
            field_scope().claim_all(["type", "self", "new", "name", "someName", "some_name"], field_name);
        assert_eq!(ident(&names["type"]).to_string(), "r#type");
        assert_eq!(ident(&names["self"]).to_string(), "self_");
        assert_eq!(names["new"], "new_");
        assert_eq!((names["some_name"].as_str(), names["someName"].as_str()), ("some_name", "some_name_"));
        assert_eq!(constant_name(&names["type"]), "TYPE");
    }

    #[test]
    fn every_keyword_has_an_identifier() {
        for keyword in KEYWORDS {
            if !NEVER_RAW.contains(&keyword) {
                assert_eq!(ident(keyword).to_string(), format!("r#{keyword}"));
            }
            // `gen` is a keyword since the edition of 2024, which the parser leaves to the caller.
            assert!(keyword == "gen" || syn::parse_str::<Ident>(keyword).is_err(), "{keyword} is a keyword");
        }
    }

    #[test]
    fn names_that_graphql_cannot_have_are_refused() {
        for name in ["", "10g", "a-b", "a b", "größe", "_", "a__b", "__typename", "hfid", &"x".repeat(129)]
        {
            assert!(check_field(name).is_err(), "{name}");
        }
        for name in ["ids", "_a", "count", "type", "a1"] {
            assert_eq!(check_field(name), Ok(()), "{name}");
        }
        assert!(check_kind("Infra\n").is_err());
    }

    #[test]
    fn choices_become_variants() {
        let choices = ["", "+", "10g", "active", "in progress", "other", "text/plain", "Zürich"];
        assert_eq!(
            variant_names(&choices),
            ["Empty", "XU2b", "_10g", "Active", "InProgress", "Other_", "TextPlain", "ZRich"]
        );
        assert_eq!(variant_names(&["A_B", "a-b", "c"]), ["XAU5fB", "XaU2db", "C"]);
        assert_eq!(variant_names(&["Self", "self", "Other"]), ["XSelf", "Xself", "Other_"]);
    }

    #[test]
    fn a_new_choice_never_gives_a_known_name_another_meaning() {
        let before = variant_names(&["a-b"]);
        let after = variant_names(&["A_B", "a-b"]);
        assert_eq!(before, ["AB"]);
        assert!(!after.contains(&before[0]));
    }
}
