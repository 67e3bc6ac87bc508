fn main() {
    infrahub_build::configure()
        .schema_dir("../../live/demo-schema/snapshot")
        .kinds(["InfraDevice", "BuiltinTag", "LocationSite"])
        .generate();
}
