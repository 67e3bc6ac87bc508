//! Typed calls of the documents in `queries/*.graphql`.

use crate::client::Client;
use crate::error::Error;
use crate::operation::{Effect, Operation};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::borrow::Cow;

/// The variables of an operation in a `.graphql` file, which stand for the operation itself.
///
/// Implemented by generated code: `queries/site_report.graphql` with an operation `SiteReport` gives
/// `site_report::Variables` and, as [`QueryVariables::Data`], `site_report::ResponseData`.
pub trait QueryVariables: Serialize + Sync {
    /// What the server answers.
    type Data: DeserializeOwned + Send;
    /// The operation's name in the document.
    const OPERATION: &'static str;
    /// The document.
    const DOCUMENT: &'static str;
    /// Whether it is a mutation.
    const WRITES: bool;
}

impl Client {
    /// Sends an operation of a `.graphql` file to this handle's branch.
    ///
    /// The variables say which operation it is. A variable that is `None` is left out, so the server sees no
    /// value rather than null. A query is sent again after a failure that passes, a mutation only where it is
    /// proven not to have run.
    ///
    /// ```ignore
    /// let report = client.query(site_report::Variables { name: "atl1".to_owned() }).await?;
    /// println!("{} devices", report.infra_device.count);
    /// ```
    ///
    /// # Errors
    /// [`Error::GraphQl`] where the answer has errors, even beside data; [`Error::Decode`] where the data
    /// does not fit, because the server's schema is another than that of the snapshot; and what every call
    /// may meet.
    pub async fn query<V: QueryVariables>(&self, variables: V) -> Result<V::Data, Error> {
        self.run(&operation(&variables)?).await
    }
}

/// The operation that variables stand for.
pub(crate) fn operation<V: QueryVariables>(variables: &V) -> Result<Operation<'static>, Error> {
    let (effect, prefix) = if V::WRITES { (Effect::Write, "mutation") } else { (Effect::Read, "query") };
    Ok(Operation {
        name: Cow::Borrowed(V::OPERATION),
        document: Cow::Borrowed(V::DOCUMENT),
        variables: Operation::variables(variables)?,
        effect,
        tracker: Cow::Owned(format!("{prefix}-{}", V::OPERATION.to_lowercase())),
        kind: None,
        object: None,
        upload: None,
    })
}
