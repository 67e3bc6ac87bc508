//! What of a server's text is shown to people.

/// The most characters of a server's text that an error shows.
const LONGEST: usize = 300;

/// One bounded line without control characters and without the input that GraphQL echoes.
pub(crate) fn shown(text: &str) -> String {
    let mut line = String::new();
    for word in without_echoed_value(text).split(|c: char| c.is_whitespace() || c.is_control()) {
        if word.is_empty() {
            continue;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if let Some((end, _)) = line.char_indices().nth(LONGEST) {
        line.truncate(end);
        line.push('…');
    }
    line
}

/// `Variable '$data' got invalid value {…} at 'data.name'; …` quotes everything that was sent: cut it out.
fn without_echoed_value(text: &str) -> String {
    const ECHO: &str = " got invalid value ";
    let Some((variable, rest)) = text.split_once(ECHO) else {
        return text.to_owned();
    };
    let reason = rest.rfind("; ").map_or("", |at| &rest[at..]);
    let before = &rest[..rest.len() - reason.len()];
    let place = before.rfind(" at '").map_or("", |at| &before[at..]);
    let reason = reason.split_once("value: ").map_or(reason.to_owned(), |(what, _)| format!("{what}value"));
    format!("{variable} got an invalid value{place}{reason}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s3_echoed_input_is_cut_out() {
        let text = "Variable '$data' got invalid value {'name': {'value': 'hunter2'}, 'height': 'x'} at 'data.height'; \
                    Int cannot represent non-integer value: 'hunter2'";
        assert_eq!(
            shown(text),
            "Variable '$data' got an invalid value at 'data.height'; Int cannot represent non-integer value"
        );
        assert_eq!(shown("Variable '$n' got invalid value 'hunter2'"), "Variable '$n' got an invalid value");
    }

    #[test]
    fn text_is_one_bounded_line_without_control_characters() {
        assert_eq!(shown("a\n\tb\u{1b}[31mc"), "a b [31mc");
        assert_eq!(shown(&"é".repeat(1_000)).chars().count(), LONGEST + 1);
    }
}
