//! Which certificates the client trusts.

use crate::config::Config;
use crate::error::Error;
use rustls::ClientConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::path::Path;
use std::sync::Arc;

/// How TLS is set up, once for all connection pools of a client.
pub(super) enum Tls {
    /// Certificates are verified against the system's authorities and the file that the settings name.
    Verified(Box<ClientConfig>),
    /// Any certificate is accepted.
    Unverified,
    /// The system has no authorities, and the address needs none.
    Unavailable,
}

impl Tls {
    pub(super) fn new(config: &Config, address_is_https: bool) -> Result<Self, Error> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        if config.tls_insecure {
            tracing::warn!(
                "certificates are not verified (`tls_insecure`): anyone on the way can read the credentials"
            );
            return Ok(Self::Unverified);
        }
        let provider = CryptoProvider::get_default()
            .cloned()
            .unwrap_or_else(|| Arc::new(rustls::crypto::ring::default_provider()));
        let authorities = match &config.tls_ca_file {
            Some(path) => certificates(path)?,
            None => Vec::new(),
        };
        let verifier =
            rustls_platform_verifier::Verifier::new_with_extra_roots(authorities, Arc::clone(&provider));
        let verifier = match verifier {
            Ok(verifier) => verifier,
            Err(_) if config.tls_ca_file.is_none() && !address_is_https => return Ok(Self::Unavailable),
            Err(error) => {
                return Err(Error::configuration(format!(
                    "no certificate authority can be used ({error}); install the system's or set INFRAHUB_TLS_CA_FILE"
                )));
            }
        };
        let mut tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::configuration(format!("TLS cannot be set up: {error}")))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self::Verified(Box::new(tls)))
    }

    pub(super) fn apply(&self, builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
        match self {
            Self::Verified(tls) => builder.tls_backend_preconfigured(ClientConfig::clone(tls)),
            Self::Unverified => builder.tls_danger_accept_invalid_certs(true),
            Self::Unavailable => builder.tls_certs_only([]),
        }
    }
}

/// The certificates in a PEM file, at least one.
fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let wrong = |what: &dyn std::fmt::Display| {
        Error::configuration(format!("INFRAHUB_TLS_CA_FILE (`tls_ca_file`), {}: {what}", path.display()))
    };
    let certificates = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| wrong(&error))?;
    if certificates.is_empty() {
        return Err(wrong(&"the file holds no PEM certificate"));
    }
    Ok(certificates)
}
