"""The rough sound of names in Latin letters. It finds names that are misspelt or transliterated."""

import re
from functools import lru_cache

from anyascii import anyascii

_SEMITIC = re.compile("[\u0590-\u06ff]")
_ARTICLE = re.compile(r"\bال(?=\w{3})")
_VOWELS = str.maketrans("wvy", "uui")
"""Letters of Arabic and Hebrew that are vowels, more often than not."""
_KANA = re.compile("[\u3041-\u30ff]")
_CHINESE_OR_KOREAN = re.compile("[\u3400-\u9fff\uac00-\ud7a3]")
_OF_KANA = {"chi": "ti", "tsu": "tu", "shi": "si", "ji": "di"}
"""Syllables of kana, as they stand for the sounds of other languages."""
_ALIKE = {
    "s": "schtsch shch tsch sch tch sh ch cz ts tz zh dzh dz z x",
    "k": "kh gh ck q g c",
    "kr": "chr",
    "f": "ph v w",
    "p": "b",
    "t": "th dh d",
    "o": "eo",
    "u": "eu ou oo",
    "i": "ee ie iy yi ey j y",
    "": "h",
}
_SOUNDS = {letters: sound for sound, some in _ALIKE.items() for letters in some.split()}
_SOUND = re.compile("|".join(sorted(_SOUNDS, key=len, reverse=True)))
_TWICE = re.compile(r"([^\W_])\1+")
_BREATHED = re.compile("[kc]?h")
"""Beginnings of Arabic and Russian names that are written in many ways: `Khamenei`, `Chamenei`, `Hamenei`."""
_SKELETON = str.maketrans("flm", "prn", "aeiou ")


def romanised(text: str) -> str:
    """Text in Latin letters: `Путин` as `Putin`, `プーチン` as `putin`, `習近平` as `Xi Jin Ping`."""
    if text.isascii():
        return text
    if _SEMITIC.search(text):
        return anyascii(_ARTICLE.sub("", text)).translate(_VOWELS)
    latin = anyascii(text)
    if _KANA.search(text):
        return re.sub("|".join(_OF_KANA), lambda found: _OF_KANA[found[0]], latin)
    return re.sub("(?<=[a-z])(?=[A-Z])", " ", latin) if _CHINESE_OR_KOREAN.search(text) else latin


def has_other_vowels(text: str) -> bool:
    """True if the script lacks vowels, as Arabic, or adds some, as kana."""
    return bool(_SEMITIC.search(text) or _KANA.search(text))


@lru_cache(maxsize=20_000)
def sound(name: str) -> str:
    """A folded name as it roughly sounds: `kim yong un` and `kim jong eun` as `kim ionk un`."""
    return _TWICE.sub(r"\1", _SOUND.sub(lambda found: _SOUNDS[found[0]], name))


@lru_cache(maxsize=20_000)
def consonants(name: str) -> str:
    """The classes of the consonants of a folded name: `knnkn` of `kim jong un`."""
    return _TWICE.sub(r"\1", sound(name).translate(_SKELETON))


def misheard(name: str) -> set[str]:
    """The classes of the consonants of a folded name, also if its first letters stand for another sound."""
    found = _BREATHED.match(name)
    return {consonants(name), *(consonants(first + name[found.end() :]) for first in ("k", "h") if found)}
