"""GEXF and GraphML, for Gephi, networkx and their like: the graph, with every attribute.

All edges are written as directed, as networkx reads nothing mixed: `directed` says of each whether its direction means
something. What JSON nests becomes attributes with both names, `record_url` for `record.url`; what is null is absent;
and an edge's `type` is `edge_type`, as GEXF has another use for the word. `label` is what Gephi shows.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from io import BytesIO
from typing import Any

import orjson

GRAPHS = {"gexf": "application/gexf+xml", "graphml": "application/graphml+xml"}
"""What the parameter `format` calls a media type."""
_RENAMED = {"type": "edge_type"}


def gexf(graph: bytes, day: str) -> bytes:
    """A graph, as `/v1/graph` serves it in JSON, in GEXF 1.2; `day` is when the dataset last changed."""
    filled = _filled(graph)
    for _, _, key, attributes in filled.edges(keys=True, data=True):
        attributes["id"] = key
    writer = import_module("networkx.readwrite.gexf").GEXFWriter(filled)
    meta = writer.xml.find("meta")
    meta.set("lastmodifieddate", day)  # it would be today, and the same graph would be another tomorrow
    meta.find("creator").text = "Dossier"
    _forget_keys(writer.xml)
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _forget_keys(xml: Any) -> None:
    """Take out what networkx adds to each edge, as it is only the id again."""
    added = xml.find(".//attribute[@title='networkx_key']")
    for attributes in xml.iter("attributes"):
        if added is not None and added in list(attributes):
            attributes.remove(added)
    for values in xml.iter("attvalues"):
        for value in list(values):
            if added is not None and value.get("for") == added.get("id"):
                values.remove(value)


def graphml(graph: bytes, _day: str) -> bytes:
    """A graph, as `/v1/graph` serves it in JSON, in GraphML."""
    writer = import_module("networkx.readwrite.graphml").GraphMLWriter(_filled(graph))
    # Gephi takes what networkx would call d3 and d7 for labels, because yEd's files have them there.
    names = {key.get("id"): f"{key.get('for')}_{key.get('attr.name')}" for key in writer.xml.iter("key")}
    booleans = {key.get("id") for key in writer.xml.iter("key") if key.get("attr.type") == "boolean"}
    for value in writer.xml.iter("data"):
        if value.get("key") in booleans:
            value.text = value.text.lower()  # XML knows no True
        value.set("key", names[value.get("key")])
    for key in writer.xml.iter("key"):
        key.set("id", names[key.get("id")])
    buffer = BytesIO()
    writer.dump(buffer)
    return buffer.getvalue().replace(b"\r", b"&#13;")  # a bare one would be read as a line feed


WRITERS: Mapping[str, Callable[[bytes, str], bytes]] = {GRAPHS["gexf"]: gexf, GRAPHS["graphml"]: graphml}
"""What writes a graph as a media type."""


def _filled(graph: bytes) -> Any:
    """The graph as networkx has it: ids and ends in their own places, the rest as attributes."""
    content = orjson.loads(graph)
    made: Any = import_module("networkx").MultiDiGraph()  # which the service need not wait for when it starts
    for node in content["nodes"]:
        made.add_node(node["id"], label=node["name"], **_flat(node, "id"))
    for edge in content["edges"]:
        attributes = {_RENAMED.get(name, name): value for name, value in _flat(edge, "id", "source", "target").items()}
        made.add_edge(edge["source"], edge["target"], edge["id"], label=edge["record"]["name"], **attributes)
    return made


def _flat(content: Mapping[str, Any], *without: str) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in content.items():
        if isinstance(value, dict):
            flat |= {f"{name}_{inner}": part for inner, part in _flat(value).items()}
        elif value is not None and name not in without:
            flat[name] = value
    return flat
