//! Random sequences of reads and writes over some kinds of the demo schema.
//!
//! A sequence is a list of operations whose peers are "the third device", whichever that will be. Each operation is
//! written as a request of a case, once it is known what was made before it, so a failure is reported as a case.

mod document;
mod objects;
mod operation;
mod read;
mod value;
mod write;

use crate::conversation::Conversation;
use crate::servers::Servers;
use crate::{RUNTIME, case};
use objects::Objects;
use operation::Operation;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

/// The kinds that are written. A sequence begins with a few objects of some of them.
const KINDS: [&str; 7] = [
    "LocationRegion",
    "LocationSite",
    "InfraDevice",
    "InfraInterfaceL2",
    "InfraVlan",
    "InfraBgpSession",
    "BuiltinTag",
];

const FIRST: &str = r#"
mutation { LocationRegionCreate(data: {name: {value: "<name>-region"}}) { object { id hfid } } }
--
mutation { LocationSiteCreate(data: {name: {value: "<name>-site"}, parent: {id: "<id-1>"}}) { object { id hfid } } }
--
mutation { InfraDeviceCreate(data: {name: {value: "<name>-device"}, site: {id: "<id-2>"}}) { object { id hfid } } }
--
mutation { BuiltinTagCreate(data: {name: {value: "<name>-tag"}}) { object { id hfid } } }
--
mutation { InfraVlanCreate(data: {name: {value: "vlan"}, vlan_id: {value: 7}, site: {id: "<id-2>"}}) { object { id hfid } } }
--
mutation { InfraInterfaceL2Create(data: {name: {value: "<name>-port"}, device: {id: "<id-3>"}}) { object { id hfid } } }
"#;

/// Runs the sequence of a seed; gives the shortest that was found to be answered differently.
pub(crate) fn run(seed: u64) -> Result<(), String> {
    let servers = Servers::get()?;
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let config = Config { cases: 1, max_shrink_iters: 20, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, random)
        .run(&operation::sequence(), |operations| {
            RUNTIME.block_on(replay(servers, &operations)).map_err(TestCaseError::fail)
        })
        .map_err(|error| {
            let error = match error {
                TestError::Fail(reason, _) => reason.to_string(),
                TestError::Abort(reason) => reason.to_string(),
            };
            format!("{error}\nAgain: DIFFERENTIAL_SEED={seed} DIFFERENTIAL_SEQUENCES=1 live/test differential sequence")
        })
}

/// Does what a sequence says until the answers differ.
async fn replay(servers: &'static Servers, operations: &[Operation]) -> Result<(), String> {
    let mut conversation = Conversation::new(servers);
    let mut objects = Objects::default();
    let mut said = Vec::new();
    let first = case::requests(FIRST).into_iter().map(Next::Request);
    for next in first.chain(operations.iter().map(Next::Operation)) {
        let request = match next {
            Next::Request(text) => text,
            Next::Operation(operation) => document::request(operation, &objects),
        };
        said.push(request.clone());
        let reply = conversation.ask(&request).await?;
        if let Some(difference) = reply.difference {
            return Err(format!("\n== a random sequence\n{}\n\n{difference}", said.join("\n--\n")));
        }
        objects.learn(&reply.answer.body);
    }
    Ok(())
}

enum Next<'s> {
    Request(String),
    Operation(&'s Operation),
}
