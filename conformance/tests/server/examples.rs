//! The programs in `examples/` do what they say, as often as they are run.

use infrahub_client::branches::BranchStatus;
use infrahub_client::jiff::{SignedDuration, Timestamp};
use infrahub_client::value::{IpHost, IpNetwork};
use infrahub_client::{Client, Error};
use infrahub_conformance::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// The programs by name, built once.
static PROGRAMS: LazyLock<BTreeMap<String, PathBuf>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut programs = BTreeMap::new();
    for (manifest, targets) in [("Cargo.toml", "--examples"), ("examples/inventory/Cargo.toml", "--bins")] {
        let built = Command::new(env!("CARGO"))
            .args([
                "build",
                "--quiet",
                targets,
                "--message-format=json-render-diagnostics",
                "--manifest-path",
            ])
            .arg(root.join(manifest))
            .stderr(Stdio::inherit())
            .output()
            .expect("cargo runs");
        assert!(built.status.success(), "the programs of {manifest} do not build");
        for line in built.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let message: serde_json::Value = serde_json::from_slice(line).expect("a message of cargo");
            if let (Some(name), Some(executable)) =
                (message["target"]["name"].as_str(), message["executable"].as_str())
            {
                programs.insert(name.to_owned(), PathBuf::from(executable));
            }
        }
    }
    programs
});

fn program(name: &str) -> Command {
    Command::new(PROGRAMS.get(name).unwrap_or_else(|| panic!("no program {name}: {:?}", PROGRAMS.keys())))
}

/// Runs a program that must succeed, and gives the lines that it printed, each with single spaces.
fn run(name: &str, arguments: &[&str]) -> Vec<String> {
    let output = program(name).args(arguments).output().expect("the program runs");
    assert!(output.status.success(), "{name} {arguments:?}: {output:?}");
    lines(&output)
}

fn lines(output: &Output) -> Vec<String> {
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

async fn by_name(client: &Client, name: &str) -> Result<InfraDevice, Error> {
    client.get().hfid([name]).await
}

#[test]
fn quickstart() {
    for _ in 0..2 {
        let lines = run("quickstart", &[]);
        assert!(lines.iter().any(|line| line.starts_with("atl1-leaf1 atl1 ")), "{lines:#?}");
    }
}

#[tokio::test]
async fn inventory() -> Outcome {
    let client = client();
    let empty = site(&client).await?;
    let site = site(&client).await?;
    let [leaf, spine] = [unique("leaf"), unique("spine")];
    let mut batch = client.batch();
    let role = InfraDeviceRole::Leaf;
    let device = batch.create(
        InfraDeviceCreate::new(&*leaf, &site).role(role).loopback("10.0.0.1".parse::<std::net::IpAddr>()?),
    );
    batch.create(InfraInterfaceL3Create::new(&device, "eth1").enabled(false));
    batch.create(InfraInterfaceL2Create::new(&device, "eth2"));
    batch.create(InfraDeviceCreate::new(&*spine, &site).status(InfraDeviceStatus::Drained));
    batch.run().await.into_written()?;

    let report = [
        site.name.clone(),
        format!("{leaf} leaf active 10.0.0.1/32 2 ports, 1 off"),
        format!("{spine} - drained - 0 ports, 0 off"),
        "2 devices, 2 ports".to_owned(),
    ];
    assert_eq!(run("inventory", &[&site.name, &empty.name]), report);
    assert!(run("inventory", &[]).contains(&report[1]));
    Ok(())
}

#[tokio::test]
async fn render_config() -> Outcome {
    let client = client();
    let device = device(&client).await?;
    let port = client.create(InfraInterfaceL3Create::new(&device, "eth1").mtu(9000)).await?;
    client.create(InfraInterfaceL2Create::new(&device, "eth2").enabled(false)).await?;
    let address =
        || IpamIPAddressCreate::new("192.0.2.1/31".parse::<IpHost>().expect("an address")).interface(&port);
    client.create(address()).await?;
    let site = device.site.display_label.ok_or("a site without a label")?;
    let config = format!(
        "hostname {}\nlocation {site}\n\
         interface eth1\n  no switchport\n  mtu 9000\n  ip address 192.0.2.1/31\n\
         interface eth2\n  shutdown\n",
        device.name
    );
    for _ in 0..2 {
        let output = program("render_config").arg(&device.name).output()?;
        assert!(output.status.success(), "{output:?}");
        assert_eq!(String::from_utf8(output.stdout)?, config);
    }
    let output = program("render_config").arg(unique("nothing")).output()?;
    assert!(!output.status.success(), "{output:?}");
    Ok(())
}

#[tokio::test]
async fn sync_csv() -> Outcome {
    let client = client();
    let site = site(&client).await?;
    let [new, old, same] = [unique("new"), unique("old"), unique("same")];
    client.create(InfraDeviceCreate::new(&*old, &site).role(InfraDeviceRole::Spine).asn(65_001)).await?;
    client.create(InfraDeviceCreate::new(&*same, &site).asn(65_002)).await?;
    let file = std::env::temp_dir().join(unique("devices"));
    let site = &site.name;
    std::fs::write(
        &file,
        format!("name,site,role,asn\n{new},{site},leaf,\n{old},{site},,65010\n{same},{site},,65002\n"),
    )?;
    let file = file.to_str().ok_or("a path that is not UTF-8")?;
    let difference = [
        format!("+ {new},{site},leaf,"),
        format!("- {old},{site},spine,65001"),
        format!("+ {old},{site},,65010"),
        "2 devices differ".to_owned(),
    ];

    // Shown twice, so the first showed only; written once.
    assert_eq!(run("sync_csv", &[file]), difference);
    assert_eq!(
        run("sync_csv", &[file, "--apply"]),
        [&difference[..], &["2 devices written".to_owned()]].concat()
    );
    assert_eq!(run("sync_csv", &[file, "--apply"]), ["0 devices differ", "0 devices written"]);
    std::fs::remove_file(file)?;
    let made = by_name(&client, &new).await?;
    assert_eq!((made.role, made.asn), (Some(InfraDeviceRole::Leaf), None));
    assert_eq!(made.site.display_label.as_deref(), Some(site.as_str()));
    let changed = by_name(&client, &old).await?;
    assert_eq!((changed.role, changed.asn), (None, Some(65_010)));
    Ok(())
}

#[tokio::test]
async fn allocate_addresses() -> Outcome {
    let client = client();
    let site = site(&client).await?;
    let [first, second, third, pool] = [unique("a"), unique("b"), unique("c"), unique("pool")];
    for name in [&first, &second] {
        client.create(InfraDeviceCreate::new(name, &site)).await?;
    }
    let namespace = client.create(IpamNamespaceCreate::new(unique("namespace"))).await?;
    let network: IpNetwork = "198.51.100.0/29".parse()?;
    let prefix = IpamIPPrefixCreate::new(network)
        .ip_namespace(&namespace)
        .member_type(BuiltinIPPrefixMemberType::Address);
    let prefix = client.create(prefix).await?;
    let create = CoreIPAddressPoolCreate::new("IpamIPAddress", &namespace, &*pool, [&prefix])
        .default_prefix_length(32);
    client.create(create).await?;

    let given = run("allocate_addresses", &[&pool, &site.name]);
    assert_eq!(given, [format!("{first} gets 198.51.100.1/32"), format!("{second} gets 198.51.100.2/32")]);
    client.create(InfraDeviceCreate::new(&*third, &site)).await?;
    // As after a run that ended between the allocation and the write of the device.
    let lost = by_name(&client, &second).await?;
    client.update(&lost).set(InfraDeviceUpdate::new().clear_loopback()).await?;
    let given = run("allocate_addresses", &[&pool, &site.name]);
    let expected = [
        format!("{first} has 198.51.100.1/32"),
        format!("{second} gets 198.51.100.2/32"),
        format!("{third} gets 198.51.100.3/32"),
    ];
    assert_eq!(given, expected);
    assert_eq!(by_name(&client, &third).await?.loopback, Some("198.51.100.3/32".parse()?));
    let addresses: Vec<IpamIPAddress> =
        client.all().filter(IpamIPAddress::IP_NAMESPACE.is_in([namespace.id.upcast()])).await?;
    assert_eq!(addresses.len(), 3);
    assert!(
        addresses.iter().all(|address| address.dns_name.as_deref().unwrap_or_default().contains(&site.name))
    );
    Ok(())
}

#[tokio::test]
async fn branch_review() -> Outcome {
    let client = client();
    let device = device(&client).await?;
    let branch = |line: &String| line.split(' ').nth(1).unwrap_or_default().to_owned();

    let shown = run("branch_review", &[&device.name, "drained"]);
    assert_eq!(
        shown[..3],
        [
            format!("Updated InfraDevice {}", device.name),
            "status: active -> drained".to_owned(),
            "0 conflicts".to_owned()
        ]
    );
    assert_eq!(by_name(&client, &device.name).await?.status, Some(InfraDeviceStatus::Active));
    let deleted = client.branches().get(branch(&shown[3])).await.expect_err("a branch that was deleted");
    assert!(matches!(deleted, Error::NotFound { .. }), "{deleted}");

    let merged = run("branch_review", &[&device.name, "drained", "--merge"]);
    assert_eq!(merged[..3], shown[..3]);
    assert_eq!(by_name(&client, &device.name).await?.status, Some(InfraDeviceStatus::Drained));
    assert_eq!(client.branches().get(branch(&merged[3])).await?.status, BranchStatus::Merged);

    // What the server refuses leaves no branch behind.
    let refused = program("branch_review").args([&*device.name, "lost", "--merge"]).output()?;
    assert!(!refused.status.success(), "{refused:?}");
    let last = lines(&refused).pop().ok_or("nothing printed")?;
    assert!(last.starts_with("deleted review-"), "{refused:?}");
    let deleted = client.branches().get(branch(&last)).await.expect_err("a branch that was deleted");
    assert!(matches!(deleted, Error::NotFound { .. }), "{deleted}");
    Ok(())
}

#[tokio::test]
async fn reconcile() -> Outcome {
    let client = client();
    let site = site(&client).await?;
    let [name, other] = [unique("device"), unique("device")];
    client.create(InfraDeviceCreate::new(&*other, &site)).await?;
    let device = client.create(InfraDeviceCreate::new(&*name, &site)).await?;
    let now = Timestamp::now();
    let hour = SignedDuration::from_hours(1);
    let window = InfraMaintenanceWindowCreate::new([&device], now + hour, unique("window"), now - hour);
    let window = client.create(window).await?;

    assert_eq!(run("reconcile", &[&site.name, "--once"]), [format!("{name} becomes maintenance")]);
    assert_eq!(run("reconcile", &[&site.name, "--once"]), [""; 0]);
    assert_eq!(by_name(&client, &name).await?.status, Some(InfraDeviceStatus::Maintenance));
    assert_eq!(by_name(&client, &other).await?.status, Some(InfraDeviceStatus::Active));

    let ended = InfraMaintenanceWindowUpdate::new().ends_at(now - hour / 2);
    client.update(&window).set(ended).await?;
    let mut running = program("reconcile").arg(&site.name).stdout(Stdio::piped()).spawn()?;
    eventually(async || {
        let status = by_name(&client, &name).await?.status;
        Ok::<_, Error>((status == Some(InfraDeviceStatus::Active)).then_some(()))
    })
    .await?;
    assert_eq!(running.try_wait()?, None);
    interrupt(&running)?;
    let output = running.wait_with_output()?;
    assert!(output.status.success(), "{output:?}");
    assert_eq!(lines(&output), [format!("{name} becomes active")]);
    Ok(())
}

/// A server that is away is a line in the log, not the end.
#[test]
fn reconcile_without_a_server() -> Outcome {
    let free = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let mut running = program("reconcile")
        .arg("atl1")
        .env("INFRAHUB_ADDRESS", format!("http://{free}"))
        .stderr(Stdio::piped())
        .spawn()?;
    let mut log = String::new();
    let mut stderr = std::io::BufReader::new(running.stderr.take().ok_or("no log")?);
    std::io::BufRead::read_line(&mut stderr, &mut log)?;
    assert!(log.contains("next try in 30s"), "{log}");
    assert_eq!(running.try_wait()?, None);
    interrupt(&running)?;
    let asked = Instant::now();
    assert!(running.wait()?.success());
    assert!(asked.elapsed() < Duration::from_secs(5));
    Ok(())
}

/// Ctrl-c.
fn interrupt(running: &std::process::Child) -> Outcome {
    let sent = Command::new("kill").args(["-INT", &running.id().to_string()]).status()?;
    assert!(sent.success());
    Ok(())
}
