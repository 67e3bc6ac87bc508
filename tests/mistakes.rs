//! Mistakes that the compiler finds: each program fails to build, with a message that names the field.

#[test]
fn mistakes_do_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/mistakes/*.rs");
}
