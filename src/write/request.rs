//! Creating, upserting and changing an object.

use super::mutation::{Action, Mutation, Outcome, StoredChecksum, WriteData, id_of};
use crate::call::Sent;
use crate::client::Client;
use crate::decode::PeerFields;
use crate::error::Error;
use crate::filter::to_json;
use crate::id::{Id, Key, RELATED, Related};
use crate::input::Data;
use crate::kind::{Kind, Node};
use crate::operation::{Answered, Effect};
use crate::projection::Projection;
use crate::read::OnlyField;
use futures_core::future::BoxFuture;
use serde::Deserialize;
use std::fmt;
use std::future::IntoFuture;
use std::marker::PhantomData;

/// A write of one object: await it to send it. It gives the object's id, human-friendly id and label,
/// which later calls take as a reference; [`select`](WriteRequest::select) reads more.
///
/// A create is safe to send again: the client chooses the object's id, the server refuses the id's second
/// use, and then the object is looked up. It is never made twice. Upserts and updates are sent again only
/// where they are proven not to have run, unless they are [`repeatable`](WriteRequest::repeatable).
#[must_use = "a write is sent when it is awaited"]
pub struct WriteRequest<K> {
    client: Client,
    action: Action,
    key: Option<Key>,
    data: Data<K>,
    effect: Effect,
}

impl<K: Kind> fmt::Debug for WriteRequest<K> {
    /// Shows which fields are written, never their values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {:?}", self.action.name(), self.data)
    }
}

impl<K: Node> WriteRequest<K> {
    pub(crate) fn create(client: Client, data: Data<K>) -> Self {
        let (id, effect) = match &data.id {
            Some(id) => (id.clone(), Effect::RepeatableWrite),
            None => (Id::generate(), Effect::NewObject),
        };
        let key = Some(Key::Id(id.as_str().to_owned()));
        Self { client, action: Action::Create, key, data, effect }
    }

    pub(crate) fn upsert(client: Client, data: Data<K>) -> Self {
        let key = data.id.as_ref().map(|id| Key::Id(id.as_str().to_owned()));
        Self { client, action: Action::Upsert, key, data, effect: Effect::Write }
    }

    pub(crate) fn update(client: Client, key: Key, data: Data<K>) -> Self {
        Self { client, action: Action::Update, key: Some(key), data, effect: Effect::Write }
    }

    /// Says that nobody else writes these fields meanwhile, so that an upsert or update may be sent again
    /// even where it may have run already. A create always may.
    pub fn repeatable(mut self) -> Self {
        if self.action != Action::Create {
            self.effect = Effect::RepeatableWrite;
        }
        self
    }

    /// Reads the object back as `P`, in a request of its own: the server's answer to a write leaves out
    /// the peers that the write did not name.
    ///
    /// Where the write succeeds and the reading fails, the error's [`may_have_run`](Error::may_have_run) is true.
    pub fn select<P: Projection<Kind = K>>(self) -> WriteAndRead<P> {
        WriteAndRead { write: self, projection: PhantomData }
    }

    async fn send(self) -> Result<Related<K>, Error> {
        let mutation = Mutation {
            kind: K::KIND,
            action: self.action,
            data: to_json(&WriteData { key: self.key.as_ref(), fields: &self.data.fields }),
            file: self.data.file.clone(),
        };
        let mut operation = mutation.operation(RELATED, self.effect);
        operation.object = self.key.as_ref().and_then(id_of);
        match (self.client.run_write::<OnlyField<Outcome<Object>>>(&operation).await, self.key) {
            (Ok(Answered { data: OnlyField(outcome), context, sent }), _) => {
                outcome.into_object(&operation, context)?.checked(sent)
            }
            (Err(error), Some(Key::Id(id))) if self.action == Action::Create && is_undecided(&error) => {
                let found = self.client.get::<Related<K>>().id(id).optional().await;
                found.ok().flatten().ok_or(error)
            }
            (Err(error), _) => Err(error),
        }
    }
}

/// What is read of the object that was written.
#[derive(Deserialize)]
struct Object {
    id: Box<str>,
    #[serde(default, deserialize_with = "crate::decode::hfid")]
    hfid: Option<Vec<String>>,
    #[serde(default)]
    display_label: Option<String>,
    #[serde(rename = "__typename")]
    typename: String,
    #[serde(default)]
    checksum: Option<StoredChecksum>,
}

impl Object {
    /// The object, if its file is the one that was sent.
    fn checked<K>(self, sent: Option<Sent>) -> Result<Related<K>, Error> {
        if let Some(sent) = sent {
            sent.check(self.checksum.as_ref().and_then(StoredChecksum::as_str))?;
        }
        let Self { id, hfid, display_label, typename, .. } = self;
        Ok(Related::from(PeerFields { id, hfid, display_label, typename }))
    }
}

/// Whether an attempt without an answer may have created the object. The server's refusal of the id says
/// so only where an earlier attempt had none: the id may belong to an object that somebody else made.
fn is_undecided(error: &Error) -> bool {
    match error {
        Error::GraphQl { .. } => error.earlier_attempt_may_have_run(),
        _ => error.may_have_run(),
    }
}

impl<K: Node> IntoFuture for WriteRequest<K> {
    type Output = Result<Related<K>, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// A write of one object, and the reading of what it left.
#[must_use = "a write is sent when it is awaited"]
pub struct WriteAndRead<P: Projection> {
    write: WriteRequest<P::Kind>,
    projection: PhantomData<fn() -> P>,
}

impl<P: Projection> fmt::Debug for WriteAndRead<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, read back", self.write)
    }
}

impl<P: Projection> IntoFuture for WriteAndRead<P>
where
    P::Kind: Node,
{
    type Output = Result<P, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let client = self.write.client.clone();
            let written = self.write.send().await?;
            let id = written.id.to_string();
            let found = client.get::<P>().id(written.id).await;
            found.map_err(|error| error.after_write(P::Kind::KIND, client.branch(), &id))
        })
    }
}
