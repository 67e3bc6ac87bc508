"""Schemas of any size, as realistic as a generated one can be, in the two forms that a server gives.

    python3 schema.py KINDS FOLDER

writes `nodes.json` and `schema.graphql`. Nine of ten kinds are nodes, one is a generic that four of them inherit
from. A kind has 8 to 10 attributes of all sorts and 2 to 4 relationships, beside those to groups and profiles that
the server adds to every kind.
"""

import hashlib
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path

AREAS = ["Dcim", "Ipam", "Circuit", "Wireless", "Security", "Cloud", "Power", "Service", "Tenancy", "Routing",
         "Storage", "Compute", "Backup", "Monitoring", "Voice", "Access", "Optical", "Cable", "Asset", "Project",
         "Billing", "Campus", "Catalog", "Charge", "Cooling", "Customer", "Database", "Depot", "Dispatch", "Edge",
         "Fabric", "Facility", "Fleet", "Fulfil", "Harbor", "Incident", "Lab", "License", "Logistics", "Market",
         "Mobile", "Partner", "Peering", "Plant", "Quality", "Radio", "Region", "Retail", "Satellite", "Vendor"]
NOUNS = ["Device", "Site", "Interface", "Policy", "Contract", "Group", "Zone", "Profile", "Session"]
SHARED = "Element"  # the generic of an area
HEIRS = 4  # how many nodes of an area inherit from it
EXTRA_SIZES = [5, 6, 7]


@dataclass
class Attribute:
    name: str
    kind: str
    optional: bool = True
    description: str = ""
    default: object = None
    choices: list = field(default_factory=list)
    unique: bool = False
    inherited: bool = False

    @property
    def graphql_type(self):
        return {"Text": "TextAttribute", "TextArea": "TextAttribute", "URL": "TextAttribute", "ID": "TextAttribute",
                "DateTime": "TextAttribute", "Number": "NumberAttribute", "Bandwidth": "NumberAttribute",
                "Boolean": "CheckboxAttribute", "Dropdown": "Dropdown", "IPHost": "IPHost",
                "IPNetwork": "IPNetwork", "MacAddress": "MacAddress", "JSON": "JSONAttribute",
                "List": "ListAttribute"}[self.kind]

    @property
    def scalar(self):
        return {"NumberAttribute": "BigInt", "CheckboxAttribute": "Boolean", "JSONAttribute": "GenericScalar",
                "ListAttribute": "GenericScalar"}.get(self.graphql_type, "String")


@dataclass
class Relationship:
    name: str
    peer: str
    one: bool
    optional: bool = True
    kind: str = "Attribute"
    identifier: str = ""
    inherited: bool = False


@dataclass
class Kind:
    namespace: str
    name: str
    attributes: list
    relationships: list
    is_generic: bool = False
    generics: list = field(default_factory=list)  # that it inherits from
    heirs: list = field(default_factory=list)  # of a generic

    @property
    def kind(self):
        return self.namespace + self.name

    @property
    def to_one(self):
        return [relationship for relationship in self.relationships if relationship.one]


STATUS = ["active", "decommissioned", "maintenance", "planned", "provisioning"]
ROLES = ["access", "aggregation", "backup", "core", "edge", "management", "primary", "test"]
# What kinds have beside a name, a description and a status: each takes 5 to 7 of these in turn.
EXTRAS = [
    ("role", "Dropdown", {"choices": ROLES}), ("height", "Number", {"default": 1}), ("serial", "ID", {}),
    ("enabled", "Boolean", {"default": True}), ("address", "IPHost", {}), ("installed_at", "DateTime", {}),
    ("mtu", "Number", {"default": 1500}), ("mac_address", "MacAddress", {}), ("facts", "JSON", {}),
    ("prefix", "IPNetwork", {}), ("speed", "Bandwidth", {}), ("labels", "List", {}), ("notes", "TextArea", {}),
    ("asn", "Number", {"optional": False}), ("homepage", "URL", {}), ("is_virtual", "Boolean", {"default": False}),
    ("contract_number", "Text", {"optional": False}), ("expires_at", "DateTime", {}),
]


def attributes(number):
    fixed = [Attribute("name", "Text", optional=False, unique=True, description="Lower case, at most 63 letters."),
             Attribute("description", "Text"),
             Attribute("status", "Dropdown", choices=STATUS, default="active", description="Where in its life it is.")]
    start, size = number * 5, EXTRA_SIZES[number % len(EXTRA_SIZES)]
    chosen = [EXTRAS[(start + offset) % len(EXTRAS)] for offset in range(size)]
    return fixed + [Attribute(name, kind, description=f"The {name.replace('_', ' ')} that automation relies on.",
                              **options) for name, kind, options in chosen]


def relationships(number, kind, peers):
    """The first is to one; the others alternate. Peers are other kinds of the same area."""
    names = ["parent", "members", "location", "related"][:2 + number % 3]
    return [Relationship(name, peers[(number + 1 + 2 * place) % len(peers)], one=place % 2 == 0,
                         optional=place > 0 or number % 2 == 1, identifier=f"{kind}__{name}".lower())
            for place, name in enumerate(names)]


def kinds(count):
    """The kinds of a schema, sorted by name; `count` is a multiple of ten, at most 500."""
    if count % 10 or not 0 < count <= 10 * len(AREAS):
        sys.exit(f"{count} kinds: take a multiple of ten up to {10 * len(AREAS)}")
    found = []
    for place, area in enumerate(AREAS[:count // 10]):
        nodes = [area + noun for noun in NOUNS]
        generic = Kind(area, SHARED, attributes(place)[:5], relationships(0, area + SHARED, nodes),
                       is_generic=True, heirs=nodes[:HEIRS])
        found.append(generic)
        for offset, noun in enumerate(NOUNS):
            number = place * len(NOUNS) + offset
            kind = Kind(area, noun, attributes(number), relationships(number, area + noun, nodes))
            if kind.kind in generic.heirs:
                kind.generics = [generic.kind]
                inherit(kind, generic)
            found.append(kind)
    return sorted(found, key=lambda kind: kind.kind)


def inherit(kind, generic):
    for mine, theirs in ((kind.attributes, generic.attributes), (kind.relationships, generic.relationships)):
        own = {item.name: item for item in mine}
        inherited = [type(item)(**{**vars(item), "inherited": True}) for item in theirs]
        mine[:] = inherited + [item for name, item in own.items() if name not in {item.name for item in theirs}]
        del mine[10:]


# --- what the server adds ---------------------------------------------------------------------------

GROUPS = [Relationship("member_of_groups", "CoreGroup", one=False, kind="Group", identifier="group_member"),
          Relationship("subscriber_of_groups", "CoreGroup", one=False, kind="Group", identifier="group_subscriber")]
PROFILES = Relationship("profiles", "CoreProfile", one=False, kind="Profile", identifier="node__profile")
CORE_GROUP = Kind("Core", "Group", [Attribute("name", "Text", optional=False, unique=True), Attribute("label", "Text"),
                                    Attribute("description", "Text")], [], is_generic=True)
CORE_PROFILE = Kind("Core", "Profile", [Attribute("profile_name", "Text", optional=False, unique=True),
                                        Attribute("profile_priority", "Number", default=1000)], [], is_generic=True)
CORE = [CORE_GROUP, CORE_PROFILE]


def all_relationships(kind):
    return kind.relationships + ([] if kind in CORE else [*GROUPS, PROFILES])


# --- nodes.json -------------------------------------------------------------------------------------


def title(name):
    return name.replace("_", " ").title()


def attribute_json(attribute, weight):
    parts = {"name": attribute.name, "kind": attribute.kind}
    if attribute.choices:
        parts["choices"] = [{"name": name, "label": title(name), "color": f"#{0x7fbf7f + 0x0a1d33 * place:06x}",
                             "description": f"It is {name}."} for place, name in enumerate(attribute.choices)]
    parts |= {"label": title(attribute.name), "description": attribute.description or None,
              "unique": attribute.unique or None, "optional": attribute.optional, "branch": "aware",
              "order_weight": weight, "default_value": attribute.default, "inherited": attribute.inherited or None}
    return {name: value for name, value in parts.items() if value is not None}


def relationship_json(relationship, weight):
    parts = {"name": relationship.name, "peer": relationship.peer, "kind": relationship.kind,
             "label": title(relationship.name), "identifier": relationship.identifier,
             "cardinality": "one" if relationship.one else "many",
             "min_count": 0 if relationship.optional else 1, "max_count": 1 if relationship.one else 0,
             "order_weight": weight, "optional": relationship.optional, "branch": "aware",
             "inherited": relationship.inherited, "direction": "bidirectional", "on_delete": "no-action"}
    return {name: value for name, value in parts.items() if value or name == "optional"}


def kind_json(kind):
    name = kind.attributes[0].name
    parts = {"flavour": "generic" if kind.is_generic else "node", "kind": kind.kind, "namespace": kind.namespace,
             "name": kind.name, "label": title(kind.name), "description": description(kind), "branch": "aware",
             "human_friendly_id": [f"{name}__value"], "display_label": f"{{{{ {name}__value }}}}",
             "order_by": [f"{name}__value"], "uniqueness_constraints": [[f"{name}__value"]]}
    if kind.generics:
        parts["inherit_from"] = kind.generics
    if kind.heirs:
        parts["used_by"] = kind.heirs
    everything = [*kind.attributes, *all_relationships(kind)]
    weights = {item.name: 1000 * (place + 1) for place, item in enumerate(everything)}
    return parts | {
        "generate_profile": kind not in CORE,
        "attributes": [attribute_json(attribute, weights[attribute.name]) for attribute in kind.attributes],
        "relationships": [relationship_json(item, weights[item.name]) for item in all_relationships(kind)],
    }


def description(kind):
    return f"What the {kind.namespace.lower()} team calls a {kind.name.lower()}."


def nodes_json(schema):
    """The node schema as a snapshot keeps it."""
    everything = sorted([*schema, *CORE], key=lambda kind: kind.kind)
    namespaces = {kind.namespace: kind not in CORE for kind in everything}
    return json.dumps({"format": 1, "namespaces": dict(sorted(namespaces.items())),
                       "kinds": [kind_json(kind) for kind in everything]}, indent=1) + "\n"


def api(schema):
    """The node schema as a server answers it."""
    lists = {"nodes": [], "generics": [], "profiles": [], "templates": []}
    for kind in [*schema, *CORE]:
        parts = kind_json(kind)
        text = json.dumps(parts).encode()
        parts |= {"id": None, "state": "present", "hash": hashlib.md5(text, usedforsecurity=False).hexdigest()}
        lists[f"{parts.pop('flavour')}s"].append(parts)
    text = json.dumps(lists).encode()
    namespaces = {kind.namespace: kind not in CORE for kind in [*schema, *CORE]}
    return {"main": hashlib.md5(text, usedforsecurity=False).hexdigest(), **lists,
            "namespaces": [{"name": name, "user_editable": own} for name, own in sorted(namespaces.items())]}


# --- schema.graphql ---------------------------------------------------------------------------------

PRELUDE = '''
schema { query: Query mutation: Mutation }
scalar BigInt
scalar DateTime
scalar GenericScalar
enum OrderDirection { ASC DESC }
input OrderByItem { field: String! direction: OrderDirection }
input OrderInput { by: [OrderByItem!] disable: Boolean }
input ContextInput { account: String }
input DeleteInput { id: String hfid: [String] }
input RelatedNodeInput {
  _relation__is_protected: Boolean _relation__owner: String _relation__source: String
  hfid: [String] id: String kind: String
}
type PaginatedObjectPermission { count: Int! edges: [ObjectPermissionNode!]! }
type ObjectPermissionNode { node: ObjectPermission! }
type ObjectPermission { kind: String! create: String! update: String! delete: String! view: String! }
type PermissionType { update_value: String }
interface LineageOwner { display_label: String hfid: [String!] id: String }
interface LineageSource { display_label: String hfid: [String!] id: String }
type CoreAccount implements LineageOwner & LineageSource { display_label: String hfid: [String!] id: String }
type RelationshipProperty { is_protected: Boolean owner: LineageOwner source: LineageSource updated_at: DateTime }
type InfrahubNodeMetadata { created_at: DateTime updated_at: DateTime }
type InfrahubRelationshipMetadata { created_at: DateTime updated_at: DateTime }
interface AttributeInterface { is_default: Boolean is_protected: Boolean updated_at: DateTime }
interface CoreNode {
  display_label: String
  """Human friendly identifier"""
  hfid: [String!]
  """Unique identifier"""
  id: String
}
type CoreStandardGroup implements CoreGroup & CoreNode {
  description: TextAttribute display_label: String hfid: [String!] id: String! label: TextAttribute name: TextAttribute
}
'''
MORE_OF_VALUES = {
    "Dropdown": "color: String description: String label: String",
    "IPHost": "hostmask: String ip: String netmask: String prefixlen: Int version: Int with_hostmask: String "
              "with_netmask: String",
    "IPNetwork": "broadcast_address: String hostmask: String netmask: String num_addresses: Int prefixlen: Int "
                 "version: Int with_hostmask: String with_netmask: String",
    "MacAddress": "bare: String binary: String dot_notation: String ei: String eui48: String eui64: String oui: String "
                  "semicolon_notation: String split_notation: String version: Int",
}
VALUES = {"TextAttribute": "String", "NumberAttribute": "BigInt", "CheckboxAttribute": "Boolean",
          "JSONAttribute": "GenericScalar", "ListAttribute": "GenericScalar", "Dropdown": "String", "IPHost": "String",
          "IPNetwork": "String", "MacAddress": "String"}
INPUTS = {"Dropdown": "Text", "IPHost": "Text", "IPNetwork": "Text", "MacAddress": "Text"}


def value_types():
    for name, scalar in VALUES.items():
        yield (f"type {name} implements AttributeInterface {{ id: String is_default: Boolean is_from_profile: Boolean "
               f"is_protected: Boolean owner: LineageOwner permissions: PermissionType source: LineageSource "
               f"updated_at: DateTime value: {scalar} {MORE_OF_VALUES.get(name, '')} }}")
    for name in ("Text", "Number", "Checkbox", "JSON", "List"):
        scalar = VALUES[f"{name}Attribute"]
        yield (f"input {name}AttributeCreate {{ is_protected: Boolean owner: String source: String "
               f"value: {scalar} }}")
        yield (f"input {name}AttributeUpdate {{ is_default: Boolean is_protected: Boolean owner: String source: String "
               f"value: {scalar} }}")


def attribute_filters(attribute, prefix=""):
    name, scalar = prefix + attribute.name, attribute.scalar
    yield f"{name}__is_protected: Boolean"
    if not prefix:
        yield f"{name}__isnull: Boolean"
    yield f"{name}__owner__id: ID"
    yield f"{name}__source__id: ID"
    yield f"{name}__value: {scalar}"
    yield f"{name}__values: [{scalar}]"


LABEL_FILTERS = ["display_label__isnull: Boolean", "display_label__value: String", "display_label__values: [String]"]


def query_arguments(kind, by_kind):
    arguments = ["any__value: String", "any__values: [String]", *LABEL_FILTERS, "hfid: [String]", "ids: [ID]",
                 "limit: Int", "offset: Int", "order: OrderInput", "partial_match: Boolean"]
    for attribute in kind.attributes:
        arguments += attribute_filters(attribute)
    for relationship in all_relationships(kind):
        name = relationship.name
        arguments += [f"{name}__ids: [ID]", f"{name}__isnull: Boolean"]
        for attribute in by_kind[relationship.peer].attributes:
            arguments += attribute_filters(attribute, f"{name}__")
    return sorted(arguments)


def nested_arguments(peer):
    arguments = [*LABEL_FILTERS, "ids: [ID]", "isnull: Boolean", "limit: Int", "offset: Int", "order: OrderInput"]
    for attribute in peer.attributes:
        arguments += [text for text in attribute_filters(attribute) if "isnull" not in text]
    return ", ".join(sorted(arguments))


def fields(kind, by_kind):
    yield "display_label: String"
    yield '"""Human friendly identifier"""'
    yield "hfid: [String!]"
    yield '"""Unique identifier"""'
    yield "id: String" if kind.is_generic else "id: String!"
    for attribute in kind.attributes:
        yield f'"""{attribute.description or None}"""'
        yield f"{attribute.name}: {attribute.graphql_type}"
    for relationship in all_relationships(kind):
        peer = relationship.peer
        yield (f"{relationship.name}: NestedEdged{peer}!" if relationship.one else
               f"{relationship.name}({nested_arguments(by_kind[peer])}): NestedPaginated{peer}!")


def input_fields(kind, change):
    for attribute in kind.attributes:
        name = INPUTS.get(attribute.graphql_type) or attribute.graphql_type.removesuffix("Attribute")
        yield f"{attribute.name}: {name}Attribute{change}"
    for relationship in all_relationships(kind):
        yield f"{relationship.name}: {'RelatedNodeInput' if relationship.one else '[RelatedNodeInput]'}"


def types_of(kind, by_kind):
    name = kind.kind
    implements = " & ".join(sorted([*kind.generics, "CoreNode"]))
    yield block(f"interface {name}" if kind.is_generic else f"type {name} implements {implements}",
                fields(kind, by_kind))
    yield f"type Edged{name} {{ node: {name} node_metadata: InfrahubNodeMetadata }}"
    yield (f"type NestedEdged{name} {{ node: {name} node_metadata: InfrahubNodeMetadata "
           f"properties: RelationshipProperty relationship_metadata: InfrahubRelationshipMetadata }}")
    for prefix, edge in (("Paginated", "Edged"), ("NestedPaginated", "NestedEdged")):
        yield (f"type {prefix}{name} {{ count: Int! edges: [{edge}{name}!]! "
               f"permissions: PaginatedObjectPermission! }}")
    if kind.is_generic:
        return
    for change, more in (("Create", []), ("Update", ["hfid: [String]"]), ("Upsert", ["hfid: [String]"])):
        attribute_change = "Create" if change == "Create" else "Update"
        yield block(f"input {name}{change}Input", ["id: String", *more, *input_fields(kind, attribute_change)])
        yield f"type {name}{change} {{ object: {name} ok: Boolean }}"
    yield f"type {name}Delete {{ ok: Boolean }}"


def block(head, lines):
    return head + " {\n" + "".join(f"  {line}\n" for line in lines) + "}"


def sdl(schema):
    """The GraphQL schema that a server makes of these kinds, without its own queries and mutations."""
    everything = [*schema, *CORE]
    by_kind = {kind.kind: kind for kind in everything}
    parts = [PRELUDE.strip(), *value_types()]
    queries, mutations = [], []
    for kind in everything:
        parts += types_of(kind, by_kind)
        name, docs = kind.kind, f'"""{description(kind)}"""'
        arguments = "\n    ".join(query_arguments(kind, by_kind))
        queries += [docs, f"{name}(\n    {arguments}\n  ): Paginated{name}!"]
        if not kind.is_generic:
            for change in ("Create", "Update", "Upsert"):
                mutations += [docs, f"{name}{change}(context: ContextInput, data: {name}{change}Input!): {name}{change}"]
            mutations += [docs, f"{name}Delete(context: ContextInput, data: DeleteInput!): {name}Delete"]
    parts += [block("type Query", queries), block("type Mutation", mutations)]
    return "\n".join(parts) + "\n"


def write(schema, folder):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "nodes.json").write_text(nodes_json(schema))
    (folder / "schema.graphql").write_text(sdl(schema))
    (folder / "source.json").write_text(json.dumps(
        {"server_version": "0.0.0", "branch": "main", "schema_hash": "", "kinds": {}}, indent=2) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 3 or not sys.argv[1].isdigit():
        sys.exit(__doc__)
    write(kinds(int(sys.argv[1])), Path(sys.argv[2]))
