//! The object storage.

use futures_util::TryStreamExt;
use infrahub_client::file::File;
use infrahub_client::storage::StoredObject;
use infrahub_client::{Client, Config, Error};
use infrahub_conformance::*;
use tokio::io::AsyncReadExt;

#[tokio::test]
async fn an_object_comes_back_as_it_was_sent() -> Outcome {
    let client = client();
    let stored = client.storage().upload(File::from_bytes("x", "hello")).await?;
    assert_eq!(stored.checksum.as_deref(), Some("5d41402abc4b2a76b9719d911017c592"));
    assert_eq!(client.storage().download(&stored).bytes().await?, "hello");
    assert_eq!(client.storage().download(stored.id.as_str()).bytes().await?, "hello");
    assert_eq!(client.storage().download(&stored).await?.size(), Some(5));
    Ok(())
}

#[tokio::test]
async fn an_empty_object_is_one_too() -> Outcome {
    let client = client();
    let stored = client.storage().upload(File::from_bytes("x", "")).await?;
    assert!(client.storage().download(&stored).bytes().await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_file_above_the_limit_of_answers_goes_up_and_comes_down_in_pieces() -> Outcome {
    // The server keeps it for good, so it is no larger than the test needs.
    const SIZE: u64 = 8 << 20;
    let client = Client::new(config().with_max_response_bytes(1 << 20))?;
    let file = File::from_open("large.bin", || async { Ok(tokio::io::repeat(7).take(SIZE)) });
    let stored = client.storage().upload(file.with_length(SIZE)).await?;
    let mut download = client.storage().download(&stored).await?;
    assert_eq!(download.size(), Some(SIZE));
    let mut size = 0;
    while let Some(piece) = download.try_next().await? {
        size += piece.len() as u64;
    }
    assert_eq!(size, SIZE);
    let error = client.storage().download(&stored).bytes().await.unwrap_err();
    assert!(matches!(error, Error::BodyTooLarge { .. }), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_wrong_checksum_is_an_error_and_leaves_no_file() -> Outcome {
    let client = client();
    let stored = client.storage().upload(File::from_bytes("x", "hello")).await?;
    let wrong = StoredObject { checksum: Some("0".repeat(32)), ..stored };
    let error = client.storage().download(&wrong).bytes().await.unwrap_err();
    assert!(matches!(error, Error::ChecksumMismatch { .. }), "{error}");
    let path = std::env::temp_dir().join(unique("wrong"));
    client.storage().download(&wrong).to_path(&path).await.unwrap_err();
    assert!(!path.exists());
    Ok(())
}

#[tokio::test]
async fn what_is_not_there_or_not_allowed_is_told() -> Outcome {
    let client = client();
    let error = client.storage().download("no-such-object").bytes().await.unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error}");
    let nobody = Client::new(Config::new(address()))?;
    let error = nobody.storage().upload(File::from_bytes("x", "hello")).await.unwrap_err();
    assert!(matches!(error, Error::Authentication { .. }), "{error}");
    Ok(())
}

#[tokio::test]
async fn the_same_bytes_are_stored_under_a_new_id_each_time() -> Outcome {
    let client = client();
    let first = client.storage().upload(File::from_bytes("x", "hello")).await?;
    let second = client.storage().upload(File::from_bytes("x", "hello")).await?;
    assert_eq!(first.checksum, second.checksum);
    assert_ne!(first.id, second.id);
    Ok(())
}

#[tokio::test]
async fn an_object_is_read_whole_and_without_credentials() -> Outcome {
    let client = client();
    let stored = client.storage().upload(File::from_bytes("x", "hello")).await?;
    let path = format!("/api/storage/object/{}", stored.id);
    let answer = http::get(&path).header("range", "bytes=1-2").send().await?;
    assert_eq!(answer.status(), 200, "a range is ignored");
    assert!(answer.headers().get("content-type").is_none());
    assert_eq!(answer.text().await?, "hello");
    Ok(())
}
