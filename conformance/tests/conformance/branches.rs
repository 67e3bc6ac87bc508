//! Branches from their creation to their deletion.

use infrahub_client::branches::BranchStatus;
use infrahub_client::{Client, Error, ErrorCode};
use infrahub_conformance::{MERGES, Outcome, client, execute, unique};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::sleep;

/// Sends a mutation, again for as long as some other program's merge keeps the server from writing.
async fn write(client: &Client, document: &str, variables: Value) -> Result<Value, Error> {
    loop {
        match execute(client, document, variables.clone()).await {
            Err(error) if error.code() == Some(&ErrorCode::MergeInProgress) => {
                sleep(Duration::from_secs(1)).await;
            }
            answer => return answer,
        }
    }
}

/// Creates a tag, and gives its id.
async fn create_tag(client: &Client, name: &str) -> Result<String, Error> {
    let document = "mutation CreateTag($name: String!) {
        BuiltinTagCreate(data: { name: { value: $name } }) { object { id } }
    }";
    let data = write(client, document, json!({ "name": name })).await?;
    Ok(data["BuiltinTagCreate"]["object"]["id"].as_str().unwrap_or_default().to_owned())
}

async fn describe_tag(client: &Client, id: &str, text: &str) -> Result<Value, Error> {
    let document = "mutation DescribeTag($id: String!, $text: String!) {
        BuiltinTagUpdate(data: { id: $id, description: { value: $text } }) { ok }
    }";
    write(client, document, json!({ "id": id, "text": text })).await
}

async fn delete_tag(client: &Client, id: &str) -> Result<Value, Error> {
    let document = "mutation DeleteTag($id: String!) { BuiltinTagDelete(data: { id: $id }) { ok } }";
    write(client, document, json!({ "id": id })).await
}

async fn count_tags(client: &Client, name: &str) -> Result<Value, Error> {
    let document = "query CountTags($name: String!) { BuiltinTag(name__value: $name) { count } }";
    Ok(execute(client, document, json!({ "name": name })).await?["BuiltinTag"]["count"].take())
}

/// The message of the error that a branch operation must give.
fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    match result {
        Err(Error::GraphQl { errors, .. }) => errors.iter().map(|error| error.message()).collect(),
        other => panic!("expected a refusal, got {other:?}"),
    }
}

#[tokio::test]
async fn a_branch_is_created_changed_merged_and_deleted() -> Outcome {
    let _alone = MERGES.write().await;
    let client = client();
    let branches = client.branches();
    let name = unique("branch");
    let branch = branches.create(&name).description("first").await?;
    assert_eq!(
        (&branch.name, branch.description.as_deref(), &branch.status),
        (&name, Some("first"), &BranchStatus::Open)
    );
    assert!(!branch.is_default && !branch.sync_with_git && !branch.schema_differs_from_default_branch);
    let born = branch.branched_from.clone().and_then(|time| time.timestamp()).ok_or("no time")?;

    let all = branches.all().await?;
    assert!(all.contains(&branch));
    assert_eq!(all.iter().filter(|branch| branch.is_default).count(), 1);
    assert_eq!(branches.set_description(&branch, "second").await?.description.as_deref(), Some("second"));
    assert_eq!(refusal(branches.create(&name).await), format!("The branch {name} already exists"));

    let tag = unique("tag");
    let on_branch = client.on(&branch);
    let id = create_tag(&on_branch, &tag).await?;
    assert_eq!((count_tags(&on_branch, &tag).await?, count_tags(&client, &tag).await?), (json!(1), json!(0)));

    assert_eq!(branches.validate(&branch).await?.name, name);
    let rebased = branches.rebase(&branch).await?;
    assert!(rebased.branched_from.and_then(|time| time.timestamp()) > Some(born));

    let merged = branches.merge(&branch).await?.ok_or("the server deletes merged branches")?;
    assert_eq!(merged.status, BranchStatus::Merged);
    assert_eq!(count_tags(&client, &tag).await?, json!(1));
    assert_eq!(refusal(branches.merge(&branch).await), format!("Branch '{name}' has already been merged"));
    assert!(refusal(branches.rebase(&branch).await).contains("has been merged and is read-only"));
    let write = create_tag(&on_branch, &unique("tag")).await.unwrap_err();
    assert_eq!(write.code(), Some(&ErrorCode::BranchAlreadyMerged), "{write}");

    branches.delete(&branch).await?;
    assert!(matches!(branches.get(&name).await, Err(Error::NotFound { .. })));
    delete_tag(&client, &id).await?;
    Ok(())
}

#[tokio::test]
async fn a_name_may_have_characters_that_a_url_does_not_like() -> Outcome {
    let _alone = MERGES.write().await;
    let client = client();
    for stem in ["a/b#c?", "-é%2F"] {
        let name = unique(&stem.replace('?', ""));
        let branch = client.branches().create(&name).await?;
        let tag = unique("tag");
        create_tag(&client.on(&branch), &tag).await?;
        assert_eq!(count_tags(&client.on(&name), &tag).await?, json!(1), "{name}");
        assert_eq!(count_tags(&client, &tag).await?, json!(0), "{name}");
        client.branches().delete(&branch).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_name_that_git_could_not_have_fails_in_the_job() -> Outcome {
    let job = client().branches().create(unique("no spaces")).start().await;
    let error = job?.wait().await.unwrap_err();
    assert!(matches!(error, Error::JobFailed { .. }), "{error:?}");
    assert!(error.to_string().contains("Branch name contains invalid patterns or characters"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_conflict_stops_rebase_merge_and_validation_and_says_where() -> Outcome {
    let _alone = MERGES.write().await;
    let client = client();
    let branches = client.branches();
    let id = create_tag(&client, &unique("tag")).await?;
    let branch = branches.create(unique("conflict")).await?;
    describe_tag(&client, &id, "on the default branch").await?;
    describe_tag(&client.on(&branch), &id, "on the branch").await?;

    // Validation looks at the diff that was computed last, and there is none yet.
    branches.validate(&branch).await?;
    let rebase = branches.rebase(&branch).await.unwrap_err();
    let Error::JobFailed { message, .. } = &rebase else { panic!("{rebase:?}") };
    assert!(
        message.contains("contains conflicts") && message.contains(&format!("data/{id}/description/value")),
        "{message}"
    );
    let validate = branches.validate(&branch).await.unwrap_err();
    assert!(validate.to_string().contains("branch has some conflicts"), "{validate}");
    let merge = branches.merge(&branch).await.unwrap_err();
    assert!(
        matches!(&merge, Error::JobFailed { message, .. } if message.contains("contains conflicts")),
        "{merge:?}"
    );
    assert_eq!(branches.get(&branch).await?.status, BranchStatus::Open);

    branches.delete(&branch).await?;
    delete_tag(&client, &id).await?;
    Ok(())
}

#[tokio::test]
async fn what_becomes_double_by_a_rebase_or_a_merge_stops_it() -> Outcome {
    let _alone = MERGES.write().await;
    let client = client();
    let branches = client.branches();
    let name = unique("tag");
    let branch = branches.create(unique("double")).await?;
    let ours = create_tag(&client.on(&branch), &name).await?;
    let theirs = create_tag(&client, &name).await?;
    let told = |error: Error| match error {
        Error::JobFailed { message, .. } => {
            let start = message.find("-level").and_then(|at| message[..at].rfind(' ')).unwrap_or_default();
            let mut lines: Vec<String> =
                message[start..].split(",\n").map(|line| line.trim().to_owned()).collect();
            lines.sort();
            lines
        }
        other => panic!("{other:?}"),
    };
    // the object of the default branch is not seen on the branch, so it has no name here
    let objects = [(&ours, name.clone()), (&theirs, format!("BuiltinTag: {theirs}"))];
    let rules = [
        ("Attribute-level 'unique'", "name", "attribute.unique.update name unique"),
        (
            "Node-level 'uniqueness_constraints'",
            "name.value",
            "node.uniqueness_constraints.update uniqueness_constraints uniqueness_constraints",
        ),
    ];
    let (mut of_merge, mut of_rebase) = (Vec::new(), Vec::new());
    for (rule, field, constraint) in rules {
        for (id, label) in &objects {
            let message = format!(
                "{rule} constraint violation on schema 'BuiltinTag'. Node ({label}) is not compliant. The error relates \
                 to field {field}='{name}'."
            );
            of_rebase.push(format!("{message} for constraint {constraint} and node {id} BuiltinTag"));
            of_merge.push(message);
        }
    }
    of_merge.sort();
    of_rebase.sort();
    assert_eq!(told(branches.merge(&branch).await.unwrap_err()), of_merge);
    assert_eq!(told(branches.rebase(&branch).await.unwrap_err()), of_rebase);
    branches.delete(&branch).await?;
    delete_tag(&client, &theirs).await?;
    Ok(())
}

#[tokio::test]
async fn a_branch_that_does_not_exist_is_told_before_a_job_starts() -> Outcome {
    let _alone = MERGES.write().await;
    let client = client();
    let branches = client.branches();
    let name = unique("nobody");
    let errors = [
        branches.rebase(&name).await.map(drop),
        branches.merge(&name).await.map(drop),
        branches.validate(&name).await.map(drop),
        branches.delete(&name).await,
        branches.set_description(&name, "why").await.map(drop),
    ];
    for error in errors.map(Result::unwrap_err) {
        assert_eq!(error.code(), Some(&ErrorCode::BranchNotFound), "{error}");
        assert!(!error.may_have_run(), "{error}");
    }
    Ok(())
}
