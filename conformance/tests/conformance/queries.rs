//! Compiled documents against the server.

use futures_util::TryStreamExt;
use infrahub_client::Error;
use infrahub_conformance::{
    BuiltinTagCreate, LocationRackCreate, LocationRegionCreate, LocationSiteCreate, LocationSiteStatus,
    Outcome, client, unique,
};
use infrahub_demo_kinds::queries::types::{Named, PlaceOn};
use infrahub_demo_kinds::queries::{locations, site_ports, tag_create, tag_names, tags};
use locations::LocationsLocationGenericEdgesNodeOn as Location;
use std::num::NonZeroU32;

#[tokio::test]
async fn a_document_with_a_generic_and_a_default_decodes() -> Outcome {
    let client = client();
    let nowhere = site_ports::Variables { site: unique("nowhere"), role: None, addresses: None };
    assert_eq!(client.query(nowhere).await?.infra_device.count, 0);

    // Whatever sites there are: every interface of every device has a kind that is known or counts as unknown.
    let sites = client
        .execute::<serde_json::Value>(
            "query Q { LocationSite(limit: 3) { edges { node { name { value } } } } }",
            (),
        )
        .await?;
    for site in sites["LocationSite"]["edges"].as_array().ok_or("no sites")? {
        let site = site["node"]["name"]["value"].as_str().ok_or("no name")?.to_owned();
        let answer = client.query(site_ports::Variables { site, role: None, addresses: Some(1) }).await?;
        assert_eq!(usize::try_from(answer.infra_device.count)?, answer.infra_device.edges.len());
    }
    Ok(())
}

#[tokio::test]
async fn a_mutation_of_a_document_sends_only_what_is_set() -> Outcome {
    let client = client();
    let name = unique("tag");
    let value = tag_create::TextAttributeCreate { value: Some(name.clone()), ..Default::default() };
    let data = tag_create::BuiltinTagCreateInput { name: Some(value), ..Default::default() };
    let created = client.query(tag_create::Variables { data }).await?;
    let object = created.builtin_tag_create.and_then(|answer| answer.object).ok_or("no tag")?;
    assert_eq!(object.display_label.as_deref(), Some(&*name));
    let delete = "mutation D($id: String!) { BuiltinTagDelete(data: { id: $id }) { ok } }";
    client.execute::<serde_json::Value>(delete, serde_json::json!({ "id": object.id })).await?;
    Ok(())
}

/// Creates that many tags and gives their names, in the order of the document: the last first.
async fn make_tags(count: usize) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let client = client();
    let stem = unique("paged");
    let names: Vec<_> = (0..count).map(|number| format!("{stem}-{number:03}")).rev().collect();
    let mut batch = client.batch();
    for name in &names {
        batch.create(BuiltinTagCreate::new(name));
    }
    match batch.run().await.failures().next() {
        Some((_, error)) => Err(error.to_string().into()),
        None => Ok(names),
    }
}

fn all_of(names: &[String]) -> tags::Variables {
    let names = Some(names.iter().cloned().map(Some).collect());
    tags::Variables { names, limit: None, offset: None }
}

fn name(edge: tags::TagsBuiltinTagEdges) -> Option<String> {
    edge.node?.name?.value
}

#[tokio::test]
async fn a_document_that_pages_is_streamed_in_order() -> Outcome {
    let client = client();
    let names = make_tags(23).await?;
    let size = NonZeroU32::new(5).ok_or("five")?;
    let before = client.counters().requests;
    let edges: Vec<_> = client.query(all_of(&names)).page_size(size).stream().try_collect().await?;
    assert_eq!(client.counters().requests - before, 5);
    let read: Vec<_> = edges.into_iter().filter_map(name).collect();
    assert_eq!(read, names);

    let part = tags::Variables { limit: Some(11), offset: Some(3), ..all_of(&names) };
    let read: Vec<_> =
        client.query(part.clone()).page_size(size).all().await?.into_iter().filter_map(name).collect();
    assert_eq!(read, names[3..14]);
    // Awaited it is one request, and the variables are those of the server.
    let page = client.query(part).await?.builtin_tag;
    assert_eq!((page.count, page.edges.len()), (23, 11));

    // The same fragment is the same type, whichever document reads it.
    let named: Named = page.edges.into_iter().next().and_then(|edge| edge.node).ok_or("no tag")?.named;
    assert_eq!(named.display_label.as_ref(), Some(&names[3]));
    // Another operation of the same file.
    let names = Some(vec![named.display_label]);
    assert_eq!(client.query(tag_names::Variables { names }).await?.builtin_tag.edges.len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_document_whose_result_changes_between_its_pages_is_an_error() -> Outcome {
    let client = client();
    let names = make_tags(12).await?;
    let mut more = names.clone();
    more.push(unique("paged-more"));
    let mut stream = client.query(all_of(&more)).page_size(NonZeroU32::MIN).stream();
    stream.try_next().await?.ok_or("a first tag")?;
    client.create(BuiltinTagCreate::new(&more[12])).await?;
    let rest = stream.try_fold(1, |read, _| async move { Ok(read + 1) }).await;
    match rest {
        Err(Error::ResultsChanged { kind, .. }) => assert_eq!(kind, "Tags"),
        other => panic!("{other:?}"),
    }
    Ok(())
}

#[tokio::test]
async fn a_document_reads_the_past_of_a_branch() -> Outcome {
    let client = client();
    let then = client.at(jiff::Timestamp::now());
    let names = make_tags(3).await?;
    assert_eq!(then.query(all_of(&names)).await?.builtin_tag.count, 0);
    let data = tag_create::BuiltinTagCreateInput::default();
    let refused = then.query(tag_create::Variables { data }).await;
    assert!(matches!(refused, Err(Error::WriteRefused { .. })), "{refused:?}");
    Ok(())
}

#[tokio::test]
async fn fragments_on_generics_know_each_kind() -> Outcome {
    let client = client();
    let [region, site, rack] = ["region", "site", "rack"].map(unique);
    let parent = client.create(LocationRegionCreate::new(&region)).await?;
    let create = LocationSiteCreate::new(&site, &parent).status(LocationSiteStatus::Active);
    let parent = client.create(create).await?;
    client.create(LocationRackCreate::new(&rack, &parent).height(42)).await?;

    let names: Vec<_> = [&region, &site, &rack].into_iter().cloned().map(Some).collect();
    for details in [None, Some(true)] {
        let variables = locations::Variables { names: Some(names.clone()), details };
        let locations = client.query(variables).await?.location_generic;
        assert_eq!(locations.count, 3);
        let mut seen = Vec::new();
        for node in locations.edges.into_iter().filter_map(|edge| edge.node) {
            let name = node.place.name.and_then(|name| name.value).ok_or("no name")?;
            assert_eq!(node.description.is_some(), details.is_some(), "a condition leaves it out");
            assert_eq!(node.place.parent.node.is_some(), name != region);
            let status = match node.place.on {
                PlaceOn::LocationSite(site) => site.status.and_then(|status| status.value),
                PlaceOn::Other(kind) => Some(kind),
            };
            let height = match node.on {
                Location::LocationRack(rack) => rack.height.and_then(|height| height.value),
                Location::Other(_) => None,
            };
            seen.push((name, status, height));
        }
        seen.sort();
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            seen,
            [
                (rack.clone(), text("LocationRack"), Some(42)),
                (region.clone(), text("LocationRegion"), None),
                (site.clone(), text("active"), None),
            ]
        );
    }
    Ok(())
}
