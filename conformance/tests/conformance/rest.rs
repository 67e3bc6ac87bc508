//! Paths beside GraphQL: stored queries, sessions, and pages of other origins.

use infrahub_conformance::{Outcome, client, http, unique};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

/// The status and the body of an answer.
async fn answer(request: RequestBuilder) -> Result<(u16, Value), reqwest::Error> {
    let answer = request.send().await?;
    let (status, text) = (answer.status().as_u16(), answer.text().await?);
    Ok((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
}

#[tokio::test]
async fn a_stored_query_that_fails_is_answered_with_502() -> Outcome {
    let client = client();
    let name = unique("query").replace('-', "_");
    let query = "query Q($n: Int!) { BuiltinTag(ids: [], limit: $n) { count } }";
    let create = "mutation ($name: String!, $query: String!) { CoreGraphQLQueryCreate(data: { \
                  name: { value: $name }, query: { value: $query } }) { ok } }";
    client.execute::<Value>(create, json!({ "name": name, "query": query })).await?;
    let failure = |message: &str, path: Value, column: u32| {
        let message = json!({
            "message": format!("GraphQLQuery {name}: {message}"),
            "path": path,
            "locations": [{ "line": 1, "column": column }],
        });
        json!({ "data": null, "errors": [{ "message": message, "extensions": { "code": 502 } }] })
    };
    let path = format!("/api/query/{name}");
    let missing = failure("Variable '$n' of required type 'Int!' was not provided.", Value::Null, 9);
    assert_eq!(answer(http::get(&path)).await?, (502, missing.clone()));
    assert_eq!(answer(http::post_with_token(&path, "{}")).await?, (502, missing));
    // every parameter is a text
    let wrong = "Variable '$n' got invalid value '1'; Int cannot represent non-integer value: '1'";
    assert_eq!(answer(http::get(&format!("{path}?n=1"))).await?, (502, failure(wrong, Value::Null, 9)));
    let negative = failure("limit must be a non-negative integer", json!(["BuiltinTag"]), 21);
    let body = "{\"variables\": {\"n\": -1}}";
    assert_eq!(answer(http::post_with_token(&path, body)).await?, (502, negative));
    let body = "{\"variables\": {\"n\": 1}}";
    let found = json!({ "data": { "BuiltinTag": { "count": 0 } } });
    assert_eq!(answer(http::post_with_token(&path, body)).await?, (200, found));

    let problem = |kind: &str, place: [&str; 2], message: &str, input: Value| {
        (422, json!({ "detail": [{ "type": kind, "loc": place, "msg": message, "input": input }] }))
    };
    let text = "Input should be a valid boolean, unable to interpret input";
    let expected = problem("bool_parsing", ["query", "update_group"], text, json!("maybe"));
    assert_eq!(answer(http::get(&format!("{path}?update_group=maybe"))).await?, expected);
    let text = "Input should be a valid dictionary";
    let expected = problem("dict_type", ["body", "variables"], text, json!([]));
    assert_eq!(answer(http::post_with_token(&path, "{\"variables\": []}")).await?, expected);
    let delete = "mutation ($name: String!) { CoreGraphQLQueryDelete(data: { hfid: [$name] }) { ok } }";
    client.execute::<Value>(delete, json!({ "name": name })).await?;
    Ok(())
}

#[tokio::test]
async fn a_session_that_has_ended_is_not_refreshed() -> Outcome {
    let login = http::post("/api/auth/login", "{\"username\": \"admin\", \"password\": \"infrahub\"}");
    let login = login.send().await?;
    let cookies = |answer: &reqwest::Response| -> Vec<String> {
        let cookies = answer.headers().get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok());
        cookies.filter_map(|cookie| Some(cookie.split_once('=')?.0.to_owned())).collect()
    };
    assert_eq!(cookies(&login), ["access_token", "refresh_token"]);
    let tokens: Value = serde_json::from_str(&login.text().await?)?;
    let post = |path: &str, token: &str| {
        let token = tokens[token].as_str().unwrap_or_default();
        http::request(Method::POST, path).bearer_auth(token)
    };
    let refreshed = post("/api/auth/refresh", "refresh_token").send().await?;
    assert_eq!((refreshed.status().as_u16(), cookies(&refreshed)), (200, vec!["access_token".to_owned()]));
    let gone = post("/api/auth/logout", "access_token").send().await?;
    assert_eq!((gone.status().as_u16(), cookies(&gone).len()), (200, 2));
    let message = "The provided refresh token has been invalidated in the database";
    let refused = json!({ "data": null, "errors": [{ "message": message, "extensions": { "code": 401 } }] });
    assert_eq!(answer(post("/api/auth/refresh", "refresh_token")).await?, (401, refused));
    // the access token stays good until it expires
    assert_eq!(answer(post("/api/auth/logout", "access_token")).await?, (200, Value::Null));
    Ok(())
}

#[tokio::test]
async fn no_other_origin_is_allowed() -> Outcome {
    let options = |path: &str| http::request(Method::OPTIONS, path);
    let plain = options("/graphql").send().await?;
    let allowed = plain.headers().get("allow").ok_or("no methods")?.to_str()?.to_owned();
    assert_eq!((plain.status().as_u16(), allowed.as_str()), (200, "GET, POST, OPTIONS"));
    assert_eq!(answer(options("/api/schema")).await?.0, 404);
    let origin = "http://other.example.net";
    for (path, method, headers, refused) in [
        ("/graphql", "POST", "content-type,authorization", "origin"),
        ("/graphql", "POST", "content-type, x-infrahub-key", "origin, headers"),
        ("/api/schema", "PURGE", "x-other", "origin, method, headers"),
    ] {
        let asked = options(path).header("origin", origin).header("access-control-request-method", method);
        let asked = asked.header("access-control-request-headers", headers);
        assert_eq!(answer(asked).await?, (400, json!(format!("Disallowed CORS {refused}"))));
    }
    assert_eq!(answer(options("/graphql").header("origin", origin)).await?.0, 200);
    Ok(())
}
