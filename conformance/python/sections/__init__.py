"""What is done with the server, section by section."""

import importlib

#: Every section, in the order in which they run. `schema` comes first, for it loads what the others work with.
NAMES = [
    "schema", "server", "objects", "filters", "relationships", "generics", "batch", "branches", "pools", "groups",
    "files", "queries", "sync", "pool_usage", "traversal", "conversion",
    "ctl_info", "ctl_schema", "ctl_objects", "ctl_branches", "ctl_graphql", "ctl_dump", "ctl_report",
]

#: What the sandbox lacks, see docs/sandbox-differences.md.
LACKING = {"traversal", "ctl_report"}


def section(name):
    return importlib.import_module(f"sections.{name}").run
