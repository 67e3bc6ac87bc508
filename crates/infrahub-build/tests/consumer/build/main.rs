//! Generates every kind of a stock server and of the demo schema with calls of all that they offer, and a
//! schema that means harm.

mod calls;
mod hostile;
mod rows;

use infrahub_build::{Generator, configure};
use infrahub_schema::Schema;
use serde_json::json;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

const STOCK: &str = "../../../../schema";
/// Documents with everything that GraphQL has.
const QUERIES: &str = "../queries";
const DEMO: &str = "../../../../live/demo-schema/snapshot";

/// The demo schema's own kinds with their profiles, templates and generics; the stock kinds stand apart.
const DEMO_KINDS: [&str; 8] = [
    "Infra*",
    "Location*",
    "Organization*",
    "Ipam*",
    "BuiltinIP*",
    "Profile*",
    "Template*",
    "CoreObjectTemplate",
];

fn main() -> Result<(), Box<dyn Error>> {
    configure().schema_dir(STOCK).kinds(["*"]).generate();
    configure().schema_dir(QUERIES).no_kinds().queries(Path::new(QUERIES).join("documents")).generate();
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    let hostile = serde_json::from_value(json!({"kinds": hostile::kinds(), "namespaces": {}}))?;
    Generator::new(hostile).kinds(["*"]).write_to(out.join("hostile"))?;

    let nodes = Path::new(DEMO).join("nodes.json");
    println!("cargo::rerun-if-changed={}", nodes.display());
    let demo = Generator::new(Schema::read(&nodes)?).kinds(DEMO_KINDS);
    demo.write_to(out.join("demo"))?;
    fs::write(out.join("demo_rows.rs"), rows::of_everything("demo", &demo.files()?)?)?;
    let stock = Generator::new(Schema::read(&Path::new(STOCK).join("nodes.json"))?).kinds(["*"]);
    for (module, generator) in [("stock", stock), ("demo", demo)] {
        let calls = calls::of_everything(module, &generator.files()?)?;
        fs::write(out.join(format!("{module}_calls.rs")), calls)?;
    }
    Ok(())
}
