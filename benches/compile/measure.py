"""What a command takes."""

import os
import signal
import subprocess
import sys
import time
from collections import namedtuple

Taken = namedtuple("Taken", "wall cpu megabytes")


class TooLong(Exception):
    pass


def measure(limit, *command, folder, environment, codes=(0,)):
    """Runs a command to its end and says what it and its children took; it must end with one of the codes."""
    before = time.monotonic()
    child = subprocess.Popen([str(word) for word in command], cwd=folder, env=environment, start_new_session=True,
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    signal.signal(signal.SIGALRM, lambda *_: os.killpg(child.pid, signal.SIGKILL))
    signal.alarm(limit)
    errors = child.stderr.read()
    _, status, used = os.wait4(child.pid, 0)
    signal.alarm(0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode == -signal.SIGKILL:
        raise TooLong(f"more than {limit} s")
    if child.returncode not in codes:
        sys.exit(f"{' '.join(map(str, command))} in {folder}:\n{errors}")
    return Taken(time.monotonic() - before, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
