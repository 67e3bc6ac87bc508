//! Writes become documents: `mutation { w0: KindCreate(data: $w0) {…} w1: … }`.

use super::{Item, Limits};
use crate::filter::to_json;
use crate::operation::{Effect, Operation};
use crate::write::Action;
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::borrow::Cow;

/// What is asked back of each object.
const SELECTION: &str = "id hfid display_label";

/// Writes that are sent in one request, with their positions in the batch.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) items: Vec<(usize, Item)>,
}

/// The documents of a batch, wave by wave.
pub(super) fn waves(items: Vec<Item>, limits: Limits, repeatable: bool) -> Vec<Vec<Document>> {
    let count = items.iter().map(|item| item.wave + 1).max().unwrap_or(0);
    let mut waves: Vec<[Vec<(usize, Item)>; 2]> = (0..count).map(|_| [Vec::new(), Vec::new()]).collect();
    for (position, item) in items.into_iter().enumerate() {
        // A document is sent again as a whole, so those that may be hold nothing that may not.
        let group = usize::from(repeatable || item.is_repeatable());
        waves[item.wave][group].push((position, item));
    }
    waves
        .into_iter()
        .map(|groups| groups.into_iter().flat_map(|items| split(items, limits)).collect())
        .collect()
}

fn split(items: Vec<(usize, Item)>, limits: Limits) -> Vec<Document> {
    let mut documents: Vec<Document> = Vec::new();
    let mut bytes = 0;
    for (position, item) in items {
        let size = item.mutation.data.get().len();
        match documents.last_mut() {
            Some(document)
                if document.items.len() < limits.items
                    && bytes + size <= limits.bytes
                    && !document.has_file()
                    && item.mutation.file.is_none() =>
            {
                bytes += size;
                document.items.push((position, item));
            }
            _ => {
                bytes = size;
                documents.push(Document { items: vec![(position, item)] });
            }
        }
    }
    documents
}

impl Item {
    pub(super) fn is_repeatable(&self) -> bool {
        self.mutation.action == Action::Create
    }
}

/// The alias, and the variable, of the write at this place of its document.
pub(super) fn alias(place: usize) -> String {
    format!("w{place}")
}

impl Document {
    /// Whether it carries a file, and so holds nothing else.
    fn has_file(&self) -> bool {
        self.items.iter().any(|(_, item)| item.mutation.file.is_some())
    }

    pub(super) fn one(item: (usize, Item)) -> Self {
        Self { items: vec![item] }
    }

    pub(super) fn operation(&self, repeatable: bool) -> Operation<'static> {
        let upload = self.items.first().and_then(|(_, item)| item.mutation.upload(&alias(0)));
        let mut declarations = Vec::with_capacity(self.items.len());
        let mut fields = Vec::with_capacity(self.items.len());
        for (place, (_, item)) in self.items.iter().enumerate() {
            let alias = alias(place);
            declarations.push(item.mutation.declaration(&alias));
            fields.push(format!("{alias}: {}", item.mutation.field(&alias, SELECTION)));
        }
        let document = format!("mutation batch({}) {{ {} }}", declarations.join(", "), fields.join(" "));
        let mut items = self.items.iter().map(|(_, item)| item);
        let effect = if !repeatable && !items.clone().all(Item::is_repeatable) {
            Effect::Write
        } else if items.any(Item::is_repeatable) {
            Effect::NewObject
        } else {
            Effect::RepeatableWrite
        };
        Operation {
            name: Cow::Borrowed("batch"),
            document: Cow::Owned(document),
            variables: to_json(&Variables(&self.items)),
            effect,
            tracker: Cow::Borrowed("mutation-batch"),
            kind: None,
            is_compiled: true,
            object: None,
            upload,
        }
    }
}

struct Variables<'a>(&'a [(usize, Item)]);

impl Serialize for Variables<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (place, (_, item)) in self.0.iter().enumerate() {
            item.mutation.variables(&alias(place), &mut map)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::{Document, Limits, waves};
    use crate::batch::Item;
    use crate::file::File;
    use crate::filter::to_json;
    use crate::operation::Effect;
    use crate::write::{Action, Mutation};

    const LIMITS: Limits = Limits { items: 2, bytes: 1000, in_flight: 1 };

    fn item(kind: &'static str, action: Action, wave: usize) -> Item {
        let data = to_json(&serde_json::json!({"name": {"value": "x"}}));
        Item { mutation: Mutation { kind, action, data, file: None }, id: None, wave }
    }

    fn positions(wave: &[Document]) -> Vec<Vec<usize>> {
        let of = |document: &Document| document.items.iter().map(|(position, _)| *position).collect();
        wave.iter().map(of).collect()
    }

    #[test]
    fn a_document_holds_one_wave_and_one_way_to_be_repeated() {
        let items = vec![
            item("A", Action::Create, 0),
            item("A", Action::Create, 0),
            item("B", Action::Create, 1),
            item("A", Action::Delete, 0),
            item("A", Action::Create, 0),
        ];
        let waves = waves(items, LIMITS, false);
        assert_eq!(waves.len(), 2);
        assert_eq!(positions(&waves[0]), [vec![3], vec![0, 1], vec![4]]);
        assert_eq!(positions(&waves[1]), [vec![2]]);
        assert_eq!(waves[0][0].operation(false).effect, Effect::Write);
        assert_eq!(waves[0][1].operation(false).effect, Effect::NewObject);
        assert_eq!(waves[0][0].operation(true).effect, Effect::RepeatableWrite);
    }

    #[test]
    fn a_write_that_is_too_large_goes_alone() {
        let items = (0..3).map(|_| item("A", Action::Create, 0)).collect();
        let waves = waves(items, Limits { items: 10, bytes: 1, in_flight: 1 }, false);
        assert_eq!(positions(&waves[0]), [[0], [1], [2]]);
    }

    #[test]
    fn a_write_with_a_file_goes_alone() {
        let mut items: Vec<Item> = (0..3).map(|_| item("A", Action::Create, 0)).collect();
        items[1].mutation.file = Some(File::from_bytes("x", "y"));
        let waves = waves(items, Limits { items: 10, bytes: 1000, in_flight: 1 }, false);
        assert_eq!(positions(&waves[0]), [[0], [1], [2]]);
        let operation = waves[0][1].operation(false);
        assert_eq!(
            operation.document,
            "mutation batch($w0: ACreateInput!, $w0_file: Upload!) { w0: ACreate(data: $w0, file: $w0_file) \
             { ok object { id hfid display_label checksum { value } } } }"
        );
        assert_eq!(operation.variables.get(), r#"{"w0":{"name":{"value":"x"}},"w0_file":null}"#);
        assert_eq!(operation.upload.unwrap().variable, "w0_file");
        assert!(waves[0][0].operation(false).upload.is_none());
    }

    #[test]
    fn writes_stand_under_aliases_with_their_own_variables() {
        let items = vec![(0, item("A", Action::Create, 0)), (1, item("B", Action::Delete, 0))];
        let operation = Document { items }.operation(true);
        assert_eq!(
            operation.document,
            "mutation batch($w0: ACreateInput!, $w1: DeleteInput!) { \
             w0: ACreate(data: $w0) { ok object { id hfid display_label } } w1: BDelete(data: $w1) { ok } }"
        );
        assert_eq!(operation.variables.get(), r#"{"w0":{"name":{"value":"x"}},"w1":{"name":{"value":"x"}}}"#);
    }
}
