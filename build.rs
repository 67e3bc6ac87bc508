//! Compiles the documents that the runtime itself sends against the schema of a stock Infrahub.
#![allow(clippy::print_stdout)]

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=build.rs");
    let Some(out) = std::env::var_os("OUT_DIR") else {
        println!("cargo::error=OUT_DIR is not set; this is a build script");
        return ExitCode::FAILURE;
    };
    let out = Path::new(&out).join("queries");
    let (documents, schema) = (Path::new("queries"), Path::new("schema/schema.graphql"));
    match infrahub_build::compile_queries(documents, schema, &out, "::infrahub_client") {
        Ok(compiled) => {
            for input in compiled.inputs {
                println!("cargo::rerun-if-changed={}", input.display());
            }
            for warning in compiled.warnings {
                println!("cargo::warning={warning}");
            }
            ExitCode::SUCCESS
        }
        Err(errors) => {
            for error in errors.errors() {
                println!("cargo::error={error}");
            }
            ExitCode::FAILURE
        }
    }
}
