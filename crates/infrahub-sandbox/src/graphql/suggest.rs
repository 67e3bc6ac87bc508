//! What a mistyped name may have meant, in the words of the server's GraphQL library.

/// How many names are suggested at most.
const MOST: usize = 5;

/// ` Did you mean 'name' or 'names'?` for names that are close to what was written; nothing where none is.
pub(super) fn names<'n>(written: &str, known: impl IntoIterator<Item = &'n str>) -> String {
    let most = written.chars().count() * 2 / 5 + 1;
    let mut close: Vec<(usize, &str)> = known
        .into_iter()
        .map(|name| (distance(written, name), name))
        .filter(|(distance, _)| *distance <= most)
        .collect();
    close.sort_unstable();
    did_you_mean("", &close.into_iter().map(|(_, name)| name).collect::<Vec<_>>())
}

/// The question for the first of some names, with words before them.
pub(super) fn did_you_mean(words: &str, names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().take(MOST).map(|name| format!("'{name}'")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [one] => format!(" Did you mean {words}{one}?"),
        [one, other] => format!(" Did you mean {words}{one} or {other}?"),
        [first @ .., last] => format!(" Did you mean {words}{}, or {last}?", first.join(", ")),
    }
}

/// How many characters must be put in, taken out, replaced or swapped with the next; another case is one change.
fn distance(one: &str, other: &str) -> usize {
    if one == other {
        return 0;
    }
    let (a, b) = (one.to_lowercase(), other.to_lowercase());
    if a == b {
        return 1;
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn close_names_are_suggested_the_closest_first() {
        let known = ["name__value", "name__values", "ids", "hfid", "any__value"];
        assert_eq!(
            names("nmae__value", known),
            " Did you mean 'name__value', 'name__values', or 'any__value'?"
        );
        assert_eq!(names("IDS", known), " Did you mean 'ids'?");
        assert_eq!(names("colour", known), "");
    }
}
