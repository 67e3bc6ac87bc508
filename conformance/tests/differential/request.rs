//! A request, as it is written in a case.
//!
//! It is a GraphQL document, or the method and the path of a REST call with the body below. Lines before it may say:
//!
//! - `branch: name`, without which a document goes to the default branch;
//! - `at: after step 2`, a point in time at which a document reads;
//! - `variables: {"name": "x"}`, those of a document;
//! - `account: nobody`, without which it is `admin`;
//! - `content: text/plain`, the content type, without which it is JSON.

use reqwest::Method;
use serde_json::{Value, json};

#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) body: String,
    pub(crate) content: String,
    pub(crate) has_token: bool,
}

/// What the lines before a request say.
#[derive(Default)]
struct Header<'t> {
    branch: Option<&'t str>,
    at: Option<&'t str>,
    variables: Option<&'t str>,
    account: Option<&'t str>,
    content: Option<&'t str>,
}

impl Request {
    /// Reads a request, whose placeholders stay as they are.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (header, rest) = Header::parse(text);
        let has_token = match header.account {
            None => true,
            Some("nobody") => false,
            Some(other) => return Err(format!("there is no account {other}")),
        };
        let content = header.content.unwrap_or("application/json").to_owned();
        let first = rest.lines().next().unwrap_or_default();
        for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
            if let Some(path) = first.strip_prefix(&format!("{method} ")) {
                let (path, body) = (path.to_owned(), rest[first.len()..].trim().to_owned());
                return Ok(Self { method, path, body, content, has_token });
            }
        }
        let (path, body) = (header.graphql_path(), header.graphql_body(rest)?);
        Ok(Self { method: Method::POST, path, body, content, has_token })
    }
}

impl<'t> Header<'t> {
    /// The header, and what stands below it.
    fn parse(text: &'t str) -> (Self, &'t str) {
        let (mut header, mut rest) = (Self::default(), text.trim());
        while let Some((key, value)) = rest.lines().next().and_then(|line| line.split_once(": ")) {
            let place = match key {
                "branch" => &mut header.branch,
                "at" => &mut header.at,
                "variables" => &mut header.variables,
                "account" => &mut header.account,
                "content" => &mut header.content,
                _ => break,
            };
            *place = Some(value.trim());
            rest = rest.split_once('\n').map_or("", |(_, below)| below.trim_start());
        }
        (header, rest)
    }

    fn graphql_path(&self) -> String {
        let mut path = "/graphql".to_owned();
        if let Some(branch) = self.branch {
            path = format!("{path}/{branch}");
        }
        match self.at.map(|at| at.strip_prefix("after step ").unwrap_or(at)) {
            Some(step) => format!("{path}?at=<time-{step}>"),
            None => path,
        }
    }

    fn graphql_body(&self, document: &str) -> Result<String, String> {
        let mut body = json!({ "query": document });
        if let Some(text) = self.variables {
            let variables: Value =
                serde_json::from_str(text).map_err(|error| format!("the variables {text}: {error}"))?;
            body["variables"] = variables;
        }
        Ok(body.to_string())
    }
}
