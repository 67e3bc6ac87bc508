//! Every document that this repository sends or shows is valid GraphQL for the schema that it is for, as a
//! full GraphQL compiler sees it.
#![allow(clippy::unwrap_used)]

use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use infrahub_client::query::QueryVariables;
use infrahub_demo_kinds::queries::{
    branch_diff, branch_diff_update, locations, site_ports, tag_create, tag_names, tags,
};
use std::fs;
use std::path::Path;

const STOCK: &str = "schema/schema.graphql";
const DEMO: &str = "live/demo-schema/snapshot/schema.graphql";

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn schema(path: &str) -> Valid<Schema> {
    Schema::parse_and_validate(read(path), path).unwrap_or_else(|errors| panic!("{}", errors.errors))
}

/// What is wrong with a document; `None` if nothing is.
fn mistakes(schema: &Valid<Schema>, name: &str, text: &str) -> Option<String> {
    ExecutableDocument::parse_and_validate(schema, text, name).err().map(|errors| errors.errors.to_string())
}

#[test]
fn the_documents_of_the_runtime_fit_the_stock_schema() {
    let schema = schema(STOCK);
    let mut documents = 0;
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("queries")).unwrap() {
        let file = entry.unwrap().path();
        assert_eq!(mistakes(&schema, &file.display().to_string(), &read(&file)), None);
        documents += 1;
    }
    assert!(documents >= 10);
}

#[test]
fn the_documents_of_the_demo_fit_the_demo_schema_as_they_are_sent() {
    let schema = schema(DEMO);
    fn sent<V: QueryVariables>() -> (&'static str, &'static str) {
        (V::OPERATION, V::DOCUMENT)
    }
    let documents = [
        sent::<branch_diff::Variables>(),
        sent::<branch_diff_update::Variables>(),
        sent::<locations::Variables>(),
        sent::<site_ports::Variables>(),
        sent::<tag_create::Variables>(),
        sent::<tag_names::Variables>(),
        sent::<tags::Variables>(),
    ];
    for (name, text) in documents {
        assert_eq!(mistakes(&schema, name, text), None);
    }
}

#[test]
fn a_document_that_does_not_fit_is_found() {
    let found = mistakes(&schema(STOCK), "Q", "query Q { Branch { nam } }").unwrap();
    assert!(found.contains("`nam`"), "{found}");
}
