//! Which kinds and fields a crate uses, for the differences that concern it.
//!
//! It is told from words, so more is taken for used than is, and nothing less:
//!
//! - A kind is used where the crate names its type, a builder, the enum over its kinds or an enum of its choices, or
//!   where a document or a string names it. So is what a program reaches without naming it: the peer of a relationship,
//!   if the crate reads peers anywhere or a document selects the relationship.
//! - A field of such a kind is used where its column, its name, a setter of it or its enum of choices appears anywhere
//!   in the crate, be it for another kind. So is a field that is used without being named: all that the kind's struct
//!   reads, if the struct may be read, and what its builder's `new` takes, if that is named.
//!
//! What it cannot see: names that a macro puts together, files outside the crate's folder, and the code of other crates;
//! a crate of the workspace is looked at by itself.

mod names;
mod sources;
mod words;

use crate::failure::Failure;
use infrahub_client::schema::Schema;
use infrahub_schema::{Change, Difference};
use names::{KindNames, Names};
use sources::Sources;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use words::Words;

/// What a crate uses of a schema.
#[derive(Debug)]
pub(crate) struct Used {
    kinds: BTreeMap<String, UsedKind>,
}

/// What a crate uses of a kind.
#[derive(Debug, Default)]
struct UsedKind {
    fields: BTreeSet<String>,
    is_created: bool,
}

/// What the crate of a folder uses of the schema that it was written for.
///
/// # Errors
/// The folder holds no package, or a file of it cannot be read; or the schema has no Rust form.
pub(crate) fn used(folder: &Path, schema: &Schema) -> Result<Used, Failure> {
    let words = Words::of(&Sources::read(folder)?);
    let names = Names::of(schema)?;
    let reached = Reached::new(&names, &words);
    let kinds = reached.kinds.iter().map(|kind| ((*kind).to_owned(), reached.used(kind)));
    Ok(Used { kinds: kinds.collect() })
}

impl Used {
    /// Whether the crate uses what changed, or the change asks something of it.
    pub(crate) fn keeps(&self, change: &Change) -> bool {
        let Some(kind) = self.kinds.get(&change.kind) else { return false };
        match &change.field {
            None => true,
            Some(field) => kind.fields.contains(field) || (kind.is_created && asks_for_more(change)),
        }
    }
}

/// Whether whoever creates an object has to give something that no program names yet.
fn asks_for_more(change: &Change) -> bool {
    let is_about_new = match &change.what {
        Difference::AttributeAdded { .. } | Difference::RelationshipAdded { .. } => true,
        Difference::Property { property, .. } => {
            matches!(property.as_str(), "optional" | "read_only" | "computed_attribute" | "kind")
        }
        _ => false,
    };
    is_about_new && change.programs.breaking
}

/// The kinds that a crate reaches, by their names in the schema.
struct Reached<'a> {
    names: &'a Names,
    words: &'a Words,
    kinds: BTreeSet<&'a str>,
    /// Those whose struct may be read.
    whole: BTreeSet<&'a str>,
    /// Those that documents reach.
    in_documents: BTreeSet<&'a str>,
    /// Profiles and templates that new objects take values from: what these lack, the program gives.
    sources: BTreeSet<&'a str>,
}

impl<'a> Reached<'a> {
    fn new(names: &'a Names, words: &'a Words) -> Self {
        let mut reached = Self {
            names,
            words,
            kinds: BTreeSet::new(),
            whole: BTreeSet::new(),
            in_documents: BTreeSet::new(),
            sources: BTreeSet::new(),
        };
        for (name, kind) in &names.kinds {
            if words.documents.iter().any(|word| word.contains(name.as_str())) {
                reached.in_documents.insert(name);
            }
            if kind.types.iter().any(|name| words.has(name)) {
                reached.kinds.insert(name);
            }
            if words.may_read(&kind.rust_name) {
                reached.whole.insert(name);
            }
            if kind.any.as_ref().is_some_and(|any| words.has(any)) {
                reached.whole.extend(kind.heirs.iter().map(String::as_str).chain([name.as_str()]));
            }
        }
        reached.follow_relationships();
        if ["from_profiles", "from_template"].iter().any(|constructor| words.has(constructor)) {
            let created = reached.kinds.iter().filter_map(|name| names.kinds.get(*name));
            let created = created.filter(|kind| reached.is_created(kind));
            reached.sources = created.flat_map(|kind| kind.sources.iter().map(String::as_str)).collect();
            reached.kinds.extend(reached.sources.iter().copied());
        }
        reached
    }

    /// Adds what is reached from the kinds that are named.
    fn follow_relationships(&mut self) {
        // These read the peer's own struct unless another type is named.
        let reads_peers = ["peer", "peers", "hierarchy"].iter().any(|method| self.words.has(method));
        loop {
            let before = (self.in_documents.len(), self.whole.len(), self.kinds.len());
            let (in_documents, whole) = (self.in_documents.clone(), self.whole.clone());
            self.kinds.extend(in_documents.iter().chain(&whole));
            for name in self.kinds.clone() {
                let Some(kind) = self.names.kinds.get(name) else { continue };
                for (field, peer) in &kind.peers {
                    if in_documents.contains(name)
                        && self.words.documents.contains(field.trim_end_matches('_'))
                    {
                        self.in_documents.insert(peer);
                    }
                    if reads_peers && self.is_named(kind, field) {
                        self.whole.insert(peer);
                    }
                }
            }
            if before == (self.in_documents.len(), self.whole.len(), self.kinds.len()) {
                return;
            }
        }
    }

    fn is_named(&self, kind: &KindNames, field: &str) -> bool {
        kind.fields.get(field).is_some_and(|names| names.iter().any(|name| self.words.has(name)))
    }

    fn is_created(&self, kind: &KindNames) -> bool {
        kind.create.iter().any(|create| self.words.has(create))
            || kind.mutations.iter().any(|mutation| self.words.documents.contains(mutation))
    }

    fn used(&self, name: &str) -> UsedKind {
        let Some(kind) = self.names.kinds.get(name) else { return UsedKind::default() };
        let is_source = self.sources.contains(name);
        let is_created = is_source || self.is_created(kind);
        let fields = kind.fields.keys().filter(|field| {
            is_source
                || self.is_named(kind, field)
                || (self.whole.contains(name) && kind.read.contains(*field))
                || (is_created && kind.mandatory.contains(*field))
        });
        UsedKind { fields: fields.cloned().collect(), is_created }
    }
}
