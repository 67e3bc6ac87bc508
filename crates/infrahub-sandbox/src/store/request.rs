//! What a caller asks the store to write.

use super::{Arguments, NodeId, Store, find, pool, python};
use serde_json::{Value, json};

/// A create, update, upsert or delete of an object.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Write<'a> {
    /// The branch.
    pub(crate) branch: &'a str,
    /// The kind that the mutation is for; a generic for an update through it.
    pub(crate) kind: &'a str,
    /// The argument `data`.
    pub(crate) data: &'a Arguments,
    /// The account that asks.
    pub(crate) author: Option<NodeId>,
    /// The file that came along, stored already.
    pub(crate) file: Option<&'a FileFacts>,
}

/// What a file object tells of its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileFacts {
    pub(crate) name: String,
    pub(crate) size: i64,
    /// The media type.
    pub(crate) media_type: String,
    /// The SHA-1 sum.
    pub(crate) checksum: String,
    pub(crate) storage_id: String,
}

/// A change of an object's relations, or an allocation from a pool.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Relate<'a> {
    /// The branch.
    pub(crate) branch: &'a str,
    /// The argument `data`.
    pub(crate) data: &'a Arguments,
    /// The account that asks.
    pub(crate) author: Option<NodeId>,
}

impl Write<'_> {
    /// The data with those of the file; with the id instead of the object that has the same file already.
    pub(crate) fn data_with_file(&self, keeper: Option<NodeId>) -> Arguments {
        let mut data = self.data.clone();
        if let Some(keeper) = keeper {
            data.insert("id".to_owned(), keeper.to_string().into());
            return data;
        }
        let Some(file) = self.file else { return data };
        let fields: [(&str, Value); 5] = [
            ("file_name", file.name.as_str().into()),
            ("file_size", file.size.into()),
            ("file_type", file.media_type.as_str().into()),
            ("checksum", file.checksum.as_str().into()),
            ("storage_id", file.storage_id.as_str().into()),
        ];
        data.extend(fields.map(|(name, value)| (name.to_owned(), json!({ "value": value }))));
        data
    }

    /// The object of an upsert, if it has the file already.
    pub(crate) fn keeper(&self, store: &Store) -> Option<NodeId> {
        let file = self.file?;
        let state = store.line(self.branch).ok()?.latest();
        let kind = state.catalogue.kind(self.kind)?;
        let mut arguments = Arguments::new();
        if let Some(id) = self.data.get("id") {
            arguments.insert("ids".to_owned(), Value::Array(vec![id.clone()]));
        } else if let Some(hfid) = self.data.get("hfid") {
            arguments.insert("hfid".to_owned(), hfid.clone());
        } else {
            let value = |path: &String| {
                let (attribute, property) = path.split_once("__")?;
                Some(python::text(self.data.get(attribute)?.get(property)?))
            };
            let hfid: Option<Vec<String>> = kind.human_friendly_id.as_ref()?.iter().map(value).collect();
            arguments.insert("hfid".to_owned(), hfid?.into());
        }
        let node = find::find(state, kind, &arguments).ok()?.items.into_iter().next()?;
        (pool::text(&node, "checksum") == file.checksum).then_some(node.id)
    }
}
