"""JSON Pointers: the parts of a record that they select, compared with the library jsonpointer."""

import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonpointer import JsonPointerException, resolve_pointer

from app.bundle.pointers import points_to_value

RECORD = {
    "name": "A",
    "": 0,
    "a/b": 1,
    "m~n": 2,
    "~1": 3,
    "01": 4,
    "null": None,
    "empty": [],
    "no": False,
    "object": {},
}
RECORD |= {"list": [None, "word", [], {"0": "zero", "-": "dash"}, *range(8)]}

tokens = st.sampled_from(
    [*RECORD, "a~1b", "m~0n", "~01", "~", "~2", "-", "0", "1", "3", "11", "12", "1x", "+1", "²", "١"]
)
pointers = st.lists(tokens, max_size=4).map(lambda found: "".join(f"/{token}" for token in found)) | st.text("/~01-an")


def leads_to_value(record: Any, pointer: str) -> bool:
    """The library's result, without its extensions of RFC 6901: leading zeros, indexes into text, `-`."""
    steps = [pointer[: match.start()] for match in re.finditer("/|$", pointer)]
    try:
        *parents, found = [resolve_pointer(record, step) for step in steps]
    except JsonPointerException:
        return False
    accepted = [
        isinstance(parent, dict) or (isinstance(parent, list) and not re.match("-|0[0-9]", token))
        for parent, token in zip(parents, pointer.split("/")[1:], strict=True)
    ]
    return bool(parents) and all(accepted) and found not in (None, [])


@given(pointers)
@example("/list/3/0")
@example("/list/11")
@example("/name/0")
@example("/01")
@example("/list/01")
@example("/list/03/0")
def test_a_pointer_leads_where_the_library_says(pointer: str) -> None:
    assert points_to_value(RECORD, pointer) == leads_to_value(RECORD, pointer), pointer


@pytest.mark.parametrize("pointer", ["/list/01", "/list/00", "/list/-", "/list/+1", "/list/" + "9" * 5000, "", "name"])
def test_a_pointer_that_rfc_6901_does_not_allow_leads_nowhere(pointer: str) -> None:
    assert not points_to_value(RECORD, pointer)
