"""Topics: the general contexts of PLOVER, as used in POLECAT; an open vocabulary.

Source: table "General contexts" of the PLOVER manual, Open Event Data Alliance
(github.com/openeventdata/PLOVER). The terms are PLOVER's, the labels and definitions ours.
"""

from .base import Term


def _context(term: str, label: str, definition: str) -> Term:
    return Term(term, label, definition, source="plover")


TOPICS: tuple[Term, ...] = (
    _context("military", "Military", "The armed forces of states, their operations, spending and assistance."),
    _context("intelligence", "Intelligence", "State intelligence services and the secrets that they gather."),
    _context("executive", "Executive", "Leaders, cabinets and bureaucracies, and the politics around them."),
    _context("legislative", "Legislative", "Parliaments: their members, debates, laws and coalitions."),
    _context("election", "Elections", "Elections, campaigns, candidates, polling and observers."),
    _context(
        "political_institutions",
        "Political institutions",
        "Changes to formal political bodies and parties, and unusual dealings between them.",
    ),
    _context("pro_democracy", "Democratisation", "Moves toward democracy, and support for those who seek it."),
    _context("pro_autocracy", "Autocratisation", "Moves away from democracy, and the hardening of autocratic rule."),
    _context("economic", "Economy", "Trade, finance, development, growth, prices and money; not mere company news."),
    _context("legal", "Law", "Courts, judges, and national or international law."),
    _context("reparations", "Reparations", "Compensation, in money or otherwise, for harm done in the past."),
    _context("human_rights", "Human rights", "Human rights and their violation, in general terms."),
    _context("rights_freedoms", "Rights and freedoms", "Particular political rights, civil liberties and freedoms."),
    _context("repression", "Repression", "Force used by security services to control people or groups."),
    _context("human_security", "Human security", "People's access to food, water, housing, energy and land."),
    _context("gender", "Gender", "Women, gender equality, and reproductive rights."),
    _context("lgbt", "LGBT", "LGBTQ people, their rights, and laws about them."),
    _context(
        "religion_ethnicity",
        "Religion and ethnicity",
        "Religious, ethnic, caste or language groups, and how they get along.",
    ),
    _context(
        "inequality", "Inequality", "Uneven shares of wealth, rights or opportunities, within or among countries."
    ),
    _context("diplomatic", "Diplomacy", "Diplomats, foreign ministries, negotiations and formal relations."),
    _context("territory", "Territory", "Disputes over land, borders, autonomy or sovereignty."),
    _context("peacekeeping", "Peacekeeping", "Missions that watch over or support a peace, mostly by several states."),
    _context("health", "Health", "Public health, health care, diseases and epidemics."),
    _context("asylum", "Asylum", "Seeking and granting asylum."),
    _context("migration", "Migration", "Migrants, refugees and displaced people, and why and how they move."),
    _context("disasters", "Disasters", "Natural disasters, accidents and spills, and what they lead to."),
    _context(
        "natural_resource",
        "Natural resources",
        "Minerals, fuels, crops, forests and water: extraction, trade, prices and dependence on them.",
    ),
    _context("environment", "Environment", "Pollution, climate and nature, and the politics of protecting them."),
    _context("technology", "Technology", "New technology, its development, and high-tech industry."),
    _context("terrorism", "Terrorism", "Terrorist groups and acts, and what is done against them."),
    _context("cbrn", "CBRN", "Chemical, biological, radiological and nuclear weapons, and defence against them."),
    _context("cyber", "Cyber", "Attacks, crime and security in computer networks."),
    _context("misinformation", "Misinformation", "False information, influence operations, and efforts against them."),
    _context("crime", "Crime", "Crimes and criminals that no narrower topic covers."),
    _context("corruption", "Corruption", "Bribery, nepotism, embezzlement and other abuse of office."),
    _context("illegal_drugs", "Illegal drugs", "Making, selling, moving or possessing forbidden drugs."),
    _context("trafficking", "Trafficking", "Smuggling of people, drugs, arms, animals or other goods."),
)
