"""The vocabularies: their terms, with definitions."""

from starlette.responses import Response

from app.api.vocabularies import VocabularyName, find_vocabulary
from app.http.routing import PublicUrlDep, SnapshotDep
from app.model.vocabularies import VOCABULARIES
from app.pages.page import page, page_router
from app.pages.words import words

router = page_router("/vocabularies")


@router.get("")
def vocabularies_page(snapshot: SnapshotDep, public_url: PublicUrlDep) -> Response:
    """All vocabularies."""
    return page(
        snapshot,
        "vocabularies.html",
        public_url,
        path="/vocabularies",
        json="/v1/vocabularies",
        description="The terms that fields of records can have, and their definitions.",
        names=sorted(VOCABULARIES),
    )


@router.get("/{name}")
def vocabulary_page(name: VocabularyName, snapshot: SnapshotDep, public_url: PublicUrlDep) -> Response:
    """One vocabulary. The id of each term is its anchor."""
    vocabulary = find_vocabulary(snapshot, name)
    terms = {term.term: term for term in vocabulary.terms}  # a term with several parents is listed once for each
    return page(
        snapshot,
        "vocabulary.html",
        public_url,
        path=f"/vocabularies/{name}",
        json=f"/v1/vocabularies/{name}",
        description=f"The terms of the vocabulary “{words(name)}”, with definitions.",
        vocabulary=vocabulary,
        terms=terms.values(),
    )
