"""Documents of the program's own, sent as they are and by their name."""

SITES = """
query Sites($names: [String], $more: Boolean = false) {
  first: SdkSite(name__values: $names) { count edges { node { ...fields devices @include(if: $more) { count } } } }
}
fragment fields on SdkSite { name { value } status { value label color } vlan { value is_default } }
"""


async def run(run, client, seen):
    site = await run.create(client, "SdkSite", name=run.name("site"), vlan=5)
    names = {"names": [run.name("site")]}
    seen.show("variables, an alias and a fragment", await client.execute_graphql(SITES, variables=names))
    seen.show("a directive", await client.execute_graphql(SITES, variables={**names, "more": True}))
    types = await client.execute_graphql(
        '{ __type(name: "SdkSite") { name kind fields { name } interfaces { name } } __schema { queryType { name } } }')
    types["__type"]["interfaces"].sort(key=str)
    types["__type"]["fields"].sort(key=str)
    seen.show("introspection", types)
    seen.show("kinds of a node", await client.execute_graphql(
        "query ($ids: [ID]) { CoreNode(ids: $ids) { edges { node { __typename id ... on SdkSite { vlan { value } } } } } }",
        variables={"ids": [site.id]}))
    seen.show("search", await client.execute_graphql(
        "query ($q: String!) { InfrahubSearchAnywhere(q: $q) { count edges { node { id kind } } } }",
        variables={"q": site.id}))

    for what, query, variables in (
        ("a field that is none", "{ SdkSite { colour } }", {}),
        ("a root that is none", "{ SdkNothing { count } }", {}),
        ("a variable is missing", "query ($id: String!) { SdkSite(name__value: $id) { count } }", {}),
        ("two operations", "query a { SdkSite { count } } query b { SdkSite { count } }", {}),
    ):
        with seen.failure(what):
            await client.execute_graphql(query, variables=variables)

    await run.create(client, "CoreGraphQLQuery", name=run.name("sites"), query=SITES)
    seen.show("a stored query", await client.query_gql_query(run.name("sites"), variables=names))
    with seen.failure("a stored query that is none"):
        await client.query_gql_query(run.name("nothing"))
