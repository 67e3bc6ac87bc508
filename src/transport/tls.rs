//! Which certificates the client trusts.

use crate::config::Config;
use crate::error::Error;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, SignatureScheme};
use std::path::Path;
use std::sync::Arc;

/// How TLS is set up, once for all connection pools of a client.
///
/// It brings its own cryptography: which one the whole process uses by default is for the program to say.
pub(super) struct Tls(ClientConfig);

impl Tls {
    pub(super) fn new(config: &Config, address_is_https: bool) -> Result<Self, Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = Self::verifier(config, address_is_https, &provider)?;
        let mut tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::configuration(format!("TLS cannot be set up: {error}")))?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self(tls))
    }

    fn verifier(
        config: &Config,
        address_is_https: bool,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Arc<dyn ServerCertVerifier>, Error> {
        if config.tls_insecure {
            tracing::warn!(
                "certificates are not verified (`tls_insecure`): anyone on the way can read the credentials"
            );
            return Ok(Arc::new(Fixed { trusted: true, provider: Arc::clone(provider) }));
        }
        let authorities = match &config.tls_ca_file {
            Some(path) => certificates(path)?,
            None => Vec::new(),
        };
        match rustls_platform_verifier::Verifier::new_with_extra_roots(authorities, Arc::clone(provider)) {
            Ok(verifier) => Ok(Arc::new(verifier)),
            // The system has no authorities, and the address needs none.
            Err(_) if config.tls_ca_file.is_none() && !address_is_https => {
                Ok(Arc::new(Fixed { trusted: false, provider: Arc::clone(provider) }))
            }
            Err(error) => Err(Error::configuration(format!(
                "no certificate authority can be used ({error}); install the system's or set INFRAHUB_TLS_CA_FILE"
            ))),
        }
    }

    pub(super) fn apply(&self, builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
        builder.tls_backend_preconfigured(self.0.clone())
    }
}

/// Trusts every certificate, or none.
#[derive(Debug)]
struct Fixed {
    trusted: bool,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Fixed {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if self.trusted {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(CertificateError::UnknownIssuer.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s5_the_process_keeps_its_own_cryptography() {
        let config = Config::new("https://127.0.0.1:1");
        let mut insecure = config.clone();
        insecure.tls_insecure = true;
        for config in [config, insecure] {
            crate::Client::new(config).unwrap();
        }
        assert!(CryptoProvider::get_default().is_none());
    }
}
