fn main() {
    infrahub_build::configure().schema_dir("../demo-schema/snapshot").kinds(["*"]).generate();
}
