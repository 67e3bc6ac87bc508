"""infrahubctl: branches."""

from infrahubctl import Infrahubctl


async def run(run, client, seen):
    infrahubctl, name = Infrahubctl(run, seen), run.name("ctl")
    site = await run.create(client, "SdkSite", name=run.name("site"))
    await infrahubctl("branch", "create", name, "--description", "A change")
    await infrahubctl("branch", "create", name)
    await infrahubctl("branch", "list", only=["Origin Branch", f" {name} "])
    await infrahubctl("object", "update", "SdkSite", run.name("site"), "--set", "vlan=9", "--branch", name)
    await infrahubctl("branch", "rebase", name)
    await infrahubctl("branch", "validate", name)
    await infrahubctl("branch", "merge", name)
    seen.show("merged", (await client.get("SdkSite", id=site.id)).vlan.value)
    await infrahubctl("branch", "list", only=["Origin Branch", f" {name} "])
    await infrahubctl("branch", "delete", name)
    await infrahubctl("branch", "delete", name)
    await infrahubctl("branch", "merge", name)
    await infrahubctl("branch", "rebase", run.name("nowhere"))
