"""Reconciliation, as OpenRefine uses it: the Reconciliation Service API 0.2, and the quality of its matches."""

import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx
import pandas
import pytest
import reconciler
from hypothesis import example, given
from hypothesis import strategies as st

from app.http.forms import MAX_BYTES
from app.model.kinds import KINDS
from tests.oracles import reconciliation as rules
from tests.paths import ROOT
from tests.services.api import client_of, items
from tests.services.databases import Databases
from tests.services.pages import HTML
from tests.services.problems import problem
from tests.services.serving import serving

PATH = "/v1/reconcile"
GUIDE = ROOT / "docs" / "reconciliation.md"
ORIGIN = {"Origin": "http://127.0.0.1:3333"}
"""Where OpenRefine runs."""
MOST = 50


@pytest.fixture(scope="module")
def url(databases: Databases) -> Iterator[str]:
    """The base URL of the service over two documents."""
    with serving(databases.shared("both")) as url:
        yield url


@pytest.fixture(scope="module")
def service(url: str) -> Iterator[httpx.Client]:
    with client_of(url) as client:
        yield client


def reconciled(client: httpx.Client, *queries: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """The candidates for each query, sent in batches as OpenRefine sends them."""
    found: list[list[dict[str, Any]]] = []
    for start in range(0, len(queries), MOST):
        batch = {f"q{number}": query for number, query in enumerate(queries[start : start + MOST])}
        rules.check(rules.QUERIES, batch)
        response = client.post(PATH, data={"queries": json.dumps(batch)})
        assert response.status_code == 200, response.text
        rules.check(rules.RESULTS, response.json())
        assert list(response.json()) == list(batch)
        found += [response.json()[key]["result"] for key in batch]
    for result in found:
        scores = [candidate["score"] for candidate in result]
        assert scores == sorted(scores, reverse=True)
        assert not any(candidate["match"] for candidate in result[1:])
    return found


def extended(client: httpx.Client, ids: list[str], *properties: str) -> dict[str, dict[str, list[Any]]]:
    """The values of properties, by id and property."""
    query = {"ids": ids, "properties": [{"id": each} for each in properties]}
    rules.check(rules.EXTENSION_QUERY, query)
    response = client.post(PATH, data={"extend": json.dumps(query)})
    rules.check(rules.EXTENSION, response.json())
    assert [each["id"] for each in response.json()["meta"]] == list(properties)
    rows: dict[str, dict[str, list[Any]]] = response.json()["rows"]
    return rows


def test_the_right_actor_comes_first_and_matches_where_a_person_would_not_hesitate(service: httpx.Client) -> None:
    table = rules.spellings()
    assert len({row.text for row in table}) == len(table) > 200
    assert f" {len(table)} spellings " in GUIDE.read_text()
    found = reconciled(service, *({"query": row.text, "type": "actor"} for row in table))
    wrong = []
    for row, result in zip(table, found, strict=True):
        first = result[0] if result else {"id": "actors/-", "match": False}
        is_right = row.actor == "-" or first["id"] == f"actors/{row.actor}"
        if not is_right or first["match"] != (row.certain == "yes"):
            wrong.append((row, first))
    assert wrong == []


def test_a_name_in_full_is_a_match_in_every_kind(service: httpx.Client) -> None:
    for kind in KINDS.values():
        records = items(service, f"/v1/{kind.plural}")
        names = [record["name"] for record in records]
        found = reconciled(service, *({"query": name, "type": kind.name} for name in names))
        for record, result in zip(records, found, strict=True):
            assert (result[0]["id"], result[0]["score"]) == (f"{kind.plural}/{record['id']}", 100), record["name"]
            assert result[0]["match"] == (names.count(record["name"]) == 1)
            assert result[0]["type"][-1] == {"id": kind.name, "name": kind.name.capitalize()}


def test_types_restrict_the_candidates(service: httpx.Client) -> None:
    both, state, person, several = reconciled(
        service,
        {"query": "Vladimir Putin"},
        {"query": "Vladimir Putin", "type": "state"},
        {"query": "Vladimir Putin", "type": "person"},
        {"query": "Vladimir Putin", "type": ["state", "relationship"], "type_strict": "any"},
    )
    assert {candidate["type"][-1]["id"] for candidate in both} == {"actor", "relationship"}
    assert not [candidate for candidate in state if candidate["type"][0]["id"] != "state"]
    assert person[0]["id"] == "actors/vladimir-putin"
    assert {"id": "person", "name": "Person"} in person[0]["type"]
    assert {candidate["type"][0]["id"] for candidate in several} <= {"state", "relationship"}


@pytest.mark.parametrize(
    ("properties", "first", "match"),
    [
        ({"country": "KP"}, "actors/kim-jong-un", True),
        ({"country": "North Korea"}, "actors/kim-jong-un", True),
        (
            {"country": ["JP", {"id": "x", "name": "Korea, Democratic People's Republic of"}]},
            "actors/kim-jong-un",
            True,
        ),
        ({"country": "Japan"}, "actors/kim-jong-un", False),
        ({"identifier": "wikidata:Q10665"}, "actors/kim-jong-il", True),  # it counts more than the name
        ({"identifier": "https://www.wikidata.org/entity/Q56226"}, "actors/kim-jong-un", True),
        ({"identifier": "Q1"}, "actors/kim-jong-un", False),
        ({"role": "Chairman"}, "actors/kim-jong-un", True),  # the text gives no role
    ],
)
def test_properties_confirm_or_exclude_a_match(
    service: httpx.Client, properties: dict[str, Any], first: str, match: bool
) -> None:
    given = [{"pid": name, "v": value} for name, value in properties.items()]
    [result] = reconciled(service, {"query": "Kim Jong-un", "properties": given})
    assert (result[0]["id"], result[0]["match"]) == (first, match)


def test_properties_are_features_and_can_be_enough(service: httpx.Client) -> None:
    [one], [minister, *_] = reconciled(
        service,
        {"properties": [{"pid": "identifier", "v": "Q423"}]},
        {"query": "Morgulov", "properties": [{"pid": "role", "v": "Deputy Foreign Minister"}]},
    )
    assert (one["id"], one["score"], one["match"]) == ("actors/north-korea", 100, True)
    assert one["features"] == [{"id": "name", "value": 0}, {"id": "identifier", "value": True}]
    assert {"id": "role", "value": True} in minister["features"]


def test_a_limit_bounds_the_candidates(service: httpx.Client) -> None:
    few, default = reconciled(service, {"query": "Russian", "limit": 2}, {"query": "Russian"})
    assert len(few) == 2
    assert few == default[:2]
    assert len(default) == 5


def test_get_and_post_give_the_same_results(service: httpx.Client) -> None:
    for form in (
        {"queries": '{"a":{"query":"DPRK"}}'},
        {"extend": '{"ids":["actors/russia"],"properties":[{"id":"name"}]}'},
    ):
        got, posted = service.get(PATH, params=form), service.post(PATH, data=form)
        assert got.status_code == 200
        assert got.json() == posted.json()
        assert got.headers["etag"]
        assert "etag" not in posted.headers
        assert posted.headers["cache-control"] == "no-store"
        assert service.post(PATH, data=form, headers={"If-None-Match": "*"}).status_code == 200


def test_every_url_of_the_manifest_works(service: httpx.Client, url: str) -> None:
    response = service.get(PATH, headers={"Host": "evil.example"})
    assert response.headers["cache-control"] == "no-store"  # without a public URL, it has the address of the connection
    manifest = response.json()
    rules.check(rules.MANIFEST, manifest)
    assert manifest["batchSize"] == MOST
    assert {each["id"] for each in manifest["defaultTypes"]} >= {*KINDS, "person", "state"}
    shapes = {"entity": rules.ENTITIES, "type": rules.TYPES, "property": rules.PROPERTIES}
    for name, suggest in manifest["suggest"].items():
        answer = service.get(suggest["service_url"] + suggest["service_path"], params={"prefix": "c"})
        rules.check(shapes[name], answer.json())
        assert answer.json()["result"]
    propose = manifest["extend"]["propose_properties"]
    proposal = service.get(propose["service_url"] + propose["service_path"], params={"type": "event", "limit": 5})
    rules.check(rules.PROPOSAL, proposal.json())
    assert len(proposal.json()["properties"]) == 5
    for path in (manifest["documentation"], manifest["logo"]):
        assert service.get(path).status_code == 200
    for template in (manifest["view"]["url"], manifest["preview"]["url"]):
        page = service.get(template.replace("{{id}}", quote("actors/north-korea", safe="")), headers=HTML)
        assert page.status_code == 200
        assert "<h1" in page.text
        assert "North Korea" in page.text
    assert manifest["identifierSpace"] == f"{url}/"


def test_the_manifest_has_the_public_url_and_its_base_path(databases: Databases) -> None:
    public = "https://data.example/dossier"
    with serving(databases.seeded, public) as url, client_of(url) as client:
        manifest = client.get(f"/dossier{PATH}", headers={"Host": "evil.example"})
        urls = [text for text in json.dumps(manifest.json()).split('"') if text.startswith("http")]
        assert all(text.startswith(public) for text in urls)
        assert manifest.headers["etag"]
        posted = client.post(f"/dossier{PATH}", data={"queries": '{"a":{"query":"DPRK"}}'})
        assert posted.json()["a"]["result"][0]["id"] == "actors/north-korea"
        preview = client.get(f"/dossier{PATH}/preview?id=actors/russia").text
        assert 'href="/dossier/actors/russia"' in preview
        instance = client.post(f"/dossier{PATH}").json()["instance"]
        assert instance == f"/dossier{PATH}"


def test_suggested_entities_are_those_of_the_search_box(service: httpx.Client) -> None:
    for prefix in ("k", "kim", "north kor", "DPRK", "Kim Jung-un"):
        expected = [
            item["url"].removeprefix("/v1/")
            for item in service.get("/v1/suggest", params={"prefix": prefix}).json()["items"]
        ]
        found = service.get(f"{PATH}/suggest/entity", params={"prefix": prefix, "unknown": "x"}).json()["result"]
        assert [item["id"] for item in found] == expected
        more = service.get(f"{PATH}/suggest/entity", params={"prefix": prefix, "cursor": 1}).json()["result"]
        assert more == found[1:]
    [one] = service.get(f"{PATH}/suggest/entity", params={"prefix": "actors/russia"}).json()["result"]
    assert one["notable"] == [{"id": "state", "name": "State"}, {"id": "actor", "name": "Actor"}]
    people = service.get(f"{PATH}/suggest/entity", params={"prefix": "k", "type": "person"}).json()["result"]
    assert people
    assert all(item["notable"][0]["id"] == "person" for item in people)


@pytest.mark.parametrize(
    ("path", "prefix", "found"),
    [
        ("type", "pers", ["person"]),
        ("type", "international org", ["international_organisation"]),
        ("type", "organisation", ["international_organisation", "organisation"]),
        ("type", "zzz", []),
        ("property", "", ["country", "identifier", "role"]),
        ("property", "ROL", ["role"]),
    ],
)
def test_types_and_properties_are_suggested(service: httpx.Client, path: str, prefix: str, found: list[str]) -> None:
    result = service.get(f"{PATH}/suggest/{path}", params={"prefix": prefix}).json()["result"]
    assert [item["id"] for item in result] == found


def test_proposed_properties_are_the_fields_of_the_record(service: httpx.Client) -> None:
    for kind in KINDS.values():
        proposed = service.get(f"{PATH}/properties", params={"type": kind.name}).json()["properties"]
        record = service.get(f"/v1/{kind.plural}?limit=1").json()["items"][0]
        names = {"identifier": "identifiers", "role": "roles"}
        fields = {names.get(each["id"], each["id"]) for each in proposed}
        assert fields == set(record) - {"kind", "url", "evidence", "formerly"}
        assert all(each["description"] for each in proposed)
        id_ = f"{kind.plural}/{record['id']}"
        values = extended(service, [id_], *(each["id"] for each in proposed))[id_]
        assert values["id"] == [{"str": record["id"]}]
        assert values["name"] == [{"str": record["name"]}]
        assert values["evidence_count"] == [{"int": record["evidence_count"]}]
        for each in proposed:
            field = record[names.get(each["id"], each["id"])]
            assert len(values[each["id"]]) == (len(field) if isinstance(field, list) else field is not None), each


def test_columns_are_added_from_actors_and_events(service: httpx.Client) -> None:
    rows = extended(
        service, ["actors/north-korea", "actors/nobody", "x", "actors/a\x00b"], "country", "identifier", "aliases"
    )
    korea = service.get("/v1/actors/north-korea").json()
    assert rows["actors/north-korea"] == {
        "country": [{"str": "KP"}],
        "identifier": [{"str": f"{each['scheme']}:{each['value']}"} for each in korea["identifiers"]],
        "aliases": [{"str": alias} for alias in korea["aliases"]],
    }
    assert list(rows) == ["actors/north-korea", "actors/nobody", "x", "actors/a\x00b"]
    assert rows["actors/nobody"] == rows["x"] == {"country": [], "identifier": [], "aliases": []}
    for event in items(service, "/v1/events"):
        id_ = f"events/{event['id']}"
        values = extended(service, [id_], "participants", "date")[id_]
        actors = [each["actor"] for each in event["participants"]]
        assert values["participants"] == [{"id": f"actors/{actor['id']}", "name": actor["name"]} for actor in actors]
        if event["date"] and event["date"]["earliest"] == event["date"]["latest"] is not None:
            assert values["date"] == [{"date": f"{event['date']['earliest']}T00:00:00Z"}]


@pytest.mark.parametrize(
    ("form", "part", "says"),
    [
        ({}, None, "is missing"),
        ({"query": "Russia"}, None, "valid are: queries, extend"),
        ({"queries": "{"}, None, "must be JSON"),
        ({"queries": "[]"}, "", "must be a mapping"),
        ({"queries": '{"a":{}}'}, "/a", "needs `query` or `properties`"),
        ({"queries": '{"a":{"query":"x","type":"persn"}}'}, "/a/type/0", "did you mean 'person'?"),
        ({"queries": '{"a":{"query":"x","limit":0}}'}, "/a/limit", "must be at least 1"),
        ({"queries": '{"a":{"query":"x","lmit":1}}'}, "/a/lmit", "did you mean 'limit'?"),
        ({"queries": '{"a":{"query":7}}'}, "/a/query", "must be text"),
        (
            {"queries": '{"a":{"properties":[{"pid":"countri","v":"KP"}]}}'},
            "/a/properties/0/pid",
            "did you mean 'country'?",
        ),
        ({"queries": '{"a":{"properties":[{"pid":"role","v":null}]}}'}, "/a/properties/0/v", "must be text, a number"),
        ({"extend": '{"ids":["x"]}'}, "/properties", "is missing"),
        ({"extend": '{"ids":[],"properties":[{"id":"countri"}]}'}, None, "did you mean 'country'?"),
    ],
)
def test_mistakes_are_problems_that_say_where_they_are(
    service: httpx.Client, form: dict[str, str], part: str | None, says: str
) -> None:
    [error] = problem(service.post(PATH, data=form), 422)["errors"]
    assert says in error["detail"]
    assert error.get("pointer") == part
    if form:
        assert problem(service.get(PATH, params=form), 422)["errors"] == [error]


def test_batches_and_bodies_are_bounded(service: httpx.Client) -> None:
    batch = {str(number): {"query": "Russia", "limit": 1} for number in range(MOST + 1)}
    problem(service.post(PATH, data={"queries": json.dumps(batch)}), 413)
    del batch["0"]
    assert len(service.post(PATH, data={"queries": json.dumps(batch)}).json()) == MOST
    body = b"extend=" + quote('{"ids":[],"properties":[]}').encode()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    fits = body + b"&x=" + b"y" * (MAX_BYTES - len(body) - 3)
    assert service.post(PATH, content=fits, headers=form).json() == {"meta": [], "rows": {}}
    for size in (MAX_BYTES + 1, 290_000):
        problem(service.post(PATH, content=body.ljust(size, b"&"), headers=form), 413)
    many = {"ids": ["actors/russia"] * 201, "properties": []}
    problem(service.post(PATH, data={"extend": json.dumps(many)}), 422)
    problem(service.post(PATH, content=b"&".join([b"x=1"] * 30), headers=form), 422)
    problem(service.post(PATH, content=b"\xff=1", headers=form), 422)
    problem(service.post(PATH, json={}), 422)
    long = {"query": "Kim Jong-un " + "x" * 100_000}
    assert reconciled(service, long)[0] == reconciled(service, {"query": long["query"][:200]})[0]


def test_a_body_that_does_not_arrive_is_not_awaited_for_ever(databases: Databases) -> None:
    head = b"POST /v1/reconcile HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n"
    with serving(databases.seeded, client_seconds=0.5) as url:
        with socket.create_connection(("127.0.0.1", urlsplit(url).port), timeout=20) as client:
            client.sendall(head)
            assert client.recv(100).startswith(b"HTTP/1.1 408 ")
        with socket.create_connection(("127.0.0.1", urlsplit(url).port), timeout=20) as client:
            client.sendall(head)
            received = b""
            for _ in range(60):
                try:
                    client.sendall(b"x" * 8_000)
                except OSError:
                    break
            while part := _received(client):
                received += part
            assert received.count(b"HTTP/1.1 ") <= 1
            assert received[:13] in (b"HTTP/1.1 413 ", b"")


def _received(client: socket.socket) -> bytes:
    try:
        return client.recv(65_536)
    except ConnectionError:
        return b""


def test_only_this_path_can_be_posted_to(service: httpx.Client) -> None:
    for method in ("PUT", "PATCH", "DELETE"):
        assert problem(service.request(method, PATH), 405)
    assert service.options(PATH).headers["allow"] == "GET, POST, HEAD, OPTIONS"
    for path in (f"{PATH}/suggest/entity", f"{PATH}/suggest/type", f"{PATH}/properties", "/v1/suggest", "/v1"):
        refused = service.post(path, data={"prefix": "x"})
        problem(refused, 405)
        assert refused.headers["allow"] == "GET, HEAD, OPTIONS"
    assert service.head(PATH).status_code == 200
    assert PATH not in json.dumps(service.get("/openapi.json").json()["paths"])


def test_pages_of_other_origins_may_use_it(service: httpx.Client) -> None:
    for path in (PATH, f"{PATH}/suggest/entity?prefix=k", f"{PATH}/properties", f"{PATH}/suggest/type?prefix="):
        assert service.get(path, headers=ORIGIN).headers["access-control-allow-origin"] == "*"
    posted = service.post(PATH, data={"queries": '{"a":{"query":"x"}}'}, headers=ORIGIN)
    assert posted.headers["access-control-allow-origin"] == "*"
    preflight = service.options(PATH, headers=ORIGIN | {"Access-Control-Request-Method": "POST"})
    assert preflight.status_code == 200
    assert "POST" in preflight.headers["access-control-allow-methods"]


def test_only_the_preview_may_be_framed(service: httpx.Client) -> None:
    preview = service.get(f"{PATH}/preview", params={"id": "actors/kim-jong-un"})
    assert preview.headers["content-security-policy"].endswith("frame-ancestors *")
    assert "unsafe" not in preview.headers["content-security-policy"]
    assert service.get("/actors/kim-jong-un").headers["content-security-policy"].endswith("frame-ancestors 'none'")
    for kind in KINDS.values():
        record = service.get(f"/v1/{kind.plural}?limit=1").json()["items"][0]
        assert service.get(f"{PATH}/preview", params={"id": f"{kind.plural}/{record['id']}"}).status_code == 200
    for unknown in ("actors/nobody", "x", "actors/../v1", "\x00"):
        assert service.get(f"{PATH}/preview", params={"id": unknown}).status_code == 404


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
_VALUES = st.one_of(st.text(), st.booleans(), st.integers(), st.fixed_dictionaries({"id": st.text()}), _JSON)
_QUERY = st.fixed_dictionaries(
    {},
    optional={
        "query": st.text() | st.sampled_from(["Kim", "DPRK", "' OR 1=1 --", "*", '"', "\x00", "actors/russia"]) | _JSON,
        "type": st.sampled_from(["actor", "event", "state"]) | st.lists(st.sampled_from([*KINDS])) | _JSON,
        "limit": st.integers() | _JSON,
        "type_strict": st.sampled_from(["any", "all", "should"]) | _JSON,
        "properties": st.lists(
            st.fixed_dictionaries(
                {
                    "pid": st.sampled_from(["country", "identifier", "role"]),
                    "v": _VALUES | st.lists(_VALUES, max_size=3),
                }
            ),
            max_size=3,
        )
        | _JSON,
    },
)
_EXTEND = st.fixed_dictionaries(
    {},
    optional={
        "ids": st.lists(st.text() | st.sampled_from(["actors/russia", "events/x", "actors/" + "x" * 90])) | _JSON,
        "properties": st.lists(st.fixed_dictionaries({"id": st.sampled_from(["country", "date", "nothing"])})) | _JSON,
    },
)


@given(queries=st.dictionaries(st.text(max_size=5), _QUERY | _JSON, max_size=4) | _JSON, by_get=st.booleans())
@example(queries={"a": {"query": "\ud800"}}, by_get=False)
@example(queries={"a": {"query": "x", "limit": 10**30}}, by_get=False)
@example(queries={"a": {"query": "x", "limit": 1.5}}, by_get=True)
def test_any_queries_are_answered_or_refused(service: httpx.Client, queries: Any, by_get: bool) -> None:
    form = {"queries": json.dumps(queries)}
    response = service.get(PATH, params=form) if by_get else service.post(PATH, data=form)
    if response.status_code == 200:
        assert rules.is_valid(rules.QUERIES, queries)
        rules.check(rules.RESULTS, response.json())
        assert list(response.json()) == list(queries)
    else:
        problem(response, 422)


@given(extend=_EXTEND | _JSON)
def test_any_extension_is_answered_or_refused(service: httpx.Client, extend: Any) -> None:
    response = service.post(PATH, data={"extend": json.dumps(extend)})
    if response.status_code == 200:
        assert rules.is_valid(rules.EXTENSION_QUERY, extend)
        rules.check(rules.EXTENSION, response.json())
        assert list(response.json()["rows"]) == list(dict.fromkeys(extend["ids"]))
    else:
        problem(response, 422)


@given(body=st.binary(max_size=200), field=st.sampled_from(["", "queries=", "extend=", "queries=%7B%22a%22:"]))
@example(body=b"[" * 100_000, field="queries=")
@example(body=b'{"a":' * 20_000, field="extend=")
def test_any_body_is_answered_or_refused(service: httpx.Client, body: bytes, field: str) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    response = service.post(PATH, content=field.encode() + body, headers=form)
    if response.status_code != 200:
        problem(response, 422)


@given(text=st.text(), cursor=st.text() | st.integers().map(str), kind=st.text() | st.sampled_from([*KINDS]))
def test_any_text_can_be_completed(service: httpx.Client, text: str, cursor: str, kind: str) -> None:
    shapes = {"suggest/entity": rules.ENTITIES, "suggest/type": rules.TYPES, "suggest/property": rules.PROPERTIES}
    query = urlencode({"prefix": text, "cursor": cursor, "type": kind, "limit": cursor}, errors="replace")
    for path, shape in (*shapes.items(), ("properties", rules.PROPOSAL)):
        response = service.get(f"{PATH}/{path}?{query}")
        assert response.status_code == 200
        rules.check(shape, response.json())


@pytest.mark.interop
@pytest.mark.filterwarnings("ignore:The inplace keyword")  # of pandas, in the client
def test_a_public_client_reconciles_a_column(url: str) -> None:
    table = pandas.DataFrame(
        {"who": ["DPRK", "Putin, Vladimir", "Kim Jung-un", "Russian Federation"], "where": ["KP", "RU", "KP", "RU"]}
    )
    found = reconciler.reconcile(
        table["who"],
        type_id="actor",
        property_mapping={"country": table["where"]},
        reconciliation_endpoint=f"{url}{PATH}",
    )
    assert list(found["input_value"]) == list(table["who"])
    assert list(found["id"]) == [
        f"actors/{each}" for each in ("north-korea", "vladimir-putin", "kim-jong-un", "russia")
    ]
    assert list(found["match"]) == [True, True, False, True]
    assert list(found["type_id"]) == ["state", "person", "person", "state"]
