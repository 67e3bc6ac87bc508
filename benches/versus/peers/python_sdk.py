"""The tasks of this benchmark with the Python SDK, as its documentation shows them."""

import asyncio
import json
import sys
import time

from infrahub_sdk import InfrahubClient

KINDS = {"tag": "BuiltinTag", "device": "InfraDevice"}


def values(kind, prefix, number):
    data = {"name": f"{prefix}-{number:04}", "description": f"number {number}"}
    if kind == "device":
        data |= {"role": ("spine", "leaf", "edge")[number % 3], "height": 1 + number % 4, "asn": 65000 + number,
                 "site": ["versus"]}
    return data


async def read(client, kind, prefix, parallel):
    nodes = await client.filters(kind=KINDS[kind], name__value=prefix, partial_match=True, parallel=parallel)
    return len(nodes)


async def create(client, kind, prefix, count):
    batch = await client.create_batch()
    for number in range(count):
        node = await client.create(kind=KINDS[kind], data=values(kind, prefix, number))
        batch.add(task=node.save, node=node)
    created = 0
    async for _ in batch.execute():
        created += 1
    return created


async def main():
    began = time.perf_counter()
    client = InfrahubClient()
    match sys.argv[1:]:
        case ["read" | "read-parallel" as task, kind, prefix]:
            nodes = await read(client, kind, prefix, parallel=task == "read-parallel")
        case ["create", kind, prefix, count]:
            nodes = await create(client, kind, prefix, int(count))
        case _:
            sys.exit("usage: read tag|device PREFIX | read-parallel … | create tag|device PREFIX COUNT")
    print(json.dumps({"nodes": nodes, "seconds": time.perf_counter() - began}))


asyncio.run(main())
