"""Search: matches, ranking, snippets, suggestions and facets."""

import json
import re
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, func, insert, select

from app.database.transactions import writing
from app.model.kinds import KINDS
from app.model.search_index import COLUMNS, VECTORS, entry, vectors
from app.model.tokens import spans, stem, words
from tests.factories.bundles import loaded
from tests.oracles.plain import Term, folded, stem_of, terms_of, words_of
from tests.paths import COMMENTARY
from tests.services.api import PLURALS, client_of, items, pages, with_query
from tests.services.databases import Databases
from tests.services.problems import problem
from tests.services.serving import serving

SEEDED = "sceeus-guest-commentary-8-2022"
MISSILE = {
    "event/missile-test",
    "event/vote-on-resolution-2371",
    "sanction/resolution-2371",
    "actor/un-security-council",
}
"""The matches for “missile” in the seed, listed by hand."""
INVENTED = """Invented Words 🧭

The firm <script>alert("x")</script> & Sons sells “amber” 🌾 lamps.
Lanterns burn in <b>Zu\u0308rich</b> & Łódź, as the Boréal said.
The zephyr blew over one of them, the Zephyros over another.
"""
LONG = " ".join(f"word{number}" for number in range(60)) + " heliotrope " + " ".join(f"end{n}" for n in range(60))


def invented(name: str, quotes: list[str], summary: str = "A house.", **more: Any) -> dict[str, Any]:
    """An actor of the invented document."""
    slug = more.pop("id", None) or "-".join(words_of(name))
    return {"id": slug, "name": name, "type": "company", "summary": summary, "evidence": quotes, **more}


ANALYSIS = {
    "document": {
        "id": "invented-words",
        "name": "Invented Words",
        "summary": "A text to search in.",
        "published": {"text": "Invented", "edtf": "2020"},
        "language": "en",
        "rights": "Made for tests; nobody's.",
        "analysis": {"by": "The tests", "method": "human", "date": "2026-01-01"},
    },
    "passages": {1: "heading"},
    "actors": [
        invented('<script>alert("x")</script> & Sons', ["sells “amber” 🌾", "Lanterns burn"], id="sons"),
        invented("Boréal", ["Lanterns burn in <b>Zu\u0308rich</b> & Łódź, as the Boréal said."], LONG),
        # The same word in each of the searched fields.
        invented("Quoted House", ["The zephyr blew over one of them"]),
        invented("Summed House", ["blew over one of them"], "A zephyr."),
        invented("Aliased House", ["over one of them"], aliases=["zephyr"]),
        invented("Zephyr House", ["over another"]),
    ],
}


@pytest.fixture(scope="module")
def client(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client over the seed, a second commentary, and an invented document."""
    bundle = tmp_path_factory.mktemp("invented")
    (bundle / "document.txt").write_text(INVENTED, "utf-8")
    (bundle / "analysis.yaml").write_text(json.dumps(ANALYSIS, ensure_ascii=False), "utf-8")
    database = databases.loaded("seeded", COMMENTARY, bundle)
    with serving(database) as url, client_of(url) as client:
        yield client


def search(client: httpx.Client, q: str, **parameters: Any) -> dict[str, Any]:
    """The first page of a search."""
    answer = client.get(with_query("/v1/search", q=q, **{"limit": 200, **parameters}))
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


def found(client: httpx.Client, q: str, **parameters: Any) -> list[str]:
    """The matches of a search as `kind/id`, best first."""
    page = search(client, q, **parameters)
    assert page["next"] is None
    return [f"{item['record']['kind']}/{item['record']['id']}" for item in page["items"]]


def snippets(client: httpx.Client, q: str, record: str) -> list[dict[str, Any]]:
    """The snippets of one of the matches."""
    [hit] = [i for i in search(client, q)["items"] if f"{i['record']['kind']}/{i['record']['id']}" == record]
    return list(hit["snippets"])


# Matches


def test_every_kind_is_searched_by_name_alias_summary_and_quote(client: httpx.Client) -> None:
    assert set(found(client, "missile")) == MISSILE
    assert found(client, "DPRK", kind="actor") == ["actor/north-korea"]  # an alias
    worries = {"actor/kim-jong-il", "actor/north-korean-leaders", "assessment/dependence-worries-leaders"}
    assert set(found(client, "headache")) == worries  # Kim is cited as one of the leaders by the same sentence
    kinds = {record.split("/")[0] for record in found(client, "Korea")}
    assert kinds == set(KINDS)


@pytest.mark.parametrize(
    "forms", [["sanction", "sanctions", "Sanctioned", "SANCTIONING"], ["isolate", "isolated", "isolation"]]
)
def test_all_english_forms_of_a_word_find_the_same(client: httpx.Client, forms: list[str]) -> None:
    first, *others = [found(client, form) for form in forms]
    assert first
    for other in others:
        assert other == first


@pytest.mark.parametrize(
    ("q", "record"),
    [
        ("boreal", "actor/boreal"),
        ("BORÉAL", "actor/boreal"),
        ("lodz", "actor/boreal"),
        ("Łódź", "actor/boreal"),
        ("zurich", "actor/boreal"),
        ("Zürich", "actor/boreal"),
        ("Zu\u0308rich", "actor/boreal"),
        ("Channel U", "actor/channel-u"),  # written 𝔘
    ],
)
def test_diacritics_make_no_difference(client: httpx.Client, q: str, record: str) -> None:
    assert record in found(client, q)


def test_a_possessive_is_a_form_of_its_word(client: httpx.Client) -> None:
    assert found(client, "Korea's") == found(client, "Korea’s") == found(client, "korea")
    assert words("Koreaʼs Лукʼянівка") == words("Korea’s Лук’янівка") == ["korea", "лукянівка"]
    assert "event/invasion-of-ukraine" in found(client, '"Russia invasion"')
    assert found(client, '"Russia invasion"') == found(client, "Russia’s-invasion")
    assert found(client, "s") == ["sanction/resolution-2371"]  # of S/RES/2371
    assert snippets(client, '"Russia invasion"', "assessment/tacit-support-for-invasion")[0]["html"] == (
        "a tacit, if not overt, expression of support for <mark>Russia’s invasion</mark>"
    )


def test_all_words_must_be_there_in_whatever_order(client: httpx.Client) -> None:
    assert found(client, "workers foreign currency missile") == []
    assert found(client, "test missile") == found(client, "missile test")
    assert set(found(client, "missile coal")) == MISSILE - {"event/missile-test"}


def test_a_phrase_is_words_one_after_the_other_in_one_text(client: httpx.Client) -> None:
    assert "actor/north-korean-workers" in found(client, '"North Korean workers"')
    assert found(client, '"workers North Korean"') == []
    assert found(client, '"North Korean worker') == found(client, '"North Korean workers"')  # unclosed, any form
    assert found(client, "Jong-un") == found(client, '"Jong un"') != found(client, "un")
    # These words end one quote of a record and begin another.
    assert found(client, "amber lanterns") == ["actor/sons"]
    assert found(client, '"amber lanterns"') == []
    assert found(client, '"amber lantern*') == []
    assert found(client, "amber-lantern*") == []


def test_a_minus_excludes(client: httpx.Client) -> None:
    assert found(client, "missile -coal") == ["event/missile-test"]
    assert set(found(client, 'missile -"iron ore" -headache')) == {"event/missile-test"}
    assert set(found(client, "missile -ballist*")) == set()
    everything = search(client, "-nowhere")["total"]["value"]
    assert everything == sum(client.get(f"/v1/{plural}").json()["total"]["value"] for plural in PLURALS)
    assert search(client, "-missile")["total"]["value"] == everything - len(MISSILE)


def test_an_asterisk_makes_a_beginning(client: httpx.Client) -> None:
    assert set(found(client, "missi*")) == MISSILE
    assert found(client, "missi") == []
    assert set(found(client, "ballistic mis*")) == MISSILE
    assert set(found(client, "intercontinental-ball*")) == MISSILE
    assert found(client, '"missi*"') == []  # within quotes, an asterisk is no prefix


def test_equal_terms_count_once_and_at_most_sixteen_are_possible(client: httpx.Client) -> None:
    letters = [f"{letter}*" for letter in "abcdefghijklmnopq"]
    once, often = (client.get("/v1/search", params={"q": q}) for q in ("russia", " ".join(["russia"] * 25)))
    assert often.json()["items"] == once.json()["items"]
    assert client.get("/v1/search", params={"q": " ".join(letters[:16])}).status_code == 200
    for path in ("/v1/search", "/v1/events", "/v1/timeline"):
        refused = client.get(path, params={"q": " ".join(letters)})
        assert (refused.status_code, refused.json()["errors"]) == (
            422,
            [{"parameter": "q", "detail": "has 17 different words and phrases; at most 16 are possible"}],
        )


@pytest.mark.parametrize("q", ["!", '"', '""', "-", "*", "-*", "…", "   ", "()", "🌾", "\0", '-"" *'])
def test_a_query_without_a_word_finds_nothing(client: httpx.Client, q: str) -> None:
    assert search(client, q, facets="kind") == {
        "items": [],
        "total": {"value": 0, "relation": "eq"},
        "next": None,
        "facets": {"kind": []},
        "warnings": [],
        "suggestions": [],
    }
    assert client.get(with_query("/v1/actors", q=q)).json()["items"] == []


@pytest.mark.parametrize("plural", PLURALS)
def test_lists_find_the_same_and_keep_their_order(client: httpx.Client, plural: str) -> None:
    listed = [item["id"] for item in items(client, f"/v1/{plural}", q="Russia -sanctions", limit=7)]
    searched = found(client, "Russia -sanctions", kind=plural.removesuffix("s"))
    assert listed or plural == "documents"
    assert sorted(f"{plural.removesuffix('s')}/{slug}" for slug in listed) == sorted(searched)
    everything = [item["id"] for item in items(client, f"/v1/{plural}", limit=200)]
    assert listed == [slug for slug in everything if slug in listed]


def test_nothing_is_too_long_to_be_found(databases: Databases, tmp_path: Path) -> None:
    """PostgreSQL limits the size of its vectors, but must find the same as SQLite."""
    lines = [
        f"Line {number} has amber and zebras {' '.join(f'w{number}x{n}' for n in range(30))}" for number in range(600)
    ]
    lines.append("At last there come the amber zebras")
    long = "ა" * 900  # 2,700 bytes
    analysis = {
        "document": ANALYSIS["document"],
        "passages": {1: "heading"},
        "actors": [
            invented("Zebra House", lines, id="zebras"),
            invented(long, ["At last there"], id="long"),
            invented(f"{long} {long}y", ["At last"], f"A summary of {long}.", id="longer"),
        ],
    }
    (tmp_path / "document.txt").write_text("\n".join(["Invented", *lines]), "utf-8")
    (tmp_path / "analysis.yaml").write_text(json.dumps(analysis), "utf-8")
    database = databases.loaded("empty", tmp_path)
    with serving(database) as url, client_of(url) as client:
        assert found(client, '"amber zebras"') == found(client, "w599x29") == ["actor/zebras"]
        assert found(client, '"zebras amber"') == found(client, '"zebras line"') == []
        assert set(found(client, "აააააააა*")) == {"actor/long", "actor/longer"}
        assert [actor["id"] for actor in items(client, "/v1/actors", limit=1)] == ["zebras", "long", "longer"]


MANY_WORDS = " ".join([*(chr(0x10400 + number) * 600 for number in range(40)), *map("word{}".format, range(120_000))])


def test_a_vector_has_room_for_the_first_of_very_many_words() -> None:
    made = vectors(
        entry(1, {"name": ["one two"], "aliases": (), "summary": ["two"], "quotes": ()})
        | {"quotes": MANY_WORDS, "plain": MANY_WORDS}
    )
    assert made["stems"].startswith("'on':1A 'two':1A,2C ")
    assert "'word0':1D 'word1':1D" in made["stems"]
    assert "'word0' 'word1'" in made["beginnings"]
    assert "'word119999'" not in made["stems"] + made["beginnings"]


@pytest.mark.postgresql
def test_postgresql_takes_the_largest_of_vectors(database: Callable[[str], Engine]) -> None:
    row = entry(1, dict.fromkeys(COLUMNS, ())) | {"quotes": MANY_WORDS, "plain": MANY_WORDS}
    with writing(database("empty")) as connection:
        connection.execute(insert(VECTORS), [row | vectors(row)])
        query = select(func.length(VECTORS.c.stems), func.length(VECTORS.c.beginnings))
        assert all(number > 50_000 for number in connection.execute(query).one())


# Ranking


def test_a_name_counts_more_than_an_alias_a_summary_or_a_quote(client: httpx.Client) -> None:
    ranked = ["actor/zephyr-house", "actor/aliased-house", "actor/summed-house", "actor/quoted-house"]
    assert found(client, "zephyr") == ranked
    assert found(client, "zeph*") == ranked
    scores = [item["score"] for item in search(client, "zephyr")["items"]]
    assert scores == sorted(set(scores), reverse=True)
    assert found(client, "Vladivostok")[0] == found(client, "vladiv*")[0] == "event/kim-visits-vladivostok"


def test_every_match_comes_once_page_by_page_the_best_first(client: httpx.Client) -> None:
    whole = search(client, "Korea")["items"]
    assert len(whole) > 50
    walked = [item for page in pages(client, "/v1/search", q="Korea", limit=7) for item in page["items"]]
    assert walked == whole
    assert len({item["record"]["url"] for item in walked}) == len(walked)
    scores = [item["score"] for item in walked]
    assert scores == sorted(scores, reverse=True)


def test_facets_and_the_limit_may_change_from_page_to_page(client: httpx.Client) -> None:
    following = search(client, "Korea", limit=3)["next"]
    second = client.get(httpx.URL(following).copy_merge_params({"facets": "kind", "limit": "2"})).json()
    assert second["items"] == search(client, "Korea")["items"][3:5]


def test_a_cursor_of_another_search_says_to_start_again(client: httpx.Client) -> None:
    following = httpx.URL(search(client, "Korea", limit=3)["next"])
    for changed in ({"q": "Russia"}, {"kind": "event"}, {"cursor": following.params["cursor"][:-2]}):
        content = problem(client.get(following.copy_merge_params(changed)), 422)
        assert [error["parameter"] for error in content["errors"]] == ["cursor"]
        assert "start again" in content["detail"]


def test_a_cursor_of_an_earlier_revision_says_to_start_again(database: Callable[[str], Engine]) -> None:
    engine = database("seeded")
    with serving(str(engine.url)) as url, client_of(url) as client:
        following = search(client, "Korea", limit=3)["next"]
        assert client.get(following).status_code == 200
        loaded(engine, COMMENTARY)
        content = problem(client.get(following), 422)
    assert [error["parameter"] for error in content["errors"]] == ["cursor"]
    assert "start again" in content["detail"]


# Snippets


def test_what_is_no_markup_stays_none(client: httpx.Client) -> None:
    [name, *_] = snippets(client, "script sons", "actor/sons")
    assert name == {
        "field": "name",
        "html": "&lt;<mark>script</mark>&gt;alert(&quot;x&quot;)&lt;/<mark>script</mark>&gt; &amp; <mark>Sons</mark>",
        "document": None,
        "start": None,
        "end": None,
    }


def test_marks_hold_the_words_with_their_diacritics(client: httpx.Client) -> None:
    [quote] = snippets(client, "zurich lodz", "actor/boreal")
    assert quote["html"] == (
        "Lanterns burn in &lt;b&gt;<mark>Zu\u0308rich</mark>&lt;/b&gt; &amp; <mark>Łódź</mark>, as the Boréal said."
    )
    assert "<mark>𝔘</mark>" in snippets(client, "Channel-U", "actor/channel-u")[0]["html"].replace("Channel ", "")


def test_phrases_and_beginnings_are_marked_whole(client: httpx.Client) -> None:
    [name, *_] = snippets(client, '"kim jong un" vladiv*', "event/kim-visits-vladivostok")
    assert name["html"] == "<mark>Kim Jong-un</mark>&#x27;s visit to <mark>Vladivostok</mark>"


def test_a_long_text_is_cut_around_its_first_hit_between_words(client: httpx.Client) -> None:
    [summary] = snippets(client, "heliotrope", "actor/boreal")
    assert summary["field"] == "summary"
    assert summary["html"].count("<mark>heliotrope</mark>") == 1
    before, shown, after = summary["html"][0], plainly(summary["html"]), summary["html"][-1]
    assert (before, after) == ("…", "…")
    assert f" {shown} " in LONG
    assert len(shown) <= 240


@pytest.mark.parametrize(
    "q", ["sanctions", "Russia", "“rogue”", '"North Korea"', "Morgulov", "flour", "counted", "sup*", "amber -sons", "𝔘"]
)
def test_every_snippet_stands_where_it_says(client: httpx.Client, q: str) -> None:
    texts: dict[str, str] = {}
    quoted = 0
    for hit in search(client, q, limit=25)["items"]:
        record = client.get(hit["record"]["url"]).json()
        assert (record["name"], record["summary"]) == (hit["record"]["name"], hit["summary"])
        assert 1 <= len(hit["snippets"]) <= 3
        for snippet in hit["snippets"]:
            shown = plainly(snippet["html"])
            if snippet["field"] == "evidence":
                url = snippet["document"]["url"]
                texts[url] = texts.get(url) or client.get(f"{url}/text").text
                assert shown in texts[url][snippet["start"] : snippet["end"]]
                places = [(quote["start"], quote["end"]) for quote in items(client, f"{record['url']}/evidence")]
                assert (snippet["start"], snippet["end"]) in places
                quoted += 1
            else:
                assert (snippet["document"], snippet["start"], snippet["end"]) == (None, None, None)
                said = record[snippet["field"]]
                assert any(shown in text for text in ([said] if isinstance(said, str) else said))
            assert marked(snippet["html"])
            for words_marked in marked(snippet["html"]):
                assert any(hits(term, words_marked) for term in terms_of(q))
    assert quoted or q == "amber -sons"


def plainly(html: str) -> str:
    """The part of a text that a snippet shows."""
    return unescape(re.sub("</?mark>", "", html)).removeprefix("…").removesuffix("…").strip()


def marked(html: str) -> list[str]:
    """The marked pieces; fails on any other markup."""
    assert not re.search("[<>]", re.sub("</?mark>", "", html))
    return [unescape(words) for words in re.findall("<mark>(.*?)</mark>", html)]


def hits(term: Term, text: str) -> bool:
    """True if a text is exactly one match of a term."""
    forms, prefix, excluded = term
    here = words_of(text)
    if prefix:
        return not excluded and any(" ".join(here).startswith(" ".join(form)) for form in forms)
    stems = [[stem_of(word) for word in some] for some in (here, ["".join(here)])]
    return not excluded and any([stem_of(word) for word in form] in stems for form in forms)


@given(
    st.text() | st.lists(st.sampled_from(["é", "e\u0301", "½", "ﬁ", "№", "İ", "ß", " ", "-", "x", "𝔘"])).map("".join)
)
def test_the_words_of_a_text_stand_where_they_are_found(text: str) -> None:
    assert [word for word, _, _ in spans(text)] == words(text)
    for word, start, end in spans(text):
        assert word in re.sub("[.,']", "", folded(text[start:end]))
        assert end == len(text) or folded(text[end])  # a mark includes the diacritics of its last letter


# Suggestions and facets


@pytest.mark.parametrize(
    ("q", "record"),
    [
        ("Morgulow", "igor-morgulov"),
        ("igor margulov", "igor-morgulov"),
        ("Taisaev", "kazbek-taysaev"),
        ("Pyonyang", "north-korea"),  # an alias
        ("Rodong Sinmum", "rodong-sinmun"),
        ("Boreol", "boreal"),
        ("-coal Galuschka", "alexander-galushka"),
    ],
)
def test_a_misspelt_name_still_finds_its_actor(client: httpx.Client, q: str, record: str) -> None:
    page = search(client, q)
    assert page["items"] == []
    suggestion = page["suggestions"][0]
    assert suggestion["kind"] == "actor"
    assert suggestion["id"] == record
    assert client.get(suggestion["url"]).json()["name"] == suggestion["name"]


def test_nothing_is_suggested_where_much_is_found(client: httpx.Client) -> None:
    assert search(client, "Korea")["suggestions"] == []
    assert search(client, "xqzzt")["suggestions"] == []


def test_facets_count_everything_found_with_labels(client: httpx.Client) -> None:
    facets = search(client, "missile", limit=1, facets="kind,topic,document,year")["facets"]
    assert by_value(facets["kind"]) == {"event": ("Event", 2), "sanction": ("Sanction", 1), "actor": ("Actor", 1)}
    topics = by_value(facets["topic"])
    assert {topic: count for topic, (_, count) in topics.items()} == {
        "sanctions": 3,
        "natural_resource": 1,
        "diplomatic": 1,
        "military": 1,
        "cbrn": 1,
    }
    assert topics["sanctions"][0] == "Sanctions"
    terms = client.get("/v1/vocabularies/topic").json()["terms"]
    assert {topic: label for topic, (label, _) in topics.items()} == {
        term["term"]: term["label"] for term in terms if term["term"] in topics
    }
    assert by_value(facets["document"]) == {SEEDED: ("SCEEUS Guest Commentary No. 8, 2022", 4)}
    assert by_value(facets["year"]) == {"2017": ("2017", 2)}


def test_each_facet_leaves_its_own_filter_out(client: httpx.Client) -> None:
    facets = search(client, "missile", kind="sanction", year=2017, facets="kind,topic,year")["facets"]
    assert by_value(facets["kind"]) == {"event": ("Event", 1), "sanction": ("Sanction", 1)}
    assert {topic for topic, _ in by_value(facets["topic"]).items()} == {"sanctions", "natural_resource"}
    assert by_value(facets["year"]) == {"2017": ("2017", 1)}
    assert search(client, "missile")["facets"] is None


def test_facets_of_lists_call_terms_countries_and_records_by_their_names(client: httpx.Client) -> None:
    asked_for = "type,country,part_of,topic,named"
    facets = client.get("/v1/actors", params={"facets": asked_for, "document": SEEDED}).json()["facets"]
    assert by_value(facets["type"])["state"] == ("State", 5)
    assert by_value(facets["country"])["SE"] == ("Sweden", 1)
    assert by_value(facets["country"])["SU"] == ("Soviet Union", 1)
    assert {"KP": "North Korea", "RU": "Russia"}.items() <= {
        code: label for code, (label, _) in by_value(facets["country"]).items()
    }.items()
    assert by_value(facets["part_of"])["united-nations"] == ("United Nations", 3)
    assert by_value(facets["topic"])["legislative"][1] == 3
    assert {value: count for value, (_, count) in by_value(facets["named"]).items()} == {"True": 21, "False": 14}


def by_value(counts: list[dict[str, Any]]) -> dict[str, tuple[str, int]]:
    """The label and count of each value of a facet; the counts must descend."""
    numbers = [count["count"] for count in counts]
    assert numbers == sorted(numbers, reverse=True)
    return {str(count["value"]): (count["label"], count["count"]) for count in counts}


def test_several_threads_can_stem_at_once() -> None:
    some = [
        f"{word}{ending}" for word in ("strateg", "export", "railway", "agree") for ending in ("ic", "s", "ing", "ed")
    ]
    alone = {word: stem(word) for word in some}
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as threads:
            together = list(threads.map(stem.__wrapped__, some * 500))
    finally:
        sys.setswitchinterval(before)
    assert together == [alone[word] for word in some * 500]
