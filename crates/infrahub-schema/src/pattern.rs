//! Choosing kinds by their names.

/// Whether a kind's name matches a pattern, in which `*` stands for any text, also for none.
///
/// ```
/// use infrahub_schema::kind_matches;
///
/// assert!(kind_matches("Infra*", "InfraDevice") && kind_matches("InfraDevice", "InfraDevice"));
/// assert!(!kind_matches("InfraDevice", "InfraDevice2"));
/// ```
pub fn kind_matches(pattern: &str, kind: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else {
        return pattern == kind;
    };
    let Some(mut kind) = kind.strip_prefix(head) else {
        return false;
    };
    let mut pieces: Vec<&str> = rest.split('*').collect();
    let tail = pieces.pop().unwrap_or_default();
    for piece in pieces {
        let Some(at) = kind.find(piece) else {
            return false;
        };
        kind = &kind[at + piece.len()..];
    }
    kind.ends_with(tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, name, expected) in [
            ("InfraDevice", "InfraDevice", true),
            ("InfraDevice", "InfraDevice2", false),
            ("Infra*", "InfraDevice", true),
            ("*Device", "InfraDevice", true),
            ("*", "InfraDevice", true),
            ("In*De*ce", "InfraDevice", true),
            ("In*xx*ce", "InfraDevice", false),
            ("Infra*Infra", "Infra", false),
            ("", "Infra", false),
        ] {
            assert_eq!(kind_matches(pattern, name), expected, "{pattern} {name}");
        }
    }
}
