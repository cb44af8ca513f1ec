"""Bundles beside a bundle, which may introduce the records and terms that it refers to."""

from collections.abc import Collection, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from app.bundle.source import ANALYSIS_FILE, BundleRejected, Source

_MOST = 100
"""The maximum number of folders that are searched."""


def introducing(source: Source, wanted: Collection[str], loaded: Collection[str]) -> Iterator[tuple[Path, set[str]]]:
    """The folders beside a bundle, except loaded ones, that introduce some wanted records or terms, with these.

    Both are named as `kind/id`. `wanted` may shrink meanwhile.
    """
    beside = Path(source.analysis_file).parent.parent.glob(f"*/{ANALYSIS_FILE}") if wanted else ()
    for file in sorted(islice(beside, _MOST)):
        with suppress(BundleRejected, OSError):
            text = b"" if str(file) in loaded else file.read_bytes()
            if any(name.partition("/")[2].encode() in text for name in wanted):
                bundle = Source(file.parent).bundle
                names = {f"{kind.name}/{draft.id}" for kind, _, draft in bundle.drafts()}
                names |= {f"{vocabulary}/{draft.term}" for vocabulary, terms in bundle.terms.items() for draft in terms}
                if found := names & {*wanted}:
                    yield file.parent, found
