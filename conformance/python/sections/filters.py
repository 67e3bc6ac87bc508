"""Lists of objects: filters, orders, pages."""

from infrahub_sdk.enums import OrderDirection
from infrahub_sdk.timestamp import Timestamp
from infrahub_sdk.types import Order, OrderByEntry
from seen import raw


async def run(run, client, seen):
    sites = [await run.create(client, "SdkSite", name=run.name(f"site{number}"), vlan=number,
                              status="active" if number % 2 else "planned",
                              **({"tier": "gold"} if number < 3 else {})) for number in range(1, 8)]
    device = await run.create(client, "SdkDevice", name=run.name("filtered"), site=sites[0])
    tag = await run.create(client, "BuiltinTag", name=run.name("red"))
    await device.add_relationships("tags", [tag.id])

    async def found(what, kind="SdkSite", **filters):
        nodes = await client.filters(kind, **filters)
        seen.show(what, [node.display_label for node in nodes if run.id in str(node.display_label)])

    ours = {"name__values": [run.name(f"site{number}") for number in range(1, 8)]}
    await found("by name", name__value=run.name("site3"))
    await found("by names", **ours)
    await found("by part of a name", name__value=run.id, partial_match=True)
    await found("by a number", vlan__value=4, **ours)
    await found("by numbers", vlan__values=[1, 2], **ours)
    await found("by a choice", status__value="planned", **ours)
    await found("by a missing value", tier__isnull=True, **ours)
    await found("by a present value", tier__isnull=False, **ours)
    await found("by ids", ids=[sites[1].id, sites[4].id])
    await found("by human-friendly id", hfid=[run.name("site5")])
    await found("by any attribute", any__value=run.name("site6"))
    await found("by a peer's attribute", devices__name__value=run.name("filtered"))
    await found("by a peer's id", "SdkDevice", site__ids=[sites[0].id])
    await found("by a peer's attributes", "SdkDevice", tags__name__values=[run.name("red"), "other"])
    await found("by a missing peer", "SdkDevice", primary_address__isnull=True, name__value=run.name("filtered"))
    await found("by label", display_label__value=run.name("site2"))
    await found("two filters", vlan__value=1, status__value="planned", **ours)
    await found("nothing", name__value=run.name("nothing"))

    await found("a page", offset=2, limit=3, **ours)
    await found("a page beyond the end", offset=20, limit=3, **ours)
    small = run.client(pagination_size=3)
    nodes = await small.filters("SdkSite", **ours)
    seen.show("small pages", [node.vlan.value for node in nodes])
    nodes = await small.filters("SdkSite", parallel=True, **ours)
    seen.show("small pages in parallel", sorted(node.vlan.value for node in nodes))
    seen.show("count", await client.count("SdkSite", **ours))
    seen.show("count of nothing", await client.count("SdkSite", name__value=run.name("nothing")))

    for what, order in {
        "by number, descending": Order(by=[OrderByEntry(field="vlan__value", direction=OrderDirection.DESC)]),
        "by choice, then number": Order(by=[OrderByEntry(field="status__value", direction=OrderDirection.ASC),
                                            OrderByEntry(field="vlan__value", direction=OrderDirection.DESC)]),
    }.items():
        nodes = await client.filters("SdkSite", order=order, **ours)
        seen.show(f"ordered {what}", [node.vlan.value for node in nodes])

    nodes = await client.filters("SdkDevice", name__value=run.name("filtered"), prefetch_relationships=True)
    seen.show("with the fields of peers", [raw(node) for node in nodes])
    nodes = await client.filters("SdkDevice", name__value=run.name("filtered"), include=["ports", "tags"],
                                 exclude=["site"])
    seen.show("with chosen peers", [raw(node) for node in nodes])
    everything = await client.all("SdkSite")
    seen.show("all", len([node for node in everything if run.id in node.name.value]))
    before = sites[3].id
    now = Timestamp()
    sites[3].vlan.value = 44
    await sites[3].save()
    seen.show("now and before", [(await client.get("SdkSite", id=before)).vlan.value,
                                 (await client.get("SdkSite", id=before, at=now)).vlan.value])

    with seen.failure("a filter that is none"):
        await client.filters("SdkSite", colour__value="red")
    with seen.failure("an order that is none"):
        await client.filters("SdkSite", order=Order(by=[OrderByEntry(field="colour__value", direction=OrderDirection.ASC)]))
    with seen.failure("a kind that is none"):
        await client.filters("SdkNothing")
