//! `infrahub.toml`.

use super::setting::Settings;
use super::{FILE_VARIABLE, Variable};
use crate::envelope;
use crate::error::Error;
use serde::Deserialize;
use std::path::{Path, PathBuf};

const NAME: &str = "infrahub.toml";

/// The server reads the same file: its tables are none of this client's business.
#[derive(Default, Deserialize)]
struct File {
    #[serde(default)]
    sdk: Settings,
}

/// Reads the file that `INFRAHUB_CONFIG` names, which must exist, or else `infrahub.toml` in `directory`, if
/// there is one. Parent directories are not searched.
pub(super) fn load(variable: &Variable<'_>, directory: &Path) -> Result<Settings, Error> {
    let path = match variable(FILE_VARIABLE) {
        Some(path) => PathBuf::from(path),
        None if directory.join(NAME).exists() => directory.join(NAME),
        None => return Ok(Settings::default()),
    };
    let text = std::fs::read_to_string(&path)
        .map_err(|error| Error::configuration(format!("cannot read {}: {error}", path.display())))?;
    let mut settings = parse(&text, &path)?;
    if (settings.api_token.is_some() || settings.password.is_some()) && others_can_read(&path) {
        tracing::warn!(
            file = %path.display(),
            "the file holds credentials and other users of this machine can read it; run `chmod 600` on it"
        );
    }
    if let Some(ca_file) = &mut settings.tls_ca_file
        && let Some(folder) = path.parent()
    {
        *ca_file = folder.join(&*ca_file);
    }
    Ok(settings)
}

/// The error names file, line and key. It does not quote the line: a token may stand there.
fn parse(text: &str, path: &Path) -> Result<Settings, Error> {
    let at = |error: &toml::de::Error, key: &str| {
        let line = error.span().map_or(1, |span| 1 + text[..span.start].matches('\n').count());
        let key = if key.is_empty() || key == "." { String::new() } else { format!(" `{key}`") };
        let message = envelope::without_value(error.message());
        Error::configuration(format!("{}, line {line}:{key} {message}", path.display()))
    };
    let document = toml::Deserializer::parse(text).map_err(|error| at(&error, ""))?;
    let file: File = serde_path_to_error::deserialize(document)
        .map_err(|error| at(error.inner(), &error.path().to_string()))?;
    Ok(file.sdk)
}

#[cfg(unix)]
pub(super) fn others_can_read(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
pub(super) fn others_can_read(_path: &Path) -> bool {
    false
}
