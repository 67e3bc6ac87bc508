//! S5: TLS is verified, and switched off only by name.

use crate::{MUTATION, QUERY, config, logs, send};
use infrahub_client::{Client, Config, Error};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// A certificate authority, its PEM file, and what it can sign.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    file: PathBuf,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let file = std::env::temp_dir().join(format!("infrahub-client-ca-{}.pem", fastrand::u64(..)));
        std::fs::write(&file, issuer.pem()).unwrap();
        Self { issuer, file }
    }

    fn sign(&self, params: &CertificateParams) -> Identity {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Identity { certificate: certificate.der().clone(), key: key.serialize_der() }
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.file);
    }
}

struct Identity {
    certificate: CertificateDer<'static>,
    key: Vec<u8>,
}

fn params(name: &str) -> CertificateParams {
    CertificateParams::new(vec![name.to_owned()]).unwrap()
}

/// Serves TLS on loopback and answers every request.
async fn serve(identity: Identity) -> SocketAddr {
    let tls = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![identity.certificate],
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(identity.key)),
        )
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(tls));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let mut stream = acceptor.accept(stream).await?;
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).await?;
                let body = r#"{"data":{"ok":true}}"#;
                let head =
                    format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
                stream.write_all(format!("{head}{body}").as_bytes()).await?;
                stream.shutdown().await
            });
        }
    });
    address
}

/// Sends a write that must not leave this machine; says why.
async fn refused(config: Config) -> String {
    let error = send(&Client::new(config).unwrap(), MUTATION, 1).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    assert!(!error.may_have_run(), "{error:?}");
    error.to_string()
}

#[tokio::test]
async fn s5_a_self_signed_certificate_is_refused_unless_its_authority_is_named() {
    let authority = Authority::new();
    let address = serve(authority.sign(&params("127.0.0.1"))).await;
    let url = format!("https://{address}");
    let message = refused(config(&url)).await;
    assert!(message.contains("certificate") && message.contains("TLS settings"), "{message}");
    let other = Authority::new();
    refused(config(&url).with_tls_ca_file(&other.file)).await;
    let trusting = config(&url).with_tls_ca_file(&authority.file).with_require_tls(true).with_api_token("t");
    send(&Client::new(trusting).unwrap(), QUERY, 1).await.unwrap();
}

#[tokio::test]
async fn s5_a_certificate_of_another_host_or_time_is_refused() {
    let authority = Authority::new();
    let address = serve(authority.sign(&params("other.example"))).await;
    let message = refused(config(&format!("https://{address}")).with_tls_ca_file(&authority.file)).await;
    assert!(message.contains("not valid for name"), "{message}");
    let mut expired = params("127.0.0.1");
    expired.not_before = date_time_ymd(2001, 1, 1);
    expired.not_after = date_time_ymd(2002, 1, 1);
    let address = serve(authority.sign(&expired)).await;
    let message = refused(config(&format!("https://{address}")).with_tls_ca_file(&authority.file)).await;
    assert!(message.contains("expired"), "{message}");
}

#[tokio::test]
async fn s5_any_certificate_is_accepted_only_where_the_danger_is_named() {
    let authority = Authority::new();
    let address = serve(authority.sign(&params("other.example"))).await;
    let careless = config(&format!("https://{address}")).danger_accept_invalid_certs(true);
    send(&Client::new(careless).unwrap(), QUERY, 1).await.unwrap();
}

#[tokio::test]
async fn s5_a_server_that_speaks_tls_1_1_is_refused() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut hello = [0; 2048];
            let _ = stream.read(&mut hello).await?;
            let mut server_hello = vec![0x16, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2];
            server_hello.extend([7; 32]);
            server_hello.extend([0, 0, 0x2f, 0]);
            stream.write_all(&server_hello).await?;
        }
        std::io::Result::Ok(())
    });
    let message = refused(config(&format!("https://{address}"))).await;
    assert!(message.contains("incompatible"), "{message}");
}

#[tokio::test]
async fn s5_credentials_over_plain_http_are_refused_where_tls_is_required() {
    let config = |url: &str| Config::new(url).with_api_token("t").with_require_tls(true);
    let error = Client::new(config("http://infrahub.example")).unwrap_err();
    assert!(error.to_string().contains("require_tls"), "{error}");
    for fine in ["https://infrahub.example", "http://127.0.0.1:8000", "http://[::1]:8000", "http://localhost"]
    {
        Client::new(config(fine)).unwrap();
    }
    let warnings = |config: Config| {
        logs::during(|| drop(Client::new(config).unwrap())).matches("WARN infrahub_client").count()
    };
    let plain = |url: &str| Config::new(url).with_api_token("t");
    assert_eq!(warnings(plain("http://infrahub.example")), 1);
    assert_eq!(warnings(Config::new("http://infrahub.example")), 0);
    assert_eq!(warnings(plain("http://localhost")), 0);
    assert_eq!(warnings(plain("https://infrahub.example").danger_accept_invalid_certs(true)), 1);
    let message =
        Client::new(Config::new("https://h").with_tls_ca_file("/nowhere/ca.pem")).unwrap_err().to_string();
    assert!(message.contains("/nowhere/ca.pem") && message.contains("INFRAHUB_TLS_CA_FILE"), "{message}");
}
