"""GEXF and GraphML: the graph with all attributes, for Gephi, networkx and similar programs.

Every edge is written as directed, because networkx can't read a mixed graph; the attribute `directed` is false where
the direction has no meaning. Nested fields become attributes such as `record_url`, and nulls are left out. An edge's
`type` becomes `edge_type`, because GEXF reserves the word. Gephi shows `label`. In GEXF, the bounds of an edge's date
are also its `start` and `end`, which Gephi's timeline uses.
"""

from collections.abc import Iterable
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

GEXF = "application/gexf+xml"
GRAPHML = "application/graphml+xml"

Attributes = dict[str, Any]
Content = dict[str, Any]
"""The decoded JSON of `/v1/graph`, which is used up."""


def gexf(graph: Content, day: str) -> bytes:
    """The graph in GEXF 1.2, which has `label` outside the attributes. `day` is when the dataset last changed."""
    root = Element("gexf", {"xmlns": "http://www.gexf.net/1.2draft", "version": "1.2"})
    SubElement(SubElement(root, "meta", lastmodifieddate=day), "creator").text = "Dossier"
    content = SubElement(root, "graph", defaultedgetype="directed", mode="dynamic", timeformat="date")
    parts = _parts(graph)
    for tag, members in parts.items():
        declared = SubElement(content, "attributes", {"class": tag, "mode": "static"})
        for name, type_ in _types(members).items():
            if name != "weight":
                SubElement(declared, "attribute", id=name, title=name, type=type_)
    for tag, members in parts.items():
        group = SubElement(content, f"{tag}s")
        for identity, label, attributes in members:
            if "weight" in attributes:  # GEXF has an attribute of its own for it
                identity["weight"] = str(attributes.pop("weight"))
            spans = (("start", "date_earliest"), ("end", "date_latest"))
            identity |= {name: attributes[bound] for name, bound in spans if bound in attributes}
            values = SubElement(SubElement(group, tag, identity, label=label), "attvalues")
            for name, value in attributes.items():
                SubElement(values, "attvalue", {"for": name, "value": _text(value)})
    return _bytes(root)


def graphml(graph: Content) -> bytes:
    """The graph in GraphML. Its keys have names, because Gephi reads keys such as d3 as labels of yEd."""
    root = Element("graphml", xmlns="http://graphml.graphdrawing.org/xmlns")
    parts = _parts(graph)
    for tag, members in parts.items():
        for name, type_ in ({"label": "string"} | _types(members)).items():
            SubElement(root, "key", {"id": f"{tag}_{name}", "for": tag, "attr.name": name, "attr.type": type_})
    content = SubElement(root, "graph", edgedefault="directed")
    for tag, members in parts.items():
        for identity, label, attributes in members:
            element = SubElement(content, tag, identity)
            for name, value in ({"label": label} | attributes).items():
                SubElement(element, "data", key=f"{tag}_{name}").text = _text(value)
    return _bytes(root)


def _parts(graph: Content) -> dict[str, list[tuple[dict[str, str], str, Attributes]]]:
    """The nodes and the edges, each with its identifying XML attributes, its label, and its other attributes."""
    for edge in graph["edges"]:
        edge["edge_type"] = edge.pop("type")
    return {
        "node": [({"id": node.pop("id")}, node["name"], _flat(node)) for node in graph["nodes"]],
        "edge": [
            ({name: edge.pop(name) for name in ("id", "source", "target")}, edge["record"]["name"], _flat(edge))
            for edge in graph["edges"]
        ],
    }


def _flat(content: Attributes) -> Attributes:
    flat: Attributes = {}
    for name, value in content.items():
        if isinstance(value, dict):
            flat |= {f"{name}_{inner}": part for inner, part in _flat(value).items()}
        elif value is not None:
            flat[name] = value
    return flat


def _types(members: Iterable[tuple[Any, str, Attributes]]) -> dict[str, str]:
    """The attributes that any of the members has, with their types."""
    values = (item for _, _, attributes in members for item in attributes.items())
    return {name: {bool: "boolean", int: "long"}.get(type(value), "string") for name, value in values}


def _text(value: str | bool | int) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _bytes(root: Element) -> bytes:
    indent(root)
    content: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return content.replace(b"\r", b"&#13;")  # an XML parser reads a bare carriage return in text as a line feed
