"""infrahubctl: the server."""

from infrahubctl import Infrahubctl


async def run(run, client, seen):
    infrahubctl = Infrahubctl(run, seen)
    await infrahubctl("info", only=["Address", "Status", "Infrahub Version", "User", "Error"])
    await infrahubctl("repository", "list", only=["List", "Name"])
