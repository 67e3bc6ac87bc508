"""Groups: members, and those that the SDK keeps of a run."""


async def run(run, client, seen):
    sites = [await run.create(client, "SdkSite", name=run.name(name)) for name in ("a", "b", "c")]
    group = await run.create(client, "CoreStandardGroup", name=run.name("group"), members=sites[:2])

    async def members(**how):
        read = await client.get("CoreStandardGroup", id=group.id, include=["members"], **how)
        return sorted(peer.display_label for peer in read.members.peers)

    seen.show("created with members", await members())
    await group.add_relationships("members", [sites[2].id])
    seen.show("one more", await members())
    await group.remove_relationships("members", [sites[0].id])
    seen.show("one less", await members())
    site = await client.get("SdkSite", id=sites[1].id, include=["member_of_groups"])
    seen.show("from the member", [peer.display_label for peer in site.member_of_groups.peers])
    child = await run.create(client, "CoreStandardGroup", name=run.name("child"), parent=group)
    read = await client.get("CoreStandardGroup", id=child.id, include=["parent", "ancestors"])
    seen.show("a group in a group", [read.parent.display_label, [peer.display_label for peer in read.ancestors.peers]])

    await tracked(run, client, seen)


async def tracked(run, client, seen):
    async def track(*names):
        async with run.client().start_tracking(identifier=run.name("track"), params={"site": "atl"},
                                               delete_unused_nodes=True) as tracking:
            for name in names:
                site = run.made(await tracking.create("SdkSite", name=run.name(name)))
                await site.save(allow_upsert=True)
        group = (await client.filters("CoreStandardGroup", name__value=run.name("track"), partial_match=True,
                                      include=["members"]))[0]
        seen.show(f"tracked {names}", {
            "description": group.description.value,
            "members": sorted(peer.display_label for peer in group.members.peers),
            "sites": await client.count("SdkSite", name__values=[run.name(name) for name in ("t1", "t2", "t3")])})
        return group

    await track("t1", "t2")
    run.made(await track("t2", "t3"))
