//! Registers the schema of the query for cynic.

fn main() {
    println!("cargo::rerun-if-changed=schema.graphql");
    cynic_codegen::register_schema("devices")
        .from_sdl_file("schema.graphql")
        .and_then(|schema| schema.as_default())
        .unwrap_or_else(|error| panic!("schema.graphql: {error}"));
}
