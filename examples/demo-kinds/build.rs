//! Generates the kinds of the demo schema.

fn main() {
    infrahub_build::configure()
        .schema_dir("../../live/demo-schema/snapshot")
        .kinds(["Infra*", "Location*", "Organization*", "BuiltinTag"])
        .generate();
}
