"""infrahubctl: the server, and what it cannot do without one."""

from infrahubctl import Infrahubctl


async def run(run, client, seen):
    infrahubctl = Infrahubctl(run, seen)
    await infrahubctl("info", only=["Address", "Status", "Infrahub Version", "User", "Error"])
    await infrahubctl("repository", "list", only=["List", "Name"])
    name = run.name("task")
    await client.branch.create(name)
    await infrahubctl("branch", "delete", name)
    await infrahubctl("branch", "delete", name)
