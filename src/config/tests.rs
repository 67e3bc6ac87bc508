use super::*;
use std::collections::HashMap;

/// A directory of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("infrahub-client-config-{}", fastrand::u64(..)));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn load(variables: &[(&str, &str)], directory: &Path) -> Result<Config, Error> {
    let variables: HashMap<&str, &str> = variables.iter().copied().collect();
    Config::load_from(&|name| variables.get(name).map(OsString::from), directory)
}

fn message(result: Result<Config, Error>) -> String {
    match result {
        Err(error @ Error::Configuration { .. }) => error.to_string(),
        other => panic!("expected a configuration error, got {other:?}"),
    }
}

#[test]
fn code_wins_over_environment_over_file_over_default() {
    let folder = Folder::new();
    folder.write(
        "infrahub.toml",
        // The first table is the server's own: it reads a file of the same name.
        "[main]\nallow_anonymous_access = false\n\n\
         [sdk]\naddress = 'http://file'\ndefault_branch = 'file'\npagination_size = 7\n",
    );
    let variables = [("INFRAHUB_ADDRESS", "http://environment"), ("INFRAHUB_DEFAULT_BRANCH", "environment")];
    let config = load(&variables, &folder.0).unwrap().with_address("http://code");
    assert_eq!(config.address, "http://code");
    assert_eq!(config.default_branch, "environment");
    assert_eq!(config.pagination_size, 7);
    assert_eq!(config.max_concurrent_execution, 5);
}

/// The top-level fields of the pretty `Debug` form, each with its value.
fn fields(config: &Config) -> Vec<String> {
    let text = format!("{config:#?}").replace("\n     ", " ");
    let lines = text.lines().filter_map(|line| line.strip_prefix("    "));
    lines.filter(|line| line.starts_with(char::is_alphabetic)).map(str::to_owned).collect()
}

#[test]
fn every_setting_is_read_from_both_file_and_environment() {
    let folder = Folder::new();
    let settings = [
        ("address", "'https://h:1/p'", "https://h:1/p"),
        ("username", "'u'", "u"),
        ("password", "'p'", "p"),
        ("default_branch", "'b'", "b"),
        ("protect_default_branch", "true", "yes"),
        ("insert_tracker", "true", "1"),
        ("max_concurrent_execution", "9", "9"),
        ("pagination_size", "8", "8"),
        ("priority", "'HIGH'", "high"),
        ("timeout", "1.5", "1.5"),
        ("connect_timeout", "2", "2"),
        ("idle_timeout", "'none'", "None"),
        ("operation_timeout", "'none'", "none"),
        ("schema_converge_timeout", "4", "4"),
        ("max_response_bytes", "1024", "1024"),
        ("retry_on_failure", "true", "true"),
        ("retry_delay", "1", "1"),
        ("retry_max_delay", "2", "2"),
        ("max_retry_duration", "0", "0"),
        ("retry_status_codes", "[502, 503]", "[502,503]"),
        ("rate_limit_retry_enabled", "false", "off"),
        ("rate_limit_max_retries", "3", "3"),
        ("rate_limit_backoff_base", "0.25", "0.25"),
        ("rate_limit_backoff_max", "30", "30"),
        ("proxy_mounts_http", "'http://p1'", "http://p1"),
        ("proxy_mounts_https", "'http://p2'", "http://p2"),
        ("tls_insecure", "true", "true"),
        ("tls_ca_file", "'/ca.pem'", "/ca.pem"),
        ("require_tls", "true", "true"),
        ("headers", "{ x-a = 'b' }", r#"{"x-a":"b"}"#),
        ("schema_policy", "'refuse'", "REFUSE"),
    ];
    let toml: String = settings.iter().map(|(name, toml, _)| format!("{name} = {toml}\n")).collect();
    folder.write("infrahub.toml", &format!("[sdk]\n{toml}"));
    let from_file = load(&[], &folder.0).unwrap();

    let names: Vec<String> =
        settings.iter().map(|(name, ..)| format!("INFRAHUB_{}", name.to_uppercase())).collect();
    let variables: Vec<(&str, &str)> =
        names.iter().zip(&settings).map(|(name, (_, _, text))| (name.as_str(), *text)).collect();
    let from_environment = load(&variables, Path::new("/nowhere")).unwrap();

    assert_eq!(format!("{from_file:#?}"), format!("{from_environment:#?}"));
    assert_eq!(from_file.timeout, Limit::After(Duration::from_millis(1500)));
    assert_eq!(from_file.idle_timeout, Limit::None);
    assert_eq!(from_file.call_limit(), None);
    assert_eq!(from_file.priority, Some(Priority::High));
    assert_eq!(from_file.retry_status_codes, [502, 503]);
    assert_eq!(from_file.retry_policy().throttled_retries, 0);
    let unchanged: Vec<String> = fields(&Config::default())
        .into_iter()
        .zip(fields(&from_file))
        .filter_map(|(default, read)| (default == read).then_some(default))
        .collect();
    assert_eq!(unchanged, ["api_token: unset,", "proxy: unset,", "schema: unset,"]);
}

#[test]
fn a_wrong_variable_is_named_and_its_value_is_not_shown() {
    for (name, value) in [
        ("INFRAHUB_TIMEOUT", "hunter2"),
        ("INFRAHUB_TIMEOUT", "-1"),
        ("INFRAHUB_TIMEOUT", "NaN"),
        ("INFRAHUB_RETRY_ON_FAILURE", "hunter2"),
        ("INFRAHUB_MAX_CONCURRENT_EXECUTION", "-1"),
        ("INFRAHUB_PRIORITY", "normal"),
        ("INFRAHUB_RETRY_STATUS_CODES", "[200]"),
        ("INFRAHUB_API_TOKEN", ""),
        ("INFRAHUB_API_TOKEN", "  "),
        ("INFRAHUB_HEADERS", "hunter2"),
    ] {
        let message = message(load(&[(name, value)], Path::new("/nowhere")));
        assert!(message.contains(name) && message.contains("must be"), "{message}");
        assert!(!message.contains("hunter2"), "{message}");
    }
}

#[test]
fn a_wrong_file_is_named_with_line_and_key() {
    let folder = Folder::new();
    for (text, line, key) in [
        ("[sdk]\naddress = 'http://h'\ntokn = 'hunter2'\n", 3, "tokn"),
        ("[sdk]\n\ntimeout = 'hunter2'\n", 3, "sdk.timeout"),
        ("[sdk]\npriority = 3\n", 2, "sdk.priority"),
        ("[sdk]\napi_token = { a = 1 }\n", 2, "sdk.api_token"),
        ("[sdk]\naddress = 'hunter2\n", 2, ""),
        ("[sdk]\ntimeout = 1\ntimeout = 2\n", 3, ""),
    ] {
        let path = folder.write("infrahub.toml", text);
        let message = message(load(&[], &folder.0));
        assert!(message.contains(&format!("{}, line {line}:", path.display())), "{text}{message}");
        assert!(message.contains(key), "{text}{message}");
        assert!(!message.contains("hunter2"), "{message}");
    }
}

#[test]
fn the_file_is_looked_for_here_or_where_the_environment_says() {
    let folder = Folder::new();
    let path = folder.write("other.toml", "[sdk]\naddress = 'http://other'\ntls_ca_file = 'ca.pem'\n");
    std::fs::create_dir(folder.0.join("child")).unwrap();
    folder.write("infrahub.toml", "[sdk]\naddress = 'http://here'\n");
    assert_eq!(load(&[], &folder.0.join("child")).unwrap().address, "http://localhost:8000");
    let named = load(&[(FILE_VARIABLE, path.to_str().unwrap())], &folder.0).unwrap();
    assert_eq!(named.address, "http://other");
    assert_eq!(named.tls_ca_file, Some(folder.0.join("ca.pem")));
    let missing = message(load(&[(FILE_VARIABLE, "/nowhere/infrahub.toml")], &folder.0));
    assert!(missing.contains("cannot read /nowhere/infrahub.toml"), "{missing}");
}

#[test]
fn of_a_token_and_a_login_the_higher_source_wins_and_one_source_may_not_have_both() {
    let folder = Folder::new();
    let describe = |config: Config| match config.credentials() {
        Ok(Credentials::Anonymous) => "anonymous",
        Ok(Credentials::Token(_)) => "token",
        Ok(Credentials::Login { .. }) => "login",
        Err(_) => "error",
    };
    let token = ("INFRAHUB_API_TOKEN", "t");
    let user = ("INFRAHUB_USERNAME", "u");
    let password = ("INFRAHUB_PASSWORD", "p");
    let environment = |variables: &[(&str, &str)]| load(variables, &folder.0).unwrap();
    assert_eq!(describe(environment(&[])), "anonymous");
    assert_eq!(describe(environment(&[token])), "token");
    assert_eq!(describe(environment(&[user, password])), "login");
    assert_eq!(describe(environment(&[user])), "error");
    assert_eq!(describe(environment(&[password])), "error");
    assert_eq!(describe(environment(&[token, user, password])), "error");
    assert_eq!(describe(environment(&[token]).with_login("u", "p")), "login");
    assert_eq!(describe(environment(&[user, password]).with_api_token("t")), "token");
    assert_eq!(describe(Config::default().with_login("u", "p").with_api_token("t")), "error");
    folder.write("infrahub.toml", "[sdk]\nusername = 'u'\n");
    assert_eq!(describe(environment(&[password])), "login");
    assert_eq!(describe(environment(&[password, token])), "error");
    folder.write("infrahub.toml", "[sdk]\napi_token = 't'\n");
    assert_eq!(describe(environment(&[user, password])), "login");
    assert_eq!(describe(environment(&[])), "token");
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let config = Config::default;
    for (config, name) in [
        (config().with_timeout(Duration::ZERO), "timeout"),
        (config().with_operation_timeout(Duration::ZERO), "operation_timeout"),
        (config().with_max_concurrent_execution(0), "max_concurrent_execution"),
        (config().with_pagination_size(0), "pagination_size"),
        (config().with_pagination_size(u32::MAX), "pagination_size"),
        (config().with_default_branch(""), "default_branch"),
        (config().with_address("localhost:8000"), "address"),
    ] {
        let message = config.check().unwrap_err().to_string();
        assert!(message.contains(name), "{message}");
    }
    let both = config().with_proxy("http://b").with_proxy_mounts_http("http://a");
    assert!(both.check().unwrap_err().to_string().contains("proxy"));
    config().check().unwrap();
}

#[test]
fn s2_debug_shows_no_secret() {
    let config = Config::new("http://u:hunter2@h")
        .with_api_token("hunter2")
        .with_login("user", "hunter2")
        .with_proxy("http://u:hunter2@proxy")
        .with_header("x-secret", "hunter2");
    let text = format!("{config:?}");
    assert!(!text.contains("hunter2"), "{text}");
    assert!(text.contains("api_token: set") && text.contains("x-secret"), "{text}");
}

#[cfg(unix)]
#[test]
fn s7_a_file_that_others_can_read_is_noticed() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let path = folder.write("infrahub.toml", "[sdk]\napi_token = 't'\n");
    for (mode, expected) in [(0o600, false), (0o400, false), (0o640, true), (0o604, true), (0o620, true)] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(file::others_can_read(&path), expected, "{mode:o}");
    }
}
