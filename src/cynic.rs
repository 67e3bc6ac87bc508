//! Operations of the GraphQL client cynic, sent by this one.

use crate::client::{Client, raw};
use crate::error::Error;
use crate::read::PointInTime;
use cynic::Operation;
use serde::Serialize;
use serde::de::DeserializeOwned;

impl Client {
    /// Sends an operation that cynic built to this handle's branch, with the credentials, limits and errors of
    /// this client: `client.cynic(Devices::build(DevicesVariables { .. })).await?`.
    ///
    /// A query is sent again after a failure that passes, a mutation only where it is proven not to have run.
    /// The answer is decoded from its bytes into the fragment.
    ///
    /// # Errors
    /// [`Error::GraphQl`] where the answer has errors, even beside data; [`Error::Decode`] where the data
    /// does not fit, with the path to what does not; and what every call may meet.
    pub async fn cynic<F, V>(&self, operation: Operation<F, V>) -> Result<F, Error>
    where
        F: DeserializeOwned + Send,
        V: Serialize,
    {
        let mut sent = raw(&operation.query, operation.variables)?;
        if let Some(name) = operation.operation_name {
            sent.name = name;
        }
        self.run(&sent).await
    }
}

impl PointInTime {
    /// Sends a query that cynic built, as [`Client::cynic`] does. A mutation is refused.
    ///
    /// # Errors
    /// Those of [`Client::cynic`], and [`Error::WriteRefused`].
    pub async fn cynic<F, V>(&self, operation: Operation<F, V>) -> Result<F, Error>
    where
        F: DeserializeOwned + Send,
        V: Serialize,
    {
        self.client().cynic(operation).await
    }
}

#[cfg(test)]
mod tests {
    use crate::error::Error;
    use crate::scripted_client::client;
    use crate::transport::WireFailure;
    use cynic::queries::SelectionBuilder;
    use cynic::{Operation, QueryFragment};
    use serde::Deserialize;
    use serde_json::json;

    /// As cynic derives it, but for the schema that a derive reads.
    #[derive(Debug, PartialEq, Deserialize)]
    struct Counts {
        counts: Vec<i64>,
    }

    impl QueryFragment for Counts {
        type SchemaType = ();
        type VariablesFields = ();

        fn query(_: SelectionBuilder<'_, (), ()>) {}
    }

    fn operation(keyword: &str) -> Operation<Counts> {
        let mut operation = Operation::new(format!("{keyword} Counts {{ counts }}"), ());
        operation.operation_name = Some("Counts".into());
        operation
    }

    #[tokio::test(start_paused = true)]
    async fn a_query_is_sent_again_and_decoded() {
        let (client, received) = client(|number, _| match number {
            0 => Err(WireFailure::Lost("connection reset".to_owned())),
            _ => Ok(json!({"data": {"counts": [1, 2]}})),
        });
        assert_eq!(client.cynic(operation("query")).await.expect("counts"), Counts { counts: vec![1, 2] });
        let received = received.lock().expect("the log");
        assert_eq!(received.len(), 2);
        let sent = json!({"query": "query Counts { counts }", "variables": {}, "operationName": "Counts"});
        assert_eq!(received[1], sent);
    }

    #[tokio::test(start_paused = true)]
    async fn a_mutation_that_may_have_run_is_sent_once_and_one_of_the_past_never() {
        let (client, received) = client(|_, _| Err(WireFailure::Lost("connection reset".to_owned())));
        let error = client.cynic(operation("mutation")).await.expect_err("a broken connection");
        assert!(error.may_have_run(), "{error}");
        assert_eq!(received.lock().expect("the log").len(), 1);
        let past = client.at(std::time::Duration::from_secs(60));
        let refused = past.cynic(operation("mutation")).await.expect_err("a write of the past");
        assert!(matches!(refused, Error::WriteRefused { .. }), "{refused}");
        assert_eq!(received.lock().expect("the log").len(), 1);
    }

    #[tokio::test]
    async fn errors_are_those_of_the_client() {
        let (wrong, _) = client(|_, _| Ok(json!({"data": {"counts": [1, "secret"]}})));
        let error = wrong.cynic(operation("query")).await.expect_err("a text");
        assert!(matches!(&error, Error::Decode { path, .. } if path == "counts[1]"), "{error}");
        assert!(!error.to_string().contains("secret"));
        let (refusing, _) = client(|_, _| {
            Ok(json!({"data": {"counts": [1]}, "errors": [{"message": "no", "path": ["counts"]}]}))
        });
        let error = refusing.cynic(operation("query")).await.expect_err("an error beside data");
        assert_eq!(error.graphql_errors().len(), 1, "{error}");
    }
}
