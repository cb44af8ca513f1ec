"""A generated commentary whose names, summaries, quotes and places contain markup, scripts and awkward letters."""

from pathlib import Path
from typing import Any

from tests.factories.generated import Commentary

REPLACED = {
    "Ångström": "<script>pwn()</script>",
    "Boréal": '"><img src=x onerror=pwn()>',
    "čapek": "javascript:pwn()",
    "Delta": "</title></mark><b>{{ 7 * 7 }}",
    "Łódź": "' autofocus onfocus=pwn() '",
    "Ωmega": "كوريا الشمالية",
    "Zürich": "Donaudampfschifffahrtsgesellschaftskapitänswitwe",
    "A text made": "<input autofocus onfocus=pwn()> A text made",
    "A made-up": "<!-- <style>*{display:none}</style> &amp; a made-up",
    "Somewhere": "<a href='javascript:pwn()'>Somewhere</a>",
    "Something": "<svg onload=pwn()>Something",
    "The generator": "<iframe srcdoc='<script>pwn()</script>'>",
}


class Dangerous(Commentary):
    """A commentary with dangerous texts."""

    def write(self, folder: Path) -> Path:
        self.lines = [_dangerous(line) for line in self.lines]
        self.analysis = _dangerous(self.analysis)
        return super().write(folder)


def _dangerous(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _dangerous(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_dangerous(item) for item in value]
    if isinstance(value, str):
        for harmless, dangerous in REPLACED.items():
            value = value.replace(harmless, dangerous)
    return value
