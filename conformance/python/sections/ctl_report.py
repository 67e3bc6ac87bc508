"""infrahubctl: the report of a branch, which needs its difference."""

from infrahubctl import Infrahubctl


async def run(run, client, seen):
    infrahubctl, name = Infrahubctl(run, seen), run.made(run.name("report"))
    await client.branch.create(name)
    await run.create(client, "SdkSite", name=run.name("site"), branch=name)
    await infrahubctl("branch", "report", name, "--update-diff")
