"""The schema: read, checked, loaded, exported, and the choices of its attributes."""

KIND = {"name": "Rack", "namespace": "Sdk", "human_friendly_id": ["name__value"], "attributes": [
    {"name": "name", "kind": "Text", "unique": True},
    {"name": "units", "kind": "Number", "optional": True},
]}
# As in schema.yml, but for a label and an attribute.
CHANGED = {"name": "FiberPort", "namespace": "Sdk", "inherit_from": ["SdkPort"], "attributes": [
    {"name": "wavelength", "kind": "Number", "optional": True, "label": "Colour"},
    {"name": "connector", "kind": "Text", "optional": True},
]}


# What differs from server to server, and what only the web interface uses: the sandbox has its defaults.
LEFT_OUT = ("id", "hash", "allow_override", "display", "icon")


def shown(part):
    """A kind, or a part of one, as the SDK read it. The server lists fields and generics in no order."""
    fields = {key: value for key, value in part.model_dump(mode="json").items()
              if key not in (*LEFT_OUT, "attributes", "relationships") and value is not None}
    if "inherit_from" in fields:
        fields["inherit_from"].sort()
    return fields


def by_name(parts):
    return sorted(parts, key=lambda part: part.name)


async def run(run, client, seen):
    for name in ("SdkSite", "SdkDevice", "SdkPort", "SdkCopperPort", "SdkPrefix", "SdkDrawing", "ProfileSdkSite"):
        kind = await client.schema.get(name)
        seen.show(name, {"class": type(kind).__name__, **shown(kind)})
        for part in by_name(kind.attributes) + by_name(kind.relationships):
            seen.show(f"{name}.{part.name}", shown(part))

    with seen.failure("a kind that is not there"):
        await client.schema.get("SdkNothing")
    with seen.failure("the schema of a branch that is not there"):
        await client.schema.all(branch=run.name("nowhere"))
    of_namespace = await client.schema.fetch("main", namespaces=["Sdk"], populate_cache=False)
    seen.show("kinds of the namespace", sorted(of_namespace))
    seen.show("in sync", await client.schema.in_sync())
    sdl = await client.schema.get_graphql_schema()
    seen.show("the SDL has the kinds", [f"type Sdk{name} implements" in sdl for name in ("Site", "Drawing", "Rack")])

    branch = run.made(run.name("schema"))
    await client.branch.create(branch)
    await changes(client, branch, seen)


async def changes(client, branch, seen):
    file = {"version": "1.0", "nodes": [KIND]}
    seen.show("check of a new kind and a changed one", list(
        await client.schema.check([{"version": "1.0", "nodes": [KIND, CHANGED]}], branch=branch)))
    extension = {"version": "1.0", "extensions": {"nodes": [{"kind": "SdkSite", "attributes": [
        {"name": "postcode", "kind": "Text", "optional": True}]}]}}
    await load("a new kind and an extension are loaded", client, branch, seen, [file, extension])
    await load("again", client, branch, seen, [file, extension])

    kind = await client.schema.get("SdkSite", branch=branch, refresh=True)
    seen.show("the extended kind", sorted(kind.attribute_names))
    kind = await client.schema.get("SdkRack", branch=branch)
    seen.show("the loaded kind", [shown(part) for part in by_name(kind.attributes)])
    main = await client.schema.all(refresh=True)
    seen.show("the default branch has it", "SdkRack" in main)

    for what, wrong in {
        "an attribute kind that is none": {**KIND, "attributes": [{"name": "name", "kind": "Txt"}]},
        "a field that is none": {**KIND, "colour": "red"},
        "a peer that is none": {**KIND, "relationships": [{"name": "room", "peer": "SdkRoom", "cardinality": "one"}]},
        "a name that is none": {**KIND, "name": "rack"},
    }.items():
        answer = await client.schema.load([{"version": "1.0", "nodes": [wrong]}], branch=branch)
        seen.show(what, answer.errors)

    await client.schema.add_dropdown_option("SdkSite", "status", "closed", color="#ff0000", label="Closed",
                                            branch=branch)
    kind = await client.schema.get("SdkSite", branch=branch, refresh=True)
    seen.show("choices", [choice["name"] for choice in kind.get_attribute("status").choices])
    with seen.failure("a choice that is there"):
        await client.schema.add_dropdown_option("SdkSite", "status", "closed", branch=branch)
    exported = await client.schema.export(branch=branch, namespaces=["Sdk"])
    for namespace, content in exported.namespaces.items():
        names = {what: sorted(kind["name"] for kind in getattr(content, what)) for what in ("generics", "nodes")}
        seen.show(f"export of {namespace}", names)


async def load(what, client, branch, seen, files):
    before = (await client.schema.all(branch=branch, refresh=True)) and client.schema.cache[branch].hash
    answer = await client.schema.load(files, branch=branch, wait_until_converged=True)
    seen.show(what, {
        "errors": answer.errors,
        "warnings": [warning.model_dump(mode="json") for warning in answer.warnings],
        "updated": answer.schema_updated,
        "hash has changed": answer.hash != answer.previous_hash,
        "previous hash is the one that was served": answer.previous_hash == before,
    })
