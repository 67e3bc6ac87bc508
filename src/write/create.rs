//! Creating an object.

use super::mutation::{Action, Mutation, Outcome, WriteData};
use crate::client::Client;
use crate::error::Error;
use crate::filter::{Filter, to_json};
use crate::id::{Id, Key};
use crate::input::{Create, Data};
use crate::kind::{Kind, Projection, Selection};
use crate::operation::Effect;
use crate::read::OnlyField;
use futures_core::future::BoxFuture;
use std::future::IntoFuture;
use std::marker::PhantomData;

/// Creates an object when awaited, and gives it back as the server stored it.
///
/// The client chooses the object's id, so a create whose answer was lost is sent again with the same id:
/// the server refuses the id's second use, and then the object is read instead. It is never made twice.
#[must_use = "a create is sent when it is awaited"]
pub struct CreateRequest<P: Projection> {
    client: Client,
    data: Data<P::Kind>,
    projection: PhantomData<fn() -> P>,
}

impl<P: Projection> CreateRequest<P> {
    pub(crate) fn new(client: Client, create: impl Create<Kind = P::Kind>) -> Self {
        Self { client, data: create.into_data(), projection: PhantomData }
    }

    /// Gives back another projection of the new object, such as its [`Id`] alone.
    pub fn select<Q: Projection<Kind = P::Kind>>(self) -> CreateRequest<Q> {
        CreateRequest { client: self.client, data: self.data, projection: PhantomData }
    }

    async fn send(self) -> Result<P, Error> {
        let Data { id, fields, .. } = self.data;
        let id = id.unwrap_or_else(Id::generate);
        let key = Key::Id(id.as_str().to_owned());
        let mutation = Mutation {
            kind: P::Kind::KIND,
            action: Action::Create,
            data: to_json(&WriteData { key: Some(&key), fields: &fields }),
        };
        let operation = mutation.operation(&Selection::of::<P>(), Effect::RepeatableWrite);
        match self.client.run::<OnlyField<Outcome<P>>>(&operation).await {
            Ok(OnlyField(outcome)) => outcome.into_object(&operation),
            // An earlier attempt may be what this one was refused for.
            Err(error) if error.earlier_attempt_may_have_run() => {
                let found = self.client.get::<P>().filter(Filter::ids([id])).optional().await;
                found.ok().flatten().ok_or(error)
            }
            Err(error) => Err(error),
        }
    }
}

impl<P: Projection> IntoFuture for CreateRequest<P> {
    type Output = Result<P, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
