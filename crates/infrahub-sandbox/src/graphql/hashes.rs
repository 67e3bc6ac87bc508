//! Hashes by which a client notices that a schema has changed.

use infrahub_schema::Schema;
use std::collections::BTreeMap;

/// The hash of a schema, and that of each kind.
#[derive(Debug)]
pub(crate) struct Hashes {
    pub(crate) whole: String,
    kinds: BTreeMap<String, String>,
}

impl Hashes {
    pub(super) fn new(schema: &Schema) -> Self {
        let kinds: BTreeMap<String, String> = schema
            .kinds
            .values()
            .map(|kind| (kind.kind.clone(), format!("{:032x}", kind.fingerprint())))
            .collect();
        // 64-bit FNV-1a, as for one kind
        let all = kinds.iter().flat_map(|(kind, hash)| kind.bytes().chain(hash.bytes()));
        let whole = all.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Self { whole: format!("{whole:032x}"), kinds }
    }

    pub(crate) fn of(&self, kind: &str) -> &str {
        self.kinds.get(kind).map_or("", String::as_str)
    }
}
