"""infrahubctl: all objects of a namespace, out and in again."""

import json

from infrahubctl import Infrahubctl


async def run(run, client, seen):
    infrahubctl = Infrahubctl(run, seen)
    site = await run.create(client, "SdkSite", name=run.name("site"), vlan=3)
    device = await run.create(client, "SdkDevice", name=run.name("leaf"), site=site, role="leaf")
    await infrahubctl("dump", "--namespace", "Sdk", "--directory", "dumped", "--branch", "main", "--quiet")
    nodes = [json.loads(line) for line in infrahubctl.read("dumped/nodes.json").splitlines()]
    ours = [node for node in nodes if run.id in node["graphql_json"]]
    seen.show("dumped", sorted((node["kind"], node["id"] in (site.id, device.id)) for node in ours))
    seen.show("relationships", json.loads(infrahubctl.read("dumped/relationships.json")))
    infrahubctl.write("dumped/nodes.json", "\n".join(json.dumps(node) for node in ours))
    site.vlan.value = 4
    await site.save()
    await infrahubctl("load", "--directory", "dumped", "--branch", "main", "--quiet")
    site, device = await client.get("SdkSite", id=site.id), await client.get("SdkDevice", id=device.id)
    seen.show("loaded", [site.vlan.value, device.role.value, device.site.display_label])
