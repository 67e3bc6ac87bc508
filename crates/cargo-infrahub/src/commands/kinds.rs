//! `cargo infrahub kinds`: the kinds of the snapshot, one a line.

use crate::arguments::Kinds;
use crate::failure::Failure;
use crate::{Outcome, snapshot, text};
use infrahub_build::describe::KindDescription;
use infrahub_client::schema::Flavour;

pub(crate) fn run(arguments: &Kinds) -> Result<Outcome, Failure> {
    let generator = snapshot::generator(&arguments.snapshot)?;
    let kinds = generator.describe(arguments.pattern.as_deref().unwrap_or("*"))?;
    let is_asked_for = |kind: &&KindDescription| arguments.pattern.is_some() || !kind.is_reserved;
    let mut rows = vec![["KIND", "FLAVOUR", "RUST", "FIELDS", "DESCRIPTION"].map(str::to_owned)];
    rows.extend(kinds.iter().filter(is_asked_for).map(row));
    if rows.len() == 1 {
        text::print("there are only the server's own kinds; `cargo infrahub kinds '*'` lists them\n")?;
    } else {
        text::print(&text::table(&rows))?;
    }
    Ok(Outcome::Same)
}

fn row(kind: &KindDescription) -> [String; 5] {
    let fields = kind.attributes.len() + kind.relationships.len();
    let first_line = |text: &str| text.lines().find(|line| !line.trim().is_empty()).map(str::to_owned);
    let texts = [kind.description.as_deref(), kind.label.as_deref()];
    let about = texts.into_iter().flatten().find_map(first_line).unwrap_or_default();
    [kind.kind.clone(), flavour(kind.flavour).to_owned(), kind.rust_name.clone(), fields.to_string(), about]
}

/// The flavour in a word.
pub(super) fn flavour(flavour: Flavour) -> &'static str {
    match flavour {
        Flavour::Node => "node",
        Flavour::Generic => "generic",
        Flavour::Profile => "profile",
        Flavour::Template => "template",
    }
}
