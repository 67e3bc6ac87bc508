//! Generates the kinds of the demo schema, and typed calls of the documents in `queries/`.

fn main() {
    infrahub_build::configure()
        .schema_dir("../../live/demo-schema/snapshot")
        .kinds(["Infra*", "Ipam*", "Location*", "Organization*", "BuiltinTag", "TemplateInfraDevice"])
        .queries("queries")
        .generate();
}
