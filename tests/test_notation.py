"""YAML as libyaml reads it: the same values and lines as ruamel.yaml's, or left to ruamel.yaml."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from app.bundle.notation import Mapping, Sequence, Uncommon, parse
from app.bundle.source import ANALYSIS_FILE, _Constructor
from tests.paths import COMMENTARY, ROOT, SEED


def reference(content: str) -> Any:
    """The value that ruamel.yaml reads, with its lines."""
    yaml = YAML(typ="rt")
    yaml.Constructor = _Constructor
    return yaml.load(content)


def same(value: Any, other: Any) -> bool:
    """True if two values are equal, in their lines too."""
    if isinstance(value, Mapping):
        return list(value) == list(other) and all(
            value.lines[key] == other.lc.key(key)[0] + 1 and same(value[key], other[key]) for key in value
        )
    if isinstance(value, Sequence):
        return len(value) == len(other) and all(
            line == other.lc.item(at)[0] + 1 and same(value[at], other[at]) for at, line in enumerate(value.lines)
        )
    return bool(value == other) and isinstance(other, type(value))


DOCUMENTS = [
    *((folder / ANALYSIS_FILE).read_text("utf-8") for folder in (SEED, COMMENTARY)),
    *re.findall(r"```yaml[^\n]*\n(.*?)```", (ROOT / "docs/bundles.md").read_text("utf-8"), re.DOTALL),
]


@pytest.mark.parametrize("content", DOCUMENTS, ids=str.__len__)
def test_an_analysis_has_the_same_values_and_lines(content: str) -> None:
    assert same(parse(content), reference(content))


@pytest.mark.parametrize(
    "scalar",
    [
        *("2024", "-3", "+1", "0", "~", "null", "true", "False", "yes", "No", "on", "2022-03-22", "2016/2020", "199X"),
        *("12:30", "some 40%", "'2021'", '"é\\u00e9 \\n"', "“a”", "a: b", "a #b", "- a", "v1.2.3", "0x", "1e"),
    ],
)
def test_a_scalar_has_the_same_value_or_both_refuse_it(scalar: str) -> None:
    content = f"key: {scalar}\n"
    try:
        expected = reference(content)
    except YAMLError:
        with pytest.raises(Uncommon):
            parse(content)
    else:
        assert same(parse(content), expected)


@pytest.mark.parametrize(
    "content",
    [
        *("a: 010", "a: 0o10", "a: 0x1F", "a: 1_000", "a: .5", "a: 1e3", "a: .inf", "a: =", "<<: {a: 1}"),
        *(
            "a: &b c",
            "a: !!str 1",
            "%YAML 1.1\n---\na: yes",
            "a: 1\n---\nb: 2",
            "a: 1\na: 2",
            "[a]: 1",
            "a: [",
            "a:\tb",
        ),
        *("a: x\u2028y", "a: x\u0085y", "", "[" * 100_000, "{a: " * 100_000, "? " * 100_000 + "1", "1" * 5000),
    ],
    ids=lambda content: content[:20],
)
def test_what_is_uncommon_is_left_to_ruamel_yaml(content: str) -> None:
    with pytest.raises(Uncommon):
        parse(content)


lines = st.lists(st.sampled_from(sorted({line for document in DOCUMENTS for line in document.split("\n")})), max_size=8)
marks = st.sampled_from(
    [":", "- ", " #", "'", '"', "[", "}", ",", "\n  ", "&", "*", "!", "|", ">", "?", "\r\n", "\u3000"]
)


@given(lines.map("\n".join), st.lists(st.tuples(st.integers(0, 400), marks), max_size=3))
def test_lines_put_together_and_broken_have_the_same_values_or_are_uncommon(
    content: str, edits: list[tuple[int, str]]
) -> None:
    for at, mark in edits:
        content = content[:at] + mark + content[at:]
    try:
        value = parse(content)
    except Uncommon:
        return
    assert same(value, reference(content))
