"""Batches: many writes at the same time, and those of them that fail."""

from seen import told


async def run(run, client, seen):
    batch = await client.create_batch()
    for number in range(12):
        site = await client.create("SdkSite", name=run.name(f"site{number:02}"), vlan=number)
        batch.add(task=site.save, node=site)
    async for node, _ in batch.execute():
        run.made(node)
    ours = {"name__value": run.id, "partial_match": True}
    seen.show("created", [node.vlan.value for node in await client.filters("SdkSite", **ours)])

    batch = await client.create_batch(return_exceptions=True)
    for number in (11, 12, 13):
        site = await client.create("SdkSite", name=run.name(f"site{number:02}"), vlan=number)
        batch.add(task=site.save, node=site)
    outcomes = {}
    async for node, outcome in batch.execute():
        outcomes[node.vlan.value] = told(outcome) if isinstance(outcome, Exception) else "created"
        if not isinstance(outcome, Exception):
            run.made(node)
    seen.show("a name that is taken among them", outcomes)

    batch = await client.create_batch()
    for node in await client.filters("SdkSite", **ours):
        node.address.value = f"Street {node.vlan.value}"
        batch.add(task=node.save, node=node)
    seen.show("changed", len([node async for node, _ in batch.execute()]))
    seen.show("addresses", [node.address.value for node in await client.filters("SdkSite", **ours)])

    batch = await client.create_batch()
    for node in await client.filters("SdkSite", **ours):
        batch.add(task=node.delete, node=node)
    seen.show("deleted", len([node async for node, _ in batch.execute()]))
    seen.show("left", await client.count("SdkSite", **ours))
