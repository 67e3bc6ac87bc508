//! One read or write of a sequence.

use super::{read, write};
use proptest::prelude::*;
use serde_json::Value;

/// A root field with its arguments, whose texts may name objects (`objects.rs`).
#[derive(Debug, Clone)]
pub(crate) enum Operation {
    /// A mutation with its argument `data`, of that type.
    Write {
        field: String,
        kind: Option<&'static str>,
        input: String,
        data: Value,
        /// Whether the data stand in the document rather than in a variable.
        is_inline: bool,
    },
    /// A query with its arguments.
    Read { kind: &'static str, arguments: Value },
}

/// What a sequence does.
pub(crate) fn sequence() -> impl Strategy<Value = Vec<Operation>> {
    prop::collection::vec(operation(), 12..=20)
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        5 => write::create(),
        3 => write::update(),
        2 => write::upsert(),
        1 => write::delete(),
        2 => write::relate(),
        4 => read::read(),
    ]
}
