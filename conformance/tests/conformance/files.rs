//! Objects with a file: upload, replace, download, branches, the past.

use futures_util::TryStreamExt;
use infrahub_client::file::File;
use infrahub_client::id::{Hfid, Id};
use infrahub_client::{Client, Error};
use infrahub_conformance::*;
use std::path::PathBuf;
use tokio::io::AsyncReadExt;

/// A name and the number of bytes of it that are sent: 100 kB of text, so more than one piece.
fn text(stem: &str) -> String {
    format!("{stem} {}\n", unique("line")).repeat(3000)
}

async fn contract(client: &Client, file: File) -> Result<InfraContract, Error> {
    client.create(InfraContractCreate::new(file, unique("contract"))).select().await
}

fn scratch(stem: &str) -> std::io::Result<PathBuf> {
    let folder = std::env::temp_dir().join(unique(stem));
    std::fs::create_dir(&folder)?;
    Ok(folder)
}

#[tokio::test]
async fn a_file_comes_back_as_it_was_sent() -> Outcome {
    let client = client();
    let text = text("a");
    let contract = contract(&client, File::from_bytes("Vertrag \"ü\\1\".txt", text.clone())).await?;
    assert_eq!(contract.file_name.as_deref(), Some("Vertrag \"ü\\1\".txt"));
    assert_eq!(contract.file_size, Some(text.len() as i64));

    let file = client.file(&contract);
    let info = file.info().await?;
    assert_eq!((info.file_name.as_str(), info.file_size), ("Vertrag \"ü\\1\".txt", text.len() as u64));
    assert_eq!(info.file_type, "text/plain");
    assert_eq!(Some(&info.checksum), contract.checksum.as_ref());
    assert_eq!(file.download().bytes().await?, text.as_bytes());

    let mut download = file.download().await?;
    assert_eq!(download.file_name(), Some("Vertrag \"ü\\1\".txt"));
    assert_eq!((download.content_type(), download.size()), (Some("text/plain"), Some(text.len() as u64)));
    let mut pieces = 0;
    let mut read = Vec::new();
    while let Some(piece) = download.try_next().await? {
        assert!(piece.len() <= 64 * 1024);
        read.extend_from_slice(&piece);
        pieces += 1;
    }
    assert_eq!(read, text.as_bytes());
    assert!(pieces > 1);

    let by_name = Hfid::<InfraContract>::new([contract.number.as_str()]);
    assert_eq!(client.file(&by_name).info().await?, info);
    let as_generic: Id<CoreFileObject> = contract.id.clone().upcast();
    assert_eq!(client.file(&as_generic).info().await?, info);
    Ok(())
}

#[tokio::test]
async fn any_source_can_be_sent() -> Outcome {
    let client = client();
    let folder = scratch("sources")?;
    let text = text("b");
    let path = folder.join("plan.txt");
    std::fs::write(&path, &text)?;
    let bytes = text.clone();
    let streamed = futures_util::stream::iter([Ok::<_, std::io::Error>(text.clone().into())]);
    let files = [
        File::from_path(&path).await?,
        File::from_reader("plan.txt", std::io::Cursor::new(text.clone())),
        File::from_stream("plan.txt", streamed),
        File::from_open("plan.txt", move || {
            let bytes = bytes.clone();
            async move { Ok(std::io::Cursor::new(bytes)) }
        })
        .with_length(text.len() as u64),
    ];
    for file in files {
        let told = format!("{file:?}");
        let contract = contract(&client, file).await.map_err(|error| format!("{told}: {error}"))?;
        let info = client.file(&contract).info().await?;
        assert_eq!((info.file_name.as_str(), info.file_size), ("plan.txt", text.len() as u64), "{told}");
    }

    // From one server, or object, to another.
    let first = contract(&client, File::from_bytes("x.txt", text.clone())).await?;
    let copy =
        contract(&client, File::from_stream("copy.txt", client.file(&first).download().await?)).await?;
    assert_eq!(copy.checksum, first.checksum);
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

#[tokio::test]
async fn a_download_to_disk_leaves_the_whole_file_or_what_was_there() -> Outcome {
    let client = client();
    let folder = scratch("disk")?;
    let path = folder.join("contract.txt");
    std::fs::write(&path, "before")?;
    let text = text("c");
    let contract = contract(&client, File::from_bytes("c.txt", text.clone())).await?;
    let size = client.file(&contract).download().to_path(&path).await?;
    assert_eq!(size, text.len() as u64);
    assert_eq!(std::fs::read_to_string(&path)?, text);

    let missing = client.file(&Id::<InfraContract>::generate()).download().to_path(&path).await.unwrap_err();
    assert!(matches!(missing, Error::NotFound { .. }), "{missing}");
    assert_eq!(std::fs::read_to_string(&path)?, text);
    assert_eq!(std::fs::read_dir(&folder)?.count(), 1);

    let nowhere = client.file(&contract).download().to_path(folder.join("no/such/folder")).await.unwrap_err();
    assert!(matches!(nowhere, Error::File { .. }), "{nowhere}");
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

#[tokio::test]
async fn updates_and_upserts_replace_the_file_or_leave_it() -> Outcome {
    let client = client();
    let contract = contract(&client, File::from_bytes("one.txt", "one")).await?;
    let before = client.file(&contract).info().await?;

    client
        .update(&contract)
        .set(InfraContractUpdate::new().signed_at("2026-01-02T03:04:05Z".parse::<jiff::Timestamp>()?))
        .await?;
    assert_eq!(client.file(&contract).info().await?, before);

    client.update(&contract).set(InfraContractUpdate::new().file(File::from_bytes("two.txt", "two"))).await?;
    assert_eq!(client.file(&contract).download().bytes().await?, "two");

    // The same bytes again: the server keeps the file that it has, under its old name.
    let stored = client.file(&contract).info().await?;
    client.upsert(InfraContractCreate::new(File::from_bytes("again.txt", "two"), &contract.number)).await?;
    assert_eq!(client.file(&contract).info().await?, stored);

    client.upsert(InfraContractCreate::new(File::from_bytes("three.txt", "three"), &contract.number)).await?;
    assert_eq!(client.file(&contract).download().bytes().await?, "three");
    assert_eq!(client.file(&contract).info().await?.file_name, "three.txt");
    Ok(())
}

#[tokio::test]
async fn a_file_is_of_its_branch_and_its_time() -> Outcome {
    let client = client();
    let branch = client.branches().create(unique("files")).await?;
    let on_branch = client.on(&branch);
    let on_main = contract(&client, File::from_bytes("one.txt", "one")).await?;
    let only_there = contract(&on_branch, File::from_bytes("two.txt", "two")).await?;
    assert_eq!(on_branch.file(&only_there).download().bytes().await?, "two");
    let error = client.file(&only_there).download().bytes().await.unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error}");

    let then = jiff::Timestamp::now();
    client.update(&on_main).set(InfraContractUpdate::new().file(File::from_bytes("1.txt", "later"))).await?;
    assert_eq!(client.file(&on_main).download().bytes().await?, "later");
    assert_eq!(client.at(then).file(&on_main).download().bytes().await?, "one");
    client.branches().delete(&branch.name).await?;
    Ok(())
}

#[tokio::test]
async fn files_go_in_batches_too() -> Outcome {
    let client = client();
    let mut batch = client.batch();
    let files: Vec<(Id<InfraContract>, String)> = (0..5)
        .map(|number| {
            let content = format!("contract {number}");
            let file = File::from_bytes("x.txt", content.clone());
            (batch.create(InfraContractCreate::new(file, unique("contract"))), content)
        })
        .collect();
    batch.create(BuiltinTagCreate::new(unique("tag")));
    batch.run().await.into_written()?;
    for (contract, content) in files {
        assert_eq!(client.file(&contract).download().bytes().await?, content);
    }
    Ok(())
}

#[tokio::test]
async fn a_file_above_the_servers_limit_is_refused_and_nothing_is_made() -> Outcome {
    let client = client();
    const SIZE: u64 = 51 << 20;
    let file = File::from_open("large.bin", || async { Ok(tokio::io::repeat(7).take(SIZE)) });
    let number = unique("contract");
    let error = client.create(InfraContractCreate::new(file.with_length(SIZE), &number)).await.unwrap_err();
    assert_eq!(error.http_status(), Some(422), "{error}");
    assert!(error.to_string().contains("exceeds maximum allowed size"), "{error}");
    assert!(!error.may_have_run());
    assert_eq!(client.all::<InfraContract>().filter(InfraContract::NUMBER.eq(number)).count().await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_create_with_an_id_that_is_taken_leaves_the_file_alone() -> Outcome {
    let client = client();
    let contract = contract(&client, File::from_bytes("one.txt", "one")).await?;
    let again = InfraContractCreate::new(File::from_bytes("two.txt", "two"), unique("contract"));
    let error = client.create(again.with_id(contract.id.clone())).await.unwrap_err();
    assert!(matches!(error, Error::GraphQl { .. }) && !error.may_have_run(), "{error}");
    assert_eq!(client.file(&contract).download().bytes().await?, "one");
    Ok(())
}

#[tokio::test]
async fn an_empty_file_is_refused() -> Outcome {
    let client = client();
    let error = contract(&client, File::from_bytes("empty.txt", "")).await.unwrap_err();
    assert!(error.to_string().contains("Input was empty"), "{error}");
    Ok(())
}

#[tokio::test]
async fn the_file_of_an_object_is_no_stored_object() -> Outcome {
    let client = client();
    let contract = contract(&client, File::from_bytes("one.txt", "one")).await?;
    let info = client.file(&contract).info().await?;
    let error = client.storage().download(info.storage_id.as_str()).bytes().await.unwrap_err();
    assert!(matches!(error, Error::Permission { .. }), "{error}");
    assert!(error.to_string().contains("/api/storage/files/by-storage-id"), "{error}");
    Ok(())
}
