"""Mentions: occurrences of actors in a text, found by names and aliases, with the editor's exceptions first."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.bundle.anchoring import DocumentText
from app.bundle.mentions import find_mentions
from app.model.evidence import MentionException
from app.model.vocabularies import PassageType

Exceptions = Sequence[MentionException]
Told = list[tuple[int, str, str]]


def spoken(words: str, names: Mapping[str, Sequence[str]], *exceptions: MentionException) -> Told:
    """The mentions in a text whose last line is boilerplate: passage, words, actor; fails on problems."""
    text = DocumentText(words, "en", {words.count("\n") + 1: PassageType.BOILERPLATE})
    mentions = find_mentions(text, names, exceptions)
    assert (mentions.ambiguous, mentions.faulty) == ([], {})
    return [(found.passage, words[found.start : found.end], found.actor) for found in mentions.found]


def wrong(
    words: str, names: Mapping[str, Sequence[str]], *exceptions: MentionException
) -> tuple[list[str], dict[int, str]]:
    """The problems of names and exceptions: ambiguous names, and messages by the index of the exception."""
    text = DocumentText(words, "en", {words.count("\n") + 1: PassageType.BOILERPLATE})
    mentions = find_mentions(text, names, exceptions)
    return mentions.ambiguous, mentions.faulty


def meaning(text: str, actor: str | None, **place: int) -> MentionException:
    return MentionException(text=text, actor=actor, **place)


# Names


def test_of_names_that_begin_alike_the_longest_is_the_one_mentioned() -> None:
    names = {"Korea": ["korea"], "North Korea": ["north"], "North Korean workers": ["workers"], "North": ["compass"]}
    said = "North Korean workers left North Korea for Korea, and for the North.\n"
    assert spoken(said, names) == [
        (1, "North Korean workers", "workers"),
        (1, "North Korea", "north"),
        (1, "Korea", "korea"),
        (1, "North", "compass"),
    ]


def test_a_name_is_a_whole_word_with_its_own_capitals() -> None:
    names = {"Rus": ["rus"], "UN": ["un"], "Channel 𝔘": ["channel"]}
    said = "Rus, Russia, Belarus, rus; UN UNESCO’s un UN’s (UN) UN-led; Channel 𝔘, Channel 𝔘𝔘 and Channel 𝔘’s.\n"
    assert [words for _, words, _ in spoken(said, names)] == ["Rus", "UN", "UN", "UN", "UN", "Channel 𝔘", "Channel 𝔘"]


def test_a_name_may_begin_and_end_with_a_mark() -> None:
    names = {"“rogue” state": ["rogues"], "St. Ives (town)": ["ives"]}
    assert spoken("A “rogue” state is no St. Ives (town), nor are “rogue” states.\n", names) == [
        (1, "“rogue” state", "rogues"),
        (1, "St. Ives (town)", "ives"),
    ]


def test_page_furniture_mentions_nobody_and_a_name_does_not_run_over_a_line() -> None:
    assert spoken("Kim met\nJong\nKim Jong", {"Kim Jong": ["kj"], "Kim": ["kim"]}) == [(1, "Kim", "kim")]


def test_the_same_actor_under_two_names_is_no_ambiguity() -> None:
    assert spoken("Rome and Roma.\n", {"Rome": ["rome", "rome"], "Roma": ["rome"]}) == [
        (1, "Rome", "rome"),
        (1, "Roma", "rome"),
    ]


def test_a_name_that_two_actors_share_is_ambiguous_until_an_exception_says_which() -> None:
    names = {"Moscow": ["soviet-union", "russia"], "Paris": ["france"]}
    said = "Moscow paid.\nMoscow and Paris met in Moscow.\n"
    problems, faulty = wrong(said, names)
    assert problems == ["'Moscow' can mean russia or soviet-union (in passages 1, 2, 2); choose one under `mentions`"]
    assert faulty == {}
    assert wrong(said, names, meaning("Moscow", "soviet-union", passage=1))[0] == [
        "'Moscow' can mean russia or soviet-union (in passages 2, 2); choose one under `mentions`"
    ]
    settled = [meaning("Moscow", "soviet-union", passage=1), meaning("Moscow", "russia", passage=2)]
    assert [actor for _, _, actor in spoken(said, names, *settled)] == ["soviet-union", "russia", "france", "russia"]


# Exceptions

TOWNS = "Alba met Alba.\nAlba, Alba and Alba.\nAlba rests.\n"


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_an_exception_for_a_place_beats_one_for_a_passage_and_that_one_for_the_text(order: tuple[int, ...]) -> None:
    exceptions = [
        meaning("Alba", "all"),
        meaning("Alba", "second", passage=2),
        meaning("Alba", None, passage=2, occurrence=2),
    ]
    assert spoken(TOWNS, {"Alba": ["town"]}, *(exceptions[i] for i in order)) == [
        (1, "Alba", "all"),
        (1, "Alba", "all"),
        (2, "Alba", "second"),
        (2, "Alba", "second"),
        (3, "Alba", "all"),
    ]


def test_an_occurrence_without_a_passage_counts_through_the_text() -> None:
    actors = [actor for _, _, actor in spoken(TOWNS, {"Alba": ["town"]}, meaning("Alba", "fourth", occurrence=4))]
    assert actors == ["town", "town", "town", "fourth", "town", "town"]


def test_words_that_are_no_name_mean_somebody_where_an_exception_says_so_and_nobody_elsewhere() -> None:
    said = "The paper said so.\nThe paper tore.\n"
    assert spoken(said, {}, meaning("The paper", "daily", passage=1)) == [(1, "The paper", "daily")]


def test_an_exception_takes_a_name_out_where_it_means_no_actor() -> None:
    said = "Moscow sailed.\nMoscow spoke.\n"
    assert spoken(said, {"Moscow": ["russia"]}, meaning("Moscow", None, passage=1)) == [(2, "Moscow", "russia")]


def test_an_exception_for_longer_words_hides_no_name_at_other_places() -> None:
    said = "The Moscow Times wrote.\nThe Moscow Times changed Moscow.\n"
    told = spoken(said, {"Moscow": ["russia"]}, meaning("The Moscow Times", "times", passage=1))
    assert told == [(1, "The Moscow Times", "times"), (2, "Moscow", "russia"), (2, "Moscow", "russia")]


KOREAS = "Korea, North Korea and Koreans.\n"
KOREAN_NAMES = {"Korea": ["both"], "North Korea": ["north"]}


def test_an_exception_for_many_places_leaves_longer_names_and_words_alone() -> None:
    assert spoken(KOREAS, KOREAN_NAMES, meaning("Korea", "south")) == [
        (1, "Korea", "south"),
        (1, "North Korea", "north"),
    ]


def test_an_exception_for_one_place_wins_inside_a_longer_name_or_word() -> None:
    assert spoken(KOREAS, KOREAN_NAMES, meaning("Korea", "south", occurrence=2)) == [
        (1, "Korea", "both"),
        (1, "Korea", "south"),
    ]
    told = spoken(KOREAS, KOREAN_NAMES, meaning("Korea", "south", passage=1, occurrence=3))
    assert told == [(1, "Korea", "both"), (1, "North Korea", "north"), (1, "Korea", "south")]


def test_an_exception_whose_words_stand_only_inside_longer_names_or_words_wins_there() -> None:
    said = "North Korea and Koreans.\n"
    assert spoken(said, {"North Korea": ["north"]}, meaning("Korea", "south")) == [(1, "Korea", "south")]
    assert spoken(said, {"North Korea": ["north"]}, meaning("Kor", None)) == []
    assert spoken("Putinin hallinto.\n", {"Putin": ["putin"]}, meaning("Putin", "putin")) == [(1, "Putin", "putin")]


def test_a_narrow_exception_wins_over_the_longer_words_of_a_wide_one() -> None:
    exceptions = [meaning("North Korea", "north"), meaning("Korea", "south", occurrence=1)]
    assert wrong("North Korea.\n", {}, *exceptions) == (
        [],
        {0: "the exception applies nowhere: every 'North Korea' is in boilerplate, or has an exception of its own"},
    )


def test_an_exception_that_narrower_ones_leave_nothing_is_told_so() -> None:
    exceptions = [meaning("Alba", "all", passage=3), meaning("Alba", "one", passage=3, occurrence=1)]
    assert list(wrong(TOWNS, {}, *exceptions)[1]) == [0]


def test_an_exception_for_page_furniture_alone_is_told_that_it_says_nothing() -> None:
    assert list(wrong("Here.\nMenu", {}, meaning("Menu", "menu"))[1]) == [0]


def test_words_can_mean_two_actors_at_one_place_and_a_narrower_exception_means_its_own_alone() -> None:
    said = "Both towns slept.\nBoth towns woke.\n"
    both = [meaning("Both towns", "beta"), meaning("Both towns", "alba")]
    assert spoken(said, {}, *both) == [
        (1, "Both towns", "alba"),
        (1, "Both towns", "beta"),
        (2, "Both towns", "alba"),
        (2, "Both towns", "beta"),
    ]
    told = spoken(said, {"Both towns": ["gamma"]}, *both, meaning("Both towns", "delta", passage=2))
    assert [actor for _, _, actor in told] == ["alba", "beta", "delta"]


def test_words_that_mean_an_actor_cannot_mean_nobody_as_well() -> None:
    said = [meaning("Alba", "alba"), meaning("Alba", None), meaning("Alba", "beta")]
    assert list(wrong(TOWNS, {}, *said)[1]) == [1]


@pytest.mark.parametrize(
    ("exception", "problem"),
    [
        (meaning("Beta", "beta"), "'Beta' does not occur in the text"),
        (meaning("Alba", "x", passage=3, occurrence=2), "'Alba' has no occurrence 2 there; the last is 1"),
        (meaning("rests", "x", passage=1), "'rests' does not occur in passage 1, but in 3"),
        (meaning("Alba", "x", passage=9), "there is no passage 9"),
    ],
)
def test_an_exception_for_words_that_do_not_stand_there_is_told_so(exception: MentionException, problem: str) -> None:
    _, faulty = wrong(TOWNS, {"Alba": ["town"]}, exception)
    assert list(faulty) == [0]
    assert problem in faulty[0]


# Properties of any text

words = st.lists(st.sampled_from(["A", "B", "AB", "𝔘", "’s", " ", " ", ".", "\n", "-"]), max_size=25).map("".join)
names = st.dictionaries(st.sampled_from(["A", "B", "AB", "A B", "B A", "𝔘", "𝔘 A", "A."]), st.just(["actor"]))


@given(words, names, st.lists(st.sampled_from(["A", "A B", "𝔘", "B."]), max_size=2, unique=True))
@example("A B A", {"A": ["actor"]}, ["A B"])
def test_mentions_come_in_order_never_overlap_and_are_names_or_exceptions_in_whole(
    said: str, owners: dict[str, list[str]], excepted: list[str]
) -> None:
    text = DocumentText(said, "en", {})
    mentions = find_mentions(text, owners, [meaning(name, "other") for name in excepted])
    assert mentions.ambiguous == []
    at = 0
    for mention in mentions.found:
        assert at <= mention.start < mention.end
        at = mention.end
        name = said[mention.start : mention.end]
        assert mention.actor == ("other" if name in excepted else "actor")
        assert name in owners or name in excepted
        around = said[mention.start - 1 : mention.start] + said[mention.end : mention.end + 1]
        assert name in excepted or not any(character.isalnum() for character in around)
        passage = text.passages[mention.passage]
        assert passage.start <= mention.start
        assert mention.end <= passage.end
