"""The task of this benchmark with the Python SDK, as its documentation shows it."""

import asyncio
import json
import sys
import time

from infrahub_sdk import InfrahubClient


def values(site, number):
    return {
        "name": f"{site}-{number:04}",
        "role": ("spine", "leaf", "edge")[number % 3],
        "height": 1 + number % 4,
        "asn": 65000 + number,
        "description": f"Device {number} of {site}",
        "site": [site],
    }


async def read(client, site, parallel):
    devices = await client.filters(kind="InfraDevice", site__name__value=site, parallel=parallel)
    return len(devices)


async def create(client, site, count):
    batch = await client.create_batch()
    for number in range(count):
        node = await client.create(kind="InfraDevice", data=values(site, number))
        batch.add(task=node.save, node=node)
    created = 0
    async for _ in batch.execute():
        created += 1
    return created


async def main():
    began = time.perf_counter()
    client = InfrahubClient()
    match sys.argv[1:]:
        case ["read", site]:
            nodes = await read(client, site, parallel=False)
        case ["read-parallel", site]:
            nodes = await read(client, site, parallel=True)
        case ["create", site, count]:
            nodes = await create(client, site, int(count))
        case _:
            sys.exit("usage: read SITE | read-parallel SITE | create SITE COUNT")
    print(json.dumps({"nodes": nodes, "seconds": time.perf_counter() - began}))


asyncio.run(main())
