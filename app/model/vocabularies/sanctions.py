"""Terms for sanctions: status, measures and enforcement."""

from .base import Vocabulary


class SanctionStatus(Vocabulary):
    """The status of a sanction when its document is written."""

    PROPOSED = ("proposed", "Proposed", "It is called for or drafted, and not adopted.")
    IN_FORCE = ("in_force", "In force", "It binds those it is addressed to.")
    SUSPENDED = ("suspended", "Suspended", "It is adopted but set aside for the time being.")
    LIFTED = ("lifted", "Lifted", "Those who imposed it have ended it.")
    EXPIRED = ("expired", "Expired", "It ran out without being renewed.")
    UNKNOWN = ("unknown", "Unknown", "The text does not tell.")


class MeasureType(Vocabulary):
    """The type of restriction, as seen from the target."""

    EXPORT_BAN = ("export_ban", "Export ban", "The target's goods may not be sold abroad or bought from it.")
    IMPORT_BAN = ("import_ban", "Import ban", "Goods or technology may not be bought by the target or sold to it.")
    TRADE_CAP = ("trade_cap", "Trade cap", "The target's trade is limited in amount or price instead of forbidden.")
    ARMS_EMBARGO = ("arms_embargo", "Arms embargo", "Weapons and military goods may not be traded with the target.")
    EMPLOYMENT_BAN = ("employment_ban", "Employment ban", "The target's nationals may not be employed abroad.")
    ASSET_FREEZE = ("asset_freeze", "Asset freeze", "The target's money and property abroad may not be used.")
    TRAVEL_BAN = ("travel_ban", "Travel ban", "The target may not enter or pass through.")
    FINANCIAL = ("financial", "Financial restriction", "Banking, payments or credit are barred to the target.")
    INVESTMENT_BAN = ("investment_ban", "Investment ban", "Capital and joint ventures may not go to the target.")
    TRANSPORT = ("transport", "Transport restriction", "The target's ships, aircraft or cargo are barred or searched.")
    SECTORAL = ("sectoral", "Sectoral restriction", "Dealings with a whole branch of the target's economy are limited.")
    DIPLOMATIC = ("diplomatic", "Diplomatic restriction", "Missions, seats or official contacts are reduced.")
    OTHER = ("other", "Other", "It restricts something that no other term covers.")
    UNSPECIFIED = ("unspecified", "Unspecified", "The text does not say what is restricted.")


class Conduct(Vocabulary):
    """The conduct of an actor toward a sanction."""

    ENFORCED = ("enforced", "Enforced", "It applies the sanction.")
    PARTLY_ENFORCED = ("partly_enforced", "Partly enforced", "It applies the sanction at times or in part.")
    LAX = ("lax", "Lax", "It is careless in applying the sanction, or looks away when others break it.")
    EVADED = ("evaded", "Evaded", "It gets around the sanction by concealment or loopholes.")
    VIOLATED = ("violated", "Violated", "It does what the sanction forbids.")
    WEAKENED = ("weakened", "Weakened", "It works to make the sanction itself milder.")
    IGNORED = ("ignored", "Ignored", "It acts as though the sanction did not exist.")
