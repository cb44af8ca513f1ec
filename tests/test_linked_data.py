"""Linked data: JSON-LD and Turtle as rdflib and pyld read them, compared with the JSON record by record."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, cast

import httpx
import pytest
from pyld import jsonld
from rdflib import BNode, Graph, Namespace, URIRef
from rdflib.query import ResultRow

from app.formats.jsonld import ANNOTATION_TERMS, CONTEXT, FIELD_TERMS
from tests.oracles.jsonld import CONTEXT as OFFICIAL
from tests.oracles.plain import Record
from tests.paths import ROOT, SEED
from tests.services.api import PLURALS, client_of, get, items
from tests.services.serving import serving

PUBLIC = "https://dossier.example/base"
SCHEMA, OA, DOSSIER = (Namespace(iri) for iri in (CONTEXT["schema"], CONTEXT["oa"], CONTEXT["dossier"]))
PAGE = ROOT / "docs" / "linked-data.md"
LD, TURTLE, HTML = "application/ld+json", "text/turtle", "text/html"
FORMATS = {LD: "json-ld", TURTLE: "turtle"}

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own parser uses it


@pytest.fixture(scope="module")
def api(three: str) -> Iterator[httpx.Client]:
    """A client of a service over it that has a public URL with a path."""
    with serving(three, PUBLIC) as url, client_of(url) as client:
        yield client


@pytest.fixture(scope="module")
def records(api: httpx.Client) -> dict[URIRef, Record]:
    """Every record by its IRI."""
    found = (record for plural in PLURALS for record in items(api, f"/v1/{plural}", limit=200))
    return {iri(record): record for record in found}


@pytest.fixture(scope="module")
def graph(api: httpx.Client) -> Graph:
    """The export in Turtle, as rdflib reads it."""
    answer = api.get("/v1/export?format=turtle")
    assert answer.headers["content-type"] == "text/turtle; charset=utf-8"
    return Graph().parse(data=answer.text, format="turtle")


@pytest.fixture(scope="module")
def jsonld_text(api: httpx.Client) -> str:
    """The export in JSON-LD."""
    answer = api.get("/v1/export?format=jsonld")
    assert answer.headers["content-type"] == LD
    return answer.text


@pytest.fixture
def linked(jsonld_text: str) -> dict[str, Any]:
    """The export in JSON-LD, decoded."""
    content: dict[str, Any] = json.loads(jsonld_text)
    return content


def iri(ref: Record) -> URIRef:
    """The IRI of a record or Ref: the URL of its page."""
    return URIRef(PUBLIC + ref["url"].removeprefix("/base").removeprefix("/v1"))


def rows_of(graph: Graph, question: str) -> list[ResultRow]:
    """The answers to a question in SPARQL."""
    rows = list(graph.query(question))
    assert all(isinstance(row, ResultRow) for row in rows)
    return cast(list[ResultRow], rows)


def refuse(url: str, _options: Any) -> Any:
    raise AssertionError(f"{url} would be fetched")


# The three readings


def trees(graph: Graph) -> dict[Any, Any]:
    """The triples of each resource. A blank node, which only one triple has as its object, becomes its own triples."""

    def tree(node: Any) -> Any:
        return tuple(sorted((p, tree(o) if isinstance(o, BNode) else o.n3()) for p, o in graph.predicate_objects(node)))

    return {node: tree(node) for node in set(graph.subjects()) if not isinstance(node, BNode)}


@pytest.mark.interop
def test_turtle_and_json_ld_say_the_same_to_rdflib_and_pyld(graph: Graph, jsonld_text: str) -> None:
    expected = trees(graph)
    assert len(expected) > 500
    assert trees(Graph().parse(data=jsonld_text, format="json-ld")) == expected
    quads = jsonld.to_rdf(json.loads(jsonld_text), {"documentLoader": refuse, "format": "application/n-quads"})
    assert trees(Graph().parse(data=quads, format="nt")) == expected


@pytest.mark.interop
def test_every_literal_is_of_its_datatype_and_every_iri_is_absolute(graph: Graph) -> None:
    nodes = {node for triple in graph for node in triple}
    assert not [node for node in nodes if getattr(node, "ill_typed", False)]
    assert all(re.match("https?://|urn:", node) for node in nodes if isinstance(node, URIRef))


@pytest.mark.interop
def test_quotes_mean_what_the_official_context_of_web_annotations_says(linked: dict[str, Any]) -> None:
    quotes = [node for node in linked["@graph"] if node["type"] == "Annotation"]
    for quote in quotes:
        assert quote["target"].pop("wasQuotedFrom").startswith(f"{PUBLIC}/documents/")
        assert all(part.startswith(PUBLIC) for part in quote.pop("supports"))
    assert len(quotes) > 300
    ours, official = (
        jsonld.expand({"@context": context, "@graph": quotes}, {"documentLoader": refuse})
        for context in (CONTEXT, OFFICIAL["@context"])
    )
    assert ours == official
    assert ANNOTATION_TERMS.keys() <= OFFICIAL["@context"].keys()


# Every field, by SPARQL


def leaves(value: Any, *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The Refs and scalars in a record, each with the names of its fields. Nulls are left out."""
    if isinstance(value, list):
        for item in value:
            yield from leaves(item, *path)
    elif isinstance(value, dict) and value.keys() == {"kind", "id", "name", "url"}:
        yield path, iri(value)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, *path, name)
    elif value is not None:
        yield path, value


def predicate(name: str) -> str:
    """The property of a field, as the page says."""
    return told().get(name, f"dossier:{name}")


def told() -> dict[str, str]:
    """The properties of fields in the table of the page."""
    return dict(re.findall(r"^\| `(\w+)` \| `(\w+:\w+)`", PAGE.read_text(), re.MULTILINE))


def plain(value: Any) -> Any:
    """A Ref as its IRI, a number with a fraction as a decimal, and another value as its characters."""
    if isinstance(value, URIRef):
        return value
    return str(value).lower() if isinstance(value, bool) else Decimal(value) if isinstance(value, float) else str(value)


@pytest.mark.interop
def test_every_ref_and_every_value_of_every_record_is_found_by_sparql(
    graph: Graph, records: dict[URIRef, Record]
) -> None:
    expected: dict[tuple[str, ...], Counter[tuple[URIRef, Any]]] = defaultdict(Counter)
    for key, record in records.items():
        without = {name: value for name, value in record.items() if name not in ("kind", "id", "url", "evidence")}
        without["formerly"] = [URIRef(f"{key.rpartition('/')[0]}/{former}") for former in record["formerly"]]
        for path, value in leaves(without):
            expected[path][key, plain(value)] += 1
    refs = {path for path, found in expected.items() for _, value in found if isinstance(value, URIRef)}
    assert {
        ("participants", "actor"), ("speakers", "actor"), ("subject",), ("object",), ("authority",), ("targets",),
        ("binds",), ("about",), ("rests_on",), ("document",), ("actors",), ("enforcement", "actor"),
        ("stances", "toward"), ("related", "record"), ("roles", "organisation"), ("holder",), ("medium",),
    } <= refs  # fmt: skip
    names = " ".join(f"PREFIX {name}: <{CONTEXT[name]}>" for name in ("dossier", "schema", "dcterms", "prov"))
    for path, found in expected.items():
        way = "/".join(map(predicate, path))
        rows = rows_of(graph, f"{names} SELECT ?record ?value {{ ?record {way} ?value }}")
        read = Counter((row[0], read_back(row[1], path[-1])) for row in rows if row[0] in records)
        assert read == (found if len(path) > 1 else Counter(set(found))), way


def read_back(node: Any, field: str) -> Any:
    """A node as `plain` has the value of its field. rdflib writes the times in UTC with `+00:00`."""
    if isinstance(node, URIRef) and node.startswith(PUBLIC):
        return node
    return Decimal(str(node)) if field in ("low", "high") else str(node).replace("+00:00", "Z")


@pytest.mark.interop
def test_every_quote_is_an_annotation(graph: Graph, api: httpx.Client, records: dict[URIRef, Record]) -> None:
    rows = rows_of(
        graph,
        """
        PREFIX oa: <http://www.w3.org/ns/oa#> PREFIX prov: <http://www.w3.org/ns/prov#>
        PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
        SELECT ?quote ?record ?document ?start ?end ?exact (GROUP_CONCAT(?pointer; separator=" ") AS ?supports) {
            ?quote a oa:Annotation ; oa:hasBody ?body ; oa:hasTarget ?target .
            ?body oa:hasSource ?record . OPTIONAL { ?body oa:hasSelector/rdf:value ?pointer }
            ?target prov:wasQuotedFrom ?document ; oa:hasSelector [ oa:start ?start ; oa:end ?end ], [ oa:exact ?exact ]
        } GROUP BY ?quote ?record ?document ?start ?end ?exact""",
    )
    read = {}
    for row in rows:
        quote, record, document, start, end, exact, supports = row
        read[quote.rpartition("#")[2]] = (record, document, int(start), int(end), str(exact), set(supports.split()))
    expected = {
        quote["id"]: (
            iri(quote["record"]), iri(quote["document"]), quote["start"], quote["end"], quote["exact"],
            set(quote["supports"]),
        )
        for quote in items(api, "/v1/evidence", limit=200)
    }  # fmt: skip
    assert read == expected


# The questions of the page


def answered(graph: Graph, number: int) -> set[tuple[Any, ...]]:
    """The answers to a question of the page."""
    question = re.findall(r"^```sparql\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)[number]
    return {tuple(None if value is None else str(value) for value in row) for row in rows_of(graph, question)}


@pytest.mark.interop
def test_who_took_part_in_what_when_on_which_words(
    graph: Graph, api: httpx.Client, records: dict[URIRef, Record]
) -> None:
    words = defaultdict(list)
    for quote in items(api, "/v1/evidence", limit=200, kind="event"):
        for pointer in quote["supports"] or [""]:
            words[iri(quote["record"]), pointer].append(quote["exact"])
    assert answered(graph, 0) == {
        (str(key), str(iri(part["actor"])), part["role"], event["modality"], event["date"] and event["date"]["edtf"], w)
        for key, event in records.items()
        if event["kind"] == "event"
        for at, part in enumerate(event["participants"])
        for w in words[key, ""] + words[key, f"/participants/{at}"]
    }


@pytest.mark.interop
def test_whose_view_it_is(graph: Graph, records: dict[URIRef, Record]) -> None:
    expected = set()
    for key, record in records.items():
        if record["kind"] == "statement":
            who = [speaker["actor"] for speaker in record["speakers"]]
        elif record["kind"] == "assessment":
            who = [record["holder"]] if record["holder"] else records[iri(record["document"])]["authors"]
        else:
            continue
        expected |= {(str(key), str(iri(actor))) for actor in who}
    assert answered(graph, 1) == expected
    assert {len(row) for row in expected} == {2}


@pytest.mark.interop
def test_which_sanctions_bind_whom(graph: Graph, records: dict[URIRef, Record]) -> None:
    expected = {
        (str(key), str(iri(bound)), target and str(iri(target)))
        for key, record in records.items()
        if record["kind"] == "sanction"
        for bound in record["binds"]
        for target in record["targets"] or [None]
    }
    assert expected
    assert answered(graph, 2) == expected


# The page and the context


def test_the_table_has_every_field_with_a_property_of_another_vocabulary() -> None:
    derived = {"sameAs", "startDate", "endDate", "datePublished", "temporal", "wasAttributedTo", "wasQuotedFrom"}
    properties = {name: term if isinstance(term, str) else term["@id"] for name, term in FIELD_TERMS.items()}
    others = {name: found for name, found in properties.items() if found != f"dossier:{name}" and name not in derived}
    assert told() == others
    assert all(f"`{properties[name]}`" in PAGE.read_text() or properties[name] in PAGE.read_text() for name in derived)
    assert not ANNOTATION_TERMS.keys() & FIELD_TERMS.keys()


def test_the_seed_reads_well_as_linked_data(linked: dict[str, Any]) -> None:
    nodes = {node["id"]: node for node in linked["@graph"]}
    korea = nodes[f"{PUBLIC}/actors/north-korea"]
    assert korea["type"] == ["schema:Country", "dossier:Actor"]
    assert korea["dossier:type"] == "state"
    assert korea["sameAs"] == [
        "http://publications.europa.eu/resource/authority/country/PRK", "http://www.wikidata.org/entity/Q423"
    ]  # fmt: skip
    visit = nodes[f"{PUBLIC}/events/kim-visits-vladivostok"]
    assert (visit["startDate"], visit["date"]["edtf"]) == ("2019-03-01", "2019-21")
    assert {"id": f"{PUBLIC}/actors/kim-jong-un", "name": "Kim Jong-un"} in [p["actor"] for p in visit["participants"]]
    assert visit["document"]["id"] == f"{PUBLIC}/documents/{SEED.name}"


# The pages of records


def some_of(records: dict[URIRef, Record]) -> list[str]:
    """The page of one record of each kind, which quotes a shared actor where it can."""
    return [next(str(key) for key, r in records.items() if r["kind"] == kind) for kind in
            dict.fromkeys(record["kind"] for record in records.values())]  # fmt: skip


@pytest.mark.interop
def test_each_record_iri_answers_with_its_part_of_the_export(
    api: httpx.Client, graph: Graph, records: dict[URIRef, Record]
) -> None:
    whole = trees(graph)
    for url in [*some_of(records), f"{PUBLIC}/actors/north-korea"]:
        path = url.removeprefix(PUBLIC)
        for media_type, parser in FORMATS.items():
            answer = api.get(path, headers={"Accept": media_type})
            assert answer.headers["content-type"].partition(";")[0] == media_type
            found = trees(Graph().parse(data=answer.text, format=parser))
            assert found[URIRef(url)] == whole[URIRef(url)]
            notes = {node.rpartition("#")[2] for node in found if "/annotations#" in node}
            assert notes == {quote["id"] for quote in records[URIRef(url)]["evidence"]}
            assert all(found[node] == whole[node] for node in found if "/annotations#" in node)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", HTML),
        ("*/*", HTML),
        ("text/*", HTML),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", HTML),
        (LD, LD),
        (f"{LD}, */*;q=0.1", LD),
        (f"{TURTLE}, {LD};q=0.9", TURTLE),
        (f"{LD}, {TURTLE};q=0.9", LD),
        (f"{LD};q=0.5, {HTML}", HTML),
        ("text/turtle;q=0.7, text/html;q=0.3", TURTLE),
        ("application/rdf+xml", HTML),
        ("nonsense", HTML),
        (f"{LD};q=0", HTML),
    ],
)
def test_the_page_of_a_record_answers_as_accepted(seeded_url: str, accept: str, expected: str) -> None:
    for path in ("/actors/north-korea", f"/documents/{SEED.name}", "/sanctions/resolution-2371"):
        answer = get(seeded_url + path, headers={"Accept": accept})
        assert answer.headers["content-type"].partition(";")[0] == expected
        assert "Accept" in re.split(", *", answer.headers["vary"])


def test_each_media_type_has_an_entity_tag_of_its_own(seeded_url: str) -> None:
    tags = set()
    for media_type in (HTML, LD, TURTLE):
        headers = {"Accept": media_type}
        answer = get(f"{seeded_url}/events/invasion-of-ukraine", headers=headers)
        tags.add(tag := answer.headers["etag"])
        again = get(f"{seeded_url}/events/invasion-of-ukraine", headers=headers | {"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert "Accept" in again.headers["vary"]
        head = httpx.head(f"{seeded_url}/events/invasion-of-ukraine", headers=headers)
        assert head.headers["etag"] == tag
    assert len(tags) == 3


def test_without_a_public_url_iris_are_of_the_dataset(seeded_url: str) -> None:
    dataset = get(f"{seeded_url}/v1").json()["dataset"]
    for path in ("/v1/export?format=turtle", "/v1/export?format=jsonld"):
        text = get(seeded_url + path).text
        assert f"urn:uuid:{dataset}/actors/north-korea" in text
        assert not re.search(r'"id": ?"/|</', text)
    text = get(f"{seeded_url}/actors/north-korea", headers={"Accept": TURTLE}).text
    assert f"<urn:uuid:{dataset}/actors/north-korea> a schema:Country, dossier:Actor" in text


def test_the_context_is_published(seeded_url: str) -> None:
    answer = get(f"{seeded_url}/context.jsonld")
    assert answer.headers["content-type"] == LD
    inline = get(f"{seeded_url}/actors/north-korea", headers={"Accept": LD}).json()["@context"]
    assert (
        answer.json()
        == {"@context": inline}
        == {"@context": get(f"{seeded_url}/v1/export?format=jsonld").json()["@context"]}
    )


def test_a_page_links_to_its_other_media_types(seeded_url: str) -> None:
    html = get(f"{seeded_url}/events/invasion-of-ukraine").text
    for media_type in (LD, TURTLE):
        assert f'<link rel="alternate" type="{media_type}" href="/events/invasion-of-ukraine">' in html
    assert LD not in get(f"{seeded_url}/events").text
