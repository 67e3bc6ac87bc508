//! Jobs and the tasks behind them.

use infrahub_client::Error;
use infrahub_client::branches::{CreateBranch, DeleteBranch};
use infrahub_client::job::{JobHandle, Progress};
use infrahub_client::task::TaskState;
use infrahub_conformance::{Outcome, client, eventually, unique};
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[tokio::test]
async fn a_job_is_found_again_by_another_program() -> Outcome {
    let name = unique("attach");
    let first = client();
    let job = first.branches().create(&name).start().await?;
    let written = serde_json::to_string(&job.handle())?;
    drop((job, first));

    let second = client();
    let handle: JobHandle<CreateBranch> = serde_json::from_str(&written)?;
    let seen = Arc::new(Mutex::new(Vec::<Progress>::new()));
    let told = seen.clone();
    let mut job = second.branches().attach(handle).on_progress(move |progress| {
        if let Ok(mut seen) = told.lock() {
            seen.push(progress.clone());
        }
    });
    assert_eq!(job.wait().await?.name, name);
    // What has ended can be waited for again.
    assert_eq!(job.wait().await?.name, name);
    let last = seen.lock().map_err(|_| "poisoned")?.last().map(|progress| progress.state.clone());
    assert_eq!(last, Some(TaskState::Completed));

    let task = second.tasks().get(job.task_id()).await?;
    assert_eq!(task.title, format!("Create branch {name}"));
    assert_eq!((task.workflow.as_deref(), task.branch.as_deref()), (Some("create-branch"), Some(&*name)));
    assert!(task.created_at.timestamp() <= task.updated_at.timestamp());
    second.branches().delete(&name).await?;
    Ok(())
}

#[tokio::test]
async fn a_deadline_leaves_the_task_id_and_the_job_goes_on() -> Outcome {
    let client = client();
    let name = unique("deadline");
    let error = client.branches().create(&name).within(Duration::ZERO).await.unwrap_err();
    assert!(matches!(error, Error::JobPending { cause: None, .. }), "{error:?}");
    let task = error.task().ok_or("no task id")?;
    let handle = JobHandle::<CreateBranch>::new(task, &name);
    assert_eq!(client.branches().attach(handle).wait().await?.name, name);
    assert_eq!(client.tasks().attach(task).wait().await?.state, TaskState::Completed);
    client.branches().delete(&name).await?;
    Ok(())
}

#[tokio::test]
async fn tasks_are_listed_by_state_branch_and_kind() -> Outcome {
    let client = client();
    let bad = unique("bad name");
    let error = client.branches().create(&bad).await.unwrap_err();
    let id = error.task().ok_or("no task id")?;
    let failed = client.tasks().list().branch(&bad).state(TaskState::Failed).state(TaskState::Crashed);
    let tasks = failed.workflow("create-branch").with_log().limit(200).await?;
    assert_eq!(tasks.iter().map(|task| task.id.as_str()).collect::<Vec<_>>(), [id]);
    assert!(tasks[0].log.iter().any(|line| line.severity == "error"), "{:?}", tasks[0].log);
    assert!(client.tasks().list().branch(&bad).state(TaskState::Completed).await?.is_empty());
    assert!(client.tasks().list().branch(&bad).offset(1).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_task_that_cannot_be_found_cancelled_or_repeated_is_an_error() -> Outcome {
    let tasks = client().tasks();
    let unknown = "00000000-0000-4000-8000-000000000000";
    assert!(matches!(tasks.get(unknown).await, Err(Error::NotFound { .. })));
    let malformed = tasks.get("nope").await.unwrap_err();
    assert!(malformed.to_string().contains("'nope' is not a valid task id"), "{malformed}");
    assert!(matches!(tasks.cancel(unknown).await, Err(Error::GraphQl { .. })));
    assert!(matches!(tasks.retry(unknown).await, Err(Error::GraphQl { .. })));
    Ok(())
}

#[tokio::test]
async fn the_tasks_of_a_deleted_branch_are_forgotten_and_its_deletion_is_known_nevertheless() -> Outcome {
    let client = client();
    let name = unique("forgotten");
    client.branches().create(&name).await?;
    let mut delete = client.branches().delete(&name).start().await?;
    delete.wait().await?;
    eventually(|| async {
        match client.tasks().get(delete.task_id()).await {
            Err(Error::NotFound { .. }) => Ok(Some(())),
            Ok(_) => Ok(None),
            Err(error) => Err(error),
        }
    })
    .await?;
    let handle: JobHandle<DeleteBranch> = delete.handle();
    client.branches().attach(handle).wait().await?;
    Ok(())
}
