"""Mentions in texts of many languages: they stand where a native reader would put them."""

import re
from typing import Literal
from unicodedata import normalize

import pytest

from app.bundle.anchoring import DocumentText
from app.bundle.mentions import find_mentions
from app.model.evidence import MentionException

CASES = [
    # Chinese: no spaces; the longest name covers a place.
    ("zh", ["习近平", "普京", "俄罗斯"], "⟦习近平⟧在北京会见了⟦普京⟧，⟦俄罗斯⟧媒体报道。"),
    ("zh-Hant", ["習近平", "中國"], "⟦中國⟧國家主席⟦習近平⟧昨日訪問平壤。"),
    ("zh", ["北京", "北京大学", "G7"], "⟦北京大学⟧在⟦北京⟧，⟦G7⟧峰会不在。"),
    # Korean: particles follow a name without a space.
    ("ko", ["김정은", "북한", "푸틴"], "⟦김정은⟧은 ⟦푸틴⟧과 ⟦북한⟧에서 만났다."),
    ("ko", ["북한", "북한군", "NATO"], "⟦북한군⟧이 ⟦북한⟧의 국경을 넘자 ⟦NATO⟧는 침묵했다."),
    # Japanese: three scripts side by side.
    ("ja", ["金正恩", "ロシア", "プーチン"], "⟦金正恩⟧氏は⟦ロシア⟧の⟦プーチン⟧大統領と会談した。"),
    ("ja", ["トランプ", "米国", "EU"], "⟦米国⟧の⟦トランプ⟧氏が⟦EU⟧を批判。"),
    # Arabic: a conjunction or preposition may be written with the name; such a form is listed.
    ("ar", ["روسيا", "وروسيا", "الصين"], "قالت ⟦الصين⟧ ⟦وروسيا⟧ إن ⟦روسيا⟧، بروسيا."),
    ("ar", ["بوتين"], "التقى ⟦بوتين⟧\u200f بالوزير؛ (⟦بوتين⟧)."),
    # Hebrew: prefixes, and acronyms with a mark that may be typed in two ways.
    ("he", ["ירושלים", 'ארה"ב'], "⟦ירושלים⟧, ובירושלים: ⟦ארה״ב⟧ שתקה."),
    ("he", ["אל-קאעידה", "ג'ורג'"], "⟦אל־קאעידה⟧ איימה, ⟦ג׳ורג׳⟧ שתק."),
    # Hindi: vowel signs and the virama belong to the word.
    ("hi", ["भारत", "रूस"], "⟦भारत⟧ और ⟦रूस⟧ के भारतीय तथा रूसी नेता; ⟦भारत⟧-⟦रूस⟧ वार्ता।"),
    ("hi", ["मोदी", "राम"], "⟦मोदी⟧ ने कहा, ⟦मोदी⟧। रामा और राम्य नहीं।"),
    # Thai: no spaces, and vowels above and below the line.
    ("th", ["รัสเซีย", "ปูติน", "จีน"], "ประธานาธิบดี⟦ปูติน⟧แห่ง⟦รัสเซีย⟧เยือน⟦จีน⟧เมื่อวานนี้"),
    ("th", ["ไทย", "ปา"], "⟦ไทย⟧กับปี่และ⟦ปา⟧"),
    # Russian and Ukrainian: inflected forms are listed; the apostrophe is a letter.
    ("ru", ["Путин", "Путина", "РФ"], "«⟦Путин⟧», — слова ⟦Путина⟧ о ⟦РФ⟧, не Путинская."),
    ("ru", ["Киев"], "⟦Киев⟧, Киевская Русь, ⟦Киев⟧-Пассажирский."),
    ("uk", ["Лук'янівка", "Лук", "України"], "⟦Лукʼянівка⟧, ⟦Лук’янівка⟧; Лук’яненко. ⟦України⟧!"),
    ("uk", ["Зеленський", "Європа"], "⟦Зеленський⟧: «⟦Європа⟧», європейці."),
    # Finnish: endings are written with the name, or after a colon.
    ("fi", ["EU", "Putin", "Venäjä"], "⟦EU⟧:n ja ⟦Putin⟧, Putinin; ⟦Venäjä⟧ ja Venäjän."),
    ("fi", ["Åland", "Putinin"], "⟦A\u030aland⟧ ja ⟦Putinin⟧ hallinto, Ålandin."),
    # English, with marks of other languages.
    ("en", ["Peru", "Ukraine"], "⟦Peru⟧ (in Spanish Peru\u0301, Perú) and ⟦Ukraine⟧ʼs, ⟦Ukraine⟧'s, ⟦Ukraine⟧’s."),
    (
        "en",
        ["Kim Jong-un", "South Korea"],
        "⟦Kim Jong‑un⟧, ⟦Kim\u00a0Jong\u2010un⟧, ⟦South\u202fKo\u00adrea⟧, South Ko\u00adreans.",
    ),
]


@pytest.mark.parametrize(
    ("language", "names", "marked"), CASES, ids=[f"{case[0]}-{at}" for at, case in enumerate(CASES)]
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_names_are_found_where_a_native_reader_would_find_them(
    language: str, names: list[str], marked: str, form: Literal["NFC", "NFD"]
) -> None:
    marked = normalize(form, marked)
    text = re.sub("[⟦⟧]", "", marked)
    expected, at = [], 0
    for piece in re.split("([⟦⟧])", marked):
        if piece == "⟦":
            expected.append(at)
        at += len(piece.strip("⟦⟧"))
    mentions = find_mentions(DocumentText(text, language, {}), {name: [name] for name in names}, [])
    assert (mentions.ambiguous, mentions.faulty) == ([], {})
    printed = [text[found.start : found.end] for found in mentions.found]
    assert printed == re.findall("⟦(.*?)⟧", marked)
    assert [found.start for found in mentions.found] == expected


@pytest.mark.parametrize(
    ("words", "text", "actor"),
    [
        ("ירושלים", "הוא גר בירושלים.", "jerusalem"),
        ("Putin", "Putinin hallinto.", "putin"),
        ("भारत", "भारतीय नेता", "india"),
    ],
)
def test_a_form_with_an_affix_is_a_mention_by_exception(words: str, text: str, actor: str) -> None:
    document = DocumentText(text, "en", {})
    assert find_mentions(document, {words: [actor]}, []).found == []
    [found] = find_mentions(document, {words: [actor]}, [MentionException(text=words, actor=actor)]).found
    assert (found.actor, text[found.start : found.end]) == (actor, words)
