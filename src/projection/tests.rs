//! What no program could get past the compiler.

use super::{FromEdge, Projection, Selection};
use crate::decode::{self, Failed, Fields, Reader, Source};
use crate::scripted_client::{Thing, client};

/// Holds itself, twice, across a second type, which a derive of one cannot see.
#[derive(Debug)]
struct Endless;

impl Projection for Endless {
    type Kind = Thing;

    fn select(selection: &mut Selection) {
        for field in ["parent {", "above: parent {"] {
            selection.push(field);
            selection.push_peer::<Self>();
            selection.push("}");
        }
    }
}

impl FromEdge for Endless {
    fn read_edge(edge: &mut dyn Source<'_>) -> Result<Option<Self>, Failed> {
        decode::edge(edge)
    }
}

impl Fields for Endless {
    fn read(mut object: Reader<'_, '_>) -> Result<Self, Failed> {
        object.skip_all().map(|()| Self)
    }
}

#[tokio::test]
async fn a_projection_that_holds_itself_is_refused_before_it_is_sent() {
    let (client, received) = client(|_, _| panic!("nothing is to be sent"));
    let error = client.all::<Endless>().await.expect_err("endless");
    assert!(error.to_string().contains("holds itself"), "{error}");
    assert!(received.lock().expect("the log").is_empty());
}
