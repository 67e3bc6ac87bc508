//! Sending the documents of a batch and telling what became of each write.

use super::document::{Document, alias, waves};
use super::{Batch, Item};
use crate::call::Sent;
use crate::client::Client;
use crate::decode::{self, Failed, Fields, Reader, Source};
use crate::error::{Context, Error, GraphQlError, PathSegment};
use crate::filter::Filter;
use crate::id::Id;
use crate::kind::Kind;
use crate::operation::Partial;
use crate::projection::FromEdge;
use crate::read::{Query, find_all};
use crate::write::{self, Action, Outcome, StoredChecksum};
use futures_core::future::BoxFuture;
use futures_core::stream::{BoxStream, Stream};
use futures_util::stream::{self, StreamExt};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap, VecDeque};

/// An object that a batch wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Written {
    /// The object's kind.
    pub kind: &'static str,
    /// The object's id; `None` for a deletion by human-friendly id.
    pub id: Option<String>,
    /// The object's human-friendly id, where its kind has one.
    pub hfid: Option<Vec<String>>,
    /// How the server shows the object to people; `None` for a deletion.
    pub display_label: Option<String>,
}

impl Written {
    /// The object's id, if it is of kind `K`.
    pub fn id_of<K: Kind>(&self) -> Option<Id<K>> {
        self.id.as_ref().filter(|_| self.kind == K::KIND).map(|id| Id::new(id.clone()))
    }
}

/// What became of one write.
#[derive(Debug)]
#[non_exhaustive]
pub struct BatchResult {
    /// The write's place in the batch, from 0.
    pub index: usize,
    /// The object, or why it was not written.
    pub result: Result<Written, Error>,
}

/// What became of all writes of a batch, in the order they were added.
#[derive(Debug)]
#[must_use = "a batch that ran may still hold writes that failed"]
pub struct BatchReport {
    results: Vec<BatchResult>,
}

impl BatchReport {
    /// Every result, in the order the writes were added.
    pub fn results(&self) -> &[BatchResult] {
        &self.results
    }

    /// The writes that failed, each with its place in the batch.
    pub fn failures(&self) -> impl Iterator<Item = (usize, &Error)> {
        self.results.iter().filter_map(|item| Some((item.index, item.result.as_ref().err()?)))
    }

    /// All objects, or the first error.
    ///
    /// # Errors
    /// The error of the first write that failed. The other writes are not undone.
    pub fn into_written(self) -> Result<Vec<Written>, Error> {
        self.results.into_iter().map(|item| item.result).collect()
    }
}

impl Batch {
    /// Sends all writes and gives what became of each.
    pub async fn run(self) -> BatchReport {
        BatchReport { results: self.stream().collect().await }
    }

    /// Sends the writes, and gives what became of each in the order they were added, as soon as it is known.
    ///
    /// Nothing is sent before the stream is polled. Dropping it stops further documents; one that is under
    /// way may still be carried out by the server.
    pub fn stream(self) -> impl Stream<Item = BatchResult> + Send + Unpin + 'static {
        let waves = waves(self.items, self.limits, self.repeatable).into();
        let run = Run {
            client: self.client,
            repeatable: self.repeatable,
            in_flight: self.limits.in_flight,
            waves,
            current: stream::empty().boxed(),
            known: BTreeMap::new(),
            next: 0,
        };
        Box::pin(stream::unfold(run, Run::next))
    }
}

type Results = Vec<(usize, Result<Written, Error>)>;

/// A batch under way.
struct Run {
    client: Client,
    repeatable: bool,
    in_flight: usize,
    waves: VecDeque<Vec<Document>>,
    /// The documents of the wave that is being sent.
    current: BoxStream<'static, Results>,
    /// Results that wait for an earlier one.
    known: BTreeMap<usize, Result<Written, Error>>,
    next: usize,
}

impl Run {
    async fn next(mut self) -> Option<(BatchResult, Self)> {
        loop {
            if let Some(result) = self.known.remove(&self.next) {
                let index = self.next;
                self.next += 1;
                return Some((BatchResult { index, result }, self));
            }
            match self.current.next().await {
                Some(results) => self.known.extend(results),
                None => self.current = self.start_wave()?,
            }
        }
    }

    fn start_wave(&mut self) -> Option<BoxStream<'static, Results>> {
        let documents = self.waves.pop_front()?;
        let (client, repeatable) = (self.client.clone(), self.repeatable);
        Some(
            stream::iter(documents)
                .map(move |document| send(client.clone(), document, repeatable))
                .buffer_unordered(self.in_flight)
                .boxed(),
        )
    }
}

/// What is read of each object, and of an object that is looked up.
#[derive(Debug, Deserialize)]
struct Object {
    id: Box<str>,
    #[serde(default, deserialize_with = "crate::decode::hfid")]
    hfid: Option<Vec<String>>,
    #[serde(default)]
    display_label: Option<String>,
    #[serde(default)]
    checksum: Option<StoredChecksum>,
}

impl FromEdge for Object {
    fn read_edge(edge: &mut dyn Source<'_>) -> Result<Option<Self>, Failed> {
        decode::edge(edge)
    }
}

impl Fields for Object {
    fn read(mut object: Reader<'_, '_>) -> Result<Self, Failed> {
        object.skip_all()?;
        let id: Id<()> = object.id()?;
        let (hfid, display_label) = (object.hfid(), object.display_label());
        Ok(Self { id: id.as_str().into(), hfid, display_label, checksum: None })
    }
}

impl Object {
    fn written(self, kind: &'static str) -> Written {
        Written { kind, id: Some(self.id.into()), hfid: self.hfid, display_label: self.display_label }
    }
}

type Answer = HashMap<String, Option<Outcome<Object>>>;

/// Sends one document. Where it fails as a whole without having run, its writes are sent one by one, so
/// that the one that made it fail does not hide the others.
fn send(client: Client, document: Document, repeatable: bool) -> BoxFuture<'static, Results> {
    Box::pin(async move {
        let operation = document.operation(repeatable);
        match client.run_partial::<Answer>(&operation).await {
            Ok(Partial { data: Some(answer), errors, ambiguous, context, sent }) => {
                let alone = document.items.len() == 1;
                let mut results = tell_apart(document.items, answer, errors, &context, sent);
                if ambiguous {
                    results = look_up(&client, results).await;
                }
                if alone { without_items(results) } else { undone_again(client, results, repeatable).await }
            }
            Ok(Partial { data: None, errors, ambiguous, context, .. }) => {
                let error = Error::graphql(errors, Some(context));
                refused(client, document, error, ambiguous, repeatable).await
            }
            Err(error) if is_about_one_write(&error) => {
                let ambiguous = error.earlier_attempt_may_have_run();
                refused(client, document, error, ambiguous, repeatable).await
            }
            Err(error) => {
                let may_have_run = error.may_have_run();
                let results = document.items.into_iter().map(|item| (item, Err(error.clone()))).collect();
                without_items(if may_have_run { look_up(&client, results).await } else { results })
            }
        }
    })
}

/// Whether the server refused the document for what one of its writes says, before any of them ran.
fn is_about_one_write(error: &Error) -> bool {
    matches!(error, Error::GraphQl { .. } | Error::Permission { .. }) && !error.may_have_run()
}

/// The document as a whole was refused, so what it holds is sent by item, unless an earlier attempt did it.
async fn refused(
    client: Client,
    document: Document,
    error: Error,
    ambiguous: bool,
    repeatable: bool,
) -> Results {
    let alone = document.items.len() == 1;
    let mut results: ItemResults =
        document.items.into_iter().map(|item| (item, Err(error.clone()))).collect();
    if ambiguous {
        results = look_up(&client, results).await;
    }
    if alone { without_items(results) } else { failed_again(client, results, repeatable).await }
}

/// Sends the writes again that were undone for the sake of another, and those that may be repeated of which the
/// database read something outdated, unless they were stored nevertheless.
async fn undone_again(client: Client, results: ItemResults, repeatable: bool) -> Results {
    let all_are =
        |error: &Error, is: fn(&GraphQlError) -> bool| GraphQlError::all_are(error.graphql_errors(), is);
    let (mut undone, mut outdated, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for (item, result) in results {
        let group = match &result {
            Err(error) if all_are(error, GraphQlError::is_undone) => &mut undone,
            Err(error)
                if all_are(error, GraphQlError::is_outdated_read)
                    && (repeatable || item.1.is_repeatable()) =>
            {
                &mut outdated
            }
            _ => &mut others,
        };
        group.push((item, result));
    }
    undone.extend(look_up(&client, outdated).await);
    let mut all = without_items(others);
    all.extend(failed_again(client, undone, repeatable).await);
    all
}

/// Sends the writes again, each by itself, that failed.
async fn failed_again(client: Client, results: ItemResults, repeatable: bool) -> Results {
    let mut all = Vec::with_capacity(results.len());
    for (item, result) in results {
        match result {
            Ok(written) => all.push((item.0, Ok(written))),
            Err(_) => all.extend(send(client.clone(), Document::one(item), repeatable).await),
        }
    }
    all
}

type ItemResults = Vec<((usize, Item), Result<Written, Error>)>;

/// Finds what the answer says of each write by the write's alias.
fn tell_apart(
    items: Vec<(usize, Item)>,
    mut answer: Answer,
    errors: Vec<GraphQlError>,
    context: &Context,
    mut sent: Option<Sent>,
) -> ItemResults {
    let mut errors_by_alias: HashMap<String, Vec<GraphQlError>> = HashMap::new();
    for error in errors {
        let root = error.root().unwrap_or_default().to_owned();
        errors_by_alias.entry(root).or_default().push(error);
    }
    // What is said of no write in particular explains those of which nothing else is said.
    let of_no_write = errors_by_alias.remove("").unwrap_or_default();
    let mut results = Vec::with_capacity(items.len());
    for (place, (position, item)) in items.into_iter().enumerate() {
        let alias = alias(place);
        let outcome = answer.remove(&alias).flatten();
        let result = match (errors_by_alias.remove(&alias), outcome) {
            (Some(errors), _) => Err(error_of(&item, errors, context)),
            (None, Some(outcome)) if outcome.ok != Some(false) => {
                written(&item, outcome, context, sent.take())
            }
            (None, _) if !of_no_write.is_empty() => Err(error_of(&item, of_no_write.clone(), context)),
            (None, _) => Err(not_done(&item, context)),
        };
        results.push(((position, item), result));
    }
    results
}

/// Nothing proves that this write did not run.
fn not_done(item: &Item, context: &Context) -> Error {
    let call = Context { kind: Some(item.mutation.kind), object: item.id.clone(), ..context.clone() };
    write::not_done(&format!("{}{}", item.mutation.kind, item.mutation.action.name()), call)
}

/// The errors of one write, as those of a call of its own: under the mutation's name instead of its alias.
fn error_of(item: &Item, mut errors: Vec<GraphQlError>, context: &Context) -> Error {
    let refused = errors.iter().all(GraphQlError::is_refusal);
    for error in &mut errors {
        if let Some(root) = error.path.first_mut() {
            *root = PathSegment::Field(format!("{}{}", item.mutation.kind, item.mutation.action.name()));
        }
    }
    let context = Context {
        kind: Some(item.mutation.kind),
        object: item.id.clone(),
        may_have_run: !refused,
        ..context.clone()
    };
    Error::graphql(errors, Some(context))
}

fn written(
    item: &Item,
    outcome: Outcome<Object>,
    context: &Context,
    sent: Option<Sent>,
) -> Result<Written, Error> {
    let kind = item.mutation.kind;
    match outcome.object {
        Some(object) => {
            if let Some(sent) = sent {
                sent.check(object.checksum.as_ref().and_then(StoredChecksum::as_str))?;
            }
            Ok(object.written(kind))
        }
        None if item.mutation.action == Action::Delete => {
            Ok(Written { kind, id: item.id.clone(), hfid: None, display_label: None })
        }
        None => Err(not_done(item, context)),
    }
}

/// Creates whose answer was lost: looks up which of their objects exist.
async fn look_up(client: &Client, mut results: ItemResults) -> ItemResults {
    let mut missing: BTreeMap<&'static str, Vec<Id<()>>> = BTreeMap::new();
    for ((_, item), result) in &results {
        if let (Action::Create, Some(id), Err(_)) = (item.mutation.action, &item.id, result) {
            missing.entry(item.mutation.kind).or_default().push(Id::new(id.clone()));
        }
    }
    for (kind, ids) in missing {
        let Ok(found) = find(client, kind, ids).await else { continue };
        let mut found: HashMap<Box<str>, Object> =
            found.into_iter().map(|object| (object.id.clone(), object)).collect();
        for ((_, item), result) in &mut results {
            let object = item.id.as_deref().and_then(|id| found.remove(id));
            if let (Err(_), Some(object)) = (&result, object) {
                *result = Ok(object.written(kind));
            }
        }
    }
    results
}

async fn find(client: &Client, kind: &'static str, ids: Vec<Id<()>>) -> Result<Vec<Object>, Error> {
    let mut query = Query::of_kind(kind);
    let count = ids.len() as u64;
    query.filter(Filter::<()>::list("ids", "ID", &ids).argument);
    let operation = query.first(count, "id hfid display_label")?;
    find_all(client, &operation).await
}

fn without_items(results: ItemResults) -> Results {
    results.into_iter().map(|((position, _), result)| (position, result)).collect()
}
