"""Small bundles with random damage: to the structure of the analysis, or to the bytes of a file."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from app.bundle.source import ANALYSIS_FILE, TEXT_FILE
from tests.factories.generated import Commentary

YAML = """
document: {id: small, name: Small, summary: A letter., language: en, rights: Nobody's., published: {text: "2021"},
  analysis: {by: Tests, method: human, date: 2023-06-01}}
passages: {1: heading}
actors:
  - {id: nordmark, name: Nordmark, type: state, country: SE, summary: A state., evidence: [Nordmark closed]}
events:
  - id: ports-closed
    name: "Ports: closed"
    type: sanction
    modality: actual
    date: {text: In 2021, edtf: "2021"}
    participants: [{actor: nordmark, role: actor}]
    summary: >-
      Nordmark closed
      its ports.
    evidence:
      - {exact: its ports, passage: 3, occurrence: 1, supports: [/participants/0, /type, /modality]}
      - {exact: "In 2021, Nordmark closed", supports: [/date]}  # a comment
mentions: [{text: Sund, actor: null}]
"""
TEXT = "A Letter, 2021\n\nIn 2021, Nordmark closed its ports. So did Sund; it “regrets” that.\n"

VALUES: list[Any] = [
    *(None, True, False, 0, -1, 1, 2**63, -(10**30), 1e308, -0.0, 0.1, [], {}, [[]], [None], {"": ""}, {"id": "x"}),
    *(
        "",
        " ",
        "0",
        "-1",
        "null",
        "~",
        "a",
        "A",
        "ä",
        "x" * 81,
        "x" * 301,
        "x" * 2_001,
        "a b",
        "a--b",
        "-a",
        "a/b",
        "/",
    ),
    *(
        "\0",
        "\x1b[2J",
        "\x7f",
        "\x85",
        "\u202e",
        "\u200f",
        "\u2028",
        "\ud800",
        "\ufeff",
        "\uffff",
        "e\u0301",
        "𝔘",
        "\r\n",
    ),
    *(
        "<script>",
        "&amp;",
        "]]>",
        "{{ 7 * 7 }}",
        "'",
        '"',
        "=1+1",
        "@SUM(A1)",
        "%s%n",
        "{0}",
        "$(id)",
        "../../etc",
        "a|b\\",
    ),
    *(
        "2021",
        "2021-02-30",
        "0000",
        "9999-24",
        "199X",
        "2022/2021",
        "../..",
        "2021~%",
        "actor/nordmark",
        "event/x",
        "x/y",
    ),
    *(
        "/",
        "/0",
        "/-",
        "/evidence/0",
        "/~2",
        "/date/text/0",
        "nordmark",
        "small",
        "http://",
        "https://[::1",
        "javascript:x",
    ),
    *(
        "state",
        "actual",
        "KP",
        "SU",
        "en",
        "x-" + "y-" * 99,
        "١٢",
        "1_000",
        "0x1f",
        ".nan",
        ".inf",
        "1e999",
        "<<",
        "*a",
        "!a",
    ),
]
"""Values that a careless program takes wrongly."""
PIECES = [
    *(
        "&a ",
        "*a",
        "<<: *a\n",
        "!!int ",
        "!x ",
        "? ",
        "- ",
        ": ",
        "\t",
        "\n",
        "\r",
        "{",
        "}",
        "[",
        "]",
        ",",
        "#",
        "|\n",
        ">\n",
    ),
    *(
        "---\n",
        "...\n",
        "%YAML 1.1\n---\n",
        "%TAG ! x\n",
        "'",
        '"',
        "\\",
        "\0",
        "\x1b",
        "\ufeff",
        "\u2028",
        "\u202e",
        "~",
    ),
    *(
        "0o8",
        "0x",
        "1_0",
        ".nan",
        "1:2:3",
        "2021-01-01",
        "yes",
        "null",
        "=",
        "`",
        "@",
        "%",
        "\ud800",
        "[" * 30,
        "- " * 30,
    ),
]
"""Pieces of text that change what YAML or JSON means."""


_FREE = ("name", "summary", "rights", "by")
"""Fields that may have nearly any text, so that more of the bundles can be loaded."""


def mutated(folder: Path, number: int) -> Path:
    """Write the bundle of a number into a new folder. The same number gives the same bundle."""
    random = Random(number)
    if random.random() < 0.5:
        commentary = Commentary("small", random, 7)
        text = "\n".join(commentary.lines)
        tree = copy.deepcopy(commentary.analysis)
        for _ in range(random.choice([1, 1, 1, 2, 3])):
            _change(tree, random)
        analysis = json.dumps(tree, ensure_ascii=random.random() < 0.5)
    else:
        text, analysis = TEXT, YAML
    contents = {TEXT_FILE: _bytes(text), ANALYSIS_FILE: _bytes(analysis)}
    if analysis is YAML or random.random() < 0.1:
        for _ in range(random.choice([1, 1, 1, 2, 3])):
            name = random.choice([TEXT_FILE, *[ANALYSIS_FILE] * 4])
            contents[name] = _damaged(contents[name], random)
    bundle = folder / str(number)
    bundle.mkdir()
    if random.random() < 0.1:
        parts = {"text": contents[TEXT_FILE].decode("utf-8", "replace"), "analysis": analysis}
        (bundle / "bundle.json").write_bytes(_bytes(json.dumps(parts, ensure_ascii=False)))
        return bundle / "bundle.json"
    for name, content in contents.items():
        (bundle / name).write_bytes(content)
    return bundle


def _change(tree: Any, random: Random) -> None:
    """Change one part of an analysis."""
    parts = [*_parts(tree)]
    if random.random() < 0.4:
        container, key = random.choice([part for part in parts if part[1] in _FREE])
        container[key] = f"{container[key]} {random.choice(VALUES)}"
        return
    container, key = random.choice(parts)
    others = [other[at] for other, at in parts if type(other[at]) is type(container[key])]
    match random.randrange(8):
        case 0:
            del container[key]
        case 1:
            container[key] = copy.deepcopy(random.choice(others))
        case 2:
            container[key] = [container[key]]
        case 3:
            container[key] = {str(random.choice(VALUES)): container[key]}
        case 4 if isinstance(container, list):
            container += copy.deepcopy(container[-3:])
        case 4 | 5 if isinstance(container, dict):
            container[str(random.choice([*VALUES, *container]))] = container.pop(key)
        case 6 if isinstance(container[key], str):
            at = random.randint(0, len(container[key]))
            container[key] = f"{container[key][:at]}{random.choice(VALUES)}{container[key][at:]}"
        case _:
            container[key] = random.choice(VALUES)


def _parts(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Every part of an analysis, as its container and its key."""
    for key, part in [*tree.items()] if isinstance(tree, dict) else [*enumerate(tree)]:
        yield tree, key
        if isinstance(part, dict | list):
            yield from _parts(part)


def _damaged(content: bytes, random: Random) -> bytes:
    """Content with bytes changed, removed, repeated or inserted."""
    at = random.randint(0, len(content))
    end = min(len(content), at + random.choice([1, 2, 9, 80]))
    match random.randrange(6):
        case 0:
            return content[:at] + bytes([random.randrange(256)]) + content[at + 1 :]
        case 1:
            return content[:at] + content[end:]
        case 2:
            return content[:end] + content[at:]
        case 3:
            return content[:at]
        case _:
            return content[:at] + _bytes(random.choice(PIECES)) + content[at:]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
