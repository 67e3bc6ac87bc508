fn main() {
    infrahub_build::configure().schema_dir("../../live/demo-schema/snapshot").no_kinds().cynic().generate();
}
