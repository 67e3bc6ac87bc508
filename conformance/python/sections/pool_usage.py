"""What was taken from a pool, and how much of it."""


async def run(run, client, seen):
    namespace = await run.create(client, "IpamNamespace", name=run.name("space"))
    network = await run.create(client, "SdkPrefix", prefix="10.99.0.0/30", member_type="address", ip_namespace=namespace)
    pool = await run.create(
        client, "CoreIPAddressPool", name=run.name("pool"), default_address_type="SdkAddress",
        default_prefix_length=30, resources=[network], ip_namespace=namespace)
    run.made(await client.allocate_next_ip_address(pool))
    seen.show("allocated", [str(node.address.value) for node in await pool.get_pool_allocated_resources(network)])
    seen.show("utilization", await pool.get_pool_resources_utilization())
