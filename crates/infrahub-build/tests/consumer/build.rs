//! Generates every kind of a stock server.

fn main() {
    infrahub_build::configure().schema_dir("../../../../schema").kinds(["*"]).generate();
}
