//! Query documents: constant text for a given set of argument names, with every value in a variable.

use crate::error::Error;
use crate::filter::{Argument, OrderField, to_json};
use crate::operation::{Effect, Operation};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// What a query asks of a kind, or of a relationship to many of one object.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    /// The kind whose objects are read, or the kind that has the relationship.
    kind: &'static str,
    /// For peers: the id of the object and the name of the relationship.
    through: Option<Through>,
    arguments: Vec<Argument>,
    order: Vec<OrderField>,
    partial_match: bool,
}

#[derive(Debug, Clone)]
struct Through {
    key: Argument,
    relationship: &'static str,
}

/// The part of a result to ask for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slice {
    pub(crate) offset: u64,
    pub(crate) limit: u64,
}

/// What one document reads.
pub(crate) enum Content<'a> {
    /// How many objects there are.
    Count,
    /// The peer of a relationship to one, with this selection.
    Peer { selection: &'a str },
    /// Objects with this selection, and their number.
    Objects { selection: &'a str, slice: Slice },
}

impl Query {
    pub(crate) fn of_kind(kind: &'static str) -> Self {
        Self { kind, through: None, arguments: Vec::new(), order: Vec::new(), partial_match: false }
    }

    /// The peers of one object, which `key` names.
    pub(crate) fn of_peers(kind: &'static str, key: Argument, relationship: &'static str) -> Self {
        Self { through: Some(Through { key, relationship }), ..Self::of_kind(kind) }
    }

    pub(crate) fn kind(&self) -> &'static str {
        self.kind
    }

    pub(crate) fn filter(&mut self, argument: Argument) {
        self.arguments.push(argument);
    }

    pub(crate) fn order_by(&mut self, field: OrderField) {
        self.order.push(field);
    }

    pub(crate) fn partial_match(&mut self) {
        self.partial_match = true;
    }

    /// What was looked for, for an error: the names of the filters, and the values of those that name an
    /// object. Other values may be secret.
    pub(crate) fn described(&self) -> String {
        let described = self.arguments.iter().map(|argument| match &*argument.name {
            name @ ("ids" | "hfid") => format!("{name} {}", argument.value.get()),
            name => name.to_owned(),
        });
        described.collect::<Vec<_>>().join(", ")
    }

    /// The operation that reads `content`.
    ///
    /// # Errors
    /// A filter that is given twice, which GraphQL cannot express.
    pub(crate) fn operation(&self, content: &Content<'_>) -> Result<Operation<'static>, Error> {
        let name = self.operation_name(content);
        let variables = self.variables(content)?;
        let document = self.document(&name, &variables, content);
        Ok(Operation {
            tracker: Cow::Owned(format!("query-{}", name.to_lowercase().replace('_', "-"))),
            name: Cow::Owned(name),
            document: Cow::Owned(document),
            variables: to_json(&Variables(&variables)),
            effect: Effect::Read,
            kind: Some(self.kind),
            object: None,
        })
    }

    /// The operation that reads the first objects.
    pub(crate) fn first(&self, limit: u64, selection: &str) -> Result<Operation<'static>, Error> {
        self.operation(&Content::Objects { selection, slice: Slice { offset: 0, limit } })
    }

    fn operation_name(&self, content: &Content<'_>) -> String {
        let what = match content {
            Content::Count => "count",
            Content::Peer { .. } => "peer",
            Content::Objects { .. } => "list",
        };
        match &self.through {
            None => format!("{}_{what}", self.kind),
            Some(through) => format!("{}_{}_{what}", self.kind, through.relationship),
        }
    }

    /// Every argument, in the order that the document declares them.
    fn variables(&self, content: &Content<'_>) -> Result<Vec<Variable>, Error> {
        let mut variables = Vec::with_capacity(self.arguments.len() + 5);
        if let Some(through) = &self.through {
            variables.push(Variable::of(&through.key, "object_"));
        }
        if let Content::Objects { slice, .. } = content {
            variables.push(Variable::new("limit", "Int", to_json(&slice.limit)));
            variables.push(Variable::new("offset", "Int", to_json(&slice.offset)));
            if !self.order.is_empty() {
                variables.push(Variable::new("order", "OrderInput", to_json(&By { by: &self.order })));
            }
        }
        if self.partial_match {
            variables.push(Variable::new("partial_match", "Boolean", to_json(&true)));
        }
        for argument in &self.arguments {
            if variables.iter().any(|known| known.argument == argument.name && known.prefix.is_empty()) {
                return Err(Error::invalid_request(format!(
                    "the filter `{}` on {} is given twice; the server takes it once: join the values with `.is_in([…])`",
                    argument.name, self.kind
                )));
            }
            variables.push(Variable::of(argument, ""));
        }
        Ok(variables)
    }

    fn document(&self, name: &str, variables: &[Variable], content: &Content<'_>) -> String {
        let declared = join(variables, |variable| format!("${}: {}", variable.name(), variable.graphql_type));
        let (of_object, of_result): (Vec<&Variable>, Vec<&Variable>) =
            variables.iter().partition(|variable| !variable.prefix.is_empty());
        let passed = |variables| join(variables, |v: &&Variable| format!("{}: ${}", v.argument, v.name()));
        let (kind, passed_on) = (self.kind, passed(&of_result));
        let selection = match content {
            Content::Count => "count".to_owned(),
            Content::Peer { selection } => format!("node {{ {selection} }}"),
            Content::Objects { selection, .. } => format!("count edges {{ node {{ {selection} }} }}"),
        };
        match &self.through {
            None => format!("query {name}{declared} {{ {kind}{passed_on} {{ {selection} }} }}"),
            Some(Through { relationship, .. }) => format!(
                "query {name}{declared} {{ {kind}{} {{ edges {{ node {{ {relationship}{passed_on} {{ {selection} }} }} }} }} }}",
                passed(&of_object)
            ),
        }
    }
}

impl Argument {
    fn graphql_type(&self) -> String {
        if self.list { format!("[{}]", self.scalar) } else { self.scalar.to_owned() }
    }
}

/// `(a, b)`, or nothing where there is nothing to write.
fn join<T>(items: &[T], text: impl Fn(&T) -> String) -> String {
    if items.is_empty() {
        return String::new();
    }
    format!("({})", items.iter().map(text).collect::<Vec<_>>().join(", "))
}

#[derive(serde::Serialize)]
struct By<'a> {
    by: &'a [OrderField],
}

/// One variable of the document. A prefix keeps the arguments that name the object apart from those
/// that choose among its peers.
struct Variable {
    prefix: &'static str,
    argument: Cow<'static, str>,
    graphql_type: Cow<'static, str>,
    value: Box<RawValue>,
}

impl Variable {
    fn new(argument: &'static str, graphql_type: &'static str, value: Box<RawValue>) -> Self {
        Self {
            prefix: "",
            argument: Cow::Borrowed(argument),
            graphql_type: Cow::Borrowed(graphql_type),
            value,
        }
    }

    fn of(argument: &Argument, prefix: &'static str) -> Self {
        Self {
            prefix,
            argument: argument.name.clone(),
            graphql_type: Cow::Owned(argument.graphql_type()),
            value: argument.value.clone(),
        }
    }

    fn name(&self) -> Cow<'_, str> {
        match self.prefix {
            "" => Cow::Borrowed(&self.argument),
            prefix => Cow::Owned(format!("{prefix}{}", self.argument)),
        }
    }
}

struct Variables<'a>(&'a [Variable]);

impl Serialize for Variables<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for variable in self.0 {
            map.serialize_entry(&variable.name(), &variable.value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::{Content, Query, Slice};
    use crate::filter::{Filter, Order};
    use crate::id::Key;

    fn objects(selection: &str) -> Content<'_> {
        Content::Objects { selection, slice: Slice { offset: 50, limit: 25 } }
    }

    #[test]
    fn values_travel_as_variables() {
        let mut query = Query::of_kind("InfraDevice");
        query.filter(Filter::<()>::list("name__values", "String", &["a\"b", "$c"]).argument);
        query.order_by(Order::<()>::new("name__value", true).field);
        query.partial_match();
        let operation = query.operation(&objects("id name { value }")).expect("an operation");
        assert_eq!(
            operation.document,
            "query InfraDevice_list($limit: Int, $offset: Int, $order: OrderInput, $partial_match: Boolean, \
             $name__values: [String]) { InfraDevice(limit: $limit, offset: $offset, order: $order, \
             partial_match: $partial_match, name__values: $name__values) { count edges { node { id name { value } } } } }"
        );
        assert_eq!(
            operation.variables.get(),
            r#"{"limit":25,"offset":50,"order":{"by":[{"field":"name__value","direction":"DESC"}]},"partial_match":true,"name__values":["a\"b","$c"]}"#
        );
        assert_eq!(operation.tracker, "query-infradevice-list");
    }

    #[test]
    fn the_object_and_its_peers_are_chosen_apart() {
        let key = Key::Id("1".to_owned()).argument();
        let mut query = Query::of_peers("InfraDevice", key, "interfaces");
        query.filter(Filter::<()>::list("ids", "ID", &["2"]).argument);
        let operation = query.operation(&Content::Count).expect("an operation");
        assert_eq!(
            operation.document,
            "query InfraDevice_interfaces_count($object_ids: [ID], $ids: [ID]) { InfraDevice(ids: $object_ids) \
             { edges { node { interfaces(ids: $ids) { count } } } } }"
        );
        assert_eq!(operation.variables.get(), r#"{"object_ids":["1"],"ids":["2"]}"#);
    }

    #[test]
    fn a_filter_given_twice_is_refused_before_it_is_sent() {
        let mut query = Query::of_kind("InfraDevice");
        for value in ["a", "b"] {
            query.filter(Filter::<()>::single("name__value", "String", value).argument);
        }
        let error = query.operation(&Content::Count).expect_err("given twice");
        assert!(error.to_string().contains("`name__value` on InfraDevice is given twice"), "{error}");
    }
}
