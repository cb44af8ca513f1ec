"""Exceptions to the rule of the longest name, found anew from a text and its mentions."""

from hypothesis import assume, example, given
from hypothesis import strategies as st

from app.bundle.exceptions import find_exceptions
from app.bundle.mentions import find_mentions
from app.bundle.text import DocumentText
from app.model.evidence import MentionException
from app.model.vocabularies import PassageType

WORDS = ["a", "b", "c", "(a", "a)", "a-b", ".", "𝔘"]
some_words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
lines = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join), min_size=1, max_size=4)
actors = st.sampled_from("xyz")
names = st.dictionaries(some_words, st.lists(actors, min_size=1, max_size=2, unique=True), max_size=4)
exceptions = st.lists(
    st.builds(
        MentionException,
        text=some_words,
        actor=st.none() | actors,
        passage=st.none() | st.integers(1, 4),
        occurrence=st.none() | st.integers(1, 3),
    ),
    max_size=5,
)
EVERYWHERE = MentionException(text="a a a", actor=None)


@given(lines, names, exceptions)
@example(["a a a a"], {"a": ["x"], "a a": ["x"]}, [EVERYWHERE])
def test_whatever_an_editor_writes_it_is_found_anew_to_the_same_effect(
    lines: list[str], names: dict[str, list[str]], exceptions: list[MentionException]
) -> None:
    text = DocumentText("\n".join(lines), "en", {2: PassageType.BOILERPLATE})
    while faulty := find_mentions(text, names, exceptions)[2]:
        exceptions = [exception for index, exception in enumerate(exceptions) if index not in faulty]
    mentions, ambiguous, _ = find_mentions(text, names, exceptions)
    assume(not ambiguous)
    assert find_mentions(text, names, find_exceptions(text, names, mentions)) == (mentions, [], {})


def anew(words: str, names: dict[str, list[str]], *exceptions: MentionException) -> list[MentionException]:
    """The exceptions that are found anew for the mentions that exceptions give."""
    text = DocumentText(words, "en", {})
    mentions, ambiguous, faulty = find_mentions(text, names, exceptions)
    assert not ambiguous
    assert not faulty
    return find_exceptions(text, names, mentions)


def test_one_exception_stands_for_all_places_where_it_can() -> None:
    both = {"Moscow": ["russia", "soviet-union"]}
    told = [MentionException(text="Moscow", actor="russia")]
    assert anew("Moscow and Moscow.\nMoscow.", both, *told) == told
    told.append(MentionException(text="Moscow", actor="soviet-union", passage=2))
    assert anew("Moscow and Moscow.\nMoscow.\nMoscow.", both, *told) == told
    told.append(MentionException(text="Moscow", actor="soviet-union", passage=1, occurrence=2))
    assert len(anew("Moscow and Moscow.\nMoscow.\nMoscow.", both, *told)) == len(told)


def test_an_exception_does_not_say_more_than_was_meant() -> None:
    place = MentionException(text="the country", actor="russia", passage=2)
    assert anew("the country\nthe country\nthe country", {}, place) == [place]


def test_without_exceptions_there_are_none() -> None:
    assert anew("Russia and North Korea.", {"Russia": ["russia"], "North Korea": ["north-korea"]}) == []
