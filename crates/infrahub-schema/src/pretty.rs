//! JSON that reads well in a diff.

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};
use std::io;

/// Objects and lists nested deeper than this stand on one line: the file, its kinds, a kind and
/// its fields are broken into lines, a field is not.
const BROKEN_LEVELS: usize = 4;

/// Writes `value` as JSON, with each attribute or relationship of a kind on one line.
pub(crate) fn one_field_a_line(value: &impl Serialize) -> String {
    let mut bytes = Vec::new();
    let formatter = FieldLines { pretty: PrettyFormatter::new(), depth: 0 };
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
    // The schema's types have string keys only and writing to memory does not fail.
    let written = value.serialize(&mut serializer);
    debug_assert!(written.is_ok(), "{written:?}");
    bytes.push(b'\n');
    String::from_utf8(bytes).unwrap_or_default()
}

struct FieldLines {
    pretty: PrettyFormatter<'static>,
    depth: usize,
}

impl FieldLines {
    fn broken(&self) -> bool {
        self.depth <= BROKEN_LEVELS
    }
}

type Outcome = io::Result<()>;

impl Formatter for FieldLines {
    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> Outcome {
        self.depth += 1;
        if self.broken() { self.pretty.begin_array(writer) } else { CompactFormatter.begin_array(writer) }
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> Outcome {
        let broken = self.broken();
        self.depth -= 1;
        if broken { self.pretty.end_array(writer) } else { CompactFormatter.end_array(writer) }
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> Outcome {
        match (self.broken(), first) {
            (true, _) => self.pretty.begin_array_value(writer, first),
            (false, true) => Ok(()),
            (false, false) => writer.write_all(b", "),
        }
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> Outcome {
        if self.broken() { self.pretty.end_array_value(writer) } else { Ok(()) }
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> Outcome {
        self.depth += 1;
        if self.broken() { self.pretty.begin_object(writer) } else { CompactFormatter.begin_object(writer) }
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> Outcome {
        let broken = self.broken();
        self.depth -= 1;
        if broken { self.pretty.end_object(writer) } else { CompactFormatter.end_object(writer) }
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> Outcome {
        match (self.broken(), first) {
            (true, _) => self.pretty.begin_object_key(writer, first),
            (false, true) => Ok(()),
            (false, false) => writer.write_all(b", "),
        }
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> Outcome {
        writer.write_all(b": ")
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> Outcome {
        if self.broken() { self.pretty.end_object_value(writer) } else { Ok(()) }
    }
}
