//! Which schema a build uses: the committed snapshot, or that of a running server if `INFRAHUB_SCHEMA` asks.

use crate::error::Error;
use std::path::{Path, PathBuf};

/// The variable that asks for a pull.
pub(crate) const VARIABLE: &str = "INFRAHUB_SCHEMA";

/// The folder of the schema that a build uses.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Chosen {
    pub(crate) folder: PathBuf,
    /// Whether a server was asked, so that the next build must ask again.
    pub(crate) asked: bool,
    /// What the user should know.
    pub(crate) warning: Option<String>,
}

/// What `INFRAHUB_SCHEMA` asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Snapshot,
    Live,
    LiveStrict,
}

fn wanted(value: Option<&str>) -> Result<Wanted, Error> {
    match value {
        None | Some("" | "snapshot") => Ok(Wanted::Snapshot),
        Some("live") => Ok(Wanted::Live),
        Some("live-strict") => Ok(Wanted::LiveStrict),
        Some(other) => Err(Error::Setting {
            name: VARIABLE,
            problem: format!(
                "is `{}`; set it to live, live-strict or snapshot, or unset it",
                other.escape_debug()
            ),
        }),
    }
}

/// Chooses by the environment; what is pulled goes into the folder `schema` of `out_dir`.
#[cfg(feature = "pull")]
pub(crate) fn choose(
    snapshot: &Path,
    out_dir: &Path,
    timeout: Option<std::time::Duration>,
) -> Result<Chosen, Error> {
    use crate::pull::{self, Server};
    choose_by(std::env::var(VARIABLE).ok().as_deref(), snapshot, out_dir, || {
        let mut server = Server::from_env()?;
        if let Some(timeout) = timeout {
            server = server.with_timeout(timeout);
        }
        pull::snapshot(&server)
    })
}

/// Chooses by the environment; without the feature `pull`, a wish for a pull is an error.
#[cfg(not(feature = "pull"))]
pub(crate) fn choose(snapshot: &Path) -> Result<Chosen, Error> {
    match wanted(std::env::var(VARIABLE).ok().as_deref())? {
        Wanted::Snapshot => Ok(Chosen { folder: snapshot.to_owned(), asked: false, warning: None }),
        Wanted::Live | Wanted::LiveStrict => Err(Error::Setting {
            name: VARIABLE,
            problem: "asks for a pull, which is not built in; enable the feature `pull` of infrahub-build"
                .to_owned(),
        }),
    }
}

#[cfg(feature = "pull")]
fn choose_by(
    value: Option<&str>,
    snapshot: &Path,
    out_dir: &Path,
    pull: impl FnOnce() -> Result<infrahub_schema::Snapshot, crate::pull::PullError>,
) -> Result<Chosen, Error> {
    let wanted = wanted(value)?;
    let committed =
        |warning| Chosen { folder: snapshot.to_owned(), asked: wanted != Wanted::Snapshot, warning };
    if wanted == Wanted::Snapshot {
        return Ok(committed(None));
    }
    match pull() {
        Ok(pulled) => {
            let folder = out_dir.join("schema");
            let _ = pulled.write(&folder)?;
            let warning = format!(
                "the schema was pulled from branch `{}` of a server with Infrahub {}, because {VARIABLE} asks for it; the snapshot in {} is not used",
                pulled.source.branch,
                pulled.source.server_version,
                snapshot.display()
            );
            Ok(Chosen { folder, asked: true, warning: Some(warning) })
        }
        Err(error) if wanted == Wanted::Live && error.is_unreachable() => {
            Ok(committed(Some(format!("{error}; the snapshot in {} is used instead", snapshot.display()))))
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(all(test, feature = "pull"))]
mod tests {
    use super::*;
    use crate::pull::PullError;
    use infrahub_schema::{Schema, Snapshot, Source};

    fn pulled() -> Result<Snapshot, PullError> {
        let source =
            Source { server_version: "1.11.9".to_owned(), branch: "main".to_owned(), ..Source::default() };
        Ok(Snapshot { schema: Schema::default(), sdl: "type Query {\n  x: Int\n}\n".to_owned(), source })
    }

    fn unreachable() -> Result<Snapshot, PullError> {
        Err(PullError::Unreachable {
            address: "http://localhost:8000".to_owned(),
            message: "refused".to_owned(),
        })
    }

    fn misconfigured() -> Result<Snapshot, PullError> {
        Err(PullError::Setting { name: "INFRAHUB_ADDRESS", problem: "must start with http://".to_owned() })
    }

    fn choose(value: Option<&str>, pull: fn() -> Result<Snapshot, PullError>) -> Result<Chosen, Error> {
        let out_dir = std::env::temp_dir().join(format!("infrahub-build-live-{}", std::process::id()));
        choose_by(value, Path::new("schema"), &out_dir, pull)
    }

    #[test]
    fn nothing_is_pulled_unless_it_is_asked_for() {
        for value in [None, Some(""), Some("snapshot")] {
            let chosen = choose(value, || panic!("a pull")).unwrap();
            assert_eq!(chosen, Chosen { folder: "schema".into(), asked: false, warning: None });
        }
        let error = choose(Some("Live"), || panic!("a pull")).unwrap_err().to_string();
        assert_eq!(error, "INFRAHUB_SCHEMA is `Live`; set it to live, live-strict or snapshot, or unset it");
    }

    #[test]
    fn a_pull_is_used_and_said() {
        for value in ["live", "live-strict"] {
            let chosen = choose(Some(value), pulled).unwrap();
            assert!(chosen.asked && Snapshot::read(&chosen.folder).is_ok(), "{chosen:?}");
            let warning = chosen.warning.unwrap();
            assert!(warning.starts_with("the schema was pulled from branch `main`"), "{warning}");
        }
    }

    #[test]
    fn the_snapshot_stands_in_for_a_server_that_is_down_unless_strict() {
        let chosen = choose(Some("live"), unreachable).unwrap();
        assert_eq!((chosen.folder.as_path(), chosen.asked), (Path::new("schema"), true));
        let warning = chosen.warning.unwrap();
        assert!(
            warning.contains("does not answer: refused")
                && warning.ends_with("the snapshot in schema is used instead"),
            "{warning}"
        );
        assert!(matches!(choose(Some("live-strict"), unreachable), Err(Error::Pull(_))));
        // What only the user can correct is never passed over.
        assert!(matches!(choose(Some("live"), misconfigured), Err(Error::Pull(_))));
    }
}
