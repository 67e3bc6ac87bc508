"""Objects: created, read, changed, upserted, deleted."""

from seen import label, raw


async def run(run, client, seen):
    site = await run.create(
        client, "SdkSite", name=run.name("atl"), address='1 Main St, "Atlanta"\n2nd floor', tier="gold",
        opened_at="2001-02-03T04:05:06+00:00", contacts=["ann", "bo"], facts={"floors": 2, "owned": True}, vlan=12)
    seen.show("created", label(site))
    seen.show("read by id", raw(await client.get("SdkSite", id=site.id)))
    seen.show("read by human-friendly id", label(await client.get("SdkSite", hfid=[run.name("atl")])))
    seen.show("read by default filter", label(await client.get("SdkSite", id=run.name("atl"))))
    seen.show("read by a filter", label(await client.get("SdkSite", name__value=run.name("atl"))))
    seen.show("with properties", raw(await client.get("SdkSite", id=site.id, property=True)))
    read = await client.get("SdkSite", id=site.id, include_metadata=True)
    seen.show("with metadata", raw(read))
    seen.show("created by", read.get_node_metadata().created_by.display_label)
    seen.show("some fields", raw(await client.get(
        "SdkSite", id=site.id, exclude=["address", "facts", "contacts", "opened_at", "vlan"])))

    site.address.value = None
    site.status.value = "planned"
    site.vlan.value = 13
    site.contacts.value = ["cy"]
    await site.save()
    seen.show("changed", raw(await client.get("SdkSite", id=site.id)))
    await site.save()
    seen.show("saved without a change", label(await client.get("SdkSite", id=site.id)))

    again = await client.create("SdkSite", name=run.name("atl"), tier="silver", facts={"floors": 3})
    await again.save(allow_upsert=True)
    seen.show("upserted", {"same": again.id == site.id, **raw(await client.get("SdkSite", id=site.id))})
    other = run.made(await client.create("SdkSite", name=run.name("ord")))
    await other.save(allow_upsert=True)
    seen.show("upserted and new", label(other))

    await values(run, client, seen)
    await failures(run, client, seen, site)

    await other.delete()
    with seen.failure("deleted"):
        await client.get("SdkSite", id=other.id)
    with seen.failure("deleted twice"):
        await client.delete("SdkSite", other.id)
    seen.show("deleted, if it is not missed", await client.get("SdkSite", id=other.id, raise_when_missing=False))


async def values(run, client, seen):
    site = await client.get("SdkSite", hfid=[run.name("atl")])
    device = await run.create(client, "SdkDevice", name=run.name("leaf"), site=site, role="leaf", height=2,
                              management="10.0.0.1/24")
    read = await client.get("SdkDevice", id=device.id)
    seen.show("an object with a peer", raw(read))
    seen.show("an address", {"value": str(read.management.value), "type": type(read.management.value).__name__})
    seen.show("as text", [read.hfid_str, read.get_kind(), sorted(read.get_all_kinds())])
    seen.show("a value by path", read.get_path_value("name__value") == run.name("leaf"))
    owner = (await client.get("CoreAccount", name__value="admin")).id
    owned = await run.create(client, "SdkDevice", name=run.name("owned"), site=site, management={
        "value": "2001:DB8::0001/64", "is_protected": True, "owner": owner, "source": owner})
    read = await client.get("SdkDevice", id=owned.id, property=True, exclude=["site", "tags", "description"])
    seen.show("with owner and protection", raw(read))
    read = await client.get("SdkDevice", id=owned.id)
    seen.show("extracted", await read.extract({"name": "name__value", "status": "site__status__value"}))


async def failures(run, client, seen, site):
    with seen.failure("a name that is taken"):
        await (await client.create("SdkSite", name=run.name("atl"))).save()
    with seen.failure("a mandatory attribute is missing"):
        await (await client.create("SdkSite", vlan=1)).save()
    with seen.failure("a mandatory peer is missing"):
        await (await client.create("SdkDevice", name=run.name("alone"))).save()
    with seen.failure("a peer that is not there"):
        await (await client.create("SdkDevice", name=run.name("lost"), site=[run.name("nowhere")])).save()
    with seen.failure("a choice that is none"):
        await (await client.create("SdkSite", name=run.name("x"), status="gone")).save()
    with seen.failure("an enum value that is none"):
        await (await client.create("SdkSite", name=run.name("x"), tier="lead")).save()
    with seen.failure("a text that breaks the pattern"):
        await (await client.create("SdkDevice", name=run.name("No Spaces"), site=site)).save()
    with seen.failure("an id that is not there"):
        await client.get("SdkSite", id="7d2c5a0e-3f41-4b7c-9a58-2e6f0c1d8b93")
    with seen.failure("an id of another kind"):
        await client.get("SdkDevice", id=site.id)
    with seen.failure("two hits for one"):
        await client.get("CoreNode", ids=[site.id, (await client.get("CoreAccount", name__value="admin")).id])
