"""Messages of a load in an editor's words: each says what is wrong and what would be right."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.bundle.source import ANALYSIS_FILE, BundleRejected
from app.database.engine import connect
from tests.factories.bundles import edited, loaded
from tests.paths import COMMENTARY
from tests.services.databases import Databases


@pytest.fixture(scope="module")
def engine(databases: Databases) -> Iterator[Engine]:
    """A database with both commentaries, which no test changes."""
    engine = connect(databases.new("both"))
    yield engine
    engine.dispose()


def told(engine: Engine, folder: Path) -> list[str]:
    """The problems of a rejected load, without the folder."""
    with pytest.raises(BundleRejected) as caught:
        loaded(engine, folder)
    return [str(problem).removeprefix(f"{folder}/") for problem in caught.value.problems]


SCEPTICS = "evidence: [Sceptics in the Selene Traders’ League]"
NO_COMMENT = "[China did not comment.]\n  - record: sanction"
UNQUOTED = "words with `: ` or ` #`, or with a mark at the beginning, need quotes"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'number: "3"',
            "number: 2024",
            'analysis.yaml:6: document/number: must be text (given: 2024); put it in quotes: "2024"',
        ),
        (
            SCEPTICS,
            "evidence: He said: Sceptics in the League",
            f"analysis.yaml:89: not plain YAML: mapping values are not allowed here; {UNQUOTED}",
        ),
        (
            SCEPTICS,
            "evidence: [{exact: He said: Sceptics, passage: 7}]",
            f"analysis.yaml:89: not plain YAML: expected ',' or '}}', but got ':'; {UNQUOTED}",
        ),
        (
            SCEPTICS,
            "evidence: [berth #4, Sceptics]",
            f"analysis.yaml:91: not plain YAML: expected ',' or ']', but got '<scalar>'; {UNQUOTED}",
        ),
        (
            SCEPTICS,
            "evidence:\n      - “Sceptics” in the League\n      - @league wrote",
            f"analysis.yaml:91: not plain YAML: found character '@' that cannot start any token; {UNQUOTED}",
        ),
        (
            SCEPTICS,
            'evidence:\n      - "Sceptics" in the League',
            f"analysis.yaml:90: not plain YAML: expected <block end>, but found '<scalar>'; {UNQUOTED}",
        ),
        (
            SCEPTICS,
            "evidence: [He said: Sceptics]",
            "analysis.yaml:89: actors/4/evidence/0: the colon makes a key and a value of 'He said: Sceptics'; "
            "put the words in quotes",
        ),
        (
            SCEPTICS,
            "evidence:\n      - Yes: they doubt",
            "analysis.yaml:90: actors/4/evidence/0: the colon makes a key and a value of 'Yes: they doubt'; "
            "put the words in quotes",
        ),
        (
            SCEPTICS,
            "evidence:\n      - 2018",
            "analysis.yaml:90: actors/4/evidence/0: must be text (given: 2018); put it in quotes",
        ),
        (
            SCEPTICS,
            "evidence: [a headline. Sceptics in the Selene Traders’ League]",
            "analysis.yaml:89: actors/4/evidence/0: 'a headline. Sceptics in the Selene Traders’ League' goes on from "
            "passage 6 to passage 7; quote the words of each separately",
        ),
        (
            "- Moscow ignores the rule when flour is short",
            "[Moscow, they say]",
            "analysis.yaml:33: also/0/evidence/0: 'Moscow' occurs 2 times (in passages 5, 7); choose one "
            'with `passage` or `occurrence`; is the comma part of the quote? put it in quotes: "Moscow, they say"',
        ),
        (
            "events:\n  - id: karsk-crossing",
            "actors:\n  - id: karsk-crossing",
            "analysis.yaml:91: 'actors' is also a key on line 53; write one list or value for both",
        ),
        (
            "- id: last-crossing-before",
            "- id: Last crossing",
            "analysis.yaml:109: events/1/id: must be an id of at most 80 lower-case letters, digits and single "
            "hyphens, as north-korea (given: 'Last crossing'); did you mean 'last-crossing'?",
        ),
        (
            "part_of: sanctions-on-north-korea",
            "part_of: sanctions-on-north-corea",
            "analysis.yaml:160: sanctions/0/part_of: there is no sanction 'sanctions-on-north-corea'; did you mean "
            "'sanctions-on-north-korea'? (of the document 'sceeus-guest-commentary-8-2022')",
        ),
        (
            "{high: 5, relation: less_than",
            "{low: 5, relation: less_than",
            "analysis.yaml:256: figures/2/value: a value with the relation 'less_than' takes `high` without `low` "
            "(given: low 5, high none)",
        ),
        (
            "{high: 5, relation: less_than",
            "{low: 0, high: 5, relation: less_than",
            "analysis.yaml:256: figures/2/value: a value with the relation 'less_than' takes `high` without `low` "
            "(given: low 0, high 5)",
        ),
    ],
)
def test_a_slip_is_told_in_words_that_lead_right(
    engine: Engine, tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert told(engine, edited(COMMENTARY, tmp_path / "copy", (old, new))) == [message]


def test_a_key_written_twice_is_told_in_one_line_however_much_it_holds(tmp_path: Path, engine: Engine) -> None:
    folder = edited(COMMENTARY, tmp_path / "copy", ("  language: en", "  language: en # \t\n  language: de"))
    [message] = told(engine, folder)  # libyaml does not read the tab
    assert message == 'analysis.yaml:11: not plain YAML: found duplicate key "language"'


def test_words_that_a_comment_cuts_are_doubted(database: Callable[[str], Engine], tmp_path: Path) -> None:
    """`#4` is no comment for a reader; a comment with a space, in quotes or after a bracket is one, or none."""
    folder = edited(
        COMMENTARY,
        tmp_path / "copy",
        ("    name: Mira Ostrova\n", "    name: Mira #1 Ostrova\n"),
        ("    type: person\n", "    type: person # as it seems\n"),
        ("Officers, unnamed, who counted", "Officers, unnamed, #2, who counted"),
        (SCEPTICS, f"{SCEPTICS} #3"),
    )
    warnings = [str(warning) for warning in loaded(database("both"), folder).warnings]
    lines = (folder / ANALYSIS_FILE).read_text("utf-8").splitlines()
    line = lines.index("    name: Mira #1 Ostrova") + 1
    assert warnings == [
        f"{folder}/analysis.yaml:{line}: 'Mira' ends before ` #`, which begins a comment; put the words in quotes, or "
        "write a space after it"
    ]
