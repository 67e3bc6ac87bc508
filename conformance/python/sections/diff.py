"""What a branch changed."""

from datetime import datetime, timezone


def sorted_by_name(nodes):
    for node in nodes:
        node["elements"].sort(key=lambda element: element["name"])
    return sorted(nodes, key=lambda node: (node["kind"], node["display_label"]))


async def run(run, client, seen):
    site = await run.create(client, "SdkSite", name=run.name("site"), vlan=1)
    gone = await run.create(client, "SdkSite", name=run.name("gone"))
    name, began = run.name("change"), datetime.now(timezone.utc)
    await client.branch.create(name)
    changed = await client.get("SdkSite", id=site.id, branch=name)
    changed.vlan.value = 2
    await changed.save()
    await client.delete("SdkSite", gone.id, branch=name)
    added = await client.create("SdkDevice", name=run.name("leaf"), site=site, branch=name)
    await added.save()
    seen.show("computed", await client.create_diff(name, run.name("diff"), began, datetime.now(timezone.utc)))
    seen.show("summary", sorted_by_name(await client.get_diff_summary(name, name=run.name("diff"))))
    tree = await client.get_diff_tree(name, name=run.name("diff"))
    seen.show("tree", {key: tree[key] for key in ("num_added", "num_updated", "num_removed", "num_conflicts",
                                                   "base_branch", "diff_branch", "name")})
    seen.show("nodes", len(tree["nodes"]))
    await client.branch.delete(name)
