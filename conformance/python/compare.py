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
# What a busy server says of work that it did not do: somebody merges, or writes the same, or its task manager is busy.
PASSING = ("A merge is currently in progress", "it would form this deadlock wait cycle", "Server error '50")
# What it says of what is deleted already.
GONE = ("Unable to find the node", "not found.")


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
            await delete(client, self._made.pop())
        shutil.rmtree(self.folder)


async def delete(client, made):
    for _ in range(60):
        try:
            await (client.branch.delete(made) if isinstance(made, str) else client.delete(made.get_kind(), made.id))
            return
        except Exception as error:
            problem = told(error)
            if any(part in str(error) for part in GONE):
                return
            if not passes(str(error)):
                break
            await asyncio.sleep(1)
    print(f"cannot delete {made}: {problem}", file=sys.stderr)


def passes(text):
    return any(part in text for part in PASSING)


async def seen_in(name, attempts):
    """What a section sees. It begins again where the server was too busy."""
    for attempt in range(1, attempts + 1):
        run = Run()
        seen, client = Seen(run.id, run.address), run.client()
        try:
            await sections.section(name)(run, client, seen)
        except Exception as error:
            traceback.print_exc()
            seen.show("the section ended with", told(error))
        finally:
            await run.clean(client)
        if attempt == attempts or not passes(str(seen)):
            return str(seen)
        print(f"{name}: begins again, the server was busy", file=sys.stderr)
        await asyncio.sleep(20)


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
        # nobody else uses the sandbox
        text = await seen_in(name, 1 if arguments.sandbox else 5)
        if arguments.record:
            (EXPECTED / f"{name}.txt").write_text(text)
        elif not compare(name, text):
            failed.append(name)
        print(f"{name}: {time.monotonic() - began:.1f} s", file=sys.stderr)
    if failed:
        sys.exit(f"not as expected: {', '.join(failed)}")
    print(f"{len(names)} sections {'recorded' if arguments.record else 'as expected'}", file=sys.stderr)


asyncio.run(main())
