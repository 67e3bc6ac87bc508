"""Resource pools: addresses, prefixes and numbers taken from them."""

from seen import label


async def run(run, client, seen):
    namespace = await run.create(client, "IpamNamespace", name=run.name("space"))
    space = await run.create(client, "SdkPrefix", prefix="10.88.0.0/16", member_type="prefix", ip_namespace=namespace)
    seen.show("a prefix", [str(space.prefix.value), space.member_type.value])
    prefixes = await run.create(
        client, "CoreIPPrefixPool", name=run.name("prefixes"), default_prefix_type="SdkPrefix",
        default_prefix_length=28, resources=[space], ip_namespace=namespace)
    network = run.made(await client.allocate_next_ip_prefix(prefixes, identifier=run.name("net"), data={"description": "net"}))
    seen.show("a prefix of the pool", [str(network.prefix.value), network.description.value])
    same = await client.allocate_next_ip_prefix(prefixes, identifier=run.name("net"))
    seen.show("the same by its identifier", same.id == network.id)
    wider = run.made(await client.allocate_next_ip_prefix(prefixes, prefix_length=24, member_type="address"))
    seen.show("a wider one", [str(wider.prefix.value), wider.member_type.value])

    addresses = await run.create(
        client, "CoreIPAddressPool", name=run.name("addresses"), default_address_type="SdkAddress",
        default_prefix_length=24, resources=[wider], ip_namespace=namespace)
    seen.show("a pool", label(await client.get("CoreIPAddressPool", name__value=run.name("addresses"))))
    one = run.made(await client.allocate_next_ip_address(addresses, identifier=run.name("a"), data={"dns_name": "a.example"}))
    two = run.made(await client.allocate_next_ip_address(addresses))
    again = await client.allocate_next_ip_address(addresses, identifier=run.name("a"))
    seen.show("addresses of the pool", [str(one.address.value), one.dns_name.value, str(two.address.value)])
    seen.show("the same address by its identifier", again.id == one.id)
    narrow = run.made(await client.allocate_next_ip_address(addresses, prefix_length=32))
    seen.show("an address with another length", str(narrow.address.value))

    numbers = await run.create(client, "CoreNumberPool", name=run.name("numbers"), node="SdkSite",
                               node_attribute="vlan", start_range=100, end_range=102)
    for name in ("one", "two"):
        site = await run.create(client, "SdkSite", name=run.name(name), vlan=numbers)
        seen.show(f"a number of the pool, {name}", (await client.get("SdkSite", id=site.id)).vlan.value)
    site = await run.create(client, "SdkSite", name=run.name("three"), vlan={"from_pool": {"id": numbers.id}})
    seen.show("a number of the pool, by its id", (await client.get("SdkSite", id=site.id)).vlan.value)
    with seen.failure("a pool that is exhausted"):
        await (await client.create("SdkSite", name=run.name("four"), vlan=numbers)).save()

    device = await run.create(client, "SdkDevice", name=run.name("leaf"), site=site, primary_address=addresses)
    device = await client.get("SdkDevice", id=device.id, include=["primary_address"])
    seen.show("a peer from a pool", [device.primary_address.display_label, device.primary_address.typename])
    run.made(await client.get("SdkAddress", id=device.primary_address.id))
    with seen.failure("a pool of another kind"):
        await client.allocate_next_ip_address(prefixes)
    with seen.failure("a prefix that is too large"):
        await client.allocate_next_ip_prefix(prefixes, prefix_length=8)
