//! Addresses, prefixes and numbers from resource pools: in creates and updates, and by themselves.

use infrahub_client::id::{Hfid, Id, Related};
use infrahub_client::input::PeerInput;
use infrahub_client::kind::Node;
use infrahub_client::pool::{self, from_pool};
use infrahub_client::value::{IpHost, IpNetwork};
use infrahub_client::{Client, Error};
use infrahub_conformance::*;
use serde_json::json;

/// Pools of the test's own.
struct Pools {
    namespace: Related<IpamNamespace>,
    addresses: Id<CoreIPAddressPool>,
    address_pool: String,
    prefixes: Id<CoreIPPrefixPool>,
    numbers: Id<CoreNumberPool>,
    site: LocationSite,
}

/// A pool of these addresses, which is one prefix, one of prefixes and one of three tunnel numbers.
async fn pools(client: &Client, network: &str) -> Result<Pools, Box<dyn std::error::Error>> {
    let namespace = client.create(IpamNamespaceCreate::new(unique("namespace"))).await?;
    let resource =
        async |network: &str, members| -> Result<Related<IpamIPPrefix>, Box<dyn std::error::Error>> {
            let prefix = IpamIPPrefixCreate::new(network.parse::<IpNetwork>()?).ip_namespace(&namespace);
            Ok(client.create(prefix.is_pool(true).member_type(members)).await?)
        };
    let hosts = resource(network, BuiltinIPPrefixMemberType::Address).await?;
    let networks = resource("10.128.0.0/24", BuiltinIPPrefixMemberType::Prefix).await?;
    let address_pool = unique("addresses");
    let addresses = client
        .create(
            CoreIPAddressPoolCreate::new("IpamIPAddress", &namespace, address_pool.as_str(), [&hosts])
                .default_prefix_length(32),
        )
        .await?;
    let prefixes = client
        .create(
            CoreIPPrefixPoolCreate::new(&namespace, unique("prefixes"), [&networks])
                .default_prefix_type("IpamIPPrefix")
                .default_prefix_length(26),
        )
        .await?;
    let numbers = client
        .create(CoreNumberPoolCreate::new(102, unique("numbers"), "InfraTunnel", "tunnel_id", 100))
        .await?;
    Ok(Pools {
        namespace,
        addresses: addresses.id,
        address_pool,
        prefixes: prefixes.id,
        numbers: numbers.id,
        site: site(client).await?,
    })
}

impl Pools {
    fn tunnel(&self, name: &str) -> InfraTunnelCreate {
        InfraTunnelCreate::new(
            from_pool(&self.addresses),
            name,
            InfraTunnelProtocol::Gre,
            &self.site,
            from_pool(&self.numbers),
        )
    }

    async fn address(&self, client: &Client, id: &Id<IpamIPAddress>) -> Result<String, Error> {
        let address: IpamIPAddress = client.get().id(id).await?;
        Ok(address.address.to_string())
    }
}

#[tokio::test]
async fn an_object_takes_its_number_addresses_and_prefixes_from_pools() -> Outcome {
    let client = client();
    let pools = pools(&client, "10.0.0.0/28").await?;
    let create = pools
        .tunnel(&unique("tunnel"))
        .far_address(
            from_pool(&pools.addresses)
                .identifier("far end")
                .prefix_length(30)
                .with(IpamIPAddressUpdate::new().dns_name("far.example").description("far end")),
        )
        .prefix(from_pool(&pools.prefixes).prefix_length(28))
        .routes([from_pool(&pools.prefixes), from_pool(&pools.prefixes)]);
    let tunnel: InfraTunnel = client.create(create).select().await?;
    assert_eq!(tunnel.tunnel_id, 100);
    // Which of the two the server allocates first differs from one start of it to the next.
    let near: IpamIPAddress = client.get().id(&tunnel.address.id).await?;
    assert_eq!(near.address.prefix_len(), 32);
    let far: IpamIPAddress = client.peer(&tunnel, InfraTunnel::FAR_ADDRESS).await?.expect("the far end");
    assert_eq!(far.address.prefix_len(), 30);
    assert_ne!(far.address.address(), near.address.address());
    for address in [near.address, far.address] {
        assert!(address.to_string().starts_with("10.0.0."), "{address}");
    }
    assert_eq!((far.dns_name.as_deref(), far.description.as_deref()), (Some("far.example"), Some("far end")));
    let prefix: IpamIPPrefix = client.peer(&tunnel, InfraTunnel::PREFIX).await?.expect("the prefix");
    assert_eq!(prefix.prefix.prefix_len(), 28);
    let routes = client.peers(&tunnel, InfraTunnel::ROUTES).await?;
    assert_eq!(routes.len(), 2, "each takes one of its own");
    assert!(routes.iter().all(|route| route.prefix.prefix_len() == 26));

    // The next one has the next number; an update keeps the number that the object has.
    let next: InfraTunnel = client.create(pools.tunnel(&unique("tunnel"))).select().await?;
    assert_eq!(next.tunnel_id, 101);
    let number = from_pool(&pools.numbers).into_attribute().is_protected(true);
    let far = PeerInput::new(from_pool(&pools.addresses)).is_protected(true);
    let update = InfraTunnelUpdate::new().tunnel_id(number).far_address(far);
    let updated: InfraTunnel = client.update(&next).set(update).select().await?;
    assert_eq!(updated.tunnel_id, 101);
    assert!(updated.far_address.is_some());
    let protected = client.all::<Id<InfraTunnel>>().filter(InfraTunnel::TUNNEL_ID.is_protected(true));
    assert_eq!(protected.filter(InfraTunnel::NAME.eq(&updated.name)).await?, [updated.id().clone()]);

    client
        .relationship(&next, InfraTunnel::ROUTES)
        .add([from_pool(&pools.prefixes).prefix_length(30)])
        .await?;
    assert_eq!(client.peers(&next, InfraTunnel::ROUTES).count().await?, 1);
    Ok(())
}

#[tokio::test]
async fn an_address_or_prefix_is_taken_by_itself_and_once_for_an_identifier() -> Outcome {
    let client = client();
    let pools = pools(&client, "10.1.0.0/28").await?;
    let name = Hfid::<CoreIPAddressPool>::new([pools.address_pool.as_str()]);
    let take = async |identifier: &str| -> Result<Related<IpamIPAddress>, Error> {
        client.allocate(from_pool(&name).identifier(identifier)).await
    };
    let first = take("leaf1").await?;
    assert_eq!(first.display_label.as_deref(), Some("10.1.0.0/32"));
    assert_eq!(take("leaf1").await?, first);
    assert_ne!(take("leaf2").await?.id, first.id);

    let with = IpamIPAddressUpdate::new().dns_name("leaf3.example");
    let leaf3: IpamIPAddress =
        client.allocate(from_pool(&pools.addresses).prefix_length(28).with(with)).select().await?;
    assert_eq!(leaf3.address, "10.1.0.2/28".parse::<IpHost>()?);
    assert_eq!(leaf3.dns_name.as_deref(), Some("leaf3.example"));
    // Without an identifier each call takes another.
    let leaf4: Related<IpamIPAddress> = client.allocate(from_pool(&pools.addresses)).await?;
    assert_ne!(leaf4.id, leaf3.id);

    // Of no particular kind of addresses: what the pool makes by default. The pool's marker is the runtime's own.
    let pool = Id::<pool::CoreIPAddressPool>::new(pools.addresses.to_string());
    let any: Related<BuiltinIPAddress> = client.allocate(from_pool(&pool)).await?;
    assert_eq!(any.typename, "IpamIPAddress");

    let with = IpamIPPrefixUpdate::new()
        .purpose(IpamIPPrefixPurpose::Fabric)
        .member_type(BuiltinIPPrefixMemberType::Address);
    let take = from_pool(&pools.prefixes).identifier("fabric").prefix_length(30).with(with);
    let fabric: IpamIPPrefix = client.allocate(take.clone()).select().await?;
    assert_eq!(fabric.prefix.prefix_len(), 30);
    assert_eq!(fabric.purpose, Some(IpamIPPrefixPurpose::Fabric));
    assert_eq!(fabric.member_type, Some(BuiltinIPPrefixMemberType::Address));
    let again: IpamIPPrefix = client.allocate(take).select().await?;
    assert_eq!(again.id, fabric.id);
    // An identifier is the same in a write.
    let update = InfraTunnelUpdate::new().prefix(from_pool(&pools.prefixes).identifier("fabric"));
    let tunnel = client.create(pools.tunnel(&unique("tunnel"))).await?;
    let tunnel: InfraTunnel = client.update(&tunnel).set(update).select().await?;
    assert_eq!(tunnel.prefix.map(|prefix| prefix.id), Some(fabric.id));
    Ok(())
}

#[tokio::test]
async fn pools_and_what_takes_from_them_are_made_in_one_batch() -> Outcome {
    let client = client();
    let site = site(&client).await?;
    let mut batch = client.batch();
    let namespace = batch.create(IpamNamespaceCreate::new(unique("namespace")));
    let hosts = IpamIPPrefixCreate::new("10.2.0.0/28".parse::<IpNetwork>()?).ip_namespace(&namespace);
    let hosts = batch.create(hosts.member_type(BuiltinIPPrefixMemberType::Address));
    let pool = CoreIPAddressPoolCreate::new("IpamIPAddress", &namespace, unique("pool"), [&hosts]);
    let pool = batch.create(pool.default_prefix_length(32));
    let tunnels: Vec<_> = (1..4)
        .map(|number| {
            let name = unique("tunnel");
            let tunnel =
                InfraTunnelCreate::new(from_pool(&pool), name, InfraTunnelProtocol::Gre, &site, number);
            batch.create(tunnel)
        })
        .collect();
    batch.run().await.into_written()?;
    let mut addresses = Vec::new();
    for tunnel in &tunnels {
        let address: IpamIPAddress = client.peer(tunnel, InfraTunnel::ADDRESS).await?.expect("an address");
        addresses.push(address.address.to_string());
    }
    addresses.sort();
    // Not a pool for the server: the first address is the network's own.
    assert_eq!(addresses, ["10.2.0.1/32", "10.2.0.2/32", "10.2.0.3/32"]);
    Ok(())
}

#[tokio::test]
async fn an_exhausted_pool_is_an_error_that_says_so() -> Outcome {
    let client = client();
    let pools = pools(&client, "10.3.0.0/31").await?;
    let take = async || -> Result<Related<IpamIPAddress>, Error> {
        client.allocate(from_pool(&pools.addresses)).await
    };
    take().await?;
    take().await?;
    let error = take().await.expect_err("there were two addresses");
    assert!(error.is_pool_exhausted(), "{error}");
    assert!(!error.is_retryable() && !error.may_have_run(), "{error}");
    assert!(error.advice().contains(pools.addresses.as_str()), "{error}");

    let prefix: Result<Related<IpamIPPrefix>, Error> =
        client.allocate(from_pool(&pools.prefixes).prefix_length(24)).await;
    prefix?;
    let prefix: Result<Related<IpamIPPrefix>, Error> = client.allocate(from_pool(&pools.prefixes)).await;
    let error = prefix.expect_err("it was all one prefix");
    assert!(error.is_pool_exhausted() && !error.may_have_run(), "{error}");

    let numbered = |number: i64| {
        let address = IpamIPAddressCreate::new("10.3.1.1/32".parse::<IpHost>().expect("an address"));
        (address.ip_namespace(&pools.namespace), number)
    };
    let (address, _) = numbered(0);
    let address = client.create(address).await?;
    let tunnel = || {
        let name = unique("tunnel");
        InfraTunnelCreate::new(
            &address,
            name,
            InfraTunnelProtocol::Gre,
            &pools.site,
            from_pool(&pools.numbers),
        )
    };
    for _ in 0..3 {
        client.create(tunnel()).await?;
    }
    let error = client.create(tunnel()).await.expect_err("there were three numbers");
    assert!(error.is_pool_exhausted(), "{error}");
    assert!(error.to_string().contains("tunnel_id"), "{error}");
    let error =
        client.create(pools.tunnel(&unique("tunnel"))).await.expect_err("neither numbers nor addresses");
    assert!(error.is_pool_exhausted(), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_pool_that_does_not_fit_is_refused_in_words() -> Outcome {
    let client = client();
    let pools = pools(&client, "10.4.0.0/28").await?;
    // A number pool is for one attribute of one kind, which only the server knows.
    let update = InfraTunnelUpdate::new().keepalive(from_pool(&pools.numbers));
    let tunnel = client.create(pools.tunnel(&unique("tunnel"))).await?;
    let error = client.update(&tunnel).set(update).await.expect_err("it is for `tunnel_id`");
    assert!(error.to_string().contains("can't be used for 'keepalive'"), "{error}");

    let unknown = Hfid::<CoreIPAddressPool>::new([unique("no-pool")]);
    let error = client.update(&tunnel).set(InfraTunnelUpdate::new().far_address(from_pool(&unknown))).await;
    assert_eq!(error.expect_err("no such pool").code().map(|code| code.as_str()), Some("NODE_NOT_FOUND"));

    // What was given under an identifier keeps its length and its kind.
    let take = || from_pool(&pools.prefixes).identifier("one");
    let first: Related<IpamIPPrefix> = client.allocate(take()).await?;
    let other: Result<Related<IpamIPPrefix>, Error> = client.allocate(take().prefix_length(30)).await;
    let error = other.expect_err("another length");
    assert!(error.to_string().contains("prefix length cannot be changed"), "{error}");
    let again: Related<IpamIPPrefix> = client.allocate(take()).await?;
    assert_eq!(again, first);
    Ok(())
}

/// An attribute or relationship of a template names the pool in a relationship of its own.
#[tokio::test]
async fn a_template_names_the_pools_that_its_objects_take_from() -> Outcome {
    let client = client();
    let pools = pools(&client, "10.5.0.0/28").await?;
    let name = unique("template");
    let template = TemplateInfraTunnelCreate::new(name.as_str())
        .protocol(InfraTunnelProtocol::Ipsec)
        .site(&pools.site)
        .tunnel_id_from_resource_pool(&pools.numbers)
        .address_from_resource_pool(&pools.addresses);
    client.create(template).await?;
    let template = Hfid::<TemplateInfraTunnel>::new([name]);
    for number in 100..102 {
        let create = InfraTunnelCreate::from_template(&template, unique("tunnel"));
        let tunnel: InfraTunnel = client.create(create).select().await?;
        assert_eq!(tunnel.tunnel_id, number);
        assert_eq!(pools.address(&client, &tunnel.address.id).await?, format!("10.5.0.{}/32", number - 100));
    }
    Ok(())
}

/// The notes on pools in `docs/server-notes.md`.
mod notes {
    use super::*;

    const CREATE: &str = "mutation($data: InfraTunnelCreateInput!) { InfraTunnelCreate(data: $data) { \
                          object { id routes { count edges { node { id } } } } } }";

    fn tunnel(
        pools: &Pools,
        name: &str,
        address: &serde_json::Value,
        routes: &serde_json::Value,
    ) -> serde_json::Value {
        json!({ "data": {
            "name": { "value": name }, "protocol": { "value": "gre" }, "tunnel_id": { "value": 1 },
            "site": { "id": pools.site.id }, "address": address, "routes": routes,
        } })
    }

    #[tokio::test]
    async fn two_allocations_of_a_list_without_identifiers_are_one() -> Outcome {
        let client = client();
        let pools = pools(&client, "10.6.0.0/28").await?;
        let route = || json!({ "from_pool": { "id": pools.prefixes } });
        let address = json!({ "from_pool": { "id": pools.addresses } });
        let variables = tunnel(&pools, &unique("tunnel"), &address, &json!([route(), route()]));
        let answer = execute(&client, CREATE, variables).await?;
        let routes = &answer["InfraTunnelCreate"]["object"]["routes"];
        assert_eq!(routes["edges"].as_array().map(Vec::len), Some(1));
        assert_eq!(routes["count"], 2, "it is related twice");
        Ok(())
    }

    #[tokio::test]
    async fn what_was_allocated_for_a_write_that_failed_stays_allocated() -> Outcome {
        let client = client();
        let pools = pools(&client, "10.7.0.0/28").await?;
        let name = unique("tunnel");
        client.create(pools.tunnel(&name)).await?;
        let count = async || {
            let taken = client.all::<Id<IpamIPAddress>>();
            taken
                .filter(IpamIPAddress::IP_NAMESPACE.is_in([pools.namespace.id.clone().upcast()]))
                .count()
                .await
        };
        let before = count().await?;
        for _ in 0..2 {
            let mut again = pools.tunnel(&name);
            again = again.far_address(from_pool(&pools.addresses).identifier("kept"));
            let error = client.create(again).await.expect_err("the name is taken");
            assert!(error.is_uniqueness_violation(), "{error}");
        }
        // Two for the addresses without an identifier, one for that with.
        assert_eq!(count().await?, before + 3);
        Ok(())
    }

    #[tokio::test]
    async fn the_identifier_of_a_number_is_the_object() -> Outcome {
        let client = client();
        let pools = pools(&client, "10.8.0.0/28").await?;
        let address = client.allocate::<IpamIPAddress, _, _>(from_pool(&pools.addresses)).await?;
        let mut numbers = Vec::new();
        for _ in 0..2 {
            let answer = execute(
                &client,
                "mutation($data: InfraTunnelCreateInput!) { InfraTunnelCreate(data: $data) { \
                 object { tunnel_id { value } } } }",
                json!({ "data": {
                    "name": { "value": unique("tunnel") }, "protocol": { "value": "gre" },
                    "tunnel_id": { "from_pool": { "id": pools.numbers, "identifier": "the same" } },
                    "site": { "id": pools.site.id }, "address": { "id": address.id },
                } }),
            )
            .await?;
            numbers.push(answer["InfraTunnelCreate"]["object"]["tunnel_id"]["value"].clone());
        }
        assert_eq!(numbers, [100, 101]);
        Ok(())
    }

    #[tokio::test]
    async fn a_number_pool_is_for_a_kind_of_the_default_branch() -> Outcome {
        let client = client();
        let error = client
            .create(CoreNumberPoolCreate::new(2, unique("numbers"), "InfraNoSuchKind", "number", 1))
            .await
            .expect_err("there is no such kind");
        assert_eq!(error.code().map(|code| code.as_str()), Some("SCHEMA_NOT_FOUND"), "{error}");
        Ok(())
    }
}
