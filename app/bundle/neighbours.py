"""Bundles beside a bundle, which may introduce the records that it refers to."""

from collections.abc import Collection, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from app.bundle.source import ANALYSIS_FILE, BundleRejected, Source
from app.model.shape import KindName

_MOST = 100
"""The maximum number of folders that are searched."""
Identity = tuple[KindName, str]


def introducing(
    source: Source, wanted: Collection[Identity], loaded: Collection[str]
) -> Iterator[tuple[Path, set[Identity]]]:
    """The folders beside a bundle, except loaded ones, that introduce some of the wanted records, with these.

    `wanted` may shrink meanwhile.
    """
    beside = Path(source.analysis_file).parent.parent.glob(f"*/{ANALYSIS_FILE}") if wanted else ()
    for file in sorted(islice(beside, _MOST)):
        text = b"" if str(file) in loaded else file.read_bytes()
        if not any(slug.encode() in text for _, slug in wanted):
            continue
        with suppress(BundleRejected):
            drafts = Source(file.parent).bundle.drafts()
            if found := {(kind.name, draft.id) for kind, _, draft in drafts} & {*wanted}:
                yield file.parent, found
