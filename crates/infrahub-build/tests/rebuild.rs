//! What a user's crate builds again: nothing when nothing changed, and no more than needed when something did.

mod user_crate;

use std::fs;
use user_crate::UserCrate;

/// Builds, and returns what cargo compiled or ran.
fn build(user: &UserCrate) -> Vec<String> {
    let said = user.cargo(&["build", "--verbose"]);
    assert!(said.succeeded, "{}", said.text);
    let is_work = |line: &&str| {
        ["Compiling", "Dirty", "Running"].iter().any(|word| line.trim_start().starts_with(word))
    };
    said.text.lines().filter(is_work).map(|line| line.trim().to_owned()).collect()
}

fn ran_build_script(work: &[String]) -> bool {
    work.iter().any(|line| line.starts_with("Running") && line.contains("build-script-build`"))
}

#[test]
fn a_second_build_does_nothing_and_a_mistake_is_told_in_a_line() {
    let user = UserCrate::new("rebuilt");
    build(&user);
    assert_eq!(build(&user), Vec::<String>::new());

    user.edit("src/main.rs", |text| text + "\n// changed\n");
    let work = build(&user);
    assert!(work.iter().any(|line| line.contains("--crate-name rebuilt")), "{work:#?}");
    assert!(!ran_build_script(&work), "a change to the program generates nothing: {work:#?}");

    assert!(user.generated("infra_device.rs").contains("Rack units."));
    user.edit("schema/nodes.json", |text| text.replace("Rack units.", "Height in rack units."));
    let work = build(&user);
    assert!(ran_build_script(&work), "a change to the schema generates: {work:#?}");
    assert!(user.generated("infra_device.rs").contains("Height in rack units."));
    assert_eq!(build(&user), Vec::<String>::new());

    user.edit("build.rs", |text| text.replace("\"LocationSite\"", "\"LocationSight\", \"InfraDevise\""));
    let said = user.cargo(&["build"]);
    assert!(!said.succeeded, "{said:?}");
    let text = said.text;
    for (wanted, meant) in [("LocationSight", "LocationSite"), ("InfraDevise", "InfraDevice")] {
        let told = text.lines().any(|line| {
            line.starts_with("error: rebuilt@0.1.0: ")
                && line
                    .contains(&format!("no kind of the schema matches `{wanted}`; did you mean `{meant}`?"))
        });
        assert!(told, "{text}");
    }
    assert!(!text.contains("panicked") && !text.contains("backtrace:"), "{text}");
}

#[test]
fn cargo_watches_exactly_what_is_read() {
    let user = UserCrate::new("watched");
    user.edit("build.rs", |text| text.replace(".generate()", ".queries(\"queries\").generate()"));
    user.write("queries/devices.graphql", "query Devices { InfraDevice { count } }\n");
    let sdl = user_crate::repository().join("live/demo-schema/snapshot/schema.graphql");
    user.write("schema/schema.graphql", &fs::read_to_string(sdl).expect("the SDL"));
    let said = user.cargo(&["check"]);
    assert!(said.succeeded, "{}", said.text);
    let output = fs::read_to_string(user.build_folder().join("output")).expect("what the script said");
    let mut watched: Vec<&str> = output.lines().filter(|line| line.starts_with("cargo::rerun-if")).collect();
    watched.sort_unstable();
    assert_eq!(
        watched,
        [
            "cargo::rerun-if-changed=queries",
            "cargo::rerun-if-changed=queries/devices.graphql",
            "cargo::rerun-if-changed=schema/nodes.json",
            "cargo::rerun-if-changed=schema/schema.graphql",
            "cargo::rerun-if-changed=schema/source.json",
            "cargo::rerun-if-env-changed=INFRAHUB_SCHEMA",
        ]
    );
}
