"""What a section saw, as text that is the same for every server and every run."""

import re
from contextlib import contextmanager

import yaml
from infrahub_sdk.exceptions import GraphQLError

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# What the programs write themselves is of the year 2001, and stays.
TIME = re.compile(r"20[2-9]\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)?")
AGE = re.compile(r"\((now|[^()]* ago)\)")
SECONDS = re.compile(r"\d+\.\d+ seconds")
BORDER = re.compile(r"^[\s─━┏┓┗┛┡┩┳┻┼╇┴┬├┤└┘┌┐╭╮╰╯]*$")
CLOCK = re.compile(r"^(\[\d\d:\d\d:\d\d\]| {10}) (?=[A-Z]+ )")
# The title of a table stands in the middle of its width.
CENTRED = re.compile(r"^ {20,}")
CELL = re.compile(r"\s*[│┃]\s*")
# Which names the server's library finds alike is not what is compared.
GUESS = re.compile(r" Did you mean .*\?$")
STYLE = re.compile(r"\x1b\[[0-9;]*m")


class Plain(yaml.SafeDumper):
    def ignore_aliases(self, data):
        return True


def dump(value, flow):
    return yaml.dump(value, Dumper=Plain, width=10_000, default_flow_style=flow, allow_unicode=True).splitlines()


class Seen:
    def __init__(self, run, address):
        self._run, self._address = run, address
        self._lines, self._ids = [], {}

    def show(self, what, value=None):
        """A value that YAML can hold: numbers, texts, lists, maps."""
        if isinstance(value, dict | list) and value:
            self._lines += [f"{what}:", *(f"  {line}" for line in dump(value, None))]
        else:
            self._lines.append(f"{what}: {dump(value, True)[0]}")

    def text(self, what, text):
        """What a program printed; of a table the cells, for their widths follow from names and ids."""
        lines = [CENTRED.sub("", CLOCK.sub("", STYLE.sub("", line))).rstrip() for line in text.splitlines()]
        lines = [CELL.sub(" | ", line).strip() if CELL.search(line) else line for line in lines
                 if not BORDER.match(line)]
        self._lines += [f"{what}:", *(f"  {line}" for line in lines)]

    @contextmanager
    def failure(self, what):
        """The failure that must happen here."""
        try:
            yield
        except Exception as error:
            self.show(what, told(error))
        else:
            self.show(what, "does not fail")

    def __str__(self):
        return self._normal("\n".join(self._lines) + "\n")

    def _normal(self, text):
        text = text.replace(self._run, "RUN").replace(self._address, "ADDRESS")
        text = ID.sub(lambda found: f"ID-{self._ids.setdefault(found[0], len(self._ids) + 1)}", text)
        text = SECONDS.sub("SECONDS seconds", AGE.sub("(AGE)", TIME.sub("TIME", text)))
        return text


def told(error):
    """A failure without the query, which the SDK puts into its messages."""
    if isinstance(error, GraphQLError):
        return [{"message": GUESS.sub("", one["message"]), "path": one.get("path"), "extensions": one.get("extensions")}
                if isinstance(one, dict) else one for one in error.errors]
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0] if lines else ''}"


def raw(node):
    """What the server sent of a node."""
    data = node.get_raw_graphql_data()
    return data.get("node", data)


def label(node):
    """A node in few words."""
    return {"id": node.id, "hfid": node.hfid, "display_label": node.display_label, "typename": node.typename}
