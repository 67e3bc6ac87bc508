"""The program infrahubctl, started as a user types it."""

import asyncio
import os
import sys
from pathlib import Path


class Infrahubctl:
    def __init__(self, run, seen):
        self._folder, self._seen = run.folder, seen
        self._environment = {
            "PATH": os.environ["PATH"], "HOME": str(run.folder), "COLUMNS": "2000", "TERM": "dumb",
            **{name: value for name, value in os.environ.items() if name.startswith("INFRAHUB_")}}

    def write(self, name, text):
        (self._folder / name).write_text(text)

    def read(self, name):
        return (self._folder / name).read_text()

    async def __call__(self, *words, only=None, ordered=True):
        """Runs a command, and shows what it printed and how it ended.

        Of lists that others have their part in, `only` are the lines to show; where the server has no order, the
        lines are sorted.
        """
        process = await asyncio.create_subprocess_exec(
            Path(sys.executable).parent / "infrahubctl", *words, cwd=self._folder, env=self._environment,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
        text = (await process.communicate())[0].decode()
        if only:
            text = "\n".join(line for line in text.splitlines() if any(part in line for part in only))
        if not ordered:
            # the comma after the last item of a list, too, follows from the order
            text = "\n".join(sorted(line.strip("- ,") for line in text.splitlines()))
        self._seen.text(f"$ infrahubctl {' '.join(words)}", text)
        if process.returncode:
            self._seen.show("exit code", process.returncode)
