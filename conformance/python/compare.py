"""Runs the sections against the server of INFRAHUB_ADDRESS, and compares what they saw with what a server gave.

`run` beside this file starts it, with the SDK in the path.
"""

import argparse
import asyncio
import difflib
import os
import shutil
import sys
import tempfile
import time
import traceback
from pathlib import Path

import sections
import yaml
from infrahub_sdk import Config, InfrahubClient
from seen import Seen, told

HERE = Path(__file__).resolve().parent
EXPECTED = HERE / "expected"
SCHEMA = yaml.safe_load((HERE / "schema.yml").read_text())
# What the server says of a write that somebody else's work kept it from: a merge, or a deadlock with another write.
PASSING = ("A merge is currently in progress", "it would form this deadlock wait cycle")
# A server takes half a minute for it, and nothing that follows has to wait for that.
DELETE_BRANCH = "mutation ($name: String!) { BranchDelete(data: {name: $name}, wait_until_completion: false) { ok } }"


class Run:
    """What a section is given: the server, names that nothing else uses, and what has to be deleted at the end."""

    def __init__(self):
        self.address, self.token = os.environ["INFRAHUB_ADDRESS"], os.environ["INFRAHUB_API_TOKEN"]
        self.id = f"{time.time_ns() // 1000 % 0x1_0000_0000:08x}"
        self.folder = Path(tempfile.mkdtemp(prefix="infrahub-sdk-"))
        self._made = []

    def config(self, **settings):
        return Config(**{"address": self.address, "api_token": self.token, **settings})

    def client(self, **settings):
        return InfrahubClient(config=self.config(**settings))

    def name(self, stem):
        return f"{stem}-{self.id}"

    def made(self, *made):
        """Notes what is deleted at the end of the section, the last first: objects, and branches by their names."""
        self._made += made
        return made[0] if len(made) == 1 else made

    async def create(self, client, kind, **data):
        node = await client.create(kind, **data)
        await node.save()
        return self.made(node)

    async def clean(self, client):
        while self._made:
            made = self._made.pop()
            try:
                if isinstance(made, str):
                    await client.execute_graphql(DELETE_BRANCH, variables={"name": made})
                else:
                    await client.delete(made.get_kind(), made.id)
            except Exception as error:
                if passes(str(error)):
                    self._made.append(made)
                    await asyncio.sleep(1)
                elif "Unable to find the node" not in str(error):
                    print(f"cannot delete {made}: {told(error)}", file=sys.stderr)
        shutil.rmtree(self.folder)


def passes(text):
    return any(part in text for part in PASSING)


async def seen_in(name):
    """What a section sees. It begins again where the work of somebody else came in between."""
    while True:
        run = Run()
        seen, client = Seen(run.id, run.address), run.client()
        try:
            await sections.section(name)(run, client, seen)
        except Exception as error:
            if not passes(str(error)):
                traceback.print_exc()
            seen.show("the section ended with", told(error))
        finally:
            await run.clean(client)
        if not passes(str(seen)):
            return str(seen)
        print(f"{name}: begins again, somebody else's work came in between", file=sys.stderr)


async def load():
    """Loads the schema. It stays on the server, which takes away no kinds that refer to each other."""
    answer = await InfrahubClient().schema.load([SCHEMA], wait_until_converged=True)
    if answer.errors:
        sys.exit(f"the server refuses schema.yml: {answer.errors}")


def compare(name, text):
    """Whether it is as expected; shows the difference where it is not."""
    file = EXPECTED / f"{name}.txt"
    expected = file.read_text() if file.exists() else ""
    for line in difflib.unified_diff(expected.splitlines(), text.splitlines(), str(file.relative_to(HERE)), "seen",
                                     lineterm=""):
        print(line)
    return expected == text


async def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help="one of " + ", ".join(sections.NAMES))
    parser.add_argument("--record", action="store_true", help="write what was seen into expected/")
    parser.add_argument("--sandbox", action="store_true", help="leave out what the sandbox lacks")
    arguments = parser.parse_args()
    if unknown := set(arguments.sections) - set(sections.NAMES):
        parser.error(f"no section is called {', '.join(sorted(unknown))}; --help lists them")
    lacking = sections.LACKING if arguments.sandbox else set()
    names = [name for name in arguments.sections or sections.NAMES if name not in lacking]

    failed = []
    await load()
    for name in names:
        began = time.monotonic()
        text = await seen_in(name)
        if arguments.record:
            (EXPECTED / f"{name}.txt").write_text(text)
        elif not compare(name, text):
            failed.append(name)
        print(f"{name}: {time.monotonic() - began:.1f} s", file=sys.stderr)
    if failed:
        sys.exit(f"not as expected: {', '.join(failed)}")
    print(f"{len(names)} sections {'recorded' if arguments.record else 'as expected'}", file=sys.stderr)


asyncio.run(main())
