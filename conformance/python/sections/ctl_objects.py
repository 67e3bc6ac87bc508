"""infrahubctl: objects, one by one and from files."""

from infrahubctl import Infrahubctl

OBJECTS = """
---
apiVersion: infrahub.app/v1
kind: Object
spec:
  kind: SdkSite
  data:
    - name: NAME-atl
      status: planned
      devices:
        data:
          - name: NAME-leaf1
            role: leaf
            tags:
              - NAME-red
            ports:
              kind: SdkCopperPort
              data:
                - { name: eth0, speed: 1000 }
                - { name: eth1 }
          - name: NAME-leaf2
---
apiVersion: infrahub.app/v1
kind: Object
spec:
  kind: SdkSite
  strategy: normal
  data:
    - { name: NAME-ord, vlan: 7, opened_at: "2001-02-03T04:05:06Z" }
"""

WRONG = """
apiVersion: infrahub.app/v1
kind: Object
spec:
  kind: SdkSite
  data:
    - { name: NAME-x, colour: red }
    - { vlan: 3 }
"""


async def run(run, client, seen):
    infrahubctl, name = Infrahubctl(run, seen), run.name("ctl")
    await run.create(client, "BuiltinTag", name=f"{name}-red")
    infrahubctl.write("objects.yml", OBJECTS.replace("NAME", name))
    infrahubctl.write("wrong.yml", WRONG.replace("NAME", name))
    await infrahubctl("object", "validate", "objects.yml")
    await infrahubctl("object", "validate", "wrong.yml")
    await infrahubctl("object", "load", "objects.yml")
    await infrahubctl("object", "load", "objects.yml")
    for kind, stems in {"SdkSite": ("atl", "ord"), "SdkDevice": ("leaf1", "leaf2")}.items():
        run.made(*await client.filters(kind, name__values=[f"{name}-{stem}" for stem in stems]))

    # the server lists the fields of a kind in no order, and of a tag here the name alone is shown
    for form in ("table", "csv"):
        await infrahubctl("object", "get", "BuiltinTag", "--filter", f"name__value={name}-red", "--output", form)
    for form in ("json", "yaml"):
        await infrahubctl("object", "get", "SdkDevice", "--filter", f"name__value={name}-leaf1", "--output", form,
                          ordered=False)
    await infrahubctl("object", "get", "SdkSite", f"{name}-ord", ordered=False)
    await infrahubctl("object", "get", "SdkCopperPort", f"{name}-leaf1/eth0", "--output", "yaml", ordered=False)
    await infrahubctl("object", "get", "SdkSite", "--filter", f"name__value={name}-nothing")
    await infrahubctl("object", "get", "SdkSite", f"{name}-nothing")

    await infrahubctl("object", "create", "SdkDevice", "--set", f"name={name}-spine", "--set", f"site={name}-atl")
    await infrahubctl("object", "update", "SdkDevice", f"{name}-spine", "--set", "role=spine", "--set", f"site={name}-ord")
    await infrahubctl("object", "update", "SdkDevice", f"{name}-spine", "--set", "role=spine")
    await infrahubctl("object", "get", "SdkDevice", f"{name}-spine", "--output", "yaml", ordered=False)
    await infrahubctl("object", "update", "SdkDevice", f"{name}-spine", "--set", "role=none")
    await infrahubctl("object", "create", "SdkDevice", "--set", f"name={name}-lost", "--set", "site=nowhere")
    await infrahubctl("object", "delete", "SdkDevice", f"{name}-spine", "--yes")
    await infrahubctl("object", "delete", "SdkDevice", f"{name}-spine", "--yes")
