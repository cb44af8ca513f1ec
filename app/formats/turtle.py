"""Turtle: JSON-LD nodes, written by their context. Terms of the context are prefixed names."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

Context = Mapping[str, Any]
Node = Mapping[str, Any]


def prefixes(context: Context) -> str:
    """The prefixes of a context: its terms for IRIs that end in a delimiter."""
    found = {name: iri for name, iri in context.items() if isinstance(iri, str) and iri.endswith(("#", "/", ":"))}
    return "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in found.items() if name[0] != "@")


def turtle(node: Node, context: Context) -> str:
    """The triples of a node and of the nodes within it. A node without `id` is a blank node."""
    nodes = {node["id"]: node}
    triples = "\n"
    while nodes:
        iri = next(iter(nodes))
        found = nodes.pop(iri)
        predicates = " ;\n    ".join(_predicates(found, context, nodes))
        triples += f"<{iri}> {predicates} .\n"
    return triples


def _predicates(node: Node, context: Context, nodes: dict[str, Node]) -> Iterator[str]:
    """The predicates of a node, each with its objects. Nodes with an `id` and other members are added to `nodes`."""
    for name, value in node.items():
        if name == "type":
            yield f"a {', '.join(_name(term, context) for term in _listed(value))}"
        elif name != "id":
            definition = context.get(name)
            type_ = definition["@type"] if isinstance(definition, dict) else ""
            yield f"{_name(name, context)} {', '.join(_object(it, type_, context, nodes) for it in _listed(value))}"


def _object(value: Any, type_: str, context: Context, nodes: dict[str, Node]) -> str:
    """A value, whose term has the type `type_` in the context."""
    if isinstance(value, dict):
        if "id" not in value:
            return f"[ {' ; '.join(_predicates(value, context, nodes))} ]"
        if len(value) > 1:
            nodes[value["id"]] = value
        return f"<{value['id']}>"
    if type_ == "@id":
        return f"<{value}>"
    if type_ == "@vocab":
        return _name(value, context)
    if type_:
        return f'"{value}"^^{type_}'
    return orjson.dumps(value).decode()  # the escapes of JSON are some of those of Turtle


def _name(term: str, context: Context) -> str:
    """The prefixed name of a term."""
    if ":" in term:
        return term
    definition = context.get(term, f"dossier:{term}")
    name: str = definition["@id"] if isinstance(definition, dict) else definition
    return name


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
