"""A bundle whose names and words would break a page that does not escape them, or that counts in UTF-16 units."""

import json
from pathlib import Path
from typing import Any

ID = "hostile-text"
LINES = [
    '<h1 onclick="document.title=1">Title & "quotes" \'single\'</h1>',
    "He said <script>document.title='run'</script> & left; &lt;b&gt; &amp;amp; ]]> --> {{ 7*7 }} {% raw %} </p></main>",
    "قال الوزير: «السلام عليكم» and then שלום עולם, in Hebrew.",
    "Cafe\u0301, Ångström, the 𝔘nion, 👩‍👩‍👧 and x\u0302\u0303y.",
    "A no-break\u00a0space, a soft\u00adhyphen, three   spaces and a\ttab.",
    "one two three four five six seven eight",
]
_QUOTES = {
    2: ["<script>document.title='run'</script>", "& left; &lt;b&gt; &amp;amp; ]]>", "{{ 7*7 }} {% raw %} </p></main>"],
    3: ["قال الوزير: «السلام عليكم»", "السلام", "عليكم» and then שלום", "שלום עולם, in Hebrew"],
    4: ["Cafe", "\u0301, Ång", "𝔘nion, 👩", "\u200d👩‍👧 and x\u0302", "\u0303y"],
    5: ["no-break\u00a0space", "soft\u00adhyphen, three   spaces", "a\ttab"],
    6: ["one two three four", "two three", "three four five six", "four", "four five", "one", "eight"],
}
"""Quotes by passage: nested, overlapping, side by side, and between the code points of one character."""


def hostile(folder: Path) -> Path:
    """Write the bundle into a new folder."""
    events = [
        _record(f"event-{passage}-{number}", words, passage) | {"type": "consult", "modality": "actual"}
        for passage, quotes in _QUOTES.items()
        for number, words in enumerate(quotes)
    ]
    union = _record("union", "𝔘nion", 4) | {"name": "𝔘nion", "type": "organisation"}
    peace = _record("peace", "שלום", 3) | {"aliases": ["שלום"], "type": "group"}
    analysis = {
        "document": {
            "id": ID,
            "name": "<script>document.title='run'</script> & \"more\"",
            "title": "</title><script>document.title='run'</script>",
            "summary": "<img src=x onerror=\"document.title='run'\"> and “curly” 'quotes'.",
            "published": {"text": "2023", "edtf": "2023"},
            "language": "en",
            "source_url": "https://example.org/?q=\"><script>document.title='run'</script>",
            "rights": "<b>Nobody's</b> & everybody's.",
            "analysis": {"by": "<i>Tests</i>", "method": "machine", "date": "2026-01-01"},
        },
        "passages": {1: "heading", 5: "list_item"},
        "actors": [union, peace],
        "events": events,
    }
    bundle = folder / ID
    bundle.mkdir(parents=True)
    (bundle / "document.txt").write_text("\n".join(LINES), encoding="utf-8", newline="")
    (bundle / "analysis.yaml").write_text(json.dumps(analysis, ensure_ascii=False), encoding="utf-8")
    return bundle


def _record(slug: str, words: str, passage: int) -> dict[str, Any]:
    return {
        "id": slug,
        "name": f"<a href=\"javascript:document.title='run'\">{words}</a> of a long-name-without-a-break-{'x' * 60}",
        "summary": f"<script>document.title='run'</script> {words}",
        "evidence": [{"exact": words, "passage": passage, "occurrence": 1}],
    }
