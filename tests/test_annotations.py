"""W3C Web Annotations: the quotes of a document as a collection, with selectors that match the text."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser
from pyld import jsonld
from rdflib import Graph, Namespace, URIRef
from rdflib.namespace import RDF
from sqlalchemy import Engine

from app.formats.annotations import ANNO
from tests.factories.bundles import loaded
from tests.oracles.jsonld import CONTEXT
from tests.paths import COMMENTARY, ROOT, SEED
from tests.services.api import PLURALS, annotation_pages, annotations, client_of, get, items
from tests.services.databases import Databases
from tests.services.problems import problem
from tests.services.serving import serving

OA, AS = Namespace("http://www.w3.org/ns/oa#"), Namespace("http://www.w3.org/ns/activitystreams#")
Json = dict[str, Any]


def official(url: str, _options: Any) -> Json:
    """A document loader with the official context only, so that no test needs the network."""
    assert url == ANNO
    return {"contextUrl": None, "documentUrl": url, "document": CONTEXT}


@pytest.fixture(params=["seeded_url", "generated_url"])
def api(request: pytest.FixtureRequest, databases: Databases) -> Iterator[httpx.Client]:
    """A client over the seed, then over generated texts with characters outside the BMP, such as 𝔘nion."""
    with client_of(request.getfixturevalue(request.param)) as client:
        yield client


def documents(client: httpx.Client) -> list[str]:
    return [document["id"] for document in items(client, "/v1/documents")]


def test_a_collection_has_its_pages_as_the_standard_says(api: httpx.Client) -> None:
    for document in documents(api):
        answer = api.get(f"/v1/documents/{document}/annotations")
        assert answer.headers["content-type"] == f'application/ld+json; profile="{ANNO}"'
        collection, found = answer.json(), annotation_pages(api, document)
        iris = [page["id"] for page in found]
        assert (collection["@context"], collection["type"]) == (ANNO, "AnnotationCollection")
        assert (collection["first"], collection["last"]) == (iris[0], iris[-1])
        assert collection["total"] == sum(len(page["items"]) for page in found)
        assert [page.get("prev") for page in found] == [None, *iris[:-1]]
        assert [page.get("next") for page in found] == [*iris[1:], None]
        at = 0
        for page in found:
            assert (page["@context"], page["type"]) == (ANNO, "AnnotationPage")
            assert (page["partOf"], page["startIndex"]) == (collection["id"], at)
            at += len(page["items"])


def test_the_annotations_are_the_quotes(api: httpx.Client) -> None:
    found: dict[str, Json] = {}
    for document in documents(api):
        found |= {annotation["id"].rpartition("#")[2]: annotation for annotation in annotations(api, document)}
    quotes = 0
    for plural in PLURALS:
        for record in items(api, f"/v1/{plural}", limit=200):
            assert len(record["evidence"]) == record["evidence_count"]
            for quote in record["evidence"]:
                bodies = found[quote["id"]]["body"]
                assert {body["source"]["id"] for body in bodies} == {record["url"].removeprefix("/v1")}
                assert {body["source"]["schema:name"] for body in bodies} == {record["name"]}
                assert [body["selector"]["value"] for body in bodies if "selector" in body] == quote["supports"]
                quotes += 1
    assert quotes == len(found)


def test_every_selector_finds_its_words_in_the_served_text(api: httpx.Client) -> None:
    for document in documents(api):
        text = api.get(f"/v1/documents/{document}/text").text
        for annotation in annotations(api, document):
            position, quote = annotation["target"]["selector"]
            start, end = position["start"], position["end"]
            assert annotation["target"]["source"] == f"/v1/documents/{document}/text"
            assert text[start:end] == quote["exact"]
            assert text[:start].endswith(quote["prefix"])
            assert text[end:].startswith(quote["suffix"])


def test_the_generated_texts_have_characters_that_javascript_counts_twice(generated_url: str) -> None:
    with client_of(generated_url) as client:
        quotes = [a["target"]["selector"][1]["exact"] for d in documents(client) for a in annotations(client, d)]
    assert any(character > "\uffff" for quote in quotes for character in quote)


def test_every_term_is_one_of_the_official_context_or_of_schema_org(api: httpx.Client) -> None:
    terms = CONTEXT["@context"]

    def check(node: Any) -> None:
        if isinstance(node, list):
            for item in node:
                check(item)
        elif isinstance(node, dict):
            for name, value in node.items():
                assert name in terms or name in ("@context", "schema:name")
                if name in ("type", "motivation", "purpose"):
                    assert value in terms or value.startswith("schema:")
                check(value)

    for document in documents(api):
        check(api.get(f"/v1/documents/{document}/annotations").json())
        check(annotation_pages(api, document))


@pytest.mark.interop
def test_the_annotations_expand_with_the_official_context_and_the_collection_is_whole(api: httpx.Client) -> None:
    for document in documents(api):
        for page in annotation_pages(api, document):
            came_from = api.base_url.join(page["id"])
            [expanded] = jsonld.expand(page, {"documentLoader": official, "base": str(came_from)})
            assert expanded["@type"] == [str(AS.OrderedCollectionPage)]
            [listed] = expanded[str(AS["items"])]
            assert len(listed["@list"]) == len(page["items"])
            for annotation, node in zip(page["items"], listed["@list"], strict=True):
                assert node["@id"] == came_from.join(annotation["id"])
                assert node["@type"] == [str(OA.Annotation)]
                [target] = node[str(OA.hasTarget)]
                assert target[str(OA.hasSource)] == [{"@id": came_from.join(annotation["target"]["source"])}]
                kinds = [selector["@type"] for selector in target[str(OA.hasSelector)]]
                assert kinds == [[str(OA.TextPositionSelector)], [str(OA.TextQuoteSelector)]]
                for body in node[str(OA.hasBody)]:
                    [record] = body[str(OA.hasSource)]
                    assert record["@type"][0].startswith("http://schema.org/")


@pytest.mark.interop
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own parser uses it
def test_rdflib_reads_what_a_page_says(api: httpx.Client) -> None:
    page = annotation_pages(api, documents(api)[0])[0]
    came_from = api.base_url.join(page["id"])
    # Inline the context, since rdflib would fetch it.
    graph = Graph().parse(data=json.dumps(page | CONTEXT), format="json-ld", base=str(came_from))
    found = set(graph.subjects(RDF.type, OA.Annotation))
    assert found == {URIRef(str(came_from.join(annotation["id"]))) for annotation in page["items"]}
    exact = sorted(str(words) for words in graph.objects(None, OA.exact))
    assert exact == sorted(annotation["target"]["selector"][1]["exact"] for annotation in page["items"])
    starts = sorted(int(str(start)) for start in graph.objects(None, OA.start))
    assert starts == sorted(annotation["target"]["selector"][0]["start"] for annotation in page["items"])


def test_records_have_the_types_of_schema_org(seeded_url: str) -> None:
    with client_of(seeded_url) as client:
        sources = [body["source"] for a in annotations(client, SEED.name) for body in a["body"]]
    types = {source["id"]: source["type"] for source in sources}
    assert types["/actors/north-korea"] == "schema:Country"
    assert types["/actors/kim-jong-un"] == "schema:Person"
    assert types["/actors/rodong-sinmun"] == "schema:NewsMediaOrganization"
    assert types[f"/documents/{SEED.name}"] == "schema:Article"
    assert {"schema:Event", "schema:Legislation", "schema:Quotation", "schema:Claim"} <= set(types.values())


def test_iris_are_absolute_where_the_public_url_is_known(database: Callable[[str], Engine]) -> None:
    engine, public = database("seeded"), "https://dossier.example"
    with serving(str(engine.url)) as url:
        unknown = get(f"{url}/v1/documents/{SEED.name}/annotations/1")
    with serving(str(engine.url), public) as url:
        known = get(f"{url}/v1/documents/{SEED.name}/annotations/1")
    assert known.headers["etag"] != unknown.headers["etag"]
    assert known.text == re.sub('(?<="id":")(?=/)|(?<=:")(?=/v1/)', public, unknown.text)


def test_a_second_document_has_its_own_quotes_of_shared_records(database: Callable[[str], Engine]) -> None:
    engine = database("seeded")
    loaded(engine, COMMENTARY)
    with serving(str(engine.url)) as url, client_of(url) as client:
        both = {document: annotations(client, document) for document in (SEED.name, COMMENTARY.name)}
        quotes = items(client, "/v1/actors/china/evidence")
    for document, found in both.items():
        of_china = [a for a in found if a["body"][0]["source"]["id"] == "/actors/china"]
        assert len(of_china) == sum(quote["document"]["id"] == document for quote in quotes) > 0


@pytest.mark.parametrize("page", ["0", "-1", "1.0", "first", "1000001"])
def test_pages_are_numbered_from_one(seeded_url: str, page: str) -> None:
    answer = get(f"{seeded_url}/v1/documents/{SEED.name}/annotations/{page}")
    assert [error["parameter"] for error in problem(answer, 422)["errors"]] == ["page"]


def test_a_page_after_the_last_is_not_there(seeded_url: str) -> None:
    answer = get(f"{seeded_url}/v1/documents/{SEED.name}/annotations/99")
    assert "the last is 4" in problem(answer, 404)["detail"]


@pytest.mark.browser
def test_a_javascript_client_converts_as_the_docs_say(generated_url: str, browser: Browser) -> None:
    [script] = re.findall(r"```js\n(.*?)```", (ROOT / "docs" / "offsets.md").read_text("utf-8"), re.DOTALL)
    with client_of(generated_url) as client:
        document = documents(client)[0]
        text = client.get(f"/v1/documents/{document}/text").text
        selectors = [annotation["target"]["selector"] for annotation in annotations(client, document)]
    assert len(text.encode("utf-16-le")) > 2 * len(text)
    page = browser.new_page()
    found = page.evaluate(
        "([script, text, selectors]) => {"
        "  const {unitsOf, pointAt} = new Function(`${script}; return {unitsOf, pointAt}`)();"
        "  const units = unitsOf(text);"
        "  return selectors.map(([position, quote]) => {"
        "    const [from, to] = [units[position.start], units[position.end]];"
        "    return [text.slice(from, to), pointAt(units, from), pointAt(units, to)];"
        "  });"
        "}",
        [script, text, selectors],
    )
    page.close()
    assert found == [[quote["exact"], position["start"], position["end"]] for position, quote in selectors]
