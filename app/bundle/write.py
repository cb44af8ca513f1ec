"""A bundle written into a folder, for an editor to work on."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel
from ruamel.yaml import YAML

from app.bundle.format import _Bundle
from app.bundle.source import ANALYSIS_FILE, TEXT_FILE
from app.model.evidence import Quote

_WIDTH = 118


def write(folder: Path, text: str, bundle: _Bundle) -> None:
    """Write `document.txt` and `analysis.yaml`, the latter without what goes without saying."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / TEXT_FILE).write_bytes(text.encode())
    yaml = YAML()
    yaml.width = _WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    with (folder / ANALYSIS_FILE).open("w", encoding="utf-8", newline="\n") as file:
        yaml.dump(_brief(bundle), file)


def _brief(value: Any) -> Any:
    """A shape as mappings and lists, without defaults; a quote of words alone is a string."""
    if isinstance(value, Quote) and value == Quote(exact=value.exact):
        return value.exact
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        given = {name: getattr(value, name) for name, field in fields.items()}
        return {
            name: _brief(found)
            for name, found in given.items()
            if fields[name].is_required() or found != fields[name].default
        }
    if isinstance(value, dict):
        return {key: _brief(found) for key, found in value.items()}
    if isinstance(value, list):
        return [_brief(found) for found in value]
    return value
