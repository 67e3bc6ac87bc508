"""The same answer decoded by the Python SDK: JSON, then the objects that `client.all` makes of it."""

import json
import resource
import statistics
import sys
import time

from infrahub_sdk import Config, InfrahubClientSync
from infrahub_sdk.node import InfrahubNodeSync
from infrahub_sdk.schema import NodeSchemaAPI

ROUNDS = 5


def main():
    with open(sys.argv[1], "rb") as answer, open(sys.argv[2], "rb") as snapshot:
        text, kinds = answer.read(), json.load(snapshot)["kinds"]
    client = InfrahubClientSync(config=Config(address="http://127.0.0.1:1"))
    schema = NodeSchemaAPI(**next(kind for kind in kinds if kind["kind"] == "InfraDevice"))
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        edges = json.loads(text)["data"]["InfraDevice"]["edges"]
        nodes = [InfrahubNodeSync.from_graphql(client=client, branch="main", data=edge, schema=schema)
                 for edge in edges]
        times.append(time.perf_counter() - began)
    assert len(nodes) == 10_000 and sum(node.height.value for node in nodes) == 25_000
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(f"| Python SDK | {statistics.median(times) * 1e3:.0f} | | {held:.0f}, the whole process | |")


main()
