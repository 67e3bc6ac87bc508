//! The two servers that are asked.

use infrahub_conformance::Server;
use std::sync::LazyLock;

pub(crate) struct Servers {
    pub(crate) real: Server,
    pub(crate) sandbox: Server,
}

const NO_SERVER: &str = "there is no real server to compare with: run `live/test`, which uses that of \
                         `live/infrahub up`, or set INFRAHUB_ADDRESS and INFRAHUB_API_TOKEN";

static SERVERS: LazyLock<Option<Servers>> =
    LazyLock::new(|| Some(Servers { real: Server::real()?, sandbox: Server::sandbox() }));

impl Servers {
    /// Both servers, which are started once.
    pub(crate) fn get() -> Result<&'static Self, String> {
        SERVERS.as_ref().ok_or_else(|| NO_SERVER.to_owned())
    }
}
