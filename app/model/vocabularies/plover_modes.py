"""Modes of PLOVER: the manner of an event, or the subject of a demand or threat.

Source: the mode tables of the PLOVER manual, Open Event Data Alliance (github.com/openeventdata/PLOVER).
PLOVER's hyphens are underscores here. Its auxiliary modes (historical, future, hypothetical, negation)
are not listed, because our `modality` covers them. AGREE, SUPPORT, CONCEDE, COOPERATE and AID have no modes.
"""

from .base import PloverVocabulary
from .plover_events import EventType


class Mode(PloverVocabulary):
    """The manner of an event, or the subject of a request, refusal or threat."""

    VISIT = ("visit", "Visit", "The actor travels to the recipient, who is the host.", EventType.CONSULT)
    THIRD_PARTY = (
        "third_party",
        "Third-party venue",
        "The parties meet as guests of somebody who is not one of them.",
        EventType.CONSULT,
    )
    MULTILATERAL = (
        "multilateral",
        "Multilateral",
        "The talks take place among many, usually in an alliance or an international organisation.",
        EventType.CONSULT,
    )
    PHONE = ("phone", "By phone", "The parties talk by telephone or another remote medium.", EventType.CONSULT)

    WITHDRAW = (
        "withdraw",
        "Withdraw",
        "As a retreat, forces leave an area; as a sanction, an actor pulls out itself, its aid or envoys.",
        EventType.RETREAT,
        EventType.SANCTION,
    )
    RELEASE = ("release", "Release", "Prisoners, hostages or other captives are set free.", EventType.RETREAT)
    DISARM = ("disarm", "Disarm", "Weapons or military capabilities are given up.", EventType.RETREAT)
    CEASEFIRE = ("ceasefire", "Ceasefire", "A halt to the fighting is put into effect.", EventType.RETREAT)
    ACCESS = (
        "access",
        "Grant access",
        "Outsiders such as observers, peacekeepers or relief workers are let in.",
        EventType.RETREAT,
    )
    RESIGN = ("resign", "Resign", "An official gives up a post.", EventType.RETREAT)

    ASSIST = (
        "assist",
        "Assistance",
        "What is asked for or refused is help, exchange or closer relations.",
        EventType.REQUEST,
        EventType.REJECT,
    )
    CHANGE = (
        "change",
        "Change",
        "What is asked for or refused is a new policy, leadership or institution that is not a concession.",
        EventType.REQUEST,
        EventType.REJECT,
    )
    YIELD = (
        "yield",
        "Concession",
        "What is asked for or refused is giving way, such as freeing prisoners or ending sanctions.",
        EventType.REQUEST,
        EventType.REJECT,
    )
    MEET = (
        "meet",
        "Meeting",
        "What is asked for or refused is a meeting or a negotiation.",
        EventType.REQUEST,
        EventType.REJECT,
    )

    DISAPPROVE = (
        "disapprove",
        "Disapprove",
        "The actor voices displeasure, a complaint or a condemnation.",
        EventType.ACCUSE,
    )
    INVESTIGATE = (
        "investigate",
        "Investigate",
        "A court, commission, parliament or other body inquires into the matter.",
        EventType.ACCUSE,
    )
    ALLEGE = (
        "allege",
        "Allege",
        "The actor blames, charges, indicts or sues somebody, formally or not.",
        EventType.ACCUSE,
    )

    RESTRICT = (
        "restrict",
        "Restrict",
        "Movement or political activity is limited or forbidden, or as a threat, would be.",
        EventType.THREATEN,
        EventType.COERCE,
    )
    ARREST = (
        "arrest",
        "Arrest",
        "People are detained or imprisoned, or as a threat, would be.",
        EventType.THREATEN,
        EventType.COERCE,
    )
    RELATIONS = (
        "relations",
        "Break relations",
        "The threat is to suspend relations, talks or meetings.",
        EventType.THREATEN,
    )
    EXPEL = (
        "expel",
        "Expel",
        "Diplomats, members or whole groups are put out of a country or body, or as a threat, would be.",
        EventType.THREATEN,
        EventType.SANCTION,
    )
    TERRITORY = ("territory", "Take territory", "The threat is to occupy or take control of land.", EventType.THREATEN)
    VIOLENCE = ("violence", "Violence", "The threat is to use physical force.", EventType.THREATEN)

    DEMO = ("demo", "Demonstration", "An organised and mostly peaceful public gathering.", EventType.PROTEST)
    RIOT = ("riot", "Riot", "A crowd sets out to injure people or damage property.", EventType.PROTEST)
    STRIKE = ("strike", "Strike", "Workers stop working, in one industry or in many.", EventType.PROTEST)
    HUNGER = ("hunger", "Hunger strike", "Protesters refuse to eat.", EventType.PROTEST)
    BOYCOTT = (
        "boycott",
        "Boycott",
        "Protesters stay away from an activity, or stop dealing with a person, country or organisation.",
        EventType.PROTEST,
    )
    OBSTRUCT = ("obstruct", "Obstruct", "Protesters block a place or the way to it.", EventType.PROTEST)
    VANDALIZE = (
        "vandalize",
        "Vandalize",
        "Protesters damage an object as a symbol, rather than in the course of a riot.",
        EventType.PROTEST,
    )

    CONVICT = (
        "convict",
        "Convict",
        "A court or tribunal finds somebody guilty or liable, or something unlawful.",
        EventType.SANCTION,
    )
    DISCONTINUE = (
        "discontinue",
        "Discontinue",
        "Diplomatic, commercial or material exchange is cut back or ended, international sanctions included.",
        EventType.SANCTION,
    )

    TROOPS = ("troops", "Troops", "Soldiers or military units are moved or readied.", EventType.MOBILIZE)
    WEAPONS = ("weapons", "Weapons", "Weapon systems, ships or vehicles are moved or readied.", EventType.MOBILIZE)
    POLICE = ("police", "Police", "Police or security units are moved or readied.", EventType.MOBILIZE)
    MILITIA = ("militia", "Militia", "Armed forces that belong to no state are moved or readied.", EventType.MOBILIZE)

    SEIZE = ("seize", "Seize", "Premises are searched or raided, or property is taken away.", EventType.COERCE)
    CENSOR = ("censor", "Censor", "Publications or other information are banned or blocked.", EventType.COERCE)
    CURFEW = ("curfew", "Curfew", "People are ordered to stay indoors at set hours.", EventType.COERCE)
    MARTIAL_LAW = ("martial_law", "Martial law", "Military rule or a state of emergency is imposed.", EventType.COERCE)
    DEPORT = ("deport", "Deport", "Individuals are made to leave a country.", EventType.COERCE)
    WITHHOLD = (
        "withhold",
        "Withhold",
        "Power, water, food, the internet or another essential supply is held back.",
        EventType.COERCE,
    )
    MISINFORMATION = (
        "misinformation",
        "Misinformation",
        "Others are deceived or manipulated with false or slanted information.",
        EventType.COERCE,
    )
    CYBER = ("cyber", "Cyber attack", "Computers, networks or sites are broken into or disrupted.", EventType.COERCE)

    ABDUCT = ("abduct", "Abduct", "People or vehicles are seized by force and held.", EventType.ASSAULT)
    BEAT = ("beat", "Beat", "People are struck, by hand, with a blunt object or by unstated means.", EventType.ASSAULT)
    TORTURE = ("torture", "Torture", "Severe pain is inflicted on people under control.", EventType.ASSAULT)
    SEXUAL = ("sexual", "Sexual violence", "The violence is sexual.", EventType.ASSAULT)
    TARGETED = (
        "targeted",
        "Targeted killing",
        "Chosen or defenceless people are killed on purpose, or the attempt is made.",
        EventType.ASSAULT,
    )
    DESTROY = ("destroy", "Destroy", "Property or infrastructure is wrecked on purpose.", EventType.ASSAULT)
    PRIMITIVE = ("primitive", "Simple weapons", "Blades, fire, stones, tools or the like are used.", EventType.ASSAULT)
    FIREARMS = ("firearms", "Firearms", "Pistols, rifles or light machine guns are used.", EventType.ASSAULT)
    EXPLOSIVES = (
        "explosives",
        "Explosives",
        "Mines, car bombs or other explosives outside a heavy weapon are used.",
        EventType.ASSAULT,
    )
    SUICIDE_ATTACK = (
        "suicide_attack",
        "Suicide attack",
        "The attacker means to die in the attack, on foot or in a vehicle.",
        EventType.ASSAULT,
    )
    AERIAL = ("aerial", "From the air", "Aircraft or helicopters with a crew are used.", EventType.ASSAULT)
    DRONE = ("drone", "Drone", "Aircraft without a crew are used.", EventType.ASSAULT)
    HEAVY_WEAPONS = (
        "heavy_weapons",
        "Heavy weapons",
        "Artillery, rockets, tanks or other armour are used.",
        EventType.ASSAULT,
    )
    CROWD_CONTROL = (
        "crowd_control",
        "Crowd control",
        "Tear gas, water cannon, warning shots or similar means against crowds are used.",
        EventType.ASSAULT,
    )
    UNCONVENTIONAL = (
        "unconventional",
        "Unconventional weapons",
        "Chemical, biological, radiological or nuclear weapons are used.",
        EventType.ASSAULT,
    )


def modes_of(event_type: EventType) -> tuple[Mode, ...]:
    """The modes that PLOVER allows for an event type; empty for a type that has none."""
    return tuple(mode for mode in Mode if event_type in mode.parents)
