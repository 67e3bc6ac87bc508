"""infrahubctl: documents, and Python made from them."""

from infrahubctl import Infrahubctl

QUERY = "query Sites($name: String!) { SdkSite(name__value: $name) { count edges { node { name { value } vlan { value } } } } }"


async def run(run, client, seen):
    infrahubctl = Infrahubctl(run, seen)
    await run.create(client, "SdkSite", name=run.name("site"), vlan=3)
    infrahubctl.write("sites.gql", QUERY)
    await infrahubctl("graphql", "export-schema")
    await infrahubctl("graphql", "generate-return-types", "sites.gql")
    seen.text("sites.py", infrahubctl.read("sites.py"))
    await infrahubctl("validate", "graphql-query", "sites", f"name={run.name('site')}", "--branch", "main", "--debug")
    infrahubctl.write("wrong.gql", QUERY.replace("vlan", "colour"))
    await infrahubctl("validate", "graphql-query", "wrong", f"name={run.name('site')}", "--branch", "main",
                      only=["validated", "error(s)", "Message"])
    await infrahubctl("graphql", "generate-return-types", "wrong.gql")
