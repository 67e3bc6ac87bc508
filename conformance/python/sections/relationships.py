"""Relationships: peers read, added, removed, replaced and cleared."""

from seen import raw


def peers(manager):
    return sorted(str(peer.display_label) for peer in manager.peers)


async def run(run, client, seen):
    site = await run.create(client, "SdkSite", name=run.name("site"))
    elsewhere = await run.create(client, "SdkSite", name=run.name("elsewhere"))
    red, green, blue = [await run.create(client, "BuiltinTag", name=run.name(name)) for name in ("red", "green", "blue")]
    device = await run.create(client, "SdkDevice", name=run.name("leaf"), site=site, tags=[red, green])

    async def read(**how):
        return await client.get("SdkDevice", id=device.id, **how)

    seen.show("created with peers", raw(await read()))
    found = await read()
    await found.site.fetch()
    seen.show("a peer is fetched", [found.site.typename, found.site.peer.name.value == run.name("site")])
    await found.tags.fetch()
    seen.show("peers are fetched", peers(found.tags))
    seen.show("their human-friendly ids", sorted(found.tags.peer_hfids_str))

    found.tags.add(blue.id)
    found.tags.remove(red.id)
    found.site = elsewhere
    await found.save()
    seen.show("one added, one removed, one replaced", raw(await read()))
    await found.add_relationships("tags", [red.id, blue.id])
    seen.show("added by a mutation of its own", peers((await read()).tags))
    await found.remove_relationships("tags", [green.id, blue.id])
    seen.show("removed by one", peers((await read()).tags))
    found = await read(property=True, include_metadata=True)
    seen.show("with properties and metadata", raw(found))

    found = await read()
    found.site = {"id": site.id, "_relation__is_protected": True}
    await found.save()
    found = await read(property=True)
    seen.show("protected", [found.site.display_label, found.site.is_protected])
    device_of = await client.get("SdkSite", id=site.id, include=["devices"])
    seen.show("from the other end", peers(device_of.devices))
    seen.show("at the other end nobody", peers((await client.get("SdkSite", id=elsewhere.id, include=["devices"])).devices))
    seen.show("a value across", await found.get_flat_value("site__name__value") == run.name("site"))

    namespace = await run.create(client, "IpamNamespace", name=run.name("space"))
    prefix = await run.create(client, "SdkPrefix", prefix="10.77.0.0/24", ip_namespace=namespace)
    address = await run.create(client, "SdkAddress", address="10.77.0.1/24", dns_name="a.example", ip_namespace=namespace)
    seen.show("an address knows its prefix", raw(await client.get("SdkAddress", id=address.id)))
    seen.show("and the prefix its addresses", raw(await client.get("SdkPrefix", id=prefix.id, include=["ip_addresses"])))
    found = await read()
    found.primary_address = address
    await found.save()
    found = await read(include=["primary_address"])
    seen.show("an optional peer", [found.primary_address.display_label, found.primary_address.typename])
    found.primary_address = None
    await found.save()
    seen.show("cleared", (await read(include=["primary_address"])).primary_address.initialized)
    found = await read()
    found.tags = []
    with seen.failure("a list in place of peers"):
        await found.save()

    with seen.failure("a peer that is not there"):
        await device.add_relationships("tags", ["7d2c5a0e-3f41-4b7c-9a58-2e6f0c1d8b93"])
    with seen.failure("a peer of another kind"):
        await device.add_relationships("tags", [site.id])
    with seen.failure("a relationship that is none"):
        await device.add_relationships("colours", [red.id])
    with seen.failure("a mandatory peer is taken away"):
        await device.remove_relationships("site", [site.id])
    with seen.failure("a site that devices need is deleted"):
        await site.delete()
