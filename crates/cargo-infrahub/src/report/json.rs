//! For machines. The shape is stable: what is added later are new keys and new values of `change`.
//!
//! ```json
//! {
//!   "format": 1,
//!   "summary": {"changes": 1, "following": 0, "break_programs": 1, "break_data": 1, "left_out": 0},
//!   "changes": [
//!     {
//!       "kind": "InfraDevice",
//!       "field": "role",
//!       "change": "choice_removed",
//!       "choice": {"name": "leaf"},
//!       "programs": {"breaking": true, "reason": "…"},
//!       "data": {"breaking": true, "reason": "…"},
//!       "follows_from": null
//!     }
//!   ]
//! }
//! ```
//!
//! `summary` counts as the other forms do: `changes` without those that follow from another that is shown, and
//! `left_out` those that were not asked for. The list has all others; `follows_from` names the kind in which the
//! change was made. `field` is null for changes of the kind itself. `change` says what else there is: `flavour` of `kind_added` and `kind_removed`, `attribute` of
//! `attribute_added` and `attribute_removed`, `relationship` likewise, `choice` of `choice_added` and
//! `choice_removed`, `old` and `new` of `choice_described` and `namespace`, `value` of `value_added` and
//! `value_removed`, `property`, `old` and `new` of `property`.

use super::{Entry, Report, Summary};
use serde_json::json;

pub(super) fn render(report: &Report) -> String {
    let Summary { changes, following, break_programs, break_data, left_out } =
        Summary::of(&Entry::all(&report.diff), report);
    let shown = json!({
        "format": 1,
        "summary": {
            "changes": changes,
            "following": following,
            "break_programs": break_programs,
            "break_data": break_data,
            "left_out": left_out,
        },
        "changes": report.diff.changes,
    });
    let mut text = String::new();
    for character in format!("{shown:#}\n").chars() {
        // Only strings hold such characters, and in those JSON has this form for them.
        if character != '\n' && character.escape_debug().len() > 2 {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            text.push(character);
        }
    }
    text
}
