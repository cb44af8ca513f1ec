"""The seed, compared with `reading.yaml`, a second independent reading of the text: edges, actors, hedges, questions.

Each difference was settled by the text; the tables below give the reason.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from ruamel.yaml import YAML

from tests.oracles.gold import Served, Span
from tests.oracles.plain import along
from tests.services.api import PLURALS, client_of, items

Edge = dict[str, Any]
READING: dict[str, Any] = YAML(typ="safe").load(Path(__file__).parent / "oracles" / "reading.yaml")

IDS = {
    "five-states": "five-states-against-resolution",
    "communist-party": "communist-party-russia",
    "nk-ambassador": "north-korean-ambassador-to-russia",
    "nk-counterpart": "galushkas-north-korean-counterpart",
    "nk-workers": "north-korean-workers",
    "nk-regime": "north-korean-regime",
    "nk-leaders": "north-korean-leaders",
    "russian-border-official": "russian-border-region-official",
    "construction-association": "border-region-construction-association",
}
"""Actors whose id is not their key in the reading."""
NO_ACTORS = {
    "russian-foreign-ministry": "implied by the title “Deputy Foreign Minister”; the text names no ministry",
    "far-east-ministry": "implied by the title “Far Eastern Development Minister”; the text names no ministry",
    "russian-forces": "“its forces” are what Russia is to withdraw",
    "russian-business": "“Russia’s business interests” are an aim, not a group that acts",
    "construction-companies": "“an association of construction companies” speaks for them",
    "news-headlines": "headlines are statements of nobody in particular",
    "famine-dead": "a figure",
    "estimators": "“current estimates” are nobody's",
    "callers-ally": "“often … called an ‘ally’”: by nobody in particular",
    "author": "the text names none",
    "lev-rubinstein": "page furniture",
}
MORE = {
    "actor/five-states-against-resolution/part_of:five-states-against-resolution:un-member-states": (
        "“one of five member states that voted against”: the five are member states"
    ),
    "relationship/kim-jong-un-leads-north-korea:kim-jong-un:north-korea": (
        "“make Kim Jong-un choose”, “Kim Jong-un’s first five-year plan”: who plans for the country leads it"
    ),
    "relationship/russian-state-media-of-russia:russia:russian-state-media": "“state media”: owner first",
    "relationship/rodong-sinmun-of-north-korea:north-korea:rodong-sinmun": "“state newspaper”: owner first",
    "event/kim-visits-vladivostok:kim-jong-un:vladimir-putin": "Kim Jong-un goes to meet Putin, who stays",
}
"""Edges that the reading lacks, or has in another direction."""
_AIM = "whose plan it is acts with Russia; China is only affected by it"
_CONDUCT = "conduct toward a sanction is in `enforcement`, and draws no edge toward its authority"
_NORMS = "disregard of norms is a part of the imagined sphere, not an act toward somebody"
FEWER = {
    ("north-korea", "five-states"): "the five are a part of the member states; the text counts North Korea among them",
    ("kim-jong-un", "china"): _AIM,
    ("nk-regime", "china"): _AIM,
    ("nk-leaders", "china"): "worry about dependence is an assessment",
    ("state-duma", "russia"): "the text does not say whose it is",
    ("nk-workers", "migrant-workers"): "the migrants have left before others fill the gap",
    ("nk-workers", "north-korea"): "an adjective; the field `country` has it",
    ("russian-people", "russia"): "an adjective; the struggle is the paper's word, in the statement",
    ("igor-morgulov", "north-korea"): "the words on the meeting are attributed to nobody",
    ("nk-ambassador", "russia"): "represents North Korea; the words on the meeting are attributed to nobody",
    ("russia", "united-nations"): _CONDUCT,
    ("china", "united-nations"): _CONDUCT,
    ("russia", "un-security-council"): "a voter draws no edge",
    ("china", "un-security-council"): "a voter draws no edge",
    ("russia", "international-community"): _NORMS,
    ("china", "international-community"): _NORMS,
    ("russian-border-official", "russian-state-media"): "the outlet is the statement's medium, not its subject",
    ("united-nations", "nk-workers"): "the ban binds member states and targets North Korea",
    ("construction-association", "russia"): "a place",
    ("migrant-workers", "russia"): "the text does not say what they leave",
}
"""Pairs that the reading connects and no edge does."""
REAL = {
    "actual": {"actual", "former", "habitual"},
    "habitual": {"habitual", "actual", "former"},
    "planned": {"planned", "prospective", "hypothetical"},
    "hypothetical": {"hypothetical", "prospective", "planned"},
    "current": {"actual", "habitual"},
    "former": {"former", "actual"},
    "prospective": {"prospective", "hypothetical", "planned"},
}
"""The realities of the reading that a modality, or the status of a relationship, agrees with."""
SAID_OF_OTHERS = {
    ("un-member-states", "/v1/actors/five-states-against-resolution"): "the five states are member states"
}
"""Records found under an actor, although the reading finds nothing in their quotes about it."""

OF_NO_ASSESSMENT = {
    "kazbek-taysaev": "the words of a statement, and `should` is a demand",
    "estimators": "the words of a statement",
    "russian-border-official": "the words of a statement",
}
"""Holders of hedged claims that are not the author."""
OTHER_LEVELS = {
    "Such a development would be": ("unstated", "“would” follows from the condition, and measures no confidence"),
    "For North Korea, there is much": ("unstated", "a flat assertion gives no measure of confidence"),
    "The larger the club of": ("unstated", "a flat assertion gives no measure of confidence"),
    "This would not only improve": ("unstated", "“would” follows from the condition, and measures no confidence"),
    "It would also serve": ("unstated", "“would” follows from the condition, and measures no confidence"),
    "Increasing international polarization": ("possible", "“may not help” is weak doubt: it may also help"),
}
"""Levels that differ from the reading's, by the beginning of the quote."""


def ident(key: str) -> str:
    return IDS.get(key, key)


def ends(connection: dict[str, Any]) -> tuple[str, str]:
    return ident(connection["source"]), ident(connection["target"])


@pytest.fixture(scope="module")
def client(seeded_url: str) -> Iterator[httpx.Client]:
    with client_of(seeded_url) as client:
        yield client


@pytest.fixture(scope="module")
def edges(client: httpx.Client) -> list[Edge]:
    graph = client.get("/v1/graph?limit=5000").json()
    assert not graph["truncated"]
    found: list[Edge] = graph["edges"]
    return found


def test_both_readings_have_the_same_actors(client: httpx.Client) -> None:
    actors = {actor["id"] for actor in client.get("/v1/actors?limit=200").json()["items"]}
    keys = {actor["key"] for actor in READING["actors"]}
    assert actors == {ident(key) for key in keys - NO_ACTORS.keys()}


def test_every_edge_is_a_connection_of_the_reading(edges: list[Edge]) -> None:
    directed = {ends(connection) for connection in READING["connections"] if connection["directed"]}
    either = {ends(connection) for connection in READING["connections"]}
    unread = {
        edge["id"]
        for edge in edges
        for pair in [(edge["source"], edge["target"])]
        if (pair not in directed if edge["directed"] else not {pair, pair[::-1]} & either)
    }
    assert unread == MORE.keys()


def test_every_connection_of_the_reading_is_an_edge(edges: list[Edge]) -> None:
    joined = {frozenset((edge["source"], edge["target"])) for edge in edges}
    missing = {
        frozenset(ends(connection))
        for connection in READING["connections"]
        if not {connection["source"], connection["target"]} & NO_ACTORS.keys()
        and frozenset(ends(connection)) not in joined
    }
    assert missing == {frozenset((ident(source), ident(target))) for source, target in FEWER}


def test_an_edge_is_as_real_as_the_reading_has_it(edges: list[Edge]) -> None:
    realities = defaultdict(set)
    for connection in READING["connections"]:
        realities[frozenset(ends(connection))].add(connection["reality"])
    for edge in edges:
        real = edge["modality"] or (edge["status"] if edge["kind"] == "relationship" else None)
        if real and edge["id"] not in MORE:
            assert realities[frozenset((edge["source"], edge["target"]))] & REAL[real], edge["id"]


SAYS: dict[str, Callable[[Edge], bool]] = {
    "cooperated / coordinated with the other four voters": lambda edge: True,
    "demanded that Russia withdraw its forces": lambda edge: edge["type"] in ("request", "demand"),
    "subsidized its economy / exported oil to it": lambda edge: edge["type"] in ("subsidy", "supply", "aid"),
    "may be prepared to give it more backing": lambda edge: edge["modality"] == "hypothetical",
    "are allied / have formed their own sphere": lambda edge: edge["status"] == "current" or is_real(edge),
    "coordinated their votes for Resolution 2371 / cooperated in watering down": lambda edge: is_real(edge),
    "supports its invasion": lambda edge: is_real(edge),
    "are allies (as fact)": lambda edge: edge["type"] == "alliance",
    "imposed sanctions on it": lambda edge: edge["kind"] == "sanction",
    "removed sanctions on it": lambda edge: edge["type"] in ("concede", "yield", "retreat") and is_real(edge),
    "announced / speaks for its policy": lambda edge: edge["type"] in ("role", "representation", "agree"),
    "visited it": lambda edge: edge["type"] == "consult",
    "hosted / invited": lambda edge: True,
    "increased trade tenfold": lambda edge: "tenfold" in edge["id"] and is_real(edge),
    "is an investor in / ally of it now": lambda edge: (
        edge["type"] in ("investment", "alliance") and edge["status"] == "current"
    ),
    "addressed an appeal to the workers": lambda edge: edge["kind"] == "event",
    "petitioned the Russian government": lambda edge: True,
    "pays the North Korean regime": lambda edge: True,
    "sanctioned it": lambda edge: True,
    "voted on Resolution 2371": lambda edge: True,
    "subsidized / traded at friendship prices in its favour": lambda edge: edge["type"] == "subsidy",
    "imitates / has become like it": lambda edge: edge["type"] in ("kinship", "succession"),
}
"""For pairs that the reading connects in some other way: whether an edge of the pair says what the text does not."""


def is_real(edge: Edge) -> bool:
    return edge["modality"] in ("actual", "habitual")


@pytest.mark.parametrize("connection", READING["not_connections"], ids=lambda connection: connection["how"][:60])
def test_what_the_text_does_not_connect_has_no_edge(edges: list[Edge], connection: dict[str, Any]) -> None:
    connected = {frozenset(ends(other)) for other in READING["connections"]}
    says = SAYS[connection["how"]] if frozenset(ends(connection)) in connected else lambda edge: edge["id"] not in MORE
    pairs = {ends(connection), *(() if connection["directed"] else (ends(connection)[::-1],))}
    for edge in edges:
        pair = edge["source"], edge["target"]
        if pair in pairs or (not edge["directed"] and pair[::-1] in pairs):
            assert not says(edge), (edge["id"], connection["reason"])


@pytest.fixture(scope="module")
def served(client: httpx.Client) -> Served:
    return Served(client)


@pytest.fixture(scope="module")
def sentences(served: Served) -> dict[int, Span]:
    """The offsets of each sentence, by its number in the reading."""
    found = {}
    for sentence in READING["text"]["sentences"]:
        spans = [(span["start"], span["end"]) for span in served.passages[sentence["line"]]["sentences"]]
        found[sentence["n"]] = next(s for s in spans if served.text.startswith(sentence["first_words"], s[0]))
    assert len(set(found.values())) == len(found) == sum(len(p["sentences"]) for p in served.passages.values())
    return found


@pytest.mark.parametrize("key", sorted(READING["sentences_by_actor"].keys() - NO_ACTORS.keys()))
def test_an_actor_is_found_where_the_reading_finds_it(
    client: httpx.Client, served: Served, sentences: dict[int, Span], key: str
) -> None:
    actor, said = ident(key), READING["sentences_by_actor"][key]
    clear, vague = ({entry["n"] for entry in said.get(name) or ()} for name in ("sentences", "borderline"))
    found = [served.record("actors", actor)]
    for plural in PLURALS:
        if plural != "documents":
            found += items(client, f"/v1/{plural}?actor={actor}", limit=200)
    cited = {record["url"]: set(sentences_cited(record, sentences)) for record in found}
    assert clear <= set().union(*cited.values())
    strangers = {url for url, numbers in cited.items() if not numbers & (clear | vague)}
    assert strangers == {url for other, url in SAID_OF_OTHERS if other == actor}


def sentences_cited(record: dict[str, Any], sentences: dict[int, Span]) -> Iterator[int]:
    for number, (start, end) in sentences.items():
        if any(quote["start"] < end and start < quote["end"] for quote in record["evidence"]):
            yield number


def citing(served: Served, quote: str, records: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The records, or mentions, that cite at least half of a quote, or cite within it at least half of theirs."""
    start = served.text.index(quote)
    end = start + len(quote)
    return [
        record
        for record in records
        for cited in record.get("evidence", [record])
        if 2 * (min(end, cited["end"]) - max(start, cited["start"])) >= min(len(quote), cited["end"] - cited["start"])
    ]


@pytest.mark.parametrize("hedge", READING["hedges"], ids=lambda hedge: hedge["quote"][:60])
def test_a_hedge_is_as_sure_as_the_reading_has_it(served: Served, hedge: dict[str, Any]) -> None:
    if hedge["holder"] in OF_NO_ASSESSMENT:
        assert citing(served, hedge["quote"], served.kind("statement"))
        return
    settled = [level for start, (level, _) in OTHER_LEVELS.items() if hedge["quote"].startswith(start)]
    levels = {record["likelihood"]["level"] for record in citing(served, hedge["quote"], served.kind("assessment"))}
    assert levels & set(settled or [hedge["sure"]]), hedge["of_what"]


@pytest.mark.parametrize("words", READING["not_hedges"], ids=lambda words: words["quote"][:60])
def test_what_is_no_hedge_is_not_taken_for_one(served: Served, words: dict[str, Any]) -> None:
    hedges = {record["likelihood"]["text"] for record in served.kind("assessment")}
    assert words["quote"] not in hedges


@pytest.mark.parametrize("question", READING["questions"], ids=lambda question: question["question"])
def test_a_question_is_answered_by_at_most_three_requests(
    client: httpx.Client, served: Served, question: dict[str, Any]
) -> None:
    assert 1 <= len(question["requests"]) <= 3
    found = []
    for request in question["requests"]:
        content = client.get(request["path"]).json()
        answer = content.get("items", [content])
        assert content.get("next") is None
        for item, wanted in zip(answer, request["finds"], strict=True):
            values = {field: value if isinstance(value, list) else [value] for field, value in wanted.items()}
            assert {field: list(along(field)(item)) or [None] for field in values} == {
                field: value or [None] for field, value in values.items()
            }
        found += answer
    for claim in question["answers"]:
        assert citing(served, claim["quote"], found), claim["answer"]
