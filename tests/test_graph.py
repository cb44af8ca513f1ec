"""The graph: edges as the oracle draws them, and the GEXF and GraphML files as networkx reads them."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any, get_args
from urllib.parse import urlencode

import httpx
import igraph
import networkx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.api.graph import Drawing, Graph
from app.model.edges import EDGES
from app.model.vocabularies import Modality
from tests.factories.queries import QueryFactory
from tests.factories.tangled import Tangled
from tests.hypothesis_profiles import slow_examples
from tests.oracles.graph import DRAW, DRAWING, Drawer
from tests.oracles.plain import Records
from tests.services.api import PLURALS, client_of, items, operations
from tests.services.databases import Databases
from tests.services.problems import problem
from tests.services.serving import serving, serving_generated

MEDIA = {"gexf": "application/gexf+xml", "graphml": "application/graphml+xml"}
READERS: dict[str, Callable[[Any], Any]] = {"gexf": networkx.read_gexf, "graphml": networkx.read_graphml}
PERILS = ["<b>&amp;", '"quoted"', "a\nb\r\nc\rd\te", "𝔘nion", "'", "]]>"]


@slow_examples(thorough=4)
@given(seed=st.integers(0, 2**32), sizes=st.lists(st.integers(14, 63), min_size=1, max_size=3))
@example(seed=1, sizes=[63, 35, 14])
def test_the_graph_is_what_plain_python_draws(databases: Databases, seed: int, sizes: list[int]) -> None:
    with serving_generated(databases, seed, sizes) as client:
        factory = QueryFactory(Records(client, PLURALS), Random(seed), operations(client))
        drawer = Drawer(factory.records)
        for _ in range(60):
            compare(client, factory, drawer)


def compare(client: httpx.Client, factory: QueryFactory, drawer: Drawer) -> None:
    """Compare the response to a random query with the oracle."""
    random = factory.random
    drawing = [record for plural in DRAWING for record in factory.records.of[plural]]
    filters = factory.filters(["topic", "document", "date_from", "date_to", "kind"], drawing)
    some = random.choice(drawing)
    ends = sorted({actor["id"] for actor in some["actors"]} | ({some["id"]} if some["kind"] == "actor" else set()))
    filters += [("with_actor", actor) for actor in random.sample(ends, min(len(ends), random.choice([0, 0, 1, 2])))]
    filters += [("modality", modality) for modality in random.sample(list(Modality), random.choice([0, 0, 1, 2]))]
    actors = random.sample(sorted(drawer.actors), random.choice([0, 1, 1, 2]))
    depth = random.randint(1, 3)
    limit = random.choice([1, 3, 10, 30, 1000])
    around = [("actor", actor) for actor in actors] + ([("depth", str(depth))] if actors else [])
    question = urlencode([*filters, *around, ("limit", str(limit))])
    assert client.get(f"/v1/graph?{question}").json() == drawer.graph(filters, actors, depth, limit), question


# Formats


def flat(content: dict[str, Any], *without: str) -> dict[str, Any]:
    """The attributes of a node or edge: nested fields have joined names, null fields are left out."""
    found: dict[str, Any] = {}
    for name, value in content.items():
        if isinstance(value, dict):
            found |= {f"{name}_{inner}": part for inner, part in value.items() if part is not None}
        elif value is not None and name not in without:
            found[name] = value
    return found


def read_back(client: httpx.Client, question: str, format: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The nodes and edges that networkx reads, by id; an edge with its ends."""
    answer = client.get(f"/v1/graph.{format}?{question}")
    assert answer.headers["content-type"] == MEDIA[format]
    graph = READERS[format](io.BytesIO(answer.content))
    assert graph.is_directed()
    edges = {}
    for source, target, key, attributes in networkx.MultiDiGraph(graph).edges(keys=True, data=True):
        identity = attributes.pop("id", key)  # networkx makes no keys for a graph without parallel edges
        edges[identity] = (source, target, attributes)
    assert len(edges) == graph.number_of_edges()
    return dict(graph.nodes(data=True)), edges


def span(edge: dict[str, Any]) -> dict[str, str]:
    """The time in which Gephi shows an edge: the bounds of its date."""
    ends = {"start": edge.get("date_earliest"), "end": edge.get("date_latest")}
    return {name: day for name, day in ends.items() if day}


def compare_formats(client: httpx.Client, question: str) -> dict[str, Any]:
    graph: dict[str, Any] = client.get(f"/v1/graph?{question}").json()
    Graph.model_validate_json(client.get(f"/v1/graph?{question}").content)
    nodes = {node["id"]: {"label": node["name"]} | flat(node, "id") for node in graph["nodes"]}
    edges = {}
    for edge in graph["edges"]:
        attributes = {"label": edge["record"]["name"]} | flat(edge, "id", "source", "target")
        attributes["edge_type"] = attributes.pop("type")
        edges[edge["id"]] = (edge["source"], edge["target"], attributes)
    spans = {name: span(attributes) for name, (_, _, attributes) in edges.items()}
    dated = {name: (*ends, attributes | spans[name]) for name, (*ends, attributes) in edges.items()}
    assert read_back(client, question, "graphml") == (nodes, edges), question
    assert read_back(client, question, "gexf") == (nodes, dated), question
    return graph


@pytest.fixture(scope="module")
def perilous(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a service whose names contain XML syntax."""
    folder = tmp_path_factory.mktemp("perilous-graph")
    commentary = Tangled("perilous", Random(7), 63)
    for kind in ("actors", *DRAWING):
        for number, record in enumerate(commentary.analysis[kind]):
            record["name"] = f"{PERILS[number % len(PERILS)]} {record['name']}"
    database = databases.loaded("empty", commentary.write(folder))
    with serving(database) as url, client_of(url) as client:
        yield client


@pytest.fixture(params=["seeded_url", "generated_url"])
def client(request: pytest.FixtureRequest, databases: Databases) -> Iterator[httpx.Client]:
    """A client of the service over the seed, then over generated records."""
    with client_of(request.getfixturevalue(request.param)) as client:
        yield client


@pytest.mark.interop
def test_networkx_reads_back_every_attribute(client: httpx.Client) -> None:
    whole = compare_formats(client, "limit=5000")
    assert {edge["directed"] for edge in whole["edges"]} == {True, False}
    pairs = [(edge["source"], edge["target"]) for edge in whole["edges"]]
    assert len(set(pairs)) < len(pairs)
    some = whole["edges"][0]["source"]
    for question in ("limit=1", "actor=no-such-actor", f"actor={some}", "kind=relationship", "date_from=2017-01-01"):
        compare_formats(client, question)


@pytest.mark.interop
def test_networkx_reads_back_what_is_perilous_in_xml(perilous: httpx.Client) -> None:
    graph = compare_formats(perilous, "limit=5000")
    names = [*(node["name"] for node in graph["nodes"]), *(edge["record"]["name"] for edge in graph["edges"])]
    assert all(any(name.startswith(peril) for name in names) for peril in PERILS)


@pytest.mark.interop
def test_igraph_reads_weights_mentions_dates_and_modality(client: httpx.Client, tmp_path: Path) -> None:
    # igraph 1.0 misreads the id of an edge.
    graph = client.get("/v1/graph?limit=5000").json()
    file = tmp_path / "graph.graphml"
    file.write_bytes(client.get("/v1/graph.graphml?limit=5000").content)
    read = igraph.Graph.Read_GraphML(str(file))
    assert read.is_directed()
    assert {node["id"]: (node["label"], node["mention_count"], node["type"]) for node in read.vs} == {
        node["id"]: (node["name"], node["mention_count"], node["type"]) for node in graph["nodes"]
    }
    names = read.vs["id"]
    fields = ("edge_type", "weight", "directed", "modality", "record_id", "date_earliest", "date_latest")
    edges = Counter((names[edge.source], names[edge.target], *(edge[name] for name in fields)) for edge in read.es)
    assert edges == Counter(
        (
            edge["source"], edge["target"], edge["type"], edge["weight"], edge["directed"], edge["modality"] or "",
            edge["record"]["id"], span(flat(edge)).get("start", ""), span(flat(edge)).get("end", ""),
        )
        for edge in graph["edges"]
    )  # fmt: skip
    assert any(edge["date"] for edge in graph["edges"])


def test_the_tables_have_every_node_and_edge(api: httpx.Client) -> None:
    question = {"actor": "north-korea", "modality": ["actual", "habitual"]}
    graph = api.get("/v1/graph", params=question).json()
    nodes, edges = (
        list(csv.DictReader(io.StringIO(api.get(f"/v1/graph/{name}.csv", params=question).text)))
        for name in ("nodes", "edges")
    )
    assert [row["id"] for row in nodes] == [node["id"] for node in graph["nodes"]]
    assert {row["id"]: row["label"] for row in nodes} == {node["id"]: node["name"] for node in graph["nodes"]}
    assert list(edges[0]) == [
        "id", "source", "target", "kind", "edge_type", "directed", "date.text", "date.edtf", "date.earliest",
        "date.latest", "date.approximate", "modality", "status", "weight", "record", "record.name", "document",
        "document.name",
    ]  # fmt: skip
    for row, edge in zip(edges, graph["edges"], strict=True):
        assert (row["source"], row["target"], row["edge_type"]) == (edge["source"], edge["target"], edge["type"])
        assert row["record"] == f"{edge['record']['kind']}/{edge['record']['id']}"
        assert (row["weight"], row["modality"]) == (str(edge["weight"]), edge["modality"] or "")


def test_the_same_graph_is_the_same_file_tomorrow(api: httpx.Client) -> None:
    updated_at = api.get("/v1").json()["updated_at"]
    assert f'lastmodifieddate="{updated_at[:10]}"' in api.get("/v1/graph.gexf").text


def test_gephi_finds_no_label_where_there_is_none(api: httpx.Client) -> None:
    """Gephi reads the GraphML keys d3 and d7 as labels, and gives x, size, r … a meaning of its own."""
    text = api.get("/v1/graph.graphml").text
    assert '<key id="edge_directed" for="edge" attr.name="directed" attr.type="boolean" />' in text
    assert 'id="d' not in text
    assert "True" not in text


# Known answers


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("kind=sanction&date_from=2017-01-01&date_to=2017-12-31",
         ["sanction/resolution-2371:un-security-council:north-korea sanction → unknown"]),
        # Enforcement draws no edges.
        ("kind=sanction&actor=russia", []),
        ("kind=relationship&actor=soviet-union",
         ["relationship/soviet-north-korean-trade:soviet-union:north-korea trade — former",
          "relationship/soviet-subsidies-to-north-korea:soviet-union:north-korea subsidy → former"]),
        # The statement is about nobody.
        ("kind=statement&actor=kim-jong-il", []),
        ("actor=kim-jong-il", ["actor/kim-jong-il/part_of:kim-jong-il:north-korean-leaders part_of →"]),
        ("kind=actor&actor=kazbek-taysaev", ["actor/kazbek-taysaev/roles/0:kazbek-taysaev:state-duma role →"]),
        # A voter draws no edge, nor does one that is affected.
        ("actor=ukraine&kind=event",
         ["event/invasion-of-ukraine:russia:ukraine assault → actual"]),
        ("kind=event&actor=un-general-assembly&actor=russia&modality=negated", []),
        ("actor=north-korea&topic=no_such_topic", None),
        # An edge without a modality stays.
        ("kind=sanction&actor=un-security-council&modality=planned",
         ["sanction/resolution-2371:un-security-council:north-korea sanction → unknown"]),
        ("kind=event&actor=ukraine&modality=hypothetical&modality=planned", []),
        ("document=no-such-document", []),
        ("date_from=2020-01-01&date_to=2010-01-01", []),
    ],
)  # fmt: skip
def test_the_seed_has_known_answers(api: httpx.Client, question: str, expected: list[str] | None) -> None:
    answer = api.get(f"/v1/graph?{question}")
    if expected is None:
        problem(answer, 422)
        return
    edges = [
        f"{edge['id']} {edge['type']} {'→' if edge['directed'] else '—'} {edge['modality'] or edge['status'] or ''}"
        for edge in answer.json()["edges"]
    ]
    assert [edge.rstrip() for edge in edges] == expected
    assert answer.json()["truncated"] is False


def test_an_actor_that_nothing_joins_to_others_stands_alone(api: httpx.Client) -> None:
    joined = {node["id"] for node in api.get("/v1/graph?limit=5000").json()["nodes"]}
    alone = next(actor for actor in items(api, "/v1/actors", limit=200) if actor["id"] not in joined)
    graph = api.get("/v1/graph", params={"actor": alone["id"]}).json()
    assert [node["id"] for node in graph["nodes"]] == [alone["id"]]
    assert graph["edges"] == []
    nobody = api.get("/v1/graph?actor=no-such-actor&depth=3").json()
    [warning] = nobody.pop("warnings")
    assert (warning["parameter"], warning["value"], warning["nearest"]) == ("actor", "no-such-actor", None)
    assert nobody == {"nodes": [], "edges": [], "truncated": False}


def test_a_graph_says_when_it_was_cut(api: httpx.Client) -> None:
    whole = api.get("/v1/graph?limit=5000").json()
    size = len(whole["edges"])
    for limit in (1, size - 1, size, size + 1):
        cut = api.get(f"/v1/graph?limit={limit}").json()
        assert [edge["id"] for edge in cut["edges"]] == [edge["id"] for edge in whole["edges"][:limit]]
        assert cut["truncated"] is (limit < size)
        assert {node["id"] for node in cut["nodes"]} == {e[end] for e in cut["edges"] for end in ("source", "target")}
    assert len({edge["id"] for edge in whole["edges"]}) == size


def test_every_kind_that_draws_edges_can_be_asked_for() -> None:
    assert set(get_args(Drawing)) == set(EDGES) == set(DRAW)


@pytest.mark.parametrize(
    ("question", "parameter", "said"),
    [
        ("depth=0", "depth", "must be at least 1"),
        ("depth=4", "depth", "must be at most 3"),
        ("depth=1.5", "depth", "a whole number"),
        ("depth=1&depth=2", "depth", "takes one value"),
        ("limit=5001", "limit", "must be at most 5000"),
        ("limit=0", "limit", "must be at least 1"),
        ("kind=relation", "kind", "'relationship'"),
        ("kind=figure", "kind", "is no valid term"),
        ("topic=econmic", "topic", "'economic'"),
        ("modality=imagined", "modality", "is no valid term"),
        ("actor=actor/russia", "actor", "did you mean 'russia'?"),
        ("date_to=2022-02-30", "date_to", "01 to 28 in 2022-02"),
        ("dept=2", "dept", "'depth'"),
        ("cursor=x", "cursor", "there is no such parameter"),
    ],
)
def test_what_is_asked_wrongly_is_told(api: httpx.Client, question: str, parameter: str, said: str) -> None:
    [error] = problem(api.get(f"/v1/graph?{question}"), 422)["errors"]
    assert error["parameter"] == parameter
    assert said in error["detail"]
