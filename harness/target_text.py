"""A target file as text: what is said, and every other key as a comment that explains it.

The keys, their explanations and examples are those of the models, so that none can be missing.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import StringIO
from textwrap import wrap
from typing import Any

from harness.model import Environment, OverviewRow, Target
from harness.overview import COLUMNS
from harness.target_model import schema

WIDTH = 100
FAST = 10_000
"""Exchanges a second for what runs on this machine."""

_TOP = """\
# Whom the OOTS conformance harness judges, where that is, and how gently it is asked.
#
# A key that is commented out shows its default, or an example. Paths are relative to this file.
# Secrets are never written here, only the names of environment variables: { env = "NAME" }.
# Check this file with `oots config` and `oots doctor`; for an editor that knows JSON Schema, let
# `oots config --schema` write oots.schema.json and begin with the line: #:schema oots.schema.json
"""


def written(values: Mapping[str, Any]) -> str:
    """A file that says these values, nested as in the file itself."""
    made = schema()
    tables = dict(_tables(made))
    plain = {name: each for name, each in made["properties"].items() if name not in tables}
    parts = [_TOP, *_pairs(plain, {n: each for n, each in values.items() if n not in tables})]
    for name, keys in tables.items():
        parts.append(_heading(made, name, said=name in values))
        parts.extend(_pairs(keys, values.get(name, {})))
    return "\n".join(parts).rstrip("\n") + "\n"


def of_landscape(target: Target, member_states: Sequence[str]) -> str:
    """The file of a landscape that runs here, whose other files lie beside it (`oots mock`)."""
    assert target.nameserver  # it serves its zone
    return written(
        {
            "participant": f"{target.name} (mock)",
            "member_states": list(member_states),
            "environments": [Environment.ACC.value],
            "overview": "overview.csv",
            "dns": {
                "server": _endpoint(target.nameserver),
                "others": [_endpoint(each) for each in target.other_nameservers],
                "zone_file": "zone",
                "template": target.template,
                "anchors": list(target.zone_anchors),
                "addresses": "server",
            },
            "trust": {str(each): f"trust-{each}.pem" for each in target.trust_anchors},
            "tls": {"ca": "tls-ca.pem"},
            "limits": {"rate": FAST},
        }
    )


def overview_table(rows: Iterable[OverviewRow]) -> str:
    """The overview of a landscape as CSV."""
    text = StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for row in rows:
        key = row.key
        where = (key.member_state, key.service, key.environment, row.major)
        table.writerow((*where, row.uri, row.operator or ""))
    return text.getvalue()


def _endpoint(nameserver: tuple[str, int]) -> str:
    host, port = nameserver
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _tables(made: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each table with its keys; of one whose keys are the user's choice, those of its example."""
    for name, entry in made["properties"].items():
        ways = entry.get("anyOf", [entry])
        table = made["$defs"].get(str(ways[0].get("$ref", "")).rpartition("/")[2])
        if table is not None:
            yield name, table["properties"]
        elif entry.get("type") == "object":
            yield name, {key: {"examples": [each]} for key, each in entry["examples"][0].items()}


def _heading(made: Mapping[str, Any], name: str, *, said: bool) -> str:
    entry = made["properties"][name]
    reference = str(entry.get("$ref", "")).rpartition("/")[2]
    about = entry.get("description") or made["$defs"][reference]["description"]
    return f"\n{_comment(about)}{'' if said else '#'}[{name}]"


def _pairs(keys: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[str]:
    """Each key with its explanation: as it is said, or commented out."""
    for name, entry in keys.items():
        if name not in values:
            example = entry.get("default") or entry.get("examples", [""])[0]
            yield f"{_comment(entry.get('description', ''))}#{_key(name)} = {_value(example)}"
        else:
            yield f"{_comment(entry.get('description', ''))}{_key(name)} = {_value(values[name])}"
    for name in values:
        if name not in keys:
            yield f"{_key(name)} = {_value(values[name])}"


def _comment(text: str) -> str:
    lines = wrap(text, WIDTH, initial_indent="# ", subsequent_indent="# ")
    return "".join(f"{line}\n" for line in lines)


def _key(name: str) -> str:
    is_bare = name and all(char.isascii() and (char.isalnum() or char in "-_") for char in name)
    return name if is_bare else _value(name)


def _value(value: Any) -> str:
    """A value in TOML.

    >>> _value(["a", 1, {"env": "X"}])
    '["a", 1, { env = "X" }]'
    """
    if isinstance(value, Mapping):
        return (
            f"{{ {', '.join(f'{_key(name)} = {_value(each)}' for name, each in value.items())} }}"
        )
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
