"""Drafts that are filled in as an editor does: what is right is kept and completed, the rest is deleted."""

import re
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from app.bundle.source import ANALYSIS_FILE

FILLING_FILE = "filling.yaml"


def fill_in(folder: Path, filling_file: Path) -> None:
    """Complete the draft of a bundle: its candidates lose their comment signs, and get the fields of a filling.

    A filling has the fields of the document, the entries of `also`, and by kind and drafted id those of each candidate
    that is kept. A field that replaces another stands where this stood. Each candidate named must have been drafted,
    and nothing may be left to do.
    """
    file, yaml = folder / ANALYSIS_FILE, YAML()
    yaml.width = 2**16
    yaml.brace_single_entry_mapping_in_flow_sequence = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    drafted = file.read_text("utf-8")
    filling: dict[str, Any] = YAML(typ="safe").load(filling_file)
    head, candidates = drafted.split("\n# Candidates", 1)
    *records, digests = candidates.rstrip("\n").split("\n")[1:]
    tree = yaml.load(head + "\n" + re.sub("(?m)^# ", "", "\n".join(records)))
    tree["document"].update(filling.pop("document"))
    tree["also"] = filling.pop("also")
    for kind in ("actors", "events", "statements", "figures", "assessments"):
        named = {record["id"]: record for record in tree.get(kind, ())}
        tree[kind] = [named[slug] for slug in filling[kind]]
        for slug, fields in filling[kind].items():
            named[slug].update(fields)
    assert filling.keys() <= tree.keys()
    with file.open("w", encoding="utf-8") as stream:
        yaml.dump(tree, stream)
        stream.write(f"\n{digests}\n")
    assert "TODO" not in file.read_text("utf-8")
