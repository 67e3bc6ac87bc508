//! From a query and a template of a repository to a text.

use crate::graphql::{self, GraphError, Operation, Request};
use crate::repository::Git;
use crate::state::{Caller, State};
use crate::store::{MAIN, Object, Refusals, jinja2};
use crate::tasks::Failure;
use crate::work::blocking;
use jiff::Timestamp;
use minijinja::value::Value as Data;
use minijinja::{Error, ErrorKind, context};
use minijinja_contrib::pycompat::unknown_method_callback;
use serde_json::{Map, Value};
use std::sync::Arc;

/// The variables of a query.
pub(crate) type Variables = Map<String, Value>;

/// Why nothing was rendered.
pub(crate) enum Unrendered {
    /// The query fails.
    Query { name: String, errors: Vec<GraphError> },
    /// Something else does.
    Other(Failure),
}

impl From<Failure> for Unrendered {
    fn from(failure: Failure) -> Self {
        Self::Other(failure)
    }
}

impl From<Refusals> for Unrendered {
    fn from(refusals: Refusals) -> Self {
        Self::Other(refusals.into())
    }
}

impl From<Unrendered> for Failure {
    fn from(unrendered: Unrendered) -> Self {
        let (name, errors) = match unrendered {
            Unrendered::Query { name, errors } => (name, errors),
            Unrendered::Other(failure) => return failure,
        };
        let messages = errors.iter().map(|error| format!("GraphQLQuery {name}: {}", error.message));
        Self::new("GraphQLQueryError", messages.collect::<Vec<_>>().join(", "))
    }
}

/// A Jinja2 template of a repository, and the query that gives it its data.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    repository: String,
    location: String,
    commit: String,
    path: String,
    query_name: String,
    query: String,
}

impl Template {
    /// The template of a transformation.
    pub(crate) fn of(transformation: &Object) -> Result<Self, Failure> {
        if transformation.kind() != "CoreTransformJinja2" {
            return Err(Failure::lacking("transformations in Python"));
        }
        let peer = |name: &str| {
            let missing = || Failure::new("ValidationError", format!("the transformation has no {name}"));
            transformation.peer(name).map(|peer| peer.object).ok_or_else(missing)
        };
        let (repository, query) = (peer("repository")?, peer("query")?);
        let commit = repository.text("commit");
        if commit.is_empty() {
            return Err(Failure::new("TransformError", "Repository doesn't have a commit"));
        }
        Ok(Self {
            repository: repository.text("name"),
            location: repository.text("location"),
            commit,
            path: transformation.text("template_path"),
            query_name: query.text("name"),
            query: query.text("query"),
        })
    }

    /// Runs the query with these variables, in the name of `admin`, and renders the template with what it gives.
    pub(crate) async fn render(
        &self,
        state: &Arc<State>,
        branch: &str,
        at: Option<Timestamp>,
        variables: Variables,
    ) -> Result<String, Unrendered> {
        let data = self.data(state, branch, at, variables).await?;
        let template = self.clone();
        Ok(blocking(move || template.text(&data)).await?)
    }

    async fn data(
        &self,
        state: &Arc<State>,
        branch: &str,
        at: Option<Timestamp>,
        variables: Variables,
    ) -> Result<Data, Unrendered> {
        let served = state.served(branch)?;
        let admin = state.world().store.view(MAIN)?.account("admin");
        let caller = match admin {
            Some(admin) => Caller::Account { id: admin.id(), name: "admin".to_owned(), may_write: true },
            None => Caller::Anonymous,
        };
        let request = Request::new(state.clone(), served, branch.to_owned(), at, caller);
        let operation = Operation { query: self.query.clone(), name: None, variables };
        let errors = match graphql::execute(request, operation).await {
            graphql::Answer::Executed { data, errors } if errors.is_empty() => {
                return Ok(Data::from_serialize(data));
            }
            graphql::Answer::Executed { errors, .. } => errors,
            graphql::Answer::Refused { error, .. } => vec![error],
            graphql::Answer::Crash => vec![GraphError::of_document("the query is no GraphQL", None)],
        };
        Err(Unrendered::Query { name: self.query_name.clone(), errors })
    }

    fn text(&self, data: &Data) -> Result<String, Failure> {
        let Self { repository, location, commit, path, .. } = self;
        let git = Git::open(location).map_err(|why| why.failure(repository))?;
        if git.file(commit, path).map_err(|why| why.failure(repository))?.is_none() {
            let message = format!("Unable to find the file at '{repository}::{commit}::{path}'.");
            return Err(Failure::new("RepositoryFileNotFoundError", message));
        }
        let mut environment = jinja2();
        environment.set_trim_blocks(true);
        environment.set_lstrip_blocks(true);
        environment.set_unknown_method_callback(unknown_method_callback);
        let (name, commit) = (repository.clone(), commit.clone());
        environment.set_loader(move |path| {
            let unreadable = |message| Error::new(ErrorKind::InvalidOperation, message);
            git.file(&commit, path).map_err(|why| unreadable(why.failure(&name).message))
        });
        let rendered = environment.get_template(path).and_then(|template| template.render(context!(data)));
        rendered.map_err(|error| Failure::new("TransformError", told(&error)))
    }
}

/// An error of a template with its place, and whose fault it may be.
fn told(error: &Error) -> String {
    match error.kind() {
        ErrorKind::UnknownFilter
        | ErrorKind::UnknownFunction
        | ErrorKind::UnknownMethod
        | ErrorKind::UnknownTest => format!("{error}: the sandbox lacks it, and a real Infrahub may have it"),
        _ => error.to_string(),
    }
}
