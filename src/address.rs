//! From a server's address to the URL of one call.

use crate::error::Error;
use url::Url;

/// Checks an address: `http` or `https`, a host, and no credentials, query or fragment in it.
pub(crate) fn parse(address: &str) -> Result<Url, Error> {
    let url = Url::parse(address).map_err(|error| {
        Error::configuration(format!("INFRAHUB_ADDRESS (`address`) is not a URL: {error}"))
    })?;
    let wrong = if !matches!(url.scheme(), "http" | "https") {
        "must start with http:// or https://"
    } else if !url.username().is_empty() || url.password().is_some() {
        "must not hold a user name or password; set INFRAHUB_USERNAME and INFRAHUB_PASSWORD instead"
    } else if url.query().is_some() || url.fragment().is_some() {
        "must end with the path, without `?` or `#`"
    } else {
        return Ok(url);
    };
    Err(Error::configuration(format!("INFRAHUB_ADDRESS (`address`) {wrong}")))
}

/// The URL for GraphQL on a branch, now or at a point in time. The branch stands in the path: the server
/// ignores it anywhere else. Without a branch the call is one about the server as a whole.
pub(crate) fn graphql(address: &Url, branch: Option<&str>, at: Option<&str>) -> Result<Url, Error> {
    let mut url = match branch {
        None => join(address, "/graphql"),
        Some(branch @ ("" | "." | "..")) => {
            return Err(Error::invalid_request(format!("`{branch}` is no name of a branch")));
        }
        Some(branch) => join(address, &format!("/graphql/{}", escaped(branch))),
    };
    if let Some(at) = at {
        url.query_pairs_mut().append_pair("at", at);
    }
    Ok(url)
}

/// The URL of a REST path, with its query escaped.
pub(crate) fn rest(address: &Url, path: &str, query: &[(&str, &str)]) -> Url {
    let mut url = join(address, path);
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    url
}

/// One path segment, percent-encoded so that nothing in it has a meaning of its own.
pub(crate) fn escaped(segment: &str) -> String {
    let mut text = String::with_capacity(segment.len());
    for byte in segment.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

/// The address, which may have a path of its own, with `path` behind it.
fn join(address: &Url, path: &str) -> Url {
    let mut url = address.clone();
    let path = format!("{}{path}", address.path().trim_end_matches('/'));
    url.set_path(&path);
    url
}

/// `infrahub.example:8000`, without anything else that an address may hold.
pub(crate) fn host_and_port(address: &Url) -> String {
    let host = address.host_str().unwrap_or_default();
    match address.port_or_known_default() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_branch_is_one_escaped_path_segment() {
        let address = parse("https://infrahub.example/base/").unwrap();
        for (branch, path) in [
            ("main", "/base/graphql/main"),
            ("a/b", "/base/graphql/a%2Fb"),
            ("a#b?c%d e", "/base/graphql/a%23b%3Fc%25d%20e"),
            ("é", "/base/graphql/%C3%A9"),
            ("-x", "/base/graphql/-x"),
            ("a/../b", "/base/graphql/a%2F..%2Fb"),
        ] {
            assert_eq!(graphql(&address, Some(branch), None).unwrap().path(), path);
        }
        for branch in ["", ".", ".."] {
            assert!(matches!(graphql(&address, Some(branch), None), Err(Error::InvalidRequest { .. })));
        }
        assert_eq!(graphql(&address, None, None).unwrap().path(), "/base/graphql");
        let at = graphql(&address, Some("main"), Some("2026-01-01T00:00:00+02:00")).unwrap();
        assert_eq!(at.query(), Some("at=2026-01-01T00%3A00%3A00%2B02%3A00"));
        assert_eq!(
            rest(&address, "/api/schema", &[("branch", "a&b")]).as_str(),
            "https://infrahub.example/base/api/schema?branch=a%26b"
        );
    }

    #[test]
    fn s2_an_address_with_a_password_is_refused_without_showing_it() {
        for address in ["ftp://h", "http://u:hunter2@h/", "http://h/?q", "no url", ""] {
            let error = parse(address).unwrap_err().to_string();
            assert!(error.contains("INFRAHUB_ADDRESS") && !error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn s3_a_server_is_named_by_host_and_port_alone() {
        for (address, expected) in [
            ("http://user:hunter2@h:8000/p?q=hunter2", "h:8000"),
            ("https://h", "h:443"),
            ("http://[::1]:1/", "[::1]:1"),
        ] {
            assert_eq!(host_and_port(&Url::parse(address).unwrap()), expected);
        }
    }
}
