"""The short notation of a bundle: passages, defaults and quotes, each equal to the full form."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine

from app.bundle.shorthand import Shorthand
from app.bundle.source import ANALYSIS_FILE, TEXT_FILE, BundleRejected, Source
from tests.factories.bundles import edited, loaded
from tests.factories.mistakes import BESIDES, QUOTES, REFERENCES, VALUES, WORDS
from tests.paths import COMMENTARY, SEED

LONG = "It " + "grew and " * 50 + "fell."
TEXT = f"""A Letter

• Russia is big. Nevertheless, Russia is small.
Russia is big, they say: “Yes: very big.” The berth #4 is empty.
{LONG}
Print this page
"""


def expanded(**analysis: Any) -> Shorthand:
    return Shorthand({"document": {"language": "en"}, **analysis}, TEXT)


def quotes(evidence: Any) -> list[Any]:
    """The quotes of a record in their full form, without empty fields."""
    written = expanded(events=[{"evidence": evidence}])
    assert written.problems == []
    return [
        {name: value for name, value in quote.items() if value is not None} if isinstance(quote, dict) else quote
        for quote in written.tree["events"][0]["evidence"]
    ]


def problem(evidence: Any) -> str:
    [(location, detail)] = expanded(events=[{"evidence": [evidence]}]).problems
    assert location == ("events", 0, "evidence", 0)
    return detail


@pytest.mark.parametrize(
    ("given", "types"),
    [
        ({"1": "heading", 6: "boilerplate"}, {1: "heading", 6: "boilerplate"}),
        ({"3-5": "list_item"}, {3: "list_item", 4: "list_item", 5: "list_item"}),
        ({"2–3": "list_item", 3: "footnote"}, {3: "footnote"}),
        ({1: "heading", "default": "table"}, {1: "heading", 3: "table", 4: "table", 5: "table", 6: "table"}),
        ({"Print this": "boilerplate", "•": "list_item"}, {6: "boilerplate", 3: "list_item"}),
    ],
)
def test_passages_have_types_by_line_range_beginning_and_default(given: Any, types: dict[int, str]) -> None:
    written = expanded(passages=given)
    assert (written.tree["passages"], written.problems) == (types, [])


@pytest.mark.parametrize(
    ("key", "detail"),
    [
        (2, "line 2 of document.txt is blank or does not exist"),
        ("7-9", "lines 7-9 of document.txt are blank or do not exist"),
        ("Nowhere", "no line of document.txt begins with 'Nowhere'"),
    ],
)
def test_a_type_for_no_passage_is_a_problem(key: Any, detail: str) -> None:
    assert expanded(passages={key: "heading"}).problems == [(("passages", key), detail)]


def test_defaults_fill_the_fields_that_records_leave_out() -> None:
    written = expanded(
        defaults={"events": {"modality": "actual", "topics": ["economic"]}},
        events=[{"id": "a"}, {"id": "b", "modality": "planned", "topics": []}],
    )
    assert written.tree["events"] == [
        {"id": "a", "modality": "actual", "topics": ["economic"]},
        {"id": "b", "modality": "planned", "topics": []},
    ]
    assert (written.problems, "defaults" in written.tree) == ([], False)


def test_a_wrong_default_is_told_once_where_it_stands(tmp_path: Path) -> None:
    folder = edited(SEED, tmp_path / "copy", ("events: {modality: actual", "events: {modality: actuall"))
    [told] = Source(folder).problems
    assert "defaults/events/modality: 'actuall' is no valid term; did you mean 'actual'?" in told.detail
    assert "events: {modality: actuall" in (folder / ANALYSIS_FILE).read_text("utf-8").split("\n")[told.line - 1]


@pytest.mark.parametrize(
    ("defaults", "location", "detail"),
    [
        ({"events": {"summary": "x"}}, ("defaults", "events", "summary"), "'summary' can have no default; valid are: "),
        ({"event": {}}, ("defaults", "event"), "must be fields of one of actors, events, "),
        ([], ("defaults",), "must be a mapping of kinds"),
    ],
)
def test_defaults_that_are_none_are_a_problem(defaults: Any, location: tuple[str, ...], detail: str) -> None:
    [(found, told)] = expanded(defaults=defaults).problems
    assert found == location
    assert told.startswith(detail)


def test_one_quote_needs_no_list() -> None:
    assert quotes("Russia is small") == ["Russia is small"]
    assert quotes({"exact": "small", "supports": "/type"}) == [{"exact": "small", "supports": ["/type"]}]


def test_a_sentence_is_quoted_by_its_beginning() -> None:
    first = {"exact": "• Russia is big.", "passage": 3}
    assert quotes({"sentence": "• Russia is big."}) == quotes([{"sentence": "Russia is big", "passage": 3}]) == [first]
    assert quotes({"sentence": "Russia is", "occurrence": 1}) == [first]
    assert quotes({"sentence": "Nevertheless", "supports": "/date"}) == [
        {"exact": "Nevertheless, Russia is small.", "passage": 3, "supports": ["/date"]}
    ]


def test_words_are_quoted_by_their_first_and_last() -> None:
    assert quotes({"from": "big. Never", "to": "Russia"}) == [{"exact": "big. Nevertheless, Russia", "passage": 3}]


def test_a_long_sentence_becomes_two_quotes_that_touch() -> None:
    one, two = quotes([{"sentence": "It grew", "supports": "/date"}])
    assert f"{one['exact']} {two['exact']}" == LONG
    assert max(len(one["exact"]), len(two["exact"])) <= 300
    assert one["supports"] == two["supports"] == ["/date"]


@pytest.mark.parametrize(
    ("quote", "detail"),
    [
        ({"sentence": "Russia was"}, "no sentence of the text begins with 'Russia was'"),
        (
            {"sentence": "very big", "passage": 4},
            "no sentence of passage 4 begins with 'very big'; they occur inside the sentence that begins with 'Russia "
            'is big, they\': quote it, or `{"from": "very big", "to": "very big.”"}`',
        ),
        (
            {"sentence": "Russia is"},
            "2 sentences begin with 'Russia is' (in passages 3, 4); write more words, or choose one with `passage` or "
            "`occurrence`",
        ),
        ({"from": "Nevertheless", "to": "they say"}, "'they say' does not follow 'Nevertheless' in passage 3"),
        ({"from": "Nevertheless"}, "give either `exact`, or `sentence`, or `from` and `to`"),
        ({"sentence": 2018}, "`sentence` must be text; put it in quotes"),
        (2018, "must be text (given: 2018); put it in quotes"),
        ({"Yes": "very big"}, "the colon makes a key and a value of 'Yes: very big'; put the words in quotes"),
    ],
)
def test_a_quote_that_cannot_be_found_says_what_would_be_right(quote: Any, detail: str) -> None:
    assert problem(quote) == detail


def test_the_seed_has_at_most_eleven_lines_a_record() -> None:
    lines = (SEED / ANALYSIS_FILE).read_text("utf-8").count("\n")
    assert lines / sum(1 for _ in Source(SEED).bundle.drafts()) <= 11


def test_the_short_and_the_full_form_load_to_the_same_rows(database: Callable[[str], Engine], tmp_path: Path) -> None:
    full = tmp_path / "full"
    full.mkdir()
    bundle = Source(SEED).bundle.model_dump(mode="json", exclude_unset=True)
    (full / TEXT_FILE).write_bytes((SEED / TEXT_FILE).read_bytes())
    (full / ANALYSIS_FILE).write_bytes(orjson.dumps(bundle, option=orjson.OPT_NON_STR_KEYS))
    assert "defaults" not in bundle
    engine = database("seeded")
    assert str(loaded(engine, full)) == "no record changed; revision 2"


def test_fifteen_kinds_of_mistake_are_told_in_one_run(database: Callable[[str], Engine], tmp_path: Path) -> None:
    names = {
        "a quote with other quotation marks",
        "the same quote twice",
        "a record without a quote",
        "a quotation that is put right",
        "an alias that only page furniture has",
        "a reference to no actor",
        "a reference without its kind where any may stand",
        "two records with one id",
        "a unit that is not defined",
        "a number where text should be",
        "a field that there is not",
        "a mode of another type",
        "a range that runs backward",
        "an address that is none",
        "a line of the text that is blank",
        "an exception for words that are not there",
    }
    chosen = [wrong for wrong in (*QUOTES, *WORDS, *REFERENCES, *VALUES, *BESIDES) if wrong.name in names]
    assert len(chosen) == len(names)
    content = (COMMENTARY / ANALYSIS_FILE).read_text("utf-8")
    applied = []
    for wrong in chosen:
        if content.count(wrong.old) == 1:
            content = content.replace(wrong.old, wrong.new)
            applied.append(wrong)
    assert len(applied) >= 15
    folder = edited(COMMENTARY, tmp_path / "copy")
    (folder / ANALYSIS_FILE).write_text(content, "utf-8")
    with pytest.raises(BundleRejected) as caught:
        loaded(database("both"), folder)
    told = [*map(str, caught.value.problems)]
    for wrong in applied:
        assert any(all(words in each for words in wrong.says) for each in told), wrong.name
    assert len(told) == len(applied), told
