"""The same client without `async`."""

from infrahub_sdk import InfrahubClientSync
from seen import label


async def run(run, client, seen):
    sync = InfrahubClientSync(config=run.config())
    seen.show("version", sync.get_version())
    site = run.made(sync.create("SdkSite", name=run.name("site"), vlan=3))
    site.save()
    seen.show("created", label(sync.get("SdkSite", hfid=[run.name("site")])))
    site.vlan.value = 4
    site.save()
    seen.show("changed", sync.get("SdkSite", id=site.id).vlan.value)
    batch = sync.create_batch()
    for number in range(4):
        node = sync.create("SdkSite", name=run.name(f"batch{number}"), vlan=number)
        batch.add(task=node.save, node=node)
    for node, _ in batch.execute():
        run.made(node)
    seen.show("a batch", [node.vlan.value for node in sync.filters(
        "SdkSite", name__values=[run.name(f"batch{number}") for number in range(4)])])
    drawing = run.made(sync.create("SdkDrawing", title=run.name("plan")))
    drawing.upload_from_bytes(b"a plan", name="plan.txt")
    drawing.save()
    seen.show("a file", sync.get("SdkDrawing", id=drawing.id).download_file().decode())
    branch = sync.branch.create(run.name("branch"))
    seen.show("a branch", [branch.status.value, sync.branch.delete(run.name("branch"))])
    site.delete()
    with seen.failure("deleted"):
        sync.get("SdkSite", id=site.id)
