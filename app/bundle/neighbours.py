"""Bundles beside a bundle, which may introduce the records and terms that it refers to."""

import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from app.bundle.source import ANALYSIS_FILE, BundleRejected, Source, content_of

_MOST = 100
"""The maximum number of folders that are searched."""


def introducing(source: Source, wanted: Collection[str], loaded: Collection[str]) -> Iterator[tuple[Path, set[str]]]:
    """The folders beside a bundle, except loaded ones, that introduce some wanted records or terms, with these.

    Both are named as `kind/id`. `wanted` may shrink meanwhile.
    """
    beside = Path(source.analysis_file).parent.parent.glob(f"*/{ANALYSIS_FILE}") if wanted else ()
    for file in sorted(islice(beside, _MOST)):
        ids = "|".join(re.escape(name.partition("/")[2]) for name in wanted)
        defined = re.compile(rf"""\b(id|term)["']?: *["']?({ids})\b""".encode())
        with suppress(BundleRejected, OSError):
            if ids and str(file) not in loaded and defined.search(content_of(file)):
                bundle = Source(file.parent).bundle
                names = {f"{kind.name}/{draft.id}" for kind, _, draft in bundle.drafts()}
                names |= {f"{vocabulary}/{draft.term}" for vocabulary, terms in bundle.terms.items() for draft in terms}
                if found := names & {*wanted}:
                    yield file.parent, found
