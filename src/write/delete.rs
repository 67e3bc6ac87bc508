//! Deleting an object.

use super::mutation::{Action, Mutation, Outcome, WriteData, id_of, not_done};
use crate::client::Client;
use crate::error::{Error, ErrorCode};
use crate::filter::to_json;
use crate::id::{Key, Reference};
use crate::input::Fields;
use crate::kind::{Kind, Node};
use crate::operation::{Answered, Effect};
use crate::read::OnlyField;
use futures_core::future::BoxFuture;
use std::future::IntoFuture;

/// Deletes an object when awaited, with its components. The server refuses while another object needs it
/// as a mandatory peer.
#[must_use = "a delete is sent when it is awaited"]
#[derive(Debug)]
pub struct DeleteRequest {
    client: Client,
    kind: &'static str,
    key: Key,
    effect: Effect,
}

impl DeleteRequest {
    pub(crate) fn new<R: Reference>(client: Client, node: &R) -> Self
    where
        R::Kind: Node,
    {
        Self { client, kind: R::Kind::KIND, key: node.key().0, effect: Effect::Write }
    }

    /// Lets the delete be sent again even where it may have run already. An object that is gone by then
    /// counts as deleted.
    pub fn repeatable(mut self) -> Self {
        self.effect = Effect::RepeatableWrite;
        self
    }

    async fn send(self) -> Result<(), Error> {
        let data = WriteData { key: Some(&self.key), fields: &Fields::default() };
        let mutation = Mutation { kind: self.kind, action: Action::Delete, data: to_json(&data), file: None };
        let mut operation = mutation.operation("", self.effect);
        operation.object = id_of(&self.key);
        match self.client.run_write::<OnlyField<Outcome<serde::de::IgnoredAny>>>(&operation).await {
            Ok(Answered { data: OnlyField(outcome), context, .. }) if outcome.ok == Some(false) => {
                Err(not_done(&operation.name, context))
            }
            Ok(_) => Ok(()),
            Err(error)
                if error.earlier_attempt_may_have_run() && error.code() == Some(&ErrorCode::NodeNotFound) =>
            {
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}

impl IntoFuture for DeleteRequest {
    type Output = Result<(), Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
