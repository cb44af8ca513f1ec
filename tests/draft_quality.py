"""The quality of drafts against readings: `python -m tests.draft_quality` prints the table of the guide."""

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from ruamel.yaml import YAML

from app.bundle.anchoring import DocumentText
from app.draft.compose import Draft
from app.draft.manuscript import types_of
from app.draft.names import Name
from tests.oracles.gold import ACTORS, GOLD
from tests.paths import COMMENTARY, SEED

TEXTS = (SEED, COMMENTARY, COMMENTARY.parent / "cable-facts-2024", COMMENTARY.parent / "strait-statement-2025")
"""The last text was not looked at while the rules were made."""
KNOWN = {
    "Russia": ["russia"], "Russian": ["russia"], "Moscow": ["russia", "soviet-union"], "North Korea": ["north-korea"],
    "North Korean": ["north-korea"], "Pyongyang": ["north-korea"], "China": ["china"], "Chinese": ["china"],
}  # fmt: skip
"""Actors that the database knows before a text, other than the seed, is drafted."""
Row = tuple[int, int, int]
"""How many of the expected are found, how many are expected, and how many proposals are false."""


def expected(folder: Any) -> dict[str, Any]:
    """The records that a reader makes of a text."""
    if folder != SEED:
        found: dict[str, Any] = YAML(typ="safe").load(folder / "expected.yaml")
        return found
    named = [entry for entry in ACTORS if entry["named"]]
    states = {"North Korea": ["North Korean", "Pyongyang", "DPRK"], "Russia": ["Russian", "Moscow"]}
    short = {"United Nations": ["UN"], "Vladimir Putin": ["Putin"], "China": ["Chinese"]}
    forms = [[e["name"], *states.get(e["name"], ()), *short.get(e["name"], ())] for e in named]
    forms += [[f"UN {e['name'][15:]}", e["name"]] for e in named if e["name"].startswith("United Nations ")]
    forms = [each for each in forms if not each[0].startswith("United Nations ")]
    statements = [e for e in GOLD["quotations"] if e["kind"] == "statement"]
    return {
        "names": forms,
        "minor_names": ["Far East", "Far Eastern", "Korean Peninsula", "Vladivostok", "Korean"],
        "dates": [_date(e) for e in GOLD["dates"] if not e.get("minor")],
        "minor_dates": [e["text"] for e in GOLD["dates"] if e.get("minor")],
        "numbers": [_number(e) for e in GOLD["quantities"] if not e.get("minor")],
        "minor_numbers": [e["text"] for e in GOLD["quantities"] if e.get("minor")],
        "speech": [{"text": e["text"], "speaker": [e["speaker"], *e.get("speaker_accept", ())]} for e in statements],
        "hedges": [e["quote"] for e in GOLD["judgements"] if e.get("hedge")],
        "minor_hedges": [e["quote"] for e in GOLD["judgements"] if not e.get("hedge")],
        "passages": {1: "heading", 12: "boilerplate"},
    }


def _date(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {"text": entry["quote"], "edtf": entry["edtf"], "accept": entry.get("edtf_accept", [])}


def _number(entry: Mapping[str, Any]) -> dict[str, Any]:
    accept = entry.get("relation_accept", [])
    units = [entry["unit"], *entry.get("unit_accept", ())]
    return {**entry, "unit": units, "accept": accept, "text": entry["text"]}


def measure(folder: Any) -> dict[str, Row]:
    """The figures of one text."""
    source = (folder / "document.txt").read_text("utf-8")
    lines = [(line, None) for line in source.split("\n")]
    draft = Draft(DocumentText(source, "en", types_of(lines)), {} if folder == SEED else KNOWN)
    gold, text = expected(folder), _squeezed(source)
    words = [(_squeezed(source[start:end]), len(_squeezed(source[:start]))) for start, end in _places(draft)]
    assert words
    rows: dict[str, Row] = {}

    proposed = {form for name in draft.names for form in name.forms} | {
        f for forms in draft.known.values() for f in forms
    }
    own = [{*name.forms} for name in draft.names] + [{*forms} for forms in draft.known.values()]
    right = [entry for entry in gold["names"] if any(_same(form, f) for form in entry for f in proposed)]
    fine = [form for entry in gold["names"] for form in entry] + gold.get("minor_names", [])
    false = [forms for forms in own if not any(_same(form, f) for form in forms for f in fine)]
    _tell(folder, "names", [e for e in gold["names"] if e not in right], false)
    rows["names"] = (len(right), len(gold["names"]), len(false))

    found = [(*_span(source, d.start, d.end), d.edtf) for d in draft.dates]
    rows["dates"] = _compared(folder, "dates", text, gold, found, lambda e, d: d in (e["edtf"], *e.get("accept", ())))
    numbers = [(*_span(source, n.start, n.end), n) for n in draft.numbers]
    rows["numbers"] = _compared(folder, "numbers", text, gold, numbers, _right_number)

    said = {_squeezed(source[s.start : s.end]): s.speaker for s in draft.speeches}
    missed = [e["text"] for e in gold["speech"] if _squeezed(e["text"]) not in said]
    false_speech = [s for s in said if s not in {_squeezed(e["text"]) for e in gold["speech"]}]
    _tell(folder, "speech", missed, false_speech)
    rows["speech"] = (len(gold["speech"]) - len(missed), len(gold["speech"]), len(false_speech))
    speakers = [(e, said.get(_squeezed(e["text"]), "missing")) for e in gold["speech"]]
    wrong = [(e["speaker"], getattr(s, "name", s)) for e, s in speakers if not _right_speaker(e, s)]
    _tell(folder, "speakers", wrong, [])
    rows["speakers"] = (len(speakers) - len(wrong), len(speakers), 0)

    assessed = [_span(source, at, at) for kind, at, _ in draft.records if kind == "assessments"]
    sentences = [(s, e) for p in draft.passages for s, e in (_span(source, *o) for o in p.sentences)]
    places = [_place(text, quote) for quote in gold["hedges"]]
    hit = [any(s <= at[0] < e for at in assessed for s, e in sentences if s <= p[0] < e) for p in places]
    allowed = places + [_place(text, quote) for quote in gold.get("minor_hedges", ())]
    wrong_hedges = [
        text[at[0] : at[0] + 50]
        for at in assessed
        if not any(s <= at[0] < e and s <= p[0] < e for s, e in sentences for p in allowed)
    ]
    _tell(folder, "hedges", [q for q, h in zip(gold["hedges"], hit, strict=True) if not h], wrong_hedges)
    rows["hedged sentences"] = (sum(hit), len(hit), len(wrong_hedges))

    types = {number: str(kind) for number, kind in types_of(lines).items()}
    same = [n for n, kind in gold["passages"].items() if types.get(n) == kind]
    _tell(
        folder,
        "passages",
        [n for n in gold["passages"] if n not in same],
        [n for n in types if n not in gold["passages"]],
    )
    rows["passage types"] = (len(same), len(gold["passages"]), len(types.keys() - gold["passages"].keys()))
    return rows


def _places(draft: Draft) -> Iterable[tuple[int, int]]:
    return [(d.start, d.end) for d in draft.dates]


def _squeezed(words: str) -> str:
    """The words without white space, which is typed in many ways."""
    return re.sub(r"\s", "", words)


def _span(source: str, start: int, end: int) -> tuple[int, int]:
    first = len(_squeezed(source[:start]))
    return first, first + len(_squeezed(source[start:end]))


def _place(text: str, words: str) -> tuple[int, int]:
    at = text.casefold().find(_squeezed(words).casefold())
    assert at >= 0, words
    return at, at + len(_squeezed(words))


def _same(one: str, other: str) -> bool:
    return one.removeprefix("the ") == other.removeprefix("the ")


def _compared(folder: Any, part: str, text: str, gold: Any, found: Any, right: Any) -> Row:
    """Found are the expected whose words overlap a proposal that is right; false are proposals that overlap none."""
    hits, missed, used, at = 0, [], set(), 0
    for entry in gold[part]:
        place = next(
            (
                (m.start(), m.end())
                for m in re.finditer(re.escape(_squeezed(entry["text"])), text, re.IGNORECASE)
                if m.start() >= at
            ),
            None,
        ) or _place(text, entry["text"])
        at = place[0] if part == "dates" else 0
        near = [each for each in found if each[0] < place[1] and place[0] < each[1]]
        used |= {each[:2] for each in near}
        if any(right(entry, each[2]) for each in near):
            hits += 1
        else:
            missed.append((entry["text"], [str(each[2]) for each in near]))
    for words in gold.get(f"minor_{part}", ()):
        for minor in re.finditer(re.escape(_squeezed(words)), text, re.IGNORECASE):
            used |= {each[:2] for each in found if each[0] < minor.end() and minor.start() < each[1]}
    false = [text[each[0] : each[1]] for each in found if each[:2] not in used]
    _tell(folder, part, missed, false)
    return hits, len(gold[part]), len(false)


def _right_number(entry: Mapping[str, Any], found: Any) -> bool:
    lows, highs = [entry["low"], *entry.get("low_accept", ())], [entry["high"], *entry.get("high_accept", ())]
    value = (found.low in lows and found.high in highs) or found.relation in entry.get("accept", ())
    units = {found.unit, found.noun} & {*entry["unit"]} or (found.unit == "items" and "states" in entry["unit"])
    return value and found.relation in (entry["relation"], *entry.get("accept", ())) and bool(units)


def _right_speaker(entry: Mapping[str, Any], speaker: Name | str | None) -> bool:
    wanted = entry["speaker"]
    forms = {*speaker.forms, speaker.name} if isinstance(speaker, Name) else {speaker}
    forms |= {
        f for f, ids in KNOWN.items() if isinstance(speaker, Name) and speaker.type == "known" and speaker.name in ids
    }
    return any(
        w == f
        or (
            w
            and f
            and re.sub("^(?:an?|one|the|many) ", "", f.lower()) == re.sub("^(?:an?|one|the|many) ", "", w.lower())
        )
        for w in wanted
        for f in forms
    )


def _tell(folder: Any, part: str, missed: Any, false: Any) -> None:
    if "--verbose" in sys.argv and (missed or false):
        sys.stderr.write(f"{folder.name} {part}: missed {missed}; false {false}\n")


def table(texts: Iterable[Any] = TEXTS) -> str:
    """The table of the guide, one line for each part of a draft."""
    sums: dict[str, dict[Any, Row]] = defaultdict(dict)
    for folder in texts:
        for part, row in measure(folder).items():
            sums[part][folder] = row
    lines = ["| part | " + " | ".join(folder.name for folder in texts) + " | all | false |", "|---" * 7 + "|"]
    for part, rows in sums.items():
        hits, wanted, false = (sum(column) for column in zip(*rows.values(), strict=True))
        each = " | ".join(f"{row[0]} of {row[1]}" for row in rows.values())
        lines.append(f"| {part} | {each} | {100 * hits // wanted} % | {false} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(table(TEXTS[: 4 if "--all" in sys.argv else 3] if "--verbose" in sys.argv else TEXTS) + "\n")
