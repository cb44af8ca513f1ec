"""GEXF and GraphML: the graph with all attributes, for Gephi, networkx and similar programs.

Every edge is written as directed, because networkx can't read a mixed graph; the attribute `directed` tells whether
the direction means something. Nested fields become attributes such as `record_url`, nulls are left out, and an edge's
`type` becomes `edge_type`, because GEXF reserves the word. Gephi shows `label`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import orjson

_RENAMED = {"type": "edge_type"}


@dataclass(frozen=True)
class GraphFormat:
    """A format of the graph."""

    media_type: str
    write: Callable[[bytes, str], bytes]
    """Called with the graph, in the JSON of `/v1/graph`, and the day on which the dataset last changed."""


@dataclass(frozen=True)
class _Part:
    """A node or an edge."""

    identity: dict[str, str]
    """`id`, and the `source` and `target` of an edge."""
    attributes: dict[str, str | bool]


def gexf(graph: bytes, day: str) -> bytes:
    """The graph in GEXF 1.2."""
    root = Element("gexf", {"xmlns": "http://www.gexf.net/1.2draft", "version": "1.2"})
    SubElement(SubElement(root, "meta", lastmodifieddate=day), "creator").text = "Dossier"
    content = SubElement(root, "graph", defaultedgetype="directed", mode="static")
    parts = _parts(graph)
    for tag, members in parts.items():
        declared = SubElement(content, "attributes", {"class": tag, "mode": "static"})
        for name, type_ in _types(members).items():
            if name != "label":  # which GEXF has as an XML attribute
                SubElement(declared, "attribute", id=name, title=name, type=type_)
    for tag, members in parts.items():
        group = SubElement(content, f"{tag}s")
        for member in members:
            element = SubElement(group, tag, member.identity, label=str(member.attributes.pop("label")))
            values = SubElement(element, "attvalues")
            for name, value in member.attributes.items():
                SubElement(values, "attvalue", {"for": name, "value": _text(value)})
    return _bytes(root)


def graphml(graph: bytes, _day: str) -> bytes:
    """The graph in GraphML. Keys are named, because Gephi takes the keys d3 and d7 for labels, as in yEd's files."""
    root = Element("graphml", xmlns="http://graphml.graphdrawing.org/xmlns")
    parts = _parts(graph)
    for tag, members in parts.items():
        for name, type_ in _types(members).items():
            SubElement(root, "key", {"id": f"{tag}_{name}", "for": tag, "attr.name": name, "attr.type": type_})
    content = SubElement(root, "graph", edgedefault="directed")
    for tag, members in parts.items():
        for member in members:
            element = SubElement(content, tag, member.identity)
            for name, value in member.attributes.items():
                SubElement(element, "data", key=f"{tag}_{name}").text = _text(value)
    return _bytes(root)


GRAPH_FORMATS = {
    "gexf": GraphFormat("application/gexf+xml", gexf),
    "graphml": GraphFormat("application/graphml+xml", graphml),
}
"""Each format of the graph by its name in the parameter `format`. A new one is registered here."""


def _parts(graph: bytes) -> dict[str, list[_Part]]:
    content = orjson.loads(graph)
    return {
        "node": [_Part({"id": node.pop("id")}, {"label": node["name"]} | _flat(node)) for node in content["nodes"]],
        "edge": [
            _Part(
                {name: edge.pop(name) for name in ("id", "source", "target")},
                {"label": edge["record"]["name"]}
                | {_RENAMED.get(name, name): value for name, value in _flat(edge).items()},
            )
            for edge in content["edges"]
        ],
    }


def _flat(content: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in content.items():
        if isinstance(value, dict):
            flat |= {f"{name}_{inner}": part for inner, part in _flat(value).items()}
        elif value is not None:
            flat[name] = value
    return flat


def _types(members: list[_Part]) -> dict[str, str]:
    """The attributes that any of the members has, with their types in XML Schema."""
    return {
        name: "boolean" if isinstance(value, bool) else "string"
        for member in members
        for name, value in member.attributes.items()
    }


def _text(value: str | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else value


def _bytes(root: Element) -> bytes:
    indent(root)
    # An XML parser reads a bare carriage return in text as a line feed.
    content: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return content.replace(b"\r", b"&#13;")
