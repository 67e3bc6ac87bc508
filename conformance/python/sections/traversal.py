"""Paths from object to object."""


async def run(run, client, seen):
    site = await run.create(client, "SdkSite", name=run.name("site"))
    one, two = [await run.create(client, "SdkDevice", name=run.name(name), site=site) for name in ("one", "two")]
    found = await client.traverse_paths(one, two)
    seen.show("paths", [[hop.node.kind for hop in path.hops] for path in found.paths])
    seen.show("a path exists", await client.path_exists(one, two))
    reached = await client.reachable_nodes(site, ["SdkDevice"])
    seen.show("reachable", sorted(node.node.display_label for node in reached.dependencies))
