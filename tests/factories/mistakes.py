"""Mistakes of editors: each is a small edit of the second commentary, with the expected message."""

from dataclasses import dataclass

from app.bundle.source import ANALYSIS_FILE, TEXT_FILE


@dataclass(frozen=True)
class Mistake:
    """An edit of the valid bundle, the text at the reported line, and the parts of the message."""

    name: str
    old: str
    new: str
    at: str
    says: tuple[str, ...]
    file: str = ANALYSIS_FILE


def mistake(name: str, old: str, new: str, *says: str, at: str = "", file: str = ANALYSIS_FILE) -> Mistake:
    """A mistake reported at the line of the new text, or of `at`."""
    return Mistake(name, old, new, at or new, says, file)


LONG = "Each train carried about 900 tonnes of flour. " * 7
ACTOR = "summary: Somebody., evidence: [The rule bars wagons]"

QUOTES = [
    mistake(
        "a quote that the text does not have",
        "[Beijing has quietly tightened the sealing rule]",
        "[Beijing has openly tightened the sealing rule]",
        "events/3/evidence/0: 'Beijing has openly tightened the sealing rule' does not occur in the text",
        "; the closest match is 'Beijing has quietly tightened the sealing rule'",
    ),
    mistake(
        "a quote with other quotation marks",
        "“a small step on a long road,” while",
        '"a small step on a long road," while',
        "statements/0/evidence/0: ",
        "; the closest match is 'Russia called the crossing “a small step on a long road,” while",
    ),
    mistake(
        "a quote over two passages",
        "evidence: [Sceptics in the Selene Traders’ League]",
        "evidence: [a headline. Sceptics in the Selene Traders’ League]",
        "goes on from passage 6 to passage 7; quote the words of each separately",
    ),
    mistake(
        "a quote that stands more than once",
        "evidence: [Sceptics in the Selene Traders’ League]",
        "evidence: [flour]",
        "'flour' occurs 3 times (in passages 3, 5, 5); choose one with `passage` or `occurrence`",
    ),
    mistake(
        "a quote from another passage than it says",
        "[China did not comment.]\n  - record: sanction",
        "[{exact: China did not comment., passage: 3}]\n  - record: sanction",
        "'China did not comment.' does not occur in passage 3, but in 4",
    ),
    mistake(
        "a quote from a passage that is not there",
        "[China did not comment.]\n  - record: sanction",
        "[{exact: China did not comment., passage: 80}]\n  - record: sanction",
        "there is no passage 80; passages are numbered by line, from 1 to 8",
    ),
    mistake(
        "an occurrence that is not there",
        "[China did not comment.]\n  - record: sanction",
        "[{exact: China did not comment., occurrence: 2}]\n  - record: sanction",
        "'China did not comment.' has no occurrence 2 there; the last is 1",
    ),
    mistake(
        "a quote of more than 300 characters",
        "evidence: [Sceptics in the Selene Traders’ League]",
        f"evidence: [{LONG}]",
        "actors/4/evidence/0/exact: must have at most 300 characters",
    ),
    mistake(
        "an empty quote",
        "evidence: [Sceptics in the Selene Traders’ League]",
        "evidence: ['']",
        "actors/4/evidence/0/exact: must not be empty",
    ),
    mistake(
        "a quote of page furniture",
        "evidence: [customs officers]",
        "evidence: [customs officers, Ten Bridges You Never Crossed]",
        "actors/3/evidence/1: passage 8 is boilerplate, which cannot be quoted",
    ),
    mistake(
        "the same quote twice",
        "      - customs officers\n",
        "      - customs officers\n      - {exact: customs officers, passage: 4}\n",
        "events/2/evidence/2: duplicate quote: the record already cites these words",
        at="{exact: customs officers, passage: 4}",
    ),
    mistake(
        "a record without a quote",
        "evidence: [customs officers]",
        "evidence: []",
        "actors/3/evidence: is empty; only the document's publisher and authors may be",
    ),
    mistake(
        "an event without a quote",
        "evidence: [Beijing has quietly tightened the sealing rule]",
        "evidence: []",
        "events/3/evidence: must not be empty",
    ),
    mistake(
        "an item of a list without a quote",
        '{exact: "Its correspondent, Mira Ostrova", supports: [/type, /sector, /roles/0]}',
        '{exact: "Its correspondent, Mira Ostrova", supports: [/type, /sector, /roles/0/title]}',
        "actors/2/roles/0: no quote supports '/roles/0'; add one that does, or one for the whole record",
        at="{title: correspondent, organisation",
    ),
    mistake(
        "a field without a quote",
        "supports: [/metric, /value, /modality, /about/0]}",
        "supports: [/metric, /value, /about]}",
        "figures/0/modality: no quote supports '/modality'; add one that does, or one for the whole record",
        at="modality: actual\n    about: [event/karsk-crossing]",
    ),
]

WORDS = [
    mistake(
        "a hedge that stands elsewhere in the text",
        "{text: likely, level: likely}",
        "{text: simply, level: likely}",
        "assessments/0/likelihood/text: 'simply' occurs in none of the record's quotes; add a quote that contains it",
    ),
    mistake(
        "a hedge that the text does not have",
        "text: when flour is short\n",
        "text: when bread is short\n",
        "sanctions/0/enforcement/0/text: 'when bread is short' does not occur in the text; the closest match is",
        "flour is short",
    ),
    mistake(
        "a date in words that stand elsewhere in the text",
        "{text: the end of 2023, edtf:",
        "{text: early June 2023, edtf:",
        "events/4/date/text: 'early June 2023' occurs in none of the record's quotes",
        at='{text: early June 2023, edtf: "../2023"}',
    ),
    mistake(
        "a quotation that is put right",
        "text: counted every sack twice 📦 and smiled",
        "text: counted each sack twice 📦 and smiled",
        "statements/2/text: 'counted each sack twice 📦 and smiled only once.' does not occur in the text",
        "; the closest match is 'counted every sack twice 📦 and smiled only once'",
    ),
    mistake(
        "an alias that the text does not have",
        "aliases: [customs officers]",
        "aliases: [customs officers, the customs]",
        "actors/3/aliases/1: the text does not contain 'the customs' as a whole word",
    ),
    mistake(
        "an alias that is only part of a word of the text",
        "aliases: [customs officers]",
        "aliases: [customs officers, custom]",
        "actors/3/aliases/1: the text does not contain 'custom' as a whole word, but in 'customs'; ",
        "list a form that means the actor as an alias, or under `mentions`",
    ),
    mistake(
        "an alias that only page furniture has",
        "aliases: [customs officers]",
        "aliases: [customs officers, Bridges]",
        "actors/3/aliases/1: the text does not contain 'Bridges' as a whole word",
    ),
    mistake(
        "a control character in an escape",
        'summary: "Officers, unnamed, who counted the sacks."',
        r'summary: "Officers, unnamed,\0who counted the sacks."',
        "actors/3/summary: contains the control character U+0000; remove it",
    ),
    mistake(
        "half a surrogate pair in an escape",
        'summary: "Officers, unnamed, who counted the sacks."',
        r'summary: "Officers, unnamed, \ud835 who counted."',
        "actors/3/summary: must be text",
    ),
]

REFERENCES = [
    mistake(
        "a reference to no actor",
        "{actor: customs-officers, role: actor",
        "{actor: custom-officers, role: actor",
        "events/2/participants/0/actor: there is no actor 'custom-officers'; did you mean 'customs-officers'?",
    ),
    mistake(
        "a reference to a record of any kind that is not there",
        "about: [event/wagons-turned-back, figure/",
        "about: [event/wagon-turned-back, figure/",
        "statements/1/about/0: there is no event 'wagon-turned-back'; did you mean 'wagons-turned-back'?",
    ),
    mistake(
        "a reference to a record of another document that is not there",
        "part_of: sanctions-on-north-korea",
        "part_of: sanctions-on-north-corea",
        "sanctions/0/part_of: there is no sanction 'sanctions-on-north-corea'",
        "; did you mean 'sanctions-on-north-korea'?",
    ),
    mistake(
        "a reference without its kind where any may stand",
        "rests_on: [event/karsk-crossing]",
        "rests_on: [karsk-crossing]",
        "assessments/0/rests_on/0: 'karsk-crossing' is not a valid reference here; write `kind/id`, where the kind is",
    ),
    mistake(
        "a reference of a kind that cannot stand there",
        "part_of: sanctions-on-north-korea",
        "part_of: event/karsk-crossing",
        "sanctions/0/part_of: 'event/karsk-crossing' is not a valid reference here; write the id of one sanction",
    ),
    mistake(
        "a reference to a kind that is none",
        "about: [actor/customs-officers]",
        "about: [person/customs-officers]",
        "statements/2/about/0: 'person/customs-officers' is not a valid reference here",
    ),
    mistake(
        "two records with one id",
        "- id: last-crossing-before",
        "- id: karsk-crossing # again",
        "events/1/id: 'karsk-crossing' is defined twice",
    ),
    mistake(
        "a record of another document",
        "actors:\n",
        f"actors:\n  - {{id: ukraine, name: Ukraine, type: state, {ACTOR}}}\n",
        "actors/0/id: 'ukraine' is also the id of the actor in the document 'sceeus-guest-commentary-8-2022'; refer ",
        "list under `also` what this document adds",
        at="id: ukraine",
    ),
    mistake(
        "a pointer to a field that is not there",
        "supports: [/adopted]",
        "supports: [/adoption]",
        "sanctions/0/evidence/0/supports: '/adoption' points to no value in the record; did you mean '/adopted'?",
    ),
    mistake(
        "a pointer past the end of a list",
        "supports: [/enforcement/0]",
        "supports: [/enforcement/1]",
        "'/enforcement/1' points to no value in the record; did you mean '/enforcement'?",
    ),
    mistake(
        "a pointer to what comes after a list",
        "supports: [/enforcement/0]",
        "supports: [/enforcement/-]",
        "'/enforcement/-' points to no value in the record",
    ),
    mistake(
        "a pointer into a word",
        "supports: [/adopted]",
        "supports: [/status/0]",
        "'/status/0' points to no value in the record",
    ),
    mistake(
        "a pointer to a field that is null",
        "supports: [/adopted]",
        "supports: [/reason]",
        "'/reason' points to no value",
    ),
    mistake(
        "a pointer to the whole record", "supports: [/adopted]", "supports: ['']", "'' points to no value in the record"
    ),
    mistake(
        "a pointer without its slash", "supports: [/adopted]", "supports: [adopted]", "'adopted' points to no value"
    ),
    mistake(
        "a pointer to nothing in a record of another document",
        "supports: [/authority, /targets/0]",
        "supports: [/authority, /targets/8]",
        "also/3/evidence/0/supports: '/targets/8' points to no value in the record; did you mean '/targets'?",
    ),
]

VALUES = [
    mistake(
        "a date that is no EDTF",
        'edtf: "2021-24"',
        'edtf: "winter 2021"',
        "events/1/date/edtf: 'winter 2021' is not in the supported EDTF profile; examples: 2022-03-22",
    ),
    mistake(
        "a day that the calendar does not have",
        'adopted: {text: March 2023, edtf: "2023-03"}',
        "adopted: {text: March 2023, edtf: 2023-02-29}",
        "sanctions/0/adopted/edtf: '2023-02-29' cannot be resolved to a date",
    ),
    mistake(
        "an interval that runs backward",
        'edtf: "../2023"',
        "edtf: 2023/2022",
        "events/4/date/edtf: '2023/2022' ends before it begins",
    ),
    mistake(
        "a term that its vocabulary does not have",
        "conduct: ignored",
        "conduct: ignores",
        "sanctions/0/enforcement/0/conduct: 'ignores' is no valid term; did you mean 'ignored'?",
    ),
    mistake(
        "a term like no other",
        "conduct: ignored",
        "conduct: zzz",
        "'zzz' is no valid term; valid are: enforced, partly_enforced, lax, evaded, violated, weakened, ignored",
    ),
    mistake(
        "a topic that is not defined",
        "topics: [rail_freight, economic]",
        "topics: [rail_fright, economic]",
        "events/0/topics/0: 'rail_fright' is not a term of the vocabulary topic; did you mean 'rail_freight'?",
        "define it under `terms`",
    ),
    mistake(
        "a metric that is not defined",
        "metric: wagons_returned",
        "metric: wagon_returns",
        "figures/1/metric: 'wagon_returns' is not a term of the vocabulary metric; did you mean 'wagons_returned'?",
    ),
    mistake(
        "a unit that is not defined",
        "unit: tonnes",
        "unit: tons",
        "figures/0/value/unit: 'tons' is not a term of the vocabulary unit; did you mean 'tonnes'?",
    ),
    mistake(
        "an event that rests on the word of a figure",
        "mode: restrict\n    modality: actual",
        "mode: restrict\n    attribution: figure/wagons-turned-back\n    modality: actual",
        "events/2/attribution: must be `statement/id` or `actor/id`",
        at="    attribution: figure/wagons-turned-back",
    ),
    mistake("a number where text should be", 'number: "3"', "number: 3", "document/number: must be text (given: 3)"),
    mistake("text where a number should be", "low: 900", "low: many", "figures/0/value/low: must be a number"),
    mistake("a number without end", "low: 900", "low: .inf", "figures/0/value/low: must be a finite number"),
    mistake(
        "text where yes or no should be", "named: false", "named: perhaps", "actors/3/named: must be true or false"
    ),
    mistake(
        "one value where a list should be",
        "topics: [rail_freight, sanctions]\n  evidence",
        "topics: rail_freight\n  evidence",
        "document/topics: must be a list (given: 'rail_freight')",
    ),
    mistake(
        "a field that there is not",
        "sector: bus",
        "sektor: bus",
        "actors/4/sektor: there is no field 'sektor'; did you mean 'sector'?",
    ),
    mistake(
        "a field that there is not, within a record",
        "{title: correspondent, organisation: channel-u",
        "{titel: correspondent, title: correspondent, organisation: channel-u",
        "actors/2/roles/0/titel: there is no field 'titel'; did you mean 'title'?",
    ),
    mistake(
        "a kind of record that there is not",
        "relationships:\n",
        "relations:\n",
        "relations: there is no field 'relations'; did you mean 'relationships'?",
    ),
    mistake(
        "a field that is missing",
        "    name: Channel 𝔘\n",
        "",
        "actors/1/name: is missing",
        at="- id: channel-u\n    type",
    ),
    mistake(
        "an id that is no slug",
        "- id: last-crossing-before",
        "- id: Last crossing",
        "events/1/id: must be an id of at most 80",
    ),
    mistake(
        "a mode of another type",
        "mode: restrict",
        "mode: visit",
        "events/2/mode: 'visit' is not a mode of 'coerce'; its modes are: ",
    ),
    mistake(
        "a range that is open where it must be bounded",
        "{low: 12, high: 15, relation: between",
        "{low: 12, relation: between",
        "figures/1/value: a value with the relation 'between' takes `low` and a greater `high` "
        "(given: low 12, high none)",
    ),
    mistake(
        "a range that runs backward",
        "{low: 12, high: 15, relation: between",
        "{low: 15, high: 12, relation: between",
        "a value with the relation 'between' takes `low` and a greater `high` (given: low 15, high 12)",
    ),
    mistake(
        "a bound on the wrong side",
        "{high: 5, relation: less_than",
        "{low: 5, relation: less_than",
        "figures/2/value: a value with the relation 'less_than' takes `high` without `low` (given: low 5, high none)",
    ),
    mistake(
        "one number with two values",
        "{low: 900, high: 900, relation: about",
        "{low: 950, high: 900, relation: about",
        "figures/0/value: a value with the relation 'about' takes equal `low` and `high` (given: low 950, high 900)",
    ),
    mistake(
        "a country that ISO does not know",
        "sector: bus",
        "sector: bus\n    country: UK",
        "actors/4/country: 'UK' is not an ISO 3166-1 alpha-2 code; examples: KP",
        at="country: UK",
    ),
    mistake(
        "an address that is none",
        "source_url: https://harbour-notes.example/3",
        "source_url: harbour-notes.example/3",
        "document/source_url: must be a web address, as https://example.org",
    ),
    mistake(
        "a language that is none",
        "language: en",
        "language: English",
        "document/language: must be a BCP 47 language tag",
    ),
    mistake(
        "a day that is none",
        'date: "2023-07-01"',
        "date: yesterday",
        "document/analysis/date: must be a day, as YYYY-MM-DD",
    ),
]

BESIDES = [
    mistake(
        "a line of the text that is blank",
        "passages: {1: heading,",
        "passages: {1: heading, 2: caption,",
        "passages/2: line 2 of document.txt is blank or does not exist",
    ),
    mistake(
        "a line of the text that is not there",
        "passages: {1: heading,",
        "passages: {1: heading, 80: caption,",
        "passages/80: line 80 of document.txt is blank or does not exist",
    ),
    mistake(
        "the beginning of no line",
        "passages: {1: heading,",
        "passages: {First: heading,",
        "passages/First: no line of document.txt begins with 'First'",
    ),
    mistake(
        "a type of passage that there is not",
        "8: boilerplate}",
        "8: furniture}",
        "passages/8: 'furniture' is no valid term; did you mean 'boilerplate'?",
        at="passages:",
    ),
    mistake(
        "a term that is defined already",
        "  unit:\n",
        "  unit:\n    - {term: tonnes, label: Tons, definition: Too many.}\n",
        "terms/unit/0: 'tonnes' is already defined; remove this definition",
        at="{term: tonnes",
    ),
    mistake(
        "a term that another document defines already",
        "  unit:\n",
        "    - {term: x, label: X, definition: X.}\n  topik:\n    - {term: y, label: Y, definition: Y.}\n  unit:\n",
        "terms/topik: is not an open vocabulary; did you mean 'topic'?",
        at="  topik:",
    ),
    mistake(
        "a term of the first document defined again",
        "  topic:\n",
        "  topic:\n    - {term: sanctions, label: S, definition: S.}\n",
        "terms/topic/0: 'sanctions' is already defined; remove this definition",
        at="{term: sanctions",
    ),
    mistake(
        "a record of its own among those it adds to",
        "- record: actor/russia",
        "- record: actor/channel-u\n    evidence: [the winter of 2021]\n  - record: actor/russia",
        "also/0/record: the record belongs to this document; add these to the record itself",
    ),
    mistake(
        "a record that it adds to twice",
        "- record: actor/russia",
        "- record: relationship/russia-north-korea-trade\n    evidence: [the winter of 2021]\n  - record: actor/russia",
        "also/5/record: is listed twice; merge the two entries",
        at='- record: relationship/russia-north-korea-trade\n    evidence: ["two',
    ),
    mistake(
        "a record that it adds nothing to",
        "- record: actor/russia",
        "- record: actor/ukraine\n  - record: actor/russia",
        "also/0: adds nothing; give aliases or evidence",
    ),
    mistake(
        "a record that it adds to and that is not there",
        "- record: sanction/sanctions-on-north-korea",
        "- record: sanction/sanctions-on-south-korea",
        "also/3/record: there is no sanction 'sanctions-on-south-korea'; did you mean 'sanctions-on-north-korea'?",
    ),
    mistake(
        "an alias of what is no actor",
        "- record: relationship/russia-north-korea-trade\n",
        "- record: relationship/russia-north-korea-trade\n    aliases: [freight]\n",
        "also/4/aliases: only actors have aliases",
        at="aliases: [freight]",
    ),
    mistake(
        "an actor of another document that is named in the text and not listed with its name",
        "aliases: [China, Beijing]",
        "aliases: [Beijing]",
        "events/3/participants/0/actor: the text mentions 'China' (1×), an actor of another document; "
        "list the actor under `also`, with its aliases in this text",
        at="{actor: china, role: actor}",
    ),
    mistake(
        "a name that two actors share",
        "aliases: [customs officers]",
        "aliases: [customs officers, Moscow]",
        "mentions: 'Moscow' can mean customs-officers or russia (in passages 5); choose one under `mentions`",
        at="mentions:",
    ),
    mistake(
        "an exception for an actor that is not there",
        "{text: Sceptics, actor: selene-traders-league}",
        "{text: Sceptics, actor: selene-league}",
        "mentions/3/actor: there is no actor 'selene-league'; did you mean 'selene-traders-league'?",
    ),
    mistake(
        "an exception for an actor with its kind",
        "{text: Sceptics, actor: selene-traders-league}",
        "{text: Sceptics, actor: actor/selene-traders-league}",
        "mentions/3/actor: must be an id of at most 80",
    ),
    mistake(
        "an exception for words that are not there",
        "{text: Sceptics, actor:",
        "{text: Skeptics, actor:",
        "mentions/3: 'Skeptics' does not occur in the text; the closest match is 'Sceptics'",
    ),
    mistake(
        "an exception for page furniture alone",
        "{text: Sceptics, actor:",
        "{text: Ten Bridges, actor:",
        "mentions/3: the exception applies nowhere: every 'Ten Bridges' is in boilerplate",
    ),
]

FILES = [
    mistake(
        "no YAML", "  id: harbour-notes-3-2023", "\tid: harbour-notes-3-2023", "not plain YAML: found character '\\t'"
    ),
    mistake(
        "a key twice",
        "  language: en\n",
        "  language: en\n  language: de\n",
        "'language' is also a key on line 10; write one list or value for both",
        at="  language: de",
    ),
    mistake(
        "an object that Python would make",
        "rights: Invented",
        "rights: !!python/object:os.system Invented",
        "not plain YAML: tags are not supported; write the value without its tag",
    ),
    mistake(
        "NUL in the text",
        "smiled only once",
        "smiled\0only once",
        f"{TEXT_FILE}:4: contains the control character U+0000; remove it",
        file=TEXT_FILE,
    ),
    mistake(
        "a form feed in the text",
        "smiled only once",
        "smiled\x0conly\x0conce",
        f"{TEXT_FILE}:4: contains the control character U+000C; remove it",
        file=TEXT_FILE,
    ),
    mistake(
        "a line separator in the text",
        "smiled only once",
        "smiled\u2028only once",
        f"{TEXT_FILE}:4: contains U+2028 LINE SEPARATOR (1×); end the line there, or remove it",
        file=TEXT_FILE,
    ),
]
