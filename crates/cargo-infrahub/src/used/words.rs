//! The words of a crate, and at which places they stand.

use super::sources::Sources;
use proc_macro2::{Delimiter, Literal, TokenStream, TokenTree};
use std::collections::BTreeSet;

/// Types of the runtime that name a kind without reading its objects.
const REFERENCES: [&str; 5] = ["Filter", "Hfid", "Id", "Order", "Related"];

/// The words of a crate. Raw identifiers are without `r#`, and no word ends with an underscore: how many underscores a
/// generated name ends with depends on which other kinds are generated.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// Identifiers, and the words of documents and of strings.
    pub(super) all: BTreeSet<String>,
    /// The words of documents, and of strings, which may hold a document or a part of one.
    pub(super) documents: BTreeSet<String>,
    /// Identifiers that stand, as a type, where more may be meant than its constants.
    types: BTreeSet<String>,
    /// Identifiers that stand inside a type of the runtime, or one that is called like it.
    inside: BTreeSet<(String, String)>,
    /// What the crate itself gives a name.
    defined: BTreeSet<String>,
}

impl Words {
    pub(super) fn of(sources: &Sources) -> Self {
        let mut words = Self::default();
        for text in &sources.rust {
            match text.parse::<TokenStream>() {
                Ok(tokens) => words.add_tokens(tokens, false),
                // Not Rust, such as a test of what must not compile: every word may be anything.
                Err(_) => {
                    words.add_text(text);
                    words.types.extend(split(text));
                }
            }
        }
        for text in &sources.documents {
            words.add_text(text);
        }
        words
    }

    pub(super) fn has(&self, word: &str) -> bool {
        self.all.contains(word.trim_end_matches('_'))
    }

    /// Whether objects may be read as this type, as a whole.
    pub(super) fn may_read(&self, type_name: &str) -> bool {
        let name = type_name.trim_end_matches('_');
        self.types.contains(name)
            || self.inside.iter().any(|(outer, inner)| inner == name && self.defined.contains(outer))
    }

    fn add_text(&mut self, text: &str) {
        for word in split(text) {
            self.all.insert(word.clone());
            self.documents.insert(word);
        }
    }

    /// `is_inside_import` says whether these are what braces of a `use` hold.
    fn add_tokens(&mut self, tokens: TokenStream, is_inside_import: bool) {
        let mut is_import = is_inside_import;
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (index, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(_) if is_doc(&tokens, index) => {}
                TokenTree::Group(group) => self.add_tokens(group.stream(), is_import),
                TokenTree::Ident(ident) if ident == "use" => {
                    // `use<'a>` stands in types.
                    is_import = !is_punct(tokens.get(index + 1), '<');
                }
                TokenTree::Ident(ident) => {
                    self.add_ident(&plain(&ident.to_string()), &tokens, index, is_import);
                }
                TokenTree::Punct(punct) => {
                    let goes_on =
                        matches!(punct.as_char(), ':' | '*') || (is_inside_import && punct.as_char() == ',');
                    is_import &= goes_on;
                }
                TokenTree::Literal(literal) => self.add_literal(literal),
            }
        }
    }

    fn add_ident(&mut self, name: &str, tokens: &[TokenTree], index: usize, is_import: bool) {
        self.all.insert(name.to_owned());
        let keyword = index.checked_sub(1).and_then(|before| tokens.get(before));
        if ["struct", "enum", "type", "union", "trait", "as"].iter().any(|word| is_ident(keyword, word)) {
            self.defined.insert(name.to_owned());
        }
        let next = tokens.get(index + 1);
        // `InfraDevice::NAME` names a constant.
        if is_punct(next, ':') && is_punct(tokens.get(index + 2), ':') {
            return;
        }
        if is_import && !is_ident(next, "as") {
            return;
        }
        let before = before_path(tokens, index);
        // `#[infrahub(kind = InfraDevice)]` reads what the projection names.
        if let [.., kind, equals] = before
            && is_punct(Some(equals), '=')
            && is_ident(Some(kind), "kind")
        {
            return;
        }
        let outer =
            if is_punct(before.last(), '<') && is_punct(next, '>') { last_ident(before) } else { None };
        match outer.filter(|outer| REFERENCES.contains(&outer.as_str())) {
            Some(outer) => self.inside.insert((outer, name.to_owned())),
            None => self.types.insert(name.to_owned()),
        };
    }

    fn add_literal(&mut self, literal: &Literal) {
        let text = literal.to_string();
        if text.contains('"') {
            self.add_text(&text);
            // What an escape ends with is no part of the word behind it.
            self.add_text(&text.replace("\\n", " ").replace("\\t", " ").replace("\\r", " "));
        }
    }
}

/// The words of a text; `site__name__value` is three more.
fn split(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|character: char| !character.is_ascii_alphanumeric() && character != '_');
    let words = words.filter(|word| !word.is_empty());
    words.flat_map(|word| std::iter::once(word).chain(word.split("__"))).map(plain)
}

fn plain(word: &str) -> String {
    word.trim_start_matches("r#").trim_end_matches('_').to_owned()
}

/// Whether the group is `[doc = "…"]`, as which comments arrive.
fn is_doc(tokens: &[TokenTree], index: usize) -> bool {
    let TokenTree::Group(group) = &tokens[index] else { return false };
    let is_attribute =
        index > 0 && (is_punct(tokens.get(index - 1), '#') || is_punct(tokens.get(index - 1), '!'));
    is_attribute
        && group.delimiter() == Delimiter::Bracket
        && is_ident(group.stream().into_iter().next().as_ref(), "doc")
}

/// What stands before the path that leads to the token.
fn before_path(tokens: &[TokenTree], index: usize) -> &[TokenTree] {
    let mut before = &tokens[..index];
    while let [rest @ .., first, second] = before
        && is_punct(Some(first), ':')
        && is_punct(Some(second), ':')
    {
        before = match rest {
            [rest @ .., TokenTree::Ident(_)] => rest,
            rest => rest,
        };
    }
    before
}

/// The type before `<` or `::<`.
fn last_ident(before: &[TokenTree]) -> Option<String> {
    let mut rest = before.iter().rev().skip(1).skip_while(|token| is_punct(Some(token), ':'));
    match rest.next() {
        Some(TokenTree::Ident(ident)) => Some(plain(&ident.to_string())),
        _ => None,
    }
}

fn is_punct(token: Option<&TokenTree>, character: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == character)
}

fn is_ident(token: Option<&TokenTree>, word: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(ident)) if ident == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(rust: &str) -> Words {
        Words::of(&Sources { rust: vec![rust.to_owned()], documents: Vec::new() })
    }

    #[test]
    fn a_type_is_read_as_a_whole_where_it_is_not_plainly_just_named() {
        for (rust, is_read) in [
            ("use kinds::{Device, Site};", false),
            ("use kinds::Device as Row;", true),
            ("fn f() -> impl Sized + use<'a> { device as Device }", true),
            ("#[infrahub(kind = Device)] struct Row { name: String }", false),
            ("#[infrahub(kind = kinds::Device)] struct Row { name: String }", false),
            ("fn f(id: Id<Device>, site: &Related<kinds::Device>) { Hfid::<Device>::new([\"a\"]) }", false),
            ("client.all().filter(Device::NAME.eq(name))", false),
            ("client.all().filter(kinds::Device::NAME.eq(name))", false),
            ("client.all::<Device>()", true),
            ("let devices: Vec<Device> = client.all().await?;", true),
            ("let Device { name, .. } = device;", true),
            ("list!(Device)", true),
            ("list!(use Site, Device)", true),
            ("type Row = Device;", true),
            ("struct Id<T>(T); fn f(id: Id<Device>) {}", true),
            ("/// A Device.\nfn f() {}", false),
            ("fn f( { Device", true),
        ] {
            assert_eq!(words(rust).may_read("Device"), is_read, "{rust}");
        }
    }

    #[test]
    fn words_are_found_wherever_they_stand() {
        let words = words(
            "/// interface\n#[infrahub(rename = \"r#type\", filter = Site::NAME.eq(1))] x: r#gen, \
             run(\"query {\\nsite__region__value }\", r#\"{ asn }\"#)",
        );
        for word in ["type", "gen", "NAME", "Site", "site", "region", "asn"] {
            assert!(words.has(word), "{word}");
        }
        assert!(!words.has("interface"), "a comment uses nothing");
        assert!(words.documents.contains("asn") && !words.documents.contains("NAME"));
        assert!(words.has("gen_"), "underscores at the end tell nothing");
    }
}
