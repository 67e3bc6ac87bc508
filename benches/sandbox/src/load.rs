//! What is written and read.

use crate::Outcome;
use crate::server::Server;
use futures_util::future::try_join_all;
use serde_json::json;
use std::fmt::Write;
use std::time::{Duration, Instant};

/// How many objects one document writes.
const BATCH: usize = 50;

/// How many devices a site has.
const SITE: usize = 1000;

/// How many connections ask at the same time, and for how long.
const CONNECTIONS: usize = 8;
const LONG: Duration = Duration::from_secs(10);

const PAGE: &str = "query ($site: String!) { InfraDevice(site__name__value: $site, limit: 50) { count edges { node {
    id hfid display_label name { value } role { value } status { value } asn { value }
    site { node { id name { value } } } } } } }";

/// Writes devices, each in a site, where they are not there yet.
pub async fn devices(server: &Server, count: usize) -> Outcome {
    let region = "mutation { LocationRegionUpsert(data: {name: {value: \"bench\"}}) { ok } }";
    server.execute(region, &json!({})).await?;
    for site in 0..count.div_ceil(SITE) {
        let upsert = "mutation ($name: String!) { LocationSiteUpsert(data: {name: {value: $name},
            parent: {hfid: [\"bench\"]}}) { ok } }";
        server.execute(upsert, &json!({ "name": name(site) })).await?;
        let there = server.execute(PAGE, &json!({ "site": name(site) })).await?;
        if there["InfraDevice"]["count"] == SITE {
            continue;
        }
        for first in (site * SITE..((site + 1) * SITE).min(count)).step_by(BATCH) {
            let mut document = String::from("mutation {");
            for number in first..(first + BATCH).min(count) {
                let role = ["spine", "leaf", "edge"][number % 3];
                write!(
                    document,
                    " d{number}: InfraDeviceUpsert(data: {{name: {{value: \"bench-{number}\"}}, \
                     role: {{value: \"{role}\"}}, asn: {{value: {}}}, site: {{hfid: [\"{}\"]}}}}) {{ ok }}",
                    1 + number,
                    name(site)
                )?;
            }
            document.push('}');
            server.execute(&document, &json!({})).await?;
        }
    }
    Ok(())
}

fn name(site: usize) -> String {
    format!("bench-site-{site}")
}

/// How often a second a page of 50 devices with role and site is read.
pub async fn requests_a_second(server: &Server) -> Outcome<f64> {
    let variables = json!({ "site": name(0) });
    server.send(PAGE, &variables).await?;
    let began = Instant::now();
    let connections = (0..CONNECTIONS).map(async |_| {
        let mut sent = 0_u32;
        while began.elapsed() < LONG {
            server.send(PAGE, &variables).await?;
            sent += 1;
        }
        Outcome::Ok(sent)
    });
    let sent: u32 = try_join_all(connections).await?.iter().sum();
    Ok(f64::from(sent) / began.elapsed().as_secs_f64())
}

/// Writes one tag.
pub async fn tag(server: &Server, number: usize) -> Outcome {
    let create = "mutation ($name: String!) { BuiltinTagCreate(data: {name: {value: $name}}) { ok } }";
    server.execute(create, &json!({ "name": format!("bench-tag-{number}") })).await.map(drop)
}
