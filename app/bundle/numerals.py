"""Numbers in an English text, in digits or in words."""

import re

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_WORDS = {word: number for number, word in enumerate(_UNITS.split())}
_WORDS |= {word: 10 * tens for tens, word in enumerate(_TENS.split(), 2)}
SCALES = {"dozen": 12, "hundred": 100} | {
    name: 1000**power
    for power, names in enumerate(("thousand k", "million mn m", "billion bn b", "trillion tn"), 1)
    for name in names.split()
}
SHORT_SCALE = 2
"""The most letters of a short scale. `m` may also mean metres."""
NUMERAL = "|".join(sorted({*_WORDS, *(scale for scale in SCALES if len(scale) > SHORT_SCALE)}, key=len, reverse=True))
NUMBER = (
    r"(?P<number{0}>\d{{1,3}}(?:[, '’\u00a0\u202f]\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?"
    rf"|(?:(?:{NUMERAL})(?:[- ]|\sand\s|\b))+)"
    r"(?:[\s-]?(?P<scale{0}>thousand|million|billion|trillion|mn|bn|tn|[mkb](?![\w²])))?"
)
"""The pattern of a number with its scale, and with a name for the groups of each."""


def number(words: str, scale: str | None) -> float:
    """The value of digits or number words, such as `1,200`, `thirty-four` or `two hundred thousand`."""
    words = words.strip().lower()
    value, total = 0.0, 0.0
    if words[0].isdigit():
        value = float(re.sub(r"[^\d.]", "", words))
    for word in re.findall("[a-z]+", words):
        if word in _WORDS:
            value += _WORDS[word]
        elif word in SCALES:
            value = (value or 1) * SCALES[word]
            if SCALES[word] >= 1000:
                total, value = total + value, 0
    return round((total + value) * (SCALES[scale.lower()] if scale else 1), 6)
