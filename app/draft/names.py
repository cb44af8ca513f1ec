"""Names of actors in an English text that the database does not know."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from app.draft import listed
from app.model.countries import countries

Offsets = tuple[int, int]

_WORD = re.compile(
    r"(?:[A-Z]\.){2,}|[A-Z]\.(?=\s[A-Z])|[^\W\d_](?:\w|[’'](?=\w)|&(?=\w)|[‑-](?!(?:based|flagged|related|led|backed"
    r"|origin|owned|linked|made|born|series|controlled|registered|sponsored|funded|built|run)\b)(?=\w))*"
)
"""A word, an abbreviation such as `U.S.`, or an initial, without the end of `China-based`."""
_COMMON = listed(
    "a about above according across after again against all almost already also although always among an and "
    "another any are around as at away back be because been before behind being below besides between beyond "
    "both but by can cannot certainly clearly consider could despite did do does down due during each earlier "
    "either else even ever every everything except far few finally first for from further furthermore given "
    "had has have he hence her here him his historically how however i if in indeed instead into is it its "
    "just last lastly later less like likewise many may maybe meanwhile might more moreover most much must my "
    "nearly neither never nevertheless next no nobody none nonetheless nor not nothing now of off often on "
    "once one only or other others otherwise our out over own per perhaps possibly probably quite rather "
    "recent recently second several she should similarly since so some somebody somehow something sometimes "
    "soon still such taken than that the their them then there therefore these they third this those though "
    "three through thus to today together too toward towards two under unless unlike until up upon us was we "
    "well were what whatever when where whereas whether which while who whoever whom whose why will with "
    "within without would yes yet you your see read share print mr mrs ms dr sir monday tuesday wednesday "
    "thursday friday saturday sunday january february march april june july august september october november "
    "december spring summer autumn winter states members figures"
)
_OFFICE = listed(
    "president minister ministers premier chancellor ambassador secretary secretary-general representative senator "
    "governor mayor chairman chairwoman director director-general commissioner spokesman spokeswoman spokesperson "
    "leader professor admiral colonel captain judge marshal envoy analyst economist"
)
_TITLE = _OFFICE | listed(
    "vice under assistant deputy prime foreign defence defense interior finance trade economy general permanent "
    "secretary-of-state king queen prince princess pope chair mr mrs ms dr sir lord prof major former special head "
    "chief acting state-secretary far eastern development member deputies"
)
_LEADING = _TITLE | _COMMON
_TRAILING = _LEADING | {"resolution"}
_STATE_BODY = listed(
    "ministry department council assembly parliament duma senate congress court agency service bureau office "
    "authority commission committee government administration directorate secretariat police army navy forces "
    "cabinet politburo command tribunal inspectorate headquarters"
)
_ORGANISATION = dict.fromkeys(_STATE_BODY, "body") | {
    word: kind
    for kind, words in {
        "body": "nations organization organisation union league alliance nato opec asean brics",
        "company": "ltd limited llc inc corp corporation company group plc gmbh bank airlines holdings co pte pvt bhd",
        "state": "republic kingdom",
        "outlet": "times post news daily tribune gazette herald broadcaster posten journal agency",
        "party": "party",
        "organisation": "institute centre center university college foundation association federation society academy "
        "institution programme program fund exchange movement front network council chamber church",
    }.items()
    for word in listed(words)
}
_LED_BY = {
    "newspaper": "outlet", "paper": "outlet", "broadcaster": "outlet", "magazine": "outlet", "daily": "outlet",
    "website": "outlet", "company": "company", "firm": "company", "group": "organisation", "party": "party",
    "tanker": "", "ship": "", "vessel": "", "ferry": "", "river": "", "town": "", "city": "", "port": "", "village": "",
}  # fmt: skip
_LAND = listed(
    "strait sea seas ocean peninsula river gulf cape island islands canal bay mountains region city street "
    "port east west north south coast valley province district harbour headquarters letter outlook resolution "
    "sheet commentary briefing statement act treaty agreement charter declaration report plan conference "
    "summit war day week corridor order advisory list register rule directive notice protocol convention"
)
_THINGS = listed("AI CEO COVID EEZ FDI GDP GNP GPS HIV IT LNG LPG NGO PDF SME TV UAV VAT WMD")
_DATELINE = re.compile(r"^\W*[A-Z]{2}[A-Z .,’'-]*(?:[A-Z][a-z]+\.?|\([A-Z]+\)|[\d, ])*[–—-]\s")
"""The place at the beginning of a press release, in capitals."""
_BEGINNING = re.compile(r"[“\"«„]|[a-z]{4}[.!?]\s+")
"""The beginnings of sentences within quotations."""
_LIST = re.compile(r"(?: \d+)?(?:,? (?:and|or) |, )")
SHORT_FORM = re.compile(r"['’]?\s\((?:the )?[“\"]?([A-Z][\w&.-]*)[”\"]?\)")
"""The short form in parentheses after a name."""
_DEFINED = re.compile(r"\b([a-z][\w-]+)\s\(([A-Z]{2,})s?\)")
"""An acronym after the words for which it stands, such as `aerial vehicles (UAVs)`."""
_PORTFOLIO = re.compile(r"\b(?:Secretary|Minister) (?:of|for)(?: (?:[A-Z][\w-]*|and|of|for|the)|,)* $")
_SUBJECT = listed(
    "foreign commonwealth development industry security trade commerce finance economy labour labor culture health "
    "science technology innovation energy agriculture fisheries transport environment education tourism"
)
_ABBREVIATED = listed("co corp inc ltd pte pvt bhd llc")
_NO_PERSON = frozenset(_ORGANISATION) | _LAND
_PLACE = re.compile(r"\b(?:[iI]n|at|near|around|across|outside|via|of|to|from|into)(?: the)?\s$")
_AFTER = re.compile(
    r"['’]?s? (?:has|is|was|will|would|may|might|can|could|had|does|did|said|says|told|wants|holds|remains|[a-z]+ed)\b"
    r"|['’]s\b"
)
_DEMONYMS = {
    "british": "GB", "american": "US", "french": "FR", "dutch": "NL", "swiss": "CH", "greek": "GR", "welsh": "GB",
    "soviet": "SU", "north korean": "KP", "south korean": "KR", "emirati": "AE", "scottish": "GB", "dprk": "KP",
    "uk": "GB", "us": "US", "u.s.": "US", "u.k.": "GB", "usa": "US", "ussr": "SU", "soviet union": "SU", "uae": "AE",
}  # fmt: skip
_FORMAL = re.compile(r"^(?:the )?(?:islamic |people’s |federal |democratic )*(?:republic|kingdom|state) of |^the ")


@dataclass
class Name:
    """A named actor: its type, its country, the forms of its name, and the places where it is named."""

    name: str
    type: str
    country: str | None = None
    places: list[Offsets] = field(default_factory=list)
    forms: Counter[str] = field(default_factory=Counter)


@cache
def _countries() -> Mapping[str, str]:
    """The codes of countries by their usual and formal names, in small letters."""
    found = {_FORMAL.sub("", name.lower()): code for code, names in countries().items() for name in names}
    return found | _DEMONYMS


def country_of(name: str) -> str | None:
    """The code of the country that a name or an adjective means; None if there is none."""
    words = _FORMAL.sub("", name.lower())
    if words in _countries() and len(words) > 1:
        return _countries()[words]
    stem = re.fullmatch(r"(\w{3,}?)(?:ians?|eans?|ans?|n|ese|i|ish|ic)", words)
    if not stem or not name[0].isupper():
        return None
    close = [
        each
        for each in _countries()
        if " " not in each and each.startswith(stem[1][:4]) and len(each) - len(stem[1]) in range(-1, 5)
    ]
    return _countries()[min(close, key=len)] if close else None


def is_adjective(name: str) -> bool:
    """True for the adjective of a country, such as `North Korean`."""
    words = name.lower()
    return country_of(name) is not None and (words not in _countries() or words in _DEMONYMS)


class Names:
    """Finds names in passages, of which the words of known actors are blank."""

    def __init__(self, passages: Sequence[tuple[int, str, Sequence[int], bool]]) -> None:
        """`passages` has the offset of each passage, its text, the offsets of its sentences, and if it is a heading."""
        self.found: dict[str, Name] = {}
        self._short: dict[str, str] = {}
        """The acronyms that follow a name in parentheses, each with the key of this name in `found`."""
        self._series = (0, "")
        """The end of the last name in a series, such as “the ports of A, B and C”, and the type of its names."""
        read = [
            (at, text, {*starts, *(found.end() for found in _BEGINNING.finditer(text))}, heading)
            for at, printed, starts, heading in passages
            if not (heading and _is_title_case(printed))
            for text in [printed if heading else _DATELINE.sub(lambda found: " " * len(found[0]), printed, count=1)]
        ]
        self._things = _THINGS | {
            each[2] for _, text, *_ in read for each in _DEFINED.finditer(text) if each[1] not in _ORGANISATION
        }
        words = [
            (word[0], not heading and word.start() not in first)
            for _, text, first, heading in read
            for word in _WORD.finditer(text)
        ]
        self._words = {word for word, _ in words}
        self._inner = {word for word, is_inner in words if is_inner}
        """The words that do not begin a sentence."""
        for at, text, first, heading in read:
            self._series = (0, "")
            for start, end in self._runs(text, first):
                self._name(text, start, end, at, heading=heading)
        self._merge()

    def _runs(self, text: str, first: Collection[int]) -> Iterator[Offsets]:
        """The sequences of capitalised words in a passage, in which sentences begin at some offsets."""
        run = (0, 0)
        for word in _WORD.finditer(text):
            joins = bool(run[1]) and _joins(text[slice(*run)], text[run[1] : word.start()], word[0].lower())
            if word[0][0].isupper() and (joins or word.start() not in first or self._is_name(text, word)):
                if run[1] and not joins:
                    yield run
                    run = (0, 0)
                run = (run[0] if run[1] else word.start(), word.end())
        if run[1]:
            yield run

    def _is_name(self, text: str, word: re.Match[str]) -> bool:
        """True if the first word of a sentence seems to be a name, and not any word."""
        small, after = word[0].lower(), text[word.end() :]
        bare = _bare(word[0])
        if small in _COMMON or small.endswith("ly"):
            return False
        if {word[0], bare} & self._inner or country_of(bare) or re.match(r" [A-Z]", after):
            return True
        return word[0].isupper() or (small not in self._words and not small.endswith("s") and bool(_AFTER.match(after)))

    def _name(self, text: str, start: int, end: int, at: int, *, heading: bool, titled: bool = False) -> None:
        words = list(_WORD.finditer(text, start, end))
        if country_of(_bare(text[start:end])):
            self._add(text, start, end, at, "state")
            return
        office = max((n for n, word in enumerate(words[:-1]) if word[0].lower() in _OFFICE), default=0)
        if office and words[office - 1][0][0].isupper() and not {w[0].lower() for w in words[office:]} & _NO_PERSON:
            self._name(text, start, words[office - 1].end(), at, heading=heading)  # “Treasury Secretary Ada Holm”
            self._name(text, words[office + 1].start(), end, at, heading=heading, titled=True)
            return
        if _PORTFOLIO.search(text[max(0, start - 100) : start]):  # “Secretary for Trade and Industry Ada M. Holm”
            initial = next((n for n, word in enumerate(words) if word[0][1:] == "."), len(words) - 1)
            words, titled = words[initial - 1 :] if len(words) > 2 and initial else [], True
        leading = _COMMON | _OFFICE if words and words[-1][0].lower() in _ORGANISATION else _LEADING
        while words and words[0][0].lower() in leading:
            del words[0]
            titled = True
        while len(words) > 1 and words[-1][0].lower() in _TRAILING and words[-2][0][0].isupper():
            words.pop()
        if len(words) > 1 and words[0][0].isupper() and len(words[0][0]) > 2 and words[-1][0].lower() in _LAND:
            words = words[:1]  # a publisher before the name of its series
        for size in (2, 1):  # an adjective or a country before a title or a body, as in “Russian Deputy Minister”
            if len(words) > size and not titled and not country_of(_bare(text[words[0].start() : words[-1].end()])):
                lead = _bare(text[words[0].start() : words[size - 1].end()])
                if is_adjective(lead) or lead == "United States":
                    self._add(text, words[0].start(), words[size - 1].end(), at, "state")
                    if words[size][0].lower() in _TITLE or len(words) == size + 1:
                        self._name(text, words[size].start(), words[-1].end(), at, heading=heading)
                        return
                    break
        if not words:
            return
        start, end = words[0].start(), words[-1].end()
        end += words[-1][0].lower() in _ABBREVIATED and text[end : end + 1] == "."
        name = _bare(text[start:end])
        kind = "state" if country_of(name) else self._type(text, start, end, name, titled=titled, heading=heading)
        if kind and (kind in ("person", "state") or not heading or name.isupper() or len(words) > 1):
            self._add(text, start, end, at, kind)

    def _type(self, text: str, start: int, end: int, name: str, *, titled: bool, heading: bool) -> str:
        """The probable type of actor; empty if the words hardly name one."""
        words = [re.sub("[’'.,]+$", "", word.lower()) for word in name.split()]
        before = re.search(r"(?:([a-z]+)\s|[^\w]|^)$", text[:start])
        led = _LED_BY.get((before[1] or "").removesuffix("s")) if before and not titled else None
        between = text[self._series[0] : start]
        if self._series[0] and _LIST.fullmatch(between) and (between[-2] != "," or _LIST.match(text, end)):
            led = self._series[1]
        if name.removesuffix("s") in self._things or re.fullmatch(r"(?:[A-Z]\.)+", name):
            return ""
        kinds = [_ORGANISATION[word] for word in (words[-1], *words) if word in _ORGANISATION]
        if led is not None:
            self._series = (end, led)
            return led
        if kinds:
            return kinds[0] if len(words) > 1 or words[0] not in _STATE_BODY or titled else ""
        if set(words) & _LAND or (len(words) == 1 and words[0] in _TITLE):
            return ""
        if titled:
            return "person"
        if name.isupper() and 2 <= len(name) <= 8:
            return "organisation"
        if heading:
            return ""
        if (place := _PLACE.search(text[:start])) and (len(words) == 1 or re.match(r"(?:in|at|near)\s$", place[0])):
            self._series = (end, "") if place[0][0].islower() else (0, "")
            return ""
        if 2 <= len(words) <= 4 and all(re.fullmatch(r"[^\W\d_]+(?:[-’]\w+)*", word) for word in words):
            return "person"
        return "organisation"

    def _add(self, text: str, start: int, end: int, at: int, kind: str) -> None:
        form = _bare(text[start:end])
        code = country_of(form) if kind == "state" else None
        key = f"state {code}" if code else form
        found = self.found.setdefault(key, Name(form, kind, code))
        if short := SHORT_FORM.match(text, end):
            self._short[short[1]] = key
        if found.type == "state" and is_adjective(found.name) and not is_adjective(form):
            found.name = form
        found.forms[form] += 1
        found.places.append((at + start, at + start + len(form)))

    def _merge(self) -> None:
        """Make a short form one of the forms of the longer name that ends with it or begins with it."""
        longer: dict[str, Name] = {}
        for name in self.found.values():
            words = name.name.split()
            ends = [words[-1], *([] if words[0].isupper() and name.type != "company" else words[:1])]
            for word in ends if name.type != "state" and len(words) > 1 else ():
                longer.setdefault(word, name)
        longer |= {short: self.found[key] for short, key in self._short.items()}
        for key, short in [*self.found.items()]:
            if short.type != "state" and (whole := longer.get(short.name)) and whole is not short:
                whole.forms += short.forms
                whole.places = sorted(whole.places + short.places)
                del self.found[key]


def _is_title_case(heading: str) -> bool:
    """True if nearly all words of a heading have a capital letter, so that none tells a name."""
    words = [word[0] for word in _WORD.finditer(heading) if word[0].lower() not in _COMMON]
    return len(words) > 4 and sum(word[0].isupper() for word in words) > 0.8 * len(words)


def _joins(run: str, between: str, word: str) -> bool:
    """True if the capitalised word after a run belongs to the same name."""
    last = run.split()[-1].lower()
    if re.search("[’']s$", last) and last[:6] != "people":
        return False
    if between in (" ", " & ", "’ ", "' ") or (between == ". " and last in ("mr", "ms", "mrs", "dr")):
        return True
    if (between in (", ", ". ", "., ") and word in _ABBREVIATED) or (
        between in (", ", " and ", ", and ") and {last, word} <= _SUBJECT  # “Ministry of Trade and Industry”
    ):
        return True
    return bool(re.fullmatch(r" (?:of|for)(?: the)? ", between)) and last in _ORGANISATION and last != "government"


def _bare(words: str) -> str:
    """Words without the apostrophe of a possessive."""
    return re.sub("(?:[’']s|[’'])$", "", words)
