//! Who may call: API tokens, passwords, and the JSON web tokens of a login.

use crate::random;
use crate::state::Caller;
use crate::store::{Arguments, MAIN, NodeId, Outcome, PASSWORD, Store, Write};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What an account may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everything.
    Full,
    /// Read. Writes are refused, except that of branches, which the server leaves to everybody.
    Read,
}

/// An account before the sandbox has started.
pub(crate) struct NewAccount {
    pub(crate) name: String,
    pub(crate) password: String,
    pub(crate) token: String,
    pub(crate) access: Access,
}

impl fmt::Debug for NewAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewAccount")
            .field("name", &self.name)
            .field("access", &self.access)
            .finish_non_exhaustive()
    }
}

/// The accounts, their tokens and their sessions.
pub(crate) struct Accounts {
    accounts: Vec<Account>,
    tokens: Mutex<BTreeMap<String, Token>>,
    sessions: Mutex<BTreeMap<String, Session>>,
    access_lifetime: Duration,
}

struct Account {
    id: NodeId,
    name: String,
    access: Access,
}

/// All API tokens at one moment, to go back to.
#[derive(Clone)]
pub(crate) struct Tokens(BTreeMap<String, Token>);

/// An API token.
#[derive(Clone)]
struct Token {
    id: String,
    account: usize,
    name: Option<String>,
    expiration: Option<String>,
}

/// What a JSON web token stands for. The token is compared with those that were given out, never computed.
#[derive(Debug, Clone)]
struct Session {
    id: String,
    account: usize,
    expires: Timestamp,
    /// When the sandbox need not know any more that it has expired.
    forgotten: Timestamp,
    /// Whether its session was ended.
    ended: bool,
    usage: Use,
}

/// What a JSON web token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Access,
    Refresh,
}

/// The two tokens of a login.
pub(crate) struct Login {
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
}

/// Why credentials are refused, with the status and the code of the answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Denied {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

/// How long a refresh token is good.
pub(crate) const REFRESH_LIFETIME: Duration = Duration::from_secs(30 * 24 * 3600);

impl Accounts {
    /// The accounts, which are objects of the store too. `admin` is there already, with the password of a fresh server.
    pub(crate) fn new(store: &mut Store, new: Vec<NewAccount>, access_lifetime: Duration) -> Outcome<Self> {
        let mut accounts = Vec::new();
        let mut tokens = BTreeMap::new();
        for account in new {
            let id = match store.view(MAIN)?.account(&account.name) {
                Some(object) if account.password == PASSWORD => object.id(),
                Some(object) => write(store, &account, Some(object.id()))?,
                None => write(store, &account, None)?,
            };
            let token = Token { id: random::uuid(), account: accounts.len(), name: None, expiration: None };
            tokens.insert(account.token, token);
            accounts.push(Account { id, name: account.name, access: account.access });
        }
        Ok(Self { accounts, tokens: Mutex::new(tokens), sessions: Mutex::default(), access_lifetime })
    }

    /// Who sends a request with these credentials. A key is looked at alone, even beside a good bearer token.
    pub(crate) fn caller(&self, key: Option<&str>, bearer: Option<&str>) -> Result<Caller, Denied> {
        match (key.filter(|key| !key.is_empty()), bearer) {
            (Some(key), _) => {
                let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
                tokens.get(key).map(|token| self.of(token.account)).ok_or_else(invalid)
            }
            (None, Some(token)) => Ok(self.of(self.session(token, Use::Access)?.account)),
            (None, None) => Ok(Caller::Anonymous),
        }
    }

    fn of(&self, account: usize) -> Caller {
        self.accounts.get(account).map_or(Caller::Anonymous, |account| Caller::Account {
            id: account.id,
            name: account.name.clone(),
            may_write: account.access == Access::Full,
        })
    }

    /// A login by password.
    pub(crate) fn login(&self, store: &Store, name: &str, password: &str) -> Result<Login, Denied> {
        let account = self.accounts.iter().position(|account| account.name == name);
        let account = account.ok_or_else(|| Denied {
            status: 404,
            code: "NODE_NOT_FOUND",
            message: "That login user doesn't exist in the system".to_owned(),
        })?;
        if !store.password_fits(self.accounts[account].id, password) {
            return Err(Denied { message: "Incorrect password".to_owned(), ..invalid() });
        }
        let id = random::uuid();
        Ok(Login {
            access_token: self.issue(&id, account, self.access_lifetime, Use::Access),
            refresh_token: self.issue(&id, account, REFRESH_LIFETIME, Use::Refresh),
        })
    }

    /// How long an access token is good.
    pub(crate) fn access_lifetime(&self) -> Duration {
        self.access_lifetime
    }

    /// A new access token for a refresh token.
    pub(crate) fn refresh(&self, token: &str) -> Result<String, Denied> {
        let session = self.session(token, Use::Refresh)?;
        if session.ended {
            let message = "The provided refresh token has been invalidated in the database".to_owned();
            return Err(Denied { message, ..invalid() });
        }
        Ok(self.issue(&session.id, session.account, self.access_lifetime, Use::Access))
    }

    /// Ends the session of an access token: it is refreshed no more. The token itself stays good until it expires.
    pub(crate) fn logout(&self, token: &str) -> Result<(), Denied> {
        let session = self.session(token, Use::Access)?;
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        let own = sessions.values_mut().filter(|other| other.id == session.id);
        own.for_each(|token| token.ended = true);
        Ok(())
    }

    /// Lets every access token that was given out expire now.
    pub(crate) fn expire(&self) {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        for session in sessions.values_mut().filter(|session| session.usage == Use::Access) {
            session.expires = Timestamp::UNIX_EPOCH;
        }
    }

    /// Makes an API token, and gives its id and itself.
    pub(crate) fn add_token(
        &self,
        account: NodeId,
        name: Option<String>,
        expiration: Option<String>,
    ) -> Option<(String, String)> {
        let account = self.accounts.iter().position(|other| other.id == account)?;
        let (id, secret) = (random::uuid(), random::uuid());
        let token = Token { id: id.clone(), account, name, expiration };
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).insert(secret.clone(), token);
        Some((id, secret))
    }

    /// Deletes an API token of an account, and says whether there was one.
    pub(crate) fn remove_token(&self, account: NodeId, id: &str) -> bool {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let before = tokens.len();
        tokens.retain(|_, token| !(token.id == id && self.accounts[token.account].id == account));
        tokens.len() < before
    }

    /// All API tokens, to go back to.
    pub(crate) fn snapshot(&self) -> Tokens {
        Tokens(self.tokens.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// Goes back to the API tokens that there were.
    pub(crate) fn restore(&self, tokens: &Tokens) {
        *self.tokens.lock().unwrap_or_else(PoisonError::into_inner) = tokens.0.clone();
    }

    /// The API tokens of an account, without the tokens themselves.
    pub(crate) fn tokens(&self, account: NodeId) -> Vec<Value> {
        let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let own = tokens.values().filter(|token| self.accounts[token.account].id == account);
        own.map(|token| json!({ "id": token.id, "name": token.name, "expiration": token.expiration }))
            .collect()
    }

    /// The session of a token that is still good, and for this use.
    fn session(&self, token: &str, usage: Use) -> Result<Session, Denied> {
        let sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        let session = sessions.get(token).ok_or_else(invalid)?;
        if session.expires <= Timestamp::now() {
            return Err(expired());
        }
        if session.usage != usage {
            let wanted = match usage {
                Use::Access => "an access",
                Use::Refresh => "a refresh",
            };
            let message = format!("Invalid token, current token is not {wanted} token");
            return Err(Denied { message, ..invalid() });
        }
        Ok(session.clone())
    }

    /// Makes a token, and forgets those that expired long ago.
    fn issue(&self, id: &str, account: usize, lifetime: Duration, usage: Use) -> String {
        let now = Timestamp::now();
        let after = |lifetime: Duration| now.checked_add(lifetime).unwrap_or(Timestamp::MAX);
        let (expires, forgotten) = (after(lifetime), after(lifetime.max(REFRESH_LIFETIME)));
        let claims = json!({
            "sub": self.accounts[account].id.to_string(),
            "iat": now.as_second(),
            "nbf": now.as_second(),
            "exp": expires.as_second(),
            "fresh": false,
            "type": if usage == Use::Refresh { "refresh" } else { "access" },
            "session_id": id,
        });
        let header = json!({ "alg": "HS256", "typ": "JWT" });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        // only the server can check a signature, and this one remembers what it gave out
        let signature = URL_SAFE_NO_PAD.encode(random::uuid());
        let token = format!("{}.{}.{signature}", part(&header), part(&claims));
        let session = Session { id: id.to_owned(), account, expires, forgotten, ended: false, usage };
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|_, session| session.forgotten > now);
        sessions.insert(token.clone(), session);
        token
    }
}

/// Creates an account, or gives one that is there its password.
fn write(store: &mut Store, account: &NewAccount, known: Option<NodeId>) -> Outcome<NodeId> {
    let mut data = Arguments::new();
    data.insert("password".to_owned(), json!({ "value": account.password }));
    match known {
        Some(id) => data.insert("id".to_owned(), id.into()),
        None => data.insert("name".to_owned(), json!({ "value": account.name })),
    };
    let write = Write { branch: MAIN, kind: "CoreAccount", data: &data, author: None, file: None };
    store.upsert(&write).map(|written| written.id)
}

fn invalid() -> Denied {
    Denied { status: 401, code: "AUTHENTICATION_REQUIRED", message: "Invalid token".to_owned() }
}

/// The refusal of a request without a token that it needs.
pub(crate) fn required(message: &str) -> Denied {
    Denied { message: message.to_owned(), ..invalid() }
}

/// The refusal of a token whose time is over.
pub(crate) fn expired() -> Denied {
    Denied { status: 401, code: "TOKEN_EXPIRED", message: "Expired Signature".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{Access, Accounts, NewAccount, REFRESH_LIFETIME, Use};
    use crate::stock::stock_schema;
    use crate::store::Store;
    use std::time::Duration;

    #[test]
    fn tokens_that_expired_long_ago_are_forgotten() {
        let mut store = Store::new(stock_schema());
        let [name, password, token] = ["admin", "infrahub", "token"].map(str::to_owned);
        let admin = NewAccount { name, password, token, access: Access::Full };
        let accounts = Accounts::new(&mut store, vec![admin], Duration::from_secs(1)).unwrap();
        for _ in 0..3 {
            accounts.login(&store, "admin", "infrahub").unwrap();
        }
        let passes = |time: Duration| {
            for session in accounts.sessions.lock().unwrap().values_mut() {
                session.forgotten -= time;
            }
            accounts.issue("a-session", 0, Duration::from_secs(1), Use::Access);
            accounts.sessions.lock().unwrap().len()
        };
        assert_eq!(passes(Duration::from_secs(60)), 7, "expired tokens are told so");
        assert_eq!(passes(REFRESH_LIFETIME), 1);
    }
}
