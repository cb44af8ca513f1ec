"""Names of actors in an English text that the database does not know."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from app.draft import listed
from app.model.countries import countries

Offsets = tuple[int, int]

_WORD = re.compile(r"[^\W\d_](?:\w|[’'‑-](?=\w)|&(?=\w))*")
_COMMON = frozenset(
    listed(
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
)
_TITLE = frozenset(
    listed(
        "president vice deputy prime foreign defence defense interior finance trade economy minister ministers "
        "premier chancellor ambassador secretary secretary-general general secretary-of-state permanent "
        "representative senator governor mayor king queen prince princess pope chairman chairwoman chair director "
        "director-general commissioner spokesman spokeswoman spokesperson leader mr mrs ms dr sir "
        "lord professor prof admiral colonel major captain judge marshal former special envoy head chief acting "
        "state-secretary analyst economist far eastern development member deputies"
    )
)
_LEADING = _TITLE | _COMMON
_TRAILING = _LEADING | {"resolution"}
_STATE_BODY = frozenset(
    listed(
        "ministry department council assembly parliament duma senate congress court agency service bureau office "
        "authority commission committee government administration directorate secretariat police army navy forces "
        "cabinet politburo command tribunal inspectorate headquarters"
    )
)
_ORGANISATION = {
    **dict.fromkeys(_STATE_BODY, "body"),
    **dict.fromkeys(listed("nations organization organisation union league alliance nato opec asean brics"), "body"),
    **dict.fromkeys(
        listed("ltd limited llc inc corp corporation company group plc gmbh bank airlines holdings"), "company"
    ),
    **dict.fromkeys(listed("times post news daily tribune gazette herald broadcaster posten journal agency"), "outlet"),
    "party": "party",
    **dict.fromkeys(
        listed(
            "institute centre center university college foundation association federation society academy "
            "institution "
            "programme program fund exchange movement front network council chamber church"
        ),
        "organisation",
    ),
}
_LED_BY = {
    "newspaper": "outlet", "paper": "outlet", "broadcaster": "outlet", "magazine": "outlet", "daily": "outlet",
    "website": "outlet", "company": "company", "firm": "company", "group": "organisation", "party": "party",
    "tanker": "", "ship": "", "vessel": "", "ferry": "", "river": "", "town": "", "city": "", "port": "", "village": "",
}  # fmt: skip
_LAND = frozenset(
    listed(
        "strait sea seas ocean peninsula river gulf cape island islands canal bay mountains region city street "
        "port east west north south coast valley province district harbour headquarters letter outlook resolution "
        "sheet commentary briefing statement act treaty agreement charter declaration report plan conference "
        "summit war day week corridor"
    )
)
_PLACE = re.compile(r"\b(?:in|at|near|around|across|outside|via|of|to|from|into)(?: the)?\s$")
_AFTER = re.compile(
    r"['’]?s? (?:has|is|was|will|would|may|might|can|could|had|does|did|said|says"
    r"|told|wants|holds|remains|[a-z]+ed)\b"
    r"|['’]s\b"
)
_DEMONYMS = {
    "british": "GB", "american": "US", "french": "FR", "dutch": "NL", "swiss": "CH", "greek": "GR", "welsh": "GB",
    "soviet": "SU", "north korean": "KP", "south korean": "KR", "emirati": "AE", "scottish": "GB", "dprk": "KP",
    "uk": "GB", "us": "US", "u.s": "US", "usa": "US", "ussr": "SU", "soviet union": "SU", "uae": "AE",
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

    def add(self, form: str, offsets: Offsets) -> None:
        """Note a place where the actor is named."""
        self.forms[form] += 1
        self.places.append(offsets)


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
        self._words = Counter(word[0] for _, text, _, _ in passages for word in _WORD.finditer(text))
        inner = [
            word[0]
            for _, text, starts, heading in passages
            for word in _WORD.finditer(text)
            if not heading and word.start() not in starts and text[word.start() - 1 : word.start()] not in '“"'
        ]
        self._inner = Counter(inner)
        """The words that do not begin a sentence."""
        for at, text, starts, heading in passages:
            for start, end in self._runs(text, starts):
                self._name(text, start, end, at, heading=heading)
        self._merge()

    def _runs(self, text: str, starts: Sequence[int]) -> Iterator[Offsets]:
        """The sequences of capitalised words in a passage."""
        first, run = {*starts, *(found.end() for found in re.finditer(r"[“\"«„]", text))}, (0, 0)
        for word in _WORD.finditer(text):
            if word[0][0].isupper() and (word.start() not in first or self._is_name(text, word)):
                if run[1] and not _joins(text[slice(*run)], text[run[1] : word.start()]):
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
        if self._inner[word[0]] or self._inner[bare] or country_of(bare) or re.match(r" [A-Z]", after):
            return True
        return word[0].isupper() or (not self._words[small] and not small.endswith("s") and bool(_AFTER.match(after)))

    def _name(self, text: str, start: int, end: int, at: int, *, heading: bool) -> None:
        words = list(_WORD.finditer(text, start, end))
        titled = False
        while words and words[0][0].lower() in _LEADING:
            del words[0]
            titled = True
        while len(words) > 1 and words[-1][0].lower() in _TRAILING and words[-2][0][0].isupper():
            words.pop()
        if len(words) > 1 and words[0][0].isupper() and len(words[0][0]) > 2 and words[-1][0].lower() in _LAND:
            words = words[:1]  # a publisher before the name of its series
        for size in (2, 1):  # an adjective or a country before a title or a body, as in “Russian Deputy Minister”
            if len(words) > size and not titled and not country_of(_bare(text[words[0].start() : words[-1].end()])):
                lead = _bare(text[words[0].start() : words[size - 1].end()])
                if is_adjective(lead):
                    self._add(lead, "state", (at + words[0].start(), at + words[0].start() + len(lead)))
                    if words[size][0].lower() in _TITLE or len(words) == size + 1:
                        self._name(text, words[size].start(), words[-1].end(), at, heading=heading)
                        return
                    break
        if not words:
            return
        start, end = words[0].start(), words[-1].end()
        name = _bare(text[start:end])
        offsets = (at + start, at + start + len(name))
        if country_of(name):
            self._add(name, "state", offsets)
            return
        kind = self._type(text, start, name, titled=titled, heading=heading)
        if kind and (kind == "person" or not heading or name.isupper() or len(words) > 1):
            self._add(name, kind, offsets)

    def _type(self, text: str, start: int, name: str, *, titled: bool, heading: bool) -> str:
        """The probable type of actor; empty if the words hardly name one."""
        words = [re.sub("[’']$", "", word.lower()) for word in name.split()]
        before = re.search(r"(?:([a-z]+)\s|[^\w]|^)$", text[:start])
        led = _LED_BY.get(before[1] or "") if before and not titled else None
        kinds = [_ORGANISATION[word] for word in (words[-1], *words) if word in _ORGANISATION]
        if led is not None:
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
        if _PLACE.search(text[:start]) and (len(words) == 1 or re.search(r"\b(?:in|at|near)\s$", text[:start])):
            return ""
        if 2 <= len(words) <= 4 and all(re.fullmatch(r"[^\W\d_]+(?:[-’]\w+)*", word) for word in words):
            return "person"
        return "organisation"

    def _add(self, form: str, kind: str, offsets: Offsets) -> None:
        code = country_of(form) if kind == "state" else None
        found = self.found.setdefault(f"state {code}" if code else form, Name(form, kind, code))
        if found.type == "state" and is_adjective(found.name) and not is_adjective(form):
            found.name = form
        found.add(form, offsets)

    def _merge(self) -> None:
        """Make a short form one of the forms of the longer name that ends with it or begins with it."""
        longer: dict[str, Name] = {}
        for name in self.found.values():
            words = name.name.split()
            for word in (words[0], words[-1]) if name.type != "state" and len(words) > 1 else ():
                longer.setdefault(word, name)
        for key, short in [*self.found.items()]:
            if short.type != "state" and (whole := longer.get(short.name)):
                whole.forms += short.forms
                whole.places = sorted(whole.places + short.places)
                del self.found[key]


def _joins(run: str, between: str) -> bool:
    """True if the capitalised word after a run belongs to the same name."""
    last = run.split()[-1].lower()
    if re.search("[’']s$", last):
        return False
    if between in (" ", " & ", "’ ", "' ") or (between == ". " and last in ("mr", "ms", "mrs", "dr")):
        return True
    return bool(re.fullmatch(r" (?:of|for)(?: the)? ", between)) and last in _ORGANISATION and last != "government"


def _bare(words: str) -> str:
    """Words without the apostrophe of a possessive."""
    return re.sub("(?:[’']s|[’'])$", "", words)
