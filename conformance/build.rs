//! Generates the kinds of the demo schema, and the list of all of them.

#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::path::Path;

fn main() {
    infrahub_build::configure().schema_dir("../live/demo-schema/snapshot").kinds(["*"]).generate();
    list_kinds();
}

/// Writes a call of `every_kind!` with all kinds of the snapshot, for `tests/stock_kinds.rs`.
fn list_kinds() {
    let schema = infrahub_schema::Schema::read(Path::new("../live/demo-schema/snapshot/nodes.json")).unwrap();
    let kinds = schema.kinds.keys().fold(String::new(), |mut text, kind| {
        let _ = writeln!(text, "    {}: {kind},", kind.to_lowercase());
        text
    });
    let folder = std::env::var("OUT_DIR").unwrap();
    std::fs::write(Path::new(&folder).join("every_kind.rs"), format!("every_kind! {{\n{kinds}}}\n")).unwrap();
}
