"""Actor sectors of PLOVER.

Source: table "Sector Codes" of the PLOVER manual, Open Event Data Alliance
(github.com/openeventdata/PLOVER). Its codes for international actors (IGO, NGO, MNC …) stand in for
country names, not sectors, and are not listed.
"""

from .base import PloverVocabulary


class Sector(PloverVocabulary):
    """The part of society that an actor belongs to: the three-letter sector codes of PLOVER."""

    COP = ("cop", "Police", "Police forces, their officers and other law enforcement.")
    GOV = ("gov", "Government", "The executive: leaders, ministries, agencies and the parties that govern.")
    JUD = ("jud", "Judiciary", "Courts and judges.")
    LEG = ("leg", "Legislature", "Parliaments and assemblies, and those who sit in them.")
    MIL = ("mil", "Military", "The armed forces of a state, their personnel and equipment.")
    PRM = ("prm", "Paramilitaries", "Armed organisations outside the army that do not oppose the government.")
    PTY = ("pty", "Political parties", "Political parties as such, in office or not.")
    REB = ("reb", "Rebels", "Groups or individuals in armed opposition.")
    SPY = ("spy", "Intelligence", "Intelligence services of a state, their agents and sources.")
    UAF = ("uaf", "Unidentified armed forces", "Armed people whose allegiance is not known.")
    UNK = ("unk", "Unidentified", "People about whom nothing more is known.")
    AGR = ("agr", "Agriculture", "Farmers, peasants and farm workers, organised or not.")
    BUS = ("bus", "Business", "Companies, enterprises and business people, multinational corporations excepted.")
    CRM = ("crm", "Criminals", "Criminals and criminal gangs.")
    CVL = ("cvl", "Civilians", "Unarmed people, protesters and activists who belong to no other sector.")
    EDU = ("edu", "Education", "Teachers, students, scholars, schools and universities.")
    ELI = ("eli", "Former elites", "Former officials without a present post, and the families of officials.")
    JRN = ("jrn", "Journalism", "Journalists and the press, broadcasters and news sites.")
    LAB = ("lab", "Labour", "Workers in industry and services, organised or not.")
    MED = ("med", "Medicine", "People and organisations that deal with health.")
    REF = ("ref", "Refugees", "Refugees and people displaced within their country.")
    OPP = ("opp", "Opposition", "Parties, people and activists who oppose the government without arms.")
    PRE = (
        "pre",
        "Partially recognised entities",
        "Breakaway regions, disputed territories and states that only some others recognise.",
    )
    REL = ("rel", "Religion", "Religious organisations and institutions.")
    SOC = ("soc", "Civil society", "Organisations and movements of civil society that fit no other sector.")
