"""Texts: passages, sentences and the offsets of quotes, in Unicode code points."""

import re
from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.bundle.anchoring import DocumentText, QuoteNotFound
from app.bundle.matching import FoldedText, fold, is_mark
from app.model.evidence import Place
from app.model.vocabularies import PassageType
from tests.paths import COMMENTARY, SEED

BANK = "🏦 The bank stood by the bank.\n\n  The 𝔘nion lent it nothing, and the bank fell. So did the bankers.  \nMenu\n"


def text_of(words: str, **types: PassageType) -> DocumentText:
    return DocumentText(words, "en", {int(number.removeprefix("line_")): kind for number, kind in types.items()})


@pytest.fixture
def bank() -> DocumentText:
    return text_of(BANK, line_4=PassageType.BOILERPLATE)


def found(text: DocumentText, words: str, **place: int) -> tuple[int, str]:
    """The position of a quote: its passage, and the text before it."""
    passage, (start, end) = text.anchor(words, Place(**place))
    assert text.text[start:end] == words
    return passage.number, text.text[:start]


# Passages and sentences


def test_a_passage_is_a_line_that_is_not_blank_numbered_by_line_without_the_space_around_it(bank: DocumentText) -> None:
    assert [(p.number, p.type, bank.text[p.start : p.end]) for p in bank.passages.values()] == [
        (1, "paragraph", "🏦 The bank stood by the bank."),
        (3, "paragraph", "The 𝔘nion lent it nothing, and the bank fell. So did the bankers."),
        (4, "boilerplate", "Menu"),
    ]


def test_a_passage_is_split_into_its_sentences(bank: DocumentText) -> None:
    assert [bank.text[start:end] for start, end in bank.passages[3].sentences] == [
        "The 𝔘nion lent it nothing, and the bank fell.",
        "So did the bankers.",
    ]


def test_a_sentence_does_not_end_at_an_abbreviation_or_inside_a_quotation() -> None:
    words = "See No. 8 by J. Smith, e.g. here. He wrote, “No. Never!” and left."
    sentences = text_of(words).passages[1].sentences
    assert [words[start:end] for start, end in sentences][-1].endswith("left.")
    assert len(sentences) == 2


@pytest.mark.parametrize("folder", [SEED, COMMENTARY], ids=["seed", "second"])
def test_offsets_in_a_document_count_code_points_from_its_first_character(folder: Path) -> None:
    words = (folder / "document.txt").read_text("utf-8")
    text = text_of(words)
    lines = words.split("\n")
    for passage in text.passages.values():
        assert words[passage.start : passage.end] == lines[passage.number - 1]
        assert passage.start == sum(len(line) + 1 for line in lines[: passage.number - 1])


white = " \t\n\r\x0b\x0c\x1c\x85\u00a0\u2028\u2029\u3000"
pieces = ["a", "B.", "A", "No.", "e.g.", "1.", ". ", "! ", "? ", "…", "“", "”", "[…]", "(", ")", "𝔘", "📦", "é"]
pieces += ["e\u0301", "\u200d", "\ufeff", *white]
texts = st.lists(st.sampled_from(pieces), max_size=30).map("".join) | st.text(max_size=60)


@given(texts, st.sampled_from(["en", "en-GB", "de", "zh", "ru", "qqq"]))
@example("a B\u00a0. C", "en")  # makes sentencex panic
@example("B\u3000. x", "en")
def test_passages_and_sentences_cover_every_character_but_white_space_once_and_in_order(
    words: str, language: str
) -> None:
    text = DocumentText(words, language, {})
    at = 0
    for passage in text.passages.values():
        for start, end in passage.sentences:
            assert passage.start <= start < end <= passage.end
            assert words[at:start].strip() == "", "there is text between two sentences"
            assert words[start:end] == words[start:end].strip()
            assert "\n" not in words[start:end]
            at = end
        assert at == passage.end
        assert passage.number == words.count("\n", 0, passage.start) + 1
    assert words[at:].strip() == ""


# Anchoring


def test_words_that_stand_once_are_found_by_themselves(bank: DocumentText) -> None:
    assert found(bank, "𝔘nion") == (3, "🏦 The bank stood by the bank.\n\n  The ")
    assert found(bank, "🏦") == (1, "")


def test_words_that_stand_more_than_once_are_told_apart_by_passage_and_occurrence(bank: DocumentText) -> None:
    assert found(bank, "bank", occurrence=2) == (1, "🏦 The bank stood by the ")
    assert found(bank, "bank", passage=3, occurrence=2)[1].endswith("So did the ")
    assert found(bank, "the bank", passage=1)[1].endswith("by ")


@pytest.mark.parametrize(
    ("words", "place", "problem"),
    [
        ("bank", {}, "'bank' occurs 4 times (in passages 1, 1, 3, 3); choose one with `passage` or `occurrence`"),
        ("bank", {"passage": 3}, "'bank' occurs 2 times (in passages 3, 3)"),
        ("bank", {"occurrence": 5}, "'bank' has no occurrence 5 there; the last is 4"),
        ("bank", {"passage": 1, "occurrence": 3}, "'bank' has no occurrence 3 there; the last is 2"),
        ("𝔘nion", {"passage": 1}, "'𝔘nion' does not occur in passage 1, but in 3"),
        ("bank", {"passage": 2}, "there is no passage 2; passages are numbered by line, from 1 to 4"),
        (
            "The 𝔘nion lend it nothing",
            {},
            "does not occur in the text; the closest match is 'The 𝔘nion lent it nothing",
        ),
        ("bank.\n\n  The", {}, "goes on from passage 1 to passage 3; quote the words of each separately"),
        ("THE BANK", {"passage": 9}, "there is no passage 9; passages are numbered by line, from 1 to 4"),
        ("qqqq", {}, "'qqqq' does not occur in the text"),
    ],
)
def test_words_that_mean_no_one_place_are_refused_with_what_the_text_has(
    bank: DocumentText, words: str, place: dict[str, int], problem: str
) -> None:
    with pytest.raises(QuoteNotFound, match=re.escape(problem)):
        bank.anchor(words, Place(**place))


def test_the_context_of_words_is_up_to_32_characters_on_each_side(bank: DocumentText) -> None:
    start = BANK.index("lent")
    assert bank.context(start, start + 4) == ("stood by the bank.\n\n  The 𝔘nion ", " it nothing, and the bank fell. ")
    assert [len(part) for part in bank.context(start, start + 4)] == [32, 32]
    assert bank.context(0, len(BANK)) == ("", "")


def test_words_that_overlap_themselves_are_counted_at_each_place() -> None:
    text = text_of("la la la")
    assert [span for _, span in text.occurrences("la la", Place())] == [(0, 5), (3, 8)]
    with pytest.raises(QuoteNotFound, match="occurs 2 times"):
        text.anchor("la la", Place())


def test_characters_that_mean_something_in_a_pattern_mean_themselves() -> None:
    text = text_of("“[t]he […] (sic.)* a+b$ ^c|d \\e")
    for words in ("[t]he", "[…]", "(sic.)*", "a+b$", "^c|d", "\\e"):
        assert found(text, words)[0] == 1


def alike(some: str, others: str) -> bool:
    """True if words differ only in their composition, in invisible characters, or in the kind of a space."""
    return (
        len({re.sub(r"\s", " ", normalize("NFC", re.sub("[\u200d\ufeff]", "", words))) for words in (some, others)})
        == 1
    )


@given(texts.filter(str.strip), st.data())
def test_any_words_of_a_passage_are_found_where_they_stand(words: str, data: st.DataObject) -> None:
    text = DocumentText(words, "en", {})
    passage = data.draw(st.sampled_from(list(text.passages.values())))
    start = data.draw(st.integers(passage.start, passage.end - 1))
    end = data.draw(st.integers(start + 1, passage.end))
    quote = words[start:end]
    places = [span for _, span in text.occurrences(quote, Place())]
    # Invisible characters at the ends of a quote are left out.
    assert any(start <= low and high <= end and fold(words[low:high]) == fold(quote) for low, high in places)
    assert places == sorted(places)
    assert all(alike(words[slice(*place)], quote) for place in places)
    for number, span in enumerate(places, start=1):
        assert text.anchor(quote, Place(occurrence=number))[1] == span
    prefix, suffix = text.context(start, end)
    assert words[:start].endswith(prefix)
    assert words[end:].startswith(suffix)
    assert (len(prefix), len(suffix)) == (min(32, start), min(32, len(words) - end))


# Whole words


@pytest.mark.parametrize(
    ("words", "count"),
    [("bank", 3), ("the bank", 2), ("bankers", 1), ("𝔘nion", 1), ("nion", 0), ("Menu", 0), ("Bank", 0)],
)
def test_a_text_says_words_where_they_are_not_part_of_longer_ones_nor_page_furniture(
    bank: DocumentText, words: str, count: int
) -> None:
    assert len(list(bank.whole(words))) == count


# Texts as they come

SENTENCES = [
    ("en", "• Russia is big.| Nevertheless, Russia is small."),
    ("en", "◦ Russia is big.| It is.\n▪ It is.| So is China.\n•No space.| None."),
    ("en", "– Russia is big.| It is.\n- It is.| So is China.\n* A note.| Another."),
    ("en", "(a) Russia is big.| It is.\n(iv) It is.| So is China.\nb) One.| Two.\nc. One.| Two."),
    ("en", "1. Russia is big.| It is.\n12) It is.| So is China.\n1.2.3. One.| Two.\n3. (b) One.| Two."),
    ("en", "[1] See No. 8.| It is big.\n¹ See J. Smith.| It is.\n•\n1."),
    ("en", "Russia is big.¹| It is.¹²| “It is.”³| Is it?†| Yes. ²"),
    ("en", "Russia is big.[1]| It is.[2][13]| “It is.”[a]| It is.[^4]| So [5]. [6]| Yes.[1, 2]"),
    ("en", "Russia (pop. 144 m)¹ is big, see [t]he map […].| “No. Never!”² he said."),
    ("zh", "• 俄罗斯很大。¹|但是很小。[2]|是吗？"),
    ("ja", "１）ロシアは大きい。|しかし小さい。"),
    ("hi", "• रूस बड़ा है।¹| लेकिन छोटा है।"),
    ("ar", "• روسيا كبيرة.[1]| هل هي كبيرة؟²| نعم."),
    ("fi", "• EU:n mukaan Venäjä on iso.¹| Mutta pieni."),
]


@pytest.mark.parametrize(("language", "marked"), SENTENCES)
def test_markers_of_lists_and_references_to_footnotes_hide_no_end_of_a_sentence(language: str, marked: str) -> None:
    words = marked.replace("|", "")
    passages = DocumentText(words, language, {}).passages.values()
    assert [[words[start:end] for start, end in passage.sentences] for passage in passages] == [
        [sentence.strip() for sentence in line.split("|")] for line in marked.split("\n")
    ]


@pytest.mark.parametrize(
    ("printed", "words"),
    [
        ("Café", "Cafe\u0301"),
        ("Cafe\u0301", "Café"),
        ("Việt Nam", normalize("NFD", "Việt Nam")),
        ("한국", normalize("NFD", "한국")),
        (normalize("NFD", "한국"), "한국"),
        ("40\u00a0percent of\u2009it", "40 percent of it"),
        ("40 percent", "40\u202fpercent"),
        ("Kim Jong\u2010un", "Kim Jong-un"),
        ("Kim Jong-un", "Kim Jong\u2011un"),
        ("Russia’s", "Russia's"),
        ("Russia's", "Russia\u02bcs"),
        ("so\u00adviet uni\u00adon", "soviet union"),
        ("soviet", "so\u00adviet"),
        ("a\u200bb\u2060c\u200ed", "abcd"),
        ("\u05d0\u200f \u05d1", "\u05d0 \u05d1"),
    ],
)
def test_words_are_found_in_other_characters_and_are_shown_as_printed(printed: str, words: str) -> None:
    text = text_of(f"Before e\u0301, {printed}\u00ad, after.\nAnd again\u00a0.")
    assert found_as(text, words) == printed
    assert found_as(text, printed) == printed


def found_as(text: DocumentText, words: str) -> str:
    """The only place of some words, as printed."""
    _, (start, end) = text.anchor(words, Place())
    return text.text[start:end]


def test_words_that_cut_a_mark_from_its_letter_are_found_where_nothing_else_is() -> None:
    text = text_of("Cafe\u0301 and Cafe, x\u0302\u0303y.")
    assert [offsets for _, offsets in text.occurrences("Cafe", Place())] == [(10, 14)]
    assert [offsets for _, offsets in text.occurrences("x\u0302", Place())] == [(16, 18)]
    assert [offsets for _, offsets in text.occurrences("\u0303y", Place())] == [(18, 20)]


@pytest.mark.parametrize(
    ("printed", "words", "says"),
    [
        ("the years 2016–2020", "the years 2016-2020", "which has U+2013 EN DASH instead of U+002D HYPHEN-MINUS"),
        ("said “yes to it”", 'said "yes to it”', "which has U+201C LEFT DOUBLE QUOTATION MARK instead of U+0022"),
        ("said so … again", "said so ... again", "which has U+2026 HORIZONTAL ELLIPSIS instead of U+002E FULL STOP"),
        ("Киев и Москва", "Киeв и Москва", "U+0435 CYRILLIC SMALL LETTER IE instead of U+0065 LATIN SMALL LETTER E"),
        ("two  spaces here", "two spaces here", "which has U+0020 SPACE instead of nothing"),
        ("of the ﬁnance ministry", "of the finance ministry", "U+FB01 LATIN SMALL LIGATURE FI instead of U+0066"),
        ("yes’ to it all", "yes” to it all", "which has U+2019 RIGHT SINGLE QUOTATION MARK instead of U+201D"),
    ],
)
def test_a_difference_that_is_hard_to_see_is_named_by_its_code_points(printed: str, words: str, says: str) -> None:
    with pytest.raises(QuoteNotFound) as caught:
        text_of(f"They saw {printed}, and left.").anchor(words, Place())
    assert str(caught.value).startswith(f"{words!r} does not occur in the text; the closest match is ")
    assert says in str(caught.value)


@pytest.mark.parametrize("words", ["They say the years", "They saw the yeers", "They saw the years and left it"])
def test_a_difference_in_plain_letters_is_not_named(words: str) -> None:
    with pytest.raises(QuoteNotFound) as caught:
        text_of("They saw the years pass.").anchor(words, Place())
    assert "U+" not in str(caught.value)


@given(texts)
def test_a_folded_text_has_the_printed_place_of_each_of_its_characters(words: str) -> None:
    text = FoldedText(words)
    assert text.folded == fold(words) == fold(text.folded)
    for at, character in enumerate(text.folded):
        start, end = text.printed(at, at + 1)
        assert character in fold(words[start : max(end, start + 1)]) or is_mark(character)
