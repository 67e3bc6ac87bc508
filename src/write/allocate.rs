//! Taking an IP address or an IP prefix from a pool by itself.

use super::mutation::not_done;
use crate::client::Client;
use crate::error::Error;
use crate::filter::to_json;
use crate::id::{Id, Related};
use crate::input::WITHOUT_KIND;
use crate::kind::Kind;
use crate::operation::{Effect, Operation};
use crate::pool::{Allocation, FromPool, IpResource};
use crate::projection::Projection;
use crate::read::OnlyField;
use futures_core::future::BoxFuture;
use serde::Deserialize;
use std::borrow::Cow;
use std::future::IntoFuture;
use std::marker::PhantomData;

/// Takes an IP address or an IP prefix from a pool when awaited, and gives its id and label;
/// [`select`](AllocateRequest::select) reads more.
///
/// It is sent again where its answer was lost: the pool gives the same again for the same identifier, which the client
/// chooses where the program did not.
#[must_use = "an allocation is sent when it is awaited"]
#[derive(Debug)]
pub struct AllocateRequest<P> {
    client: Client,
    mutation: &'static str,
    input: &'static str,
    allocation: Allocation,
    effect: Effect,
    kind: PhantomData<fn() -> P>,
}

#[derive(serde::Serialize)]
struct Variables<'a> {
    data: &'a Allocation,
}

/// What the mutation answers: `{ok node {…}}`.
#[derive(Deserialize)]
struct Answer {
    ok: Option<bool>,
    node: Option<Allocated>,
}

#[derive(Deserialize)]
struct Allocated {
    id: String,
    kind: String,
    display_label: String,
}

impl<P: Kind> AllocateRequest<P> {
    pub(crate) fn new<S: IpResource, K>(client: Client, from: FromPool<S, K>) -> Self {
        let (allocation, is_named) = from.allocation::<P>();
        let effect = if is_named { Effect::RepeatableWrite } else { Effect::NewObject };
        Self { client, mutation: S::MUTATION, input: S::INPUT, allocation, effect, kind: PhantomData }
    }

    /// Reads the address or prefix as `Q`, in a request of its own.
    pub fn select<Q: Projection<Kind = P>>(self) -> AllocateAndRead<Q> {
        AllocateAndRead { allocate: self, projection: PhantomData }
    }

    async fn send(self) -> Result<Related<P>, Error> {
        let (mutation, input) = (self.mutation, self.input);
        let operation = Operation {
            name: Cow::Borrowed(mutation),
            document: Cow::Owned(format!(
                "mutation {mutation}($data: {input}!) {{ {mutation}(data: $data) {{ ok node {{ id kind display_label }} }} }}"
            )),
            variables: to_json(&Variables { data: &self.allocation }),
            effect: self.effect,
            tracker: Cow::Owned(format!("mutation-{}", mutation.to_lowercase())),
            kind: Some(P::KIND),
            is_compiled: true,
            object: Some(self.allocation.pool()),
            upload: None,
        };
        let answered = self.client.run_write::<OnlyField<Answer>>(&operation).await?;
        let OnlyField(answer) = answered.data;
        let node = answer
            .node
            .filter(|_| answer.ok != Some(false))
            .ok_or_else(|| not_done(&operation.name, answered.context))?;
        if node.kind != P::KIND && !WITHOUT_KIND.contains(&P::KIND) {
            return Err(Error::decode(
                format!("{mutation}.node.kind"),
                format!(
                    "the pool had already given a {} under the identifier `{}`, not a {}",
                    node.kind,
                    self.allocation.identifier,
                    P::KIND
                ),
            ));
        }
        Ok(Related {
            id: Id::new(node.id),
            hfid: None,
            display_label: Some(node.display_label),
            typename: node.kind,
        })
    }
}

impl<P: Kind> IntoFuture for AllocateRequest<P> {
    type Output = Result<Related<P>, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// An allocation, and the reading of what it gave.
#[must_use = "an allocation is sent when it is awaited"]
#[derive(Debug)]
pub struct AllocateAndRead<Q: Projection> {
    allocate: AllocateRequest<Q::Kind>,
    projection: PhantomData<fn() -> Q>,
}

impl<Q: Projection> IntoFuture for AllocateAndRead<Q> {
    type Output = Result<Q, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let client = self.allocate.client.clone();
            let allocated = self.allocate.send().await?;
            let id = allocated.id.to_string();
            let found = client.get::<Q>().id(allocated.id).await;
            found.map_err(|error| error.after_write(Q::Kind::KIND, client.branch(), &id))
        })
    }
}
