//! The sandbox as a program sees it.

use crate::accounts::{Access, Accounts, NewAccount};
use crate::faults::Fault;
use crate::graphql::Served;
use crate::journal::{self, Journal, Recorded};
use crate::listener::{Cuttable, Switch};
use crate::object_files::{self, ObjectsError, Source};
use crate::random;
use crate::rest;
use crate::state::{State, World, WorldSnapshot};
use crate::store::{MAIN, PASSWORD, Store};
use infrahub_schema::Schema;
use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// An Infrahub in this process, on a port of the loopback interface, until it is dropped.
///
/// ```no_run
/// use infrahub_sandbox::{Sandbox, Schema};
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let sandbox = Sandbox::start(Schema::read("schema/nodes.json".as_ref())?).await?;
/// println!("INFRAHUB_ADDRESS={} INFRAHUB_API_TOKEN={}", sandbox.address(), sandbox.token());
/// # Ok(())
/// # }
/// ```
pub struct Sandbox {
    address: String,
    token: String,
    state: Arc<State>,
    stop: Option<oneshot::Sender<()>>,
}

/// A sandbox before it starts; from [`Sandbox::builder`].
#[derive(Debug)]
#[must_use = "nothing is started before `start` is awaited"]
pub struct Builder {
    schema: Schema,
    listen: IpAddr,
    port: u16,
    accounts: Vec<NewAccount>,
    access_lifetime: Duration,
    task_duration: Duration,
    journal_length: usize,
    objects: Vec<Source>,
}

/// Everything that a sandbox held at one moment, to go back to; from [`Sandbox::snapshot`].
#[derive(Clone)]
pub struct SandboxSnapshot(WorldSnapshot);

/// Why a sandbox could not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Nothing can be served of the schema.
    #[error(
        "no sandbox for this schema: {0}; start with what `cargo infrahub pull` has written, or with the stock schema"
    )]
    Schema(String),
    /// The objects that it should begin with cannot be.
    #[error(transparent)]
    Objects(#[from] ObjectsError),
    /// The port could not be had.
    #[error("cannot listen on {address}: {source}; {}", remedy(source))]
    Port {
        /// The address and the port.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
}

/// What helps where a port could not be had.
fn remedy(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::AddrNotAvailable => "name an address of this machine",
        _ => "name another port, or 0 for any that is free",
    }
}

/// How long an access token is good unless the builder says otherwise, as on the server.
const ACCESS_LIFETIME: Duration = Duration::from_secs(3600);

/// How long a background task takes unless the builder says otherwise: long enough to be seen at work.
const TASK_DURATION: Duration = Duration::from_millis(100);

impl Sandbox {
    /// Starts a sandbox with a node schema, stock kinds included, and no data but what a fresh server has.
    ///
    /// # Errors
    /// [`StartError`] where nothing can be served of the schema.
    pub async fn start(schema: Schema) -> Result<Self, StartError> {
        Self::builder(schema).start().await
    }

    /// A sandbox with settings of its own.
    pub fn builder(schema: Schema) -> Builder {
        Builder {
            schema,
            listen: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            accounts: vec![NewAccount {
                name: "admin".to_owned(),
                password: PASSWORD.to_owned(),
                token: random::uuid(),
                access: Access::Full,
            }],
            access_lifetime: ACCESS_LIFETIME,
            task_duration: TASK_DURATION,
            journal_length: journal::LENGTH,
            objects: Vec::new(),
        }
    }

    /// Where a program of this machine reaches it: `http://127.0.0.1:41234`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// An API token of the account `admin`, whose password is `infrahub` unless [`Builder::account`] says otherwise.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Adds objects to it, as [`Builder::objects`] does before it starts; for those of kinds that were loaded since.
    ///
    /// # Errors
    /// [`ObjectsError`] names the file and the object; what stands before it is there.
    pub fn load_objects(&self, path: impl Into<PathBuf>) -> Result<(), ObjectsError> {
        object_files::load(&mut self.state.world().store, &[Source::Path(path.into())])
    }

    /// Everything that it holds now. Takes microseconds, whatever that is.
    ///
    /// ```
    /// # use infrahub_sandbox::{Sandbox, stock_schema};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sandbox = Sandbox::start(stock_schema()).await?;
    /// let fresh = sandbox.snapshot();
    /// // … a test …
    /// sandbox.restore(&fresh);
    /// # Ok(())
    /// # }
    /// ```
    pub fn snapshot(&self) -> SandboxSnapshot {
        SandboxSnapshot(self.state.snapshot())
    }

    /// Goes back to what it held, branches, schemas, tasks, stored objects and API tokens included. Faults, the journal
    /// and logins stay as they are.
    ///
    /// # Panics
    /// The snapshot is of another sandbox, whose accounts are others.
    pub fn restore(&self, snapshot: &SandboxSnapshot) {
        self.state.restore(&snapshot.0);
    }

    /// The requests that were answered so far, the first one first; the latest 10,000 unless
    /// [`Builder::journal_length`] says otherwise.
    pub fn journal(&self) -> Vec<Recorded> {
        self.state.journal.all()
    }

    /// Forgets the requests that were answered so far.
    pub fn clear_journal(&self) {
        self.state.journal.clear();
    }

    /// Lets the next requests meet a fault, as many as `times`; those before them in the queue come first.
    ///
    /// ```
    /// # use infrahub_sandbox::{Fault, Sandbox, stock_schema};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start(stock_schema()).await?;
    /// sandbox.fail_next(2, Fault::Status(503));
    /// sandbox.fail_next(1, Fault::AnswerLost);
    /// # Ok(())
    /// # }
    /// ```
    pub fn fail_next(&self, times: u32, fault: Fault) {
        self.fail_next_on("", times, fault);
    }

    /// Lets the next requests whose path begins so (`/graphql`) meet a fault.
    pub fn fail_next_on(&self, path: &str, times: u32, fault: Fault) {
        if times > 0 {
            self.state.faults.add(fault, path, Some(times));
        }
    }

    /// Lets every request that meets none of the others meet this fault, until [`Sandbox::heal`].
    pub fn fail_always(&self, fault: Fault) {
        self.state.faults.add(fault, "", None);
    }

    /// Takes back all faults that have not been met.
    pub fn heal(&self) {
        self.state.faults.clear();
    }

    /// Lets all access tokens of logins expire now; their refresh tokens stay good.
    pub fn expire_access_tokens(&self) {
        self.state.accounts.expire();
    }
}

impl Builder {
    /// Listens on this port; without it, or with 0, on any that is free.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Listens on this address; without it on the loopback interface, which other machines do not reach.
    ///
    /// Everybody may read it who reaches it, and everybody may write who knows the password of `admin`. Whoever may
    /// write may also have it read git repositories in the folders that this process may read.
    pub fn listen(mut self, address: IpAddr) -> Self {
        self.listen = address;
        self
    }

    /// The API token of the account `admin`; without it a random one.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.accounts[0].token = token.into();
        self
    }

    /// One more account, with its password and its API token. One that is there, such as `admin`, has these from now on,
    /// instead of those that it had.
    pub fn account(
        mut self,
        name: impl Into<String>,
        password: impl Into<String>,
        token: impl Into<String>,
        access: Access,
    ) -> Self {
        let (name, password, token) = (name.into(), password.into(), token.into());
        let account = NewAccount { name, password, token, access };
        match self.accounts.iter_mut().find(|known| known.name == account.name) {
            Some(known) => *known = account,
            None => self.accounts.push(account),
        }
        self
    }

    /// How long the access token of a login is good; without it one hour.
    pub fn access_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.access_lifetime = lifetime;
        self
    }

    /// How long the background tasks take that work on branches, for callers that do not wait for the answer, and those
    /// that read repositories and render artifacts; without it 100 ms. The client looks at a task once a second: with
    /// [`Duration::ZERO`] its first look finds the task done, and tests that make many branches lose no time.
    pub fn task_duration(mut self, duration: Duration) -> Self {
        self.task_duration = duration;
        self
    }

    /// How many requests the journal keeps, the latest ones; without it 10,000. With zero it keeps none.
    pub fn journal_length(mut self, length: usize) -> Self {
        self.journal_length = length;
        self
    }

    /// Begins with the objects of a file, or of all `.yml` and `.yaml` files of a folder and of those in it, in the order
    /// of their names. They are in Infrahub's own format, as `infrahubctl object load` takes it:
    ///
    /// ```yaml
    /// apiVersion: infrahub.app/v1
    /// kind: Object
    /// spec:
    ///   kind: InfraDevice
    ///   data:
    ///     - name: leaf-1
    ///       site: atl1             # an object that is there, by its human-friendly id
    ///       interfaces:            # objects that come with it
    ///         kind: InfraInterfaceL3
    ///         data:
    ///           - name: eth1
    /// ```
    ///
    /// An object refers to those before it; one that is there already is updated.
    pub fn objects(mut self, path: impl Into<PathBuf>) -> Self {
        self.objects.push(Source::Path(path.into()));
        self
    }

    /// Begins with the objects of a text in the same format; `name` names it in errors.
    pub fn objects_text(mut self, name: impl Into<PathBuf>, text: impl Into<String>) -> Self {
        self.objects.push(Source::Text { name: name.into(), text: text.into() });
        self
    }

    /// Starts it.
    ///
    /// # Errors
    /// [`StartError`] where nothing can be served of the schema, an object of a file cannot be, or the port cannot be had.
    pub async fn start(self) -> Result<Sandbox, StartError> {
        let token = self.accounts[0].token.clone();
        let mut store = Store::new(self.schema);
        let unusable = |error: &dyn fmt::Display| StartError::Schema(error.to_string());
        let accounts = Accounts::new(&mut store, self.accounts, self.access_lifetime)
            .map_err(|error| unusable(&error))?;
        object_files::load(&mut store, &self.objects)?;
        let view = store.view(MAIN).map_err(|error| unusable(&error))?;
        let served = Served::new(&view).map_err(|error| unusable(&error))?;
        let (world, journal) = (World::new(store, self.task_duration), Journal::new(self.journal_length));
        let state = Arc::new(State::new(world, served, accounts, journal));

        let wanted = SocketAddr::new(self.listen, self.port);
        let refused = |source| StartError::Port { address: wanted, source };
        let listener = TcpListener::bind(wanted).await.map_err(refused)?;
        let address = format!("http://{}", reachable(listener.local_addr().map_err(refused)?));
        let (stop, stopped) = oneshot::channel();
        let service = rest::router(state.clone()).into_make_service_with_connect_info::<Switch>();
        tokio::spawn(async move {
            let serve = axum::serve(Cuttable(listener), service).with_graceful_shutdown(async move {
                // that the other end is gone means the same
                let _ = stopped.await;
            });
            // serving ends when it is stopped, and in no other way
            let _ = serve.await;
        });
        Ok(Sandbox { address, token, state, stop: Some(stop) })
    }
}

/// The address that stands for one on which everything is listened to.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // it has stopped already with the runtime that it ran on
            let _ = stop.send(());
        }
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("address", &self.address).finish_non_exhaustive()
    }
}

impl fmt::Debug for SandboxSnapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SandboxSnapshot").finish_non_exhaustive()
    }
}
