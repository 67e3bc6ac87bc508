//! Compiled documents against the server.

use infrahub_demo_kinds::queries::{site_ports, tag_create};
use infrahub_live_suite::{Outcome, client, unique};

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
