"""A changed shape needs a new RENDER_VERSION, so that stored JSON is rendered again."""

import hashlib
from typing import Any

import orjson

from app.model.dataset import RENDER_VERSION
from app.model.kinds import KINDS

PINNED = {4: "5f153c7dbcd6144f"}
"""The hash of the shapes by the version of rendering; only the last one is needed."""
WORDS = {"title", "description", "examples", "enum"}
"""Keywords that say nothing about stored JSON. A vocabulary may grow; what is stored has none of its new terms."""


def bare(schema: Any, *, named: bool = False) -> Any:
    """A JSON Schema without words; `named`: its keys are names of fields or shapes."""
    if isinstance(schema, dict):
        return {
            key: bare(value, named=key in ("properties", "$defs"))
            for key, value in schema.items()
            if named or key not in WORDS
        }
    return [bare(item) for item in schema] if isinstance(schema, list) else schema


def test_a_changed_shape_raises_the_render_version() -> None:
    shapes = {kind.name: bare(kind.public.model_json_schema(mode="serialization")) for kind in KINDS.values()}
    found = hashlib.sha256(orjson.dumps(shapes, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)).hexdigest()[:16]
    version = RENDER_VERSION + (RENDER_VERSION in PINNED)
    assert found == PINNED.get(RENDER_VERSION), (
        f"The public shapes have changed, so databases must be rendered anew: set RENDER_VERSION = {version} in "
        f"app/model/dataset.py, and PINNED = {{{version}: {found!r}}} here."
    )
