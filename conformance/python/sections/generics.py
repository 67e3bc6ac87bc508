"""Generics: objects of several kinds in one list."""

from seen import label, raw


async def run(run, client, seen):
    site = await run.create(client, "SdkSite", name=run.name("site"))
    device = await run.create(client, "SdkDevice", name=run.name("leaf"), site=site)
    copper = await run.create(client, "SdkCopperPort", name="eth0", device=device, speed=1000, enabled=False)
    fiber = await run.create(client, "SdkFiberPort", name="eth1", device=device.id, wavelength=1310)
    seen.show("created", [label(copper), label(fiber)])

    ours = {"device__name__value": run.name("leaf")}
    seen.show("shared fields", [raw(node) for node in await client.filters("SdkPort", **ours)])
    seen.show("all fields", [raw(node) for node in await client.filters("SdkPort", fragment=True, **ours)])
    seen.show("kinds", [node.get_kind() for node in await client.filters("SdkPort", **ours)])
    seen.show("one kind", [node.name.value for node in await client.filters("SdkFiberPort", **ours)])
    seen.show("by a shared field", [node.name.value for node in await client.filters("SdkPort", enabled__value=True, **ours)])
    seen.show("one of them", raw(await client.get("SdkCopperPort", hfid=[run.name("leaf"), "eth0"])))
    with seen.failure("one of them by the generic's name"):
        await client.get("SdkPort", hfid=[run.name("leaf"), "eth0"])
    seen.show("count", await client.count("SdkPort", **ours))
    seen.show("an object of any kind", label(await client.get("CoreNode", id=fiber.id)))

    device = await client.get("SdkDevice", id=device.id, include=["ports"])
    seen.show("components", sorted((peer.typename, peer.display_label) for peer in device.ports.peers))
    with seen.failure("a name that is taken on the device"):
        await (await client.create("SdkFiberPort", name="eth0", device=device)).save()
    with seen.failure("a number out of its limits"):
        await (await client.create("SdkCopperPort", name="eth2", device=device, mtu=9)).save()
    await device.delete()
    seen.show("components go with their parent", await client.count("SdkPort", ids=[copper.id, fiber.id]))
