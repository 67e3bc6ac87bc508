//! `cargo infrahub diff`: compares two snapshots.

use crate::Outcome;
use crate::arguments::Diff;
use crate::failure::Failure;
use crate::{report, snapshot};

pub(crate) fn run(arguments: &Diff) -> Result<Outcome, Failure> {
    let (old, new) = (snapshot::schema(&arguments.old)?, snapshot::schema(&arguments.new)?);
    let diff = report::differences(&old, &new, &arguments.differences)?;
    report::show(&diff, arguments.differences.format)
}
