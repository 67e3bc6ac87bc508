//! A server by its address, as plain HTTP.

use crate::Outcome;
use reqwest::Client;
use serde_json::{Value, json};

/// Where requests go.
#[derive(Clone)]
pub struct Server {
    client: Client,
    address: String,
    token: String,
}

impl Server {
    pub fn new(address: &str, token: &str) -> Self {
        // reqwest is built without a TLS provider of its own; an error says that one is installed already
        let _ = rustls::crypto::ring::default_provider().install_default();
        let address = format!("{}/graphql", address.trim_end_matches('/'));
        Self { client: Client::new(), address, token: token.to_owned() }
    }

    /// Sends a document and gives the size of the answer, which is not decoded.
    pub async fn send(&self, document: &str, variables: &Value) -> Outcome<usize> {
        Ok(self.answer(document, variables).await?.len())
    }

    /// Sends a document and gives the data.
    pub async fn execute(&self, document: &str, variables: &Value) -> Outcome<Value> {
        let mut answer: Value = serde_json::from_slice(&self.answer(document, variables).await?)?;
        match answer.get("errors") {
            Some(errors) => Err(format!("{errors}").into()),
            None => Ok(answer["data"].take()),
        }
    }

    async fn answer(&self, document: &str, variables: &Value) -> Outcome<Vec<u8>> {
        let body = json!({ "query": document, "variables": variables }).to_string();
        let request = self.client.post(&self.address).header("X-INFRAHUB-KEY", &self.token);
        let response = request.header("content-type", "application/json").body(body).send().await?;
        Ok(response.error_for_status()?.bytes().await?.to_vec())
    }
}
