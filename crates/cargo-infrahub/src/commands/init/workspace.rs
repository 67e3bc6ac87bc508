//! Whether the package belongs to the workspace in whose folder it stands.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};

/// What cargo says of a package that stands in the folder of a workspace that does not know it: it builds none such.
///
/// Whatever else cargo has against a package it tells when it builds it, and may quote addresses that hold
/// credentials, so it is not told here.
pub(super) fn objection(manifest: &Path) -> Option<String> {
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args([
            "metadata",
            "--no-deps",
            "--format-version=1",
            "--offline",
            "--color=never",
            "--manifest-path",
        ])
        .arg(manifest)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let told = String::from_utf8_lossy(&output.stderr);
    let is_unknown = !output.status.success() && told.contains("`workspace.members`");
    is_unknown.then(|| format!("cargo does not build the package where it stands:\n{}", told.trim_end()))
}
