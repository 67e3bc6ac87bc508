//! `cargo infrahub diff`: compares two snapshots.

use crate::Outcome;
use crate::arguments::Diff;
use crate::failure::Failure;
use crate::report::Report;
use crate::snapshot;

pub(crate) fn run(arguments: &Diff) -> Result<Outcome, Failure> {
    let (old, new) = (snapshot::schema(&arguments.old)?, snapshot::schema(&arguments.new)?);
    Report::asked_for(&old, &new, &arguments.differences)?.show(arguments.differences.format)
}
