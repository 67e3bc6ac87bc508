//! Creating an object, or updating the one that is there.

use super::mutation::{Action, Mutation, Outcome, WriteData};
use crate::client::Client;
use crate::error::Error;
use crate::filter::to_json;
use crate::id::Key;
use crate::input::{Create, Data};
use crate::kind::{Kind, Projection, Selection, Upsertable};
use crate::operation::Effect;
use crate::read::OnlyField;
use futures_core::future::BoxFuture;
use std::future::IntoFuture;
use std::marker::PhantomData;

/// Creates an object, or updates the one with the same human-friendly id, when awaited.
///
/// With an id of the client's choice (`with_id`) the server only updates: it answers that the object was
/// not found where there is none.
#[must_use = "an upsert is sent when it is awaited"]
pub struct UpsertRequest<P: Projection> {
    client: Client,
    data: Data<P::Kind>,
    effect: Effect,
    projection: PhantomData<fn() -> P>,
}

impl<P: Projection> UpsertRequest<P> {
    pub(crate) fn new<C>(client: Client, create: C) -> Self
    where
        C: Create<Kind = P::Kind>,
        P::Kind: Upsertable,
    {
        Self { client, data: create.into_data(), effect: Effect::Write, projection: PhantomData }
    }

    /// Gives back another projection of the object.
    pub fn select<Q: Projection<Kind = P::Kind>>(self) -> UpsertRequest<Q> {
        UpsertRequest { client: self.client, data: self.data, effect: self.effect, projection: PhantomData }
    }

    /// Says that nobody else writes these fields meanwhile, so that the upsert may be sent again even
    /// where it may have run already.
    pub fn repeatable(mut self) -> Self {
        self.effect = Effect::RepeatableWrite;
        self
    }

    async fn send(self) -> Result<P, Error> {
        let key = self.data.id.as_ref().map(|id| Key::Id(id.as_str().to_owned()));
        let mutation = Mutation {
            kind: P::Kind::KIND,
            action: Action::Upsert,
            data: to_json(&WriteData { key: key.as_ref(), fields: &self.data.fields }),
        };
        let operation = mutation.operation(&Selection::of::<P>(), self.effect);
        let OnlyField(outcome): OnlyField<Outcome<P>> = self.client.run(&operation).await?;
        outcome.into_object(&operation)
    }
}

impl<P: Projection> IntoFuture for UpsertRequest<P> {
    type Output = Result<P, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
