"""infrahubctl: schema files."""

import yaml
from infrahubctl import Infrahubctl

# As in schema.yml.
FIBER_PORT = """
version: "1.0"
nodes:
  - name: FiberPort
    namespace: Sdk
    inherit_from: [SdkPort]
    attributes:
      - { name: wavelength, kind: Number, optional: true }
"""

RACK = """
version: "1.0"
nodes:
  - name: Rack
    namespace: Sdk
    human_friendly_id: [name__value]
    attributes:
      - { name: name, kind: Text, unique: true }
      - { name: units, kind: Number, optional: true }
"""


async def run(run, client, seen):
    infrahubctl = Infrahubctl(run, seen)
    branch = run.made(run.name("schema"))
    await client.branch.create(branch)
    infrahubctl.write("fiber_port.yml", FIBER_PORT)
    infrahubctl.write("rack.yml", RACK)
    infrahubctl.write("wrong.yml", RACK.replace("kind: Number", "kind: Numbr"))
    infrahubctl.write("peerless.yml", RACK + "    relationships:\n      - { name: room, peer: SdkRoom, cardinality: one }\n")
    await infrahubctl("validate", "schema", "rack.yml")
    await infrahubctl("schema", "check", "rack.yml", "--branch", branch)
    await infrahubctl("schema", "check", "fiber_port.yml", "--branch", branch)
    await infrahubctl("schema", "load", "rack.yml", "--branch", branch, "--wait", "300",
                      only=["schema '", "schema processed", "updated on all workers", "Unable", "Error"])
    await infrahubctl("schema", "load", "rack.yml", "--branch", branch)
    await infrahubctl("schema", "load", "wrong.yml", "--branch", branch)
    await infrahubctl("schema", "load", "peerless.yml", "--branch", branch)
    await infrahubctl("schema", "load", "rack.yml", "--branch", run.name("nowhere"), only=["Unable", "branch", "Error"])
    await infrahubctl("schema", "list", "--filter", "Sdk", "--branch", branch)
    await infrahubctl("schema", "show", "SdkRack", "--branch", branch, ordered=False)
    await infrahubctl("schema", "show", "SdkSite", ordered=False)
    await infrahubctl("schema", "show", "SdkNothing")
    await infrahubctl("schema", "export", "--namespaces", "Sdk", "--branch", branch, "--directory", "exported")
    exported = yaml.safe_load(infrahubctl.read("exported/sdk.yml"))
    seen.show("exported/sdk.yml", sorted(kind["name"] for kind in exported["generics"] + exported["nodes"]))
    await infrahubctl("protocols", "--out", "protocols.py")
    protocols = infrahubctl.read("protocols.py")
    seen.text("protocols.py", protocols[protocols.index("class SdkSite("):].split("\nclass ")[0])
