"""Branches: created, written to, rebased, merged, deleted; and conflicts."""

from infrahub_sdk.exceptions import GraphQLError
from seen import raw


def shown(branch):
    return branch.model_dump(mode="json", exclude={"id", "branched_from", "graph_version"})


async def run(run, client, seen):
    site = await run.create(client, "SdkSite", name=run.name("site"), vlan=1)
    name = run.name("change")
    branch = await client.branch.create(name, description="A change", sync_with_git=False)
    seen.show("created", shown(branch))
    seen.show("among all", shown((await client.branch.all())[name]))
    seen.show("the default branch", shown(await client.branch.get("main")))
    with seen.failure("a branch that is there"):
        await client.branch.create(name)
    with seen.failure("a name that is none"):
        await client.branch.create(run.name("two words").replace("-", " "))
    with seen.failure("a branch that is not there"):
        await client.branch.get(run.name("nowhere"))
    with seen.failure("a read on a branch that is not there"):
        await client.filters("SdkSite", branch=run.name("nowhere"))

    on = client.clone(branch=name)
    changed = await on.get("SdkSite", id=site.id)
    changed.vlan.value = 2
    await changed.save()
    added = run.made(await client.create("SdkSite", name=run.name("added"), branch=name))
    await added.save()
    seen.show("on the branch and on the default one", [
        [node.vlan.value for node in await client.filters("SdkSite", ids=[site.id, added.id], branch=where)]
        for where in (name, "main")])
    seen.show("an object of the branch", raw(await on.get("SdkSite", id=added.id)))

    late = await run.create(client, "SdkSite", name=run.name("late"))
    seen.show("the branch before a rebase", await client.count("SdkSite", ids=[late.id], branch=name))
    seen.show("rebased", await client.branch.rebase(name))
    seen.show("the branch after it", await client.count("SdkSite", ids=[late.id], branch=name))
    seen.show("validated", await client.branch.validate(name))
    seen.show("merged", await client.branch.merge(name))
    seen.show("status", (await client.branch.get(name)).status.value)
    seen.show("the default branch after it", sorted(
        (node.name.value, node.vlan.value) for node in await client.filters("SdkSite", ids=[site.id, added.id])))
    with seen.failure("merged again"):
        await client.branch.merge(name)
    seen.show("deleted", await client.branch.delete(name))
    seen.show("is gone", name not in await client.branch.all())
    with seen.failure("deleted again"):
        await client.branch.delete(name)
    with seen.failure("the default branch deleted"):
        await client.branch.delete("main")
    await conflict(run, client, seen, site)


async def conflict(run, client, seen, site):
    name = run.made(run.name("conflict"))
    task = await client.branch.create(name, wait_until_completion=False)
    done = await client.task.wait_for_completion(task, timeout=300)
    seen.show("created in the background", done.state.value)
    seen.show("and there", name in await client.branch.all())
    for where, vlan in ((name, 10), ("main", 20)):
        node = await client.get("SdkSite", id=site.id, branch=where)
        node.vlan.value = vlan
        await node.save()
    try:
        await client.branch.merge(name)
    except GraphQLError as error:
        seen.show("a conflict stops the merge", [str(one["message"]).splitlines()[0] for one in error.errors])
    seen.show("the default branch keeps its value", (await client.get("SdkSite", id=site.id)).vlan.value)
