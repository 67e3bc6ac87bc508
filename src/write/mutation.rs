//! Mutation documents: `KindCreate(data: $data)` and its siblings, with all data in one variable.

use crate::error::{Context, Error};
use crate::file::File;
use crate::filter::to_json;
use crate::id::Key;
use crate::input::Fields;
use crate::operation::{Effect, Operation, Upload};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// What a mutation does to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Action {
    Create,
    Upsert,
    Update,
    Delete,
}

impl Action {
    pub(crate) const ALL: [Self; 4] = [Self::Create, Self::Upsert, Self::Update, Self::Delete];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Action::Create => "Create",
            Action::Upsert => "Upsert",
            Action::Update => "Update",
            Action::Delete => "Delete",
        }
    }

    fn input_type(self, kind: &str) -> String {
        match self {
            Action::Delete => "DeleteInput!".to_owned(),
            _ => format!("{kind}{}Input!", self.name()),
        }
    }
}

/// One mutation of one object, ready to stand in a document under an alias.
#[derive(Debug, Clone)]
pub(crate) struct Mutation {
    pub(crate) kind: &'static str,
    pub(crate) action: Action,
    pub(crate) data: Box<RawValue>,
    /// The file of an object whose kind has one.
    pub(crate) file: Option<File>,
}

impl Mutation {
    /// `$name: KindCreateInput!`, and the variable of the file.
    pub(crate) fn declaration(&self, variable: &str) -> String {
        let data = format!("${variable}: {}", self.action.input_type(self.kind));
        match self.file {
            Some(_) => format!("{data}, ${}: Upload!", file_variable(variable)),
            None => data,
        }
    }

    /// `KindCreate(data: $name) { ok object { … } }`; a delete has no object.
    pub(crate) fn field(&self, variable: &str, selection: &str) -> String {
        let (kind, action) = (self.kind, self.action.name());
        match (self.action, &self.file) {
            (Action::Delete, _) => format!("{kind}{action}(data: ${variable}) {{ ok }}"),
            (_, None) => format!("{kind}{action}(data: ${variable}) {{ ok object {{ {selection} }} }}"),
            (_, Some(_)) => format!(
                "{kind}{action}(data: ${variable}, file: ${}) {{ ok object {{ {selection} checksum {{ value }} }} }}",
                file_variable(variable)
            ),
        }
    }

    /// The file under its variable.
    pub(crate) fn upload(&self, variable: &str) -> Option<Upload<'static>> {
        let file = self.file.clone()?;
        Some(Upload { variable: Cow::Owned(file_variable(variable)), file })
    }

    /// The variables of the mutation, with null for the file.
    pub(crate) fn variables<M: SerializeMap>(&self, variable: &str, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry(variable, &self.data)?;
        if self.file.is_some() {
            map.serialize_entry(&file_variable(variable), &())?;
        }
        Ok(())
    }

    /// The operation that runs just this mutation.
    pub(crate) fn operation(&self, selection: &str, effect: Effect) -> Operation<'static> {
        let name = format!("{}_{}", self.kind, self.action.name().to_lowercase());
        let document =
            format!("mutation {name}({}) {{ {} }}", self.declaration("data"), self.field("data", selection));
        Operation {
            tracker: Cow::Owned(format!("mutation-{}", name.to_lowercase().replace('_', "-"))),
            name: Cow::Owned(name),
            document: Cow::Owned(document),
            variables: to_json(&Variables(self)),
            effect,
            kind: Some(self.kind),
            is_compiled: true,
            object: None,
            upload: self.upload("data"),
        }
    }
}

struct Variables<'a>(&'a Mutation);

impl Serialize for Variables<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.0.variables("data", &mut map)?;
        map.end()
    }
}

/// The variable of the file that belongs to the data in this variable.
fn file_variable(variable: &str) -> String {
    format!("{variable}_file")
}

/// The checksum of the file that an object has now.
#[derive(Debug, Deserialize)]
pub(crate) struct StoredChecksum {
    value: Option<String>,
}

impl StoredChecksum {
    pub(crate) fn as_str(&self) -> Option<&str> {
        self.value.as_deref()
    }
}

/// The data of a mutation: what names the object, and the fields to write.
pub(crate) struct WriteData<'a> {
    pub(crate) key: Option<&'a Key>,
    pub(crate) fields: &'a Fields,
}

impl Serialize for WriteData<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self.key {
            Some(Key::Id(id)) => map.serialize_entry("id", id)?,
            Some(Key::Hfid(parts)) => map.serialize_entry("hfid", parts)?,
            None => {}
        }
        for (name, value) in self.fields.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// The id in a key, for errors.
pub(crate) fn id_of(key: &Key) -> Option<String> {
    match key {
        Key::Id(id) => Some(id.clone()),
        Key::Hfid(_) => None,
    }
}

/// The server answered `ok: false`, or no object, and no error beside it: nothing proves that it did not do it.
pub(crate) fn not_done(mutation: &str, call: Context) -> Error {
    Error::decode(mutation, "the server neither said that it did it nor why not")
        .in_call(Context { may_have_run: true, ..call })
}

/// What a mutation answers: `{ok object {…}}`.
#[derive(Debug, Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
pub(crate) struct Outcome<T> {
    #[serde(default)]
    pub(crate) ok: Option<bool>,
    #[serde(default)]
    pub(crate) object: Option<T>,
}

impl<T> Outcome<T> {
    /// The object that was written.
    pub(crate) fn into_object(self, operation: &Operation<'_>, call: Context) -> Result<T, Error> {
        let object = self.object.filter(|_| self.ok != Some(false));
        object.ok_or_else(|| not_done(&operation.name, call))
    }
}
