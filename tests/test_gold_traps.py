"""The traps in `gold.yaml`: likely misreadings that the analysis must avoid."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.oracles.gold import GOLD, Entry, Record, Served, dates, edtf_of, refs
from tests.services.api import client_of

_checked: set[str] = set()
READ_BY_EYE = {
    "These strengthened ties go further back": "that a passage runs backward in time is said by no field",
    "may not help North Korea come in from the cold": "what is meant by the cold is for the reader of the summary",
}
"""Traps that no field can express, with the reason."""


def trap(quote: str) -> pytest.MarkDecorator:
    """Parametrizes a test with the trap at a quote."""
    [entry] = [entry for entry in GOLD["traps"] if entry["quote"] == quote]
    _checked.add(quote)
    return pytest.mark.parametrize("entry", [entry], ids=[f"{entry['passage']}: not {entry['wrong']}"])


@pytest.fixture(scope="module")
def served(seeded_url: str) -> Iterator[Served]:
    with client_of(seeded_url) as client:
        yield Served(client)


def named(records: list[Record]) -> set[str | None]:
    """The paths of some records, and of all records that they refer to."""
    return {ref["url"] for record in records for ref in (*refs(record), record)}


def at(served: Served, passage: int, quote: str, *kinds: str, share: float = 0.5) -> list[Record]:
    """The records that cite a piece of a passage."""
    return served.citing({"passage": passage, "quote": quote}, *kinds, share=share)


def only(records: list[Record]) -> Record:
    [record] = records
    return record


def dated(records: list[Record], words: str) -> list[str | None]:
    """The EDTF of every date whose wording is this text."""
    return [date["edtf"] for record in records for date in dates(record) if words in date["text"]]


def test_every_trap_is_checked_here() -> None:
    quotes = {entry["quote"] for entry in GOLD["traps"]}
    assert quotes - _checked == READ_BY_EYE.keys()


# Passages 1 to 4


@trap("No. 8, 2022")
def test_the_heading_names_no_title_and_no_author_and_gives_no_figure(served: Served, entry: Entry) -> None:
    document = served.document
    assert (document["title"], document["authors"]) == (None, [])
    assert (document["series"], document["number"]) == ("SCEEUS Guest Commentary", "8")
    assert edtf_of(document["published"]) == "2022"
    assert served.citing(entry, "figure", share=0.01) == []


@trap("Moscow subsidized")
def test_it_was_the_soviet_union_that_paid(served: Served, entry: Entry) -> None:
    told = named(served.citing(entry))
    assert served.url("Soviet Union") in told
    assert served.url("Russia") not in told


@trap("between 600,000 and one million people")
def test_the_dead_of_the_famine_are_a_range(served: Served, entry: Entry) -> None:
    value = only(served.citing(entry, "figure"))["value"]
    assert (value["low"], value["high"], value["relation"]) == (600_000, 1_000_000, "between")


@trap("When these subsidies ended")
def test_no_year_is_invented_for_the_end_of_the_subsidies(served: Served, entry: Entry) -> None:
    events = served.citing(entry, "event")
    assert events
    assert [edtf_of(event["date"]) for event in events] == [None] * len(events)


@trap("Since then")
def test_no_year_is_invented_for_since_then(served: Served, entry: Entry) -> None:
    assert set(dated(served.citing(entry), "Since then")) == {None}


@trap("attempted invasion")
def test_the_invasion_is_actual_and_remains_an_attempt(served: Served, entry: Entry) -> None:
    event = only(served.citing(entry, "event"))
    assert event["modality"] == "actual"
    assert "attempt" in event["name"]


@trap("It may be one where")
def test_the_sphere_of_russia_and_china_is_a_scenario(served: Served, entry: Entry) -> None:
    events = served.citing(entry, "event")
    assert {event["modality"] for event in events} == {"hypothetical"}
    assert {a["likelihood"]["level"] for a in served.citing(entry, "assessment")} == {"possible"}


@trap("this dichotomy will no longer apply")
def test_that_the_choice_falls_away_depends_on_the_scenario(served: Served, entry: Entry) -> None:
    assessment = only(served.citing(entry, "assessment"))
    assert assessment["type"] == "forecast"
    assert assessment["depends_on"]
    assert all(served.records[ref["url"]]["modality"] == "hypothetical" for ref in assessment["depends_on"])
    assert served.citing(entry, "event") == []


# Passages 5 and 6


@trap("In mid-March this year")
def test_mid_march_is_approximate_and_of_the_documents_year(served: Served, entry: Entry) -> None:
    readings = {
        date["edtf"]: date["approximate"] for r in served.citing(entry) for date in dates(r) if "mid" in date["text"]
    }
    assert readings == {"2022-03~": True}


@trap("remove sanctions on it")
def test_the_sanctions_on_north_korea_were_called_to_be_removed_and_were_not(served: Served, entry: Entry) -> None:
    events = [event for event in served.citing(entry, "event") if event["type"] != "request"]
    assert {event["modality"] for event in events} <= {"planned", "hypothetical"}
    statement = only(served.citing(entry, "statement"))
    sanctions = [served.records[ref["url"]] for ref in statement["about"] if ref["kind"] == "sanction"]
    assert sanctions
    assert all([t["url"] for t in sanction["targets"]] == [served.url("North Korea")] for sanction in sanctions)
    assert {sanction["status"] for sanction in sanctions} == {"in_force"}


@trap("about a month after the invasion attempt began")
def test_the_invasion_attempt_has_no_exact_day(served: Served, entry: Entry) -> None:
    for edtf in dated(served.citing(entry), "month after"):
        assert edtf is None or edtf.startswith("2022-02~")
    assert edtf_of(only(at(served, 3, "attempted invasion", "event"))["date"]) == "2022-02~/"


@trap("issues of the development of bilateral relations")
def test_the_account_of_the_meeting_is_nobodys(served: Served, entry: Entry) -> None:
    statement = only(served.citing(entry, "statement"))
    assert (statement["type"], statement["speakers"]) == ("quote", [])


@trap("the Communist Party")
def test_the_communist_party_is_the_russian_one(served: Served, entry: Entry) -> None:
    [party] = [actor for actor in served.kind("actor") if actor["type"] == "party"]
    assert party["country"] == "RU"


@trap("the situation on the Korean Peninsula")
def test_south_korea_never_appears(served: Served, entry: Entry) -> None:
    def codes(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            yield from (part[name] for name in ("country",) if isinstance(part.get(name), str))
        for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
            yield from codes(inner)

    assert set(codes(list(served.records.values()))) == {"KP", "RU", "CN", "UA", "SU", "SE"}
    assert not [actor for actor in served.kind("actor") if "South" in actor["name"]]


@trap("Moscow may be prepared")
def test_the_two_claims_of_one_sentence_differ_in_strength(served: Served, entry: Entry) -> None:
    weaker = only(served.citing(entry, "assessment"))
    stronger = only(at(served, 5, "Russia wants to draw North Korea closer", "assessment"))
    assert (stronger["likelihood"]["level"], weaker["likelihood"]["level"]) == ("likely", "possible")
    assert served.url("Soviet Union") not in named([weaker])


@trap("five member states that voted against")
def test_north_korea_is_one_of_five_and_the_others_are_not_named(served: Served, entry: Entry) -> None:
    value = only(served.citing(entry, "figure"))["value"]
    assert (value["low"], value["high"]) == (5, 5)
    events = at(served, 6, "voted against the UN General Assembly resolution", "event")
    against = {p["actor"]["url"] for e in events for p in e["participants"] if p["position"] == "voted_against"}
    assert against == {served.url("North Korea")}
    assert any(
        {served.url("North Korea"), served.url("five UN member states that voted against")}
        == {p["actor"]["url"] for p in e["participants"] if p["role"] == "actor"}
        for e in events
    )


@trap("the UN General Assembly resolution demanding")
def test_the_resolution_of_the_general_assembly_is_a_demand_without_number_and_date(
    served: Served, entry: Entry
) -> None:
    assert served.citing(entry, "sanction") == []
    records = served.citing(entry, "event", "statement")
    assert "demand" in [record["type"] for record in records]
    for record in records:
        assert record["date"] is None, record["url"]
        assert not any(character.isdigit() for character in record["name"]), record["url"]


@trap("“…sending our full support")
def test_the_words_of_the_paper_are_the_papers(served: Served, entry: Entry) -> None:
    statement = only(served.citing(entry, "statement"))
    assert [speaker["actor"]["url"] for speaker in statement["speakers"]] == [served.url("Rodong Sinmun")]


@trap("the justified struggle")
def test_that_the_struggle_is_justified_is_said_by_the_paper_alone(served: Served, entry: Entry) -> None:
    assert {record["kind"] for record in served.citing(entry)} <= {"statement", "actor"}
    assert only(served.citing(entry, "statement"))["verbatim"]


@trap("a tacit, if not overt, expression of support")
def test_the_hedge_about_the_papers_support_is_kept_whole(served: Served, entry: Entry) -> None:
    assessment = only(served.citing(entry, "assessment"))
    assert any("tacit, if not overt" in quote["exact"] for quote in assessment["evidence"])
    assert assessment["likelihood"]["level"] == "unstated"


@trap("[t]he mutual support")
def test_editorial_brackets_stay(served: Served, entry: Entry) -> None:
    assert only(served.citing(entry, "statement"))["text"].startswith("[t]he mutual support")


# Passage 7


@trap("In the spring of 2019")
def test_the_spring_of_2019_is_a_season(served: Served, entry: Entry) -> None:
    assert set(dated(served.citing(entry), "spring")) == {"2019-21"}


@trap("writing in 2016")
def test_2016_dates_the_writing_and_not_the_decision(served: Served, entry: Entry) -> None:
    assert {edtf_of(statement["date"]) for statement in served.citing(entry, "statement")} == {"2016"}
    decisions = at(served, 7, "the Russian leadership has made a political decision", "event")
    assert {edtf_of(decision["date"]) for decision in decisions} <= {None, "../2016"}


@trap("the Russian leadership has made a political decision")
def test_the_decision_is_known_from_the_scholar_alone(served: Served, entry: Entry) -> None:
    statement = only(served.citing(entry, "statement"))
    assert [speaker["actor"]["url"] for speaker in statement["speakers"]] == [served.url("a Russian scholar")]
    for event in served.citing(entry, "event"):
        assert (statement["url"], "reported_in") in [(r["record"]["url"], r["relation"]) for r in event["related"]]
    assert served.citing(entry, "assessment") == []


@trap("until 2020")
def test_the_tenfold_goal_was_set_in_2014_and_missed(served: Served, entry: Entry) -> None:
    goal = only([event for event in served.citing(entry, "event") if event["modality"] == "planned"])
    assert goal["outcome"]["status"] == "missed"
    assert edtf_of(goal["date"]) in ("../2020", "2014-03/2020")
    assert "2014-03" in [edtf_of(statement["date"]) for statement in served.citing(entry, "statement")]


@trap("with his North Korean counterpart")
def test_the_pledge_has_two_speakers_one_of_them_without_a_name(served: Served, entry: Entry) -> None:
    speakers = [served.records[s["actor"]["url"]] for s in only(served.citing(entry, "statement"))["speakers"]]
    assert sorted(speaker["named"] for speaker in speakers) == [False, True]


# Passage 8


@trap("Resolution 2371 in 2017")
def test_2371_is_no_quantity_and_its_resolution_has_a_year_only(served: Served, entry: Entry) -> None:
    values = [figure["value"] for figure in served.kind("figure")]
    assert 2371 not in [bound for value in values for bound in (value["low"], value["high"])]
    assert edtf_of(only(served.citing(entry, "sanction"))["adopted"]) == "2017"


@trap("They even voted for")
def test_russia_and_china_voted_for_the_resolution_and_north_korea_did_not_vote(served: Served, entry: Entry) -> None:
    event = only(served.citing(entry, "event"))
    votes = {p["actor"]["url"]: p["position"] for p in event["participants"] if p["position"]}
    assert votes == {served.url("Russia"): "voted_for", served.url("China"): "voted_for"}


@trap("following a North Korean test of an intercontinental ballistic missile")
def test_the_missile_test_came_before_the_vote_and_is_not_said_to_have_caused_it(served: Served, entry: Entry) -> None:
    [event] = [event for event in served.citing(entry, "event") if event["mode"] == "weapons"]
    assert edtf_of(event["date"]) == "../2017"
    assert {sanction["trigger"] for sanction in served.kind("sanction")} == {None}
    assert "nuclear" not in event["name"].lower() + event["summary"].lower()


@trap("key commodities such as coal and iron ore")
def test_coal_and_iron_ore_are_examples_of_banned_exports(served: Served, entry: Entry) -> None:
    measure = only(only(served.citing(entry, "sanction"))["measures"])
    assert (measure["type"], sorted(measure["goods"])) == ("export_ban", ["coal", "iron ore"])
    assert "example" in measure["description"]


@trap("other sanctions")
def test_the_labour_ban_is_no_part_of_the_resolution_and_has_no_number(served: Served, entry: Entry) -> None:
    ban = only(at(served, 8, "UN sanctions banning member states from employing", "sanction"))
    resolution = only(at(served, 8, "UN Security Council Resolution 2371", "sanction"))
    assert (ban["instrument"], ban["adopted"]) == (None, None)
    assert ban["part_of"]["url"] != resolution["url"]


@trap("periodically enforced sanctions against North Korea, sometimes even seriously")
def test_weakening_and_enforcing_stand_side_by_side(served: Served, entry: Entry) -> None:
    sanction = only(served.citing(entry, "sanction"))
    for name in ("Russia", "China"):
        conducts = {kept["conduct"] for kept in sanction["enforcement"] if kept["actor"]["url"] == served.url(name)}
        assert {"weakened", "partly_enforced"} <= conducts


@trap("let in over 10,000 North Korean workers in despite")
def test_those_let_in_are_more_than_10_000_in_the_slip_of_the_source(served: Served, entry: Entry) -> None:
    value = only(served.citing(entry, "figure"))["value"]
    assert (value["low"], value["high"], value["relation"]) == (10_000, None, "more_than")
    slip = "workers in despite UN sanctions"
    assert any(slip in quote["exact"] for record in served.citing(entry) for quote in record["evidence"])
    others = at(served, 8, "some 20,000 North Korean workers", "figure", share=0.9)
    assert 20_000 in [figure["value"]["low"] for figure in others]


@trap("the majority of it for the North Korean regime")
def test_the_majority_is_of_the_currency_not_of_the_workers(served: Served, entry: Entry) -> None:
    figure = only(served.citing(entry, "figure"))
    assert figure["metric"] == "revenue_share"
    assert (figure["value"]["low"], figure["value"]["relation"]) == (50, "more_than")


@trap("Current estimates hold")
def test_the_estimates_are_nobodys_in_particular(served: Served, entry: Entry) -> None:
    assert only(served.citing(entry, "statement"))["speakers"] == []
    assert [figure["source"] for figure in served.citing(entry, "figure")] == [None] * 2


@trap("migrant workers projected to leave")
def test_those_projected_to_leave_are_others_and_have_not_left(served: Served, entry: Entry) -> None:
    leaving = only([event for event in served.citing(entry, "event", share=0.9) if "eparture" in event["name"]])
    assert leaving["modality"] == "hypothetical"
    actors = [participant["actor"]["url"] for participant in leaving["participants"]]
    assert actors == [served.url("migrant workers in the Russian border region")]
    assert served.url("North Korean workers in Russia") not in actors


@trap("told Russian state media")
def test_the_official_speaks_through_the_state_media(served: Served, entry: Entry) -> None:
    statement = only(served.citing(entry, "statement"))
    assert statement["medium"]["url"] == served.url("Russian state media")
    assert statement["medium"]["url"] not in [speaker["actor"]["url"] for speaker in statement["speakers"]]


# Passages 9 to 12


@trap("both countries may all but ignore")
def test_ignoring_the_sanctions_is_hypothetical_and_not_entire(served: Served, entry: Entry) -> None:
    assert {event["modality"] for event in served.citing(entry, "event")} == {"hypothetical"}
    ignored = [
        kept for s in served.citing(entry, "sanction") for kept in s["enforcement"] if kept["conduct"] == "ignored"
    ]
    assert {(kept["modality"], kept["text"]) for kept in ignored} == {("hypothetical", "may all but")}


@trap("that is, internationally isolated and closed off")
def test_the_gloss_on_the_headlines_is_the_authors(served: Served, entry: Entry) -> None:
    assert served.citing(entry, "statement") == []
    assert only(served.citing(entry, "assessment"))["holder"] is None


@trap("to be a “rogue” state")
def test_rogue_is_a_term_without_a_speaker(served: Served, entry: Entry) -> None:
    assert served.citing(entry, "statement") == []
    assert served.citing(entry)


@trap("might mean a trading partner, an investor, and a political ally")
def test_russia_is_not_north_koreas_ally_yet(served: Served, entry: Entry) -> None:
    assert {tie["status"] for tie in served.citing(entry, "relationship", share=0.25)} == {"prospective"}
    both = {served.url("Russia"), served.url("North Korea")}
    allied = [tie for tie in served.kind("relationship") if tie["type"] == "alliance" and both <= named([tie])]
    assert {tie["status"] for tie in allied} == {"prospective"}


@trap("somewhat simplistically called an “ally”")
def test_the_author_does_not_call_china_an_ally(served: Served, entry: Entry) -> None:
    both = {served.url("China"), served.url("North Korea")}
    assert not [tie for tie in served.kind("relationship") if tie["type"] == "alliance" and both <= named([tie])]
    assert only(served.citing(entry, "assessment"))["type"] == "caveat"


@trap("some 90%")
def test_some_90_percent_is_about_90_and_not_almost_exclusively(served: Served, entry: Entry) -> None:
    figure = only(served.citing(entry, "figure"))
    value = figure["value"]
    assert (value["low"], value["high"], value["relation"], value["unit"]) == (90, 90, "about", "percent")
    assert not any("almost exclusively" in quote["exact"] for quote in figure["evidence"])


@trap("In the 1990s, Kim Jong-il warned")
def test_kim_jong_il_warned_of_no_country_by_name(served: Served, entry: Entry) -> None:
    statement = only(served.citing(entry, "statement"))
    assert [speaker["actor"]["url"] for speaker in statement["speakers"]] == [served.url("Kim Jong-il")]
    assert served.url("China") not in named([statement])


@trap("first five-year plan (2016–2020)")
def test_the_outcome_of_the_five_year_plan_is_not_told(served: Served, entry: Entry) -> None:
    for event in served.citing(entry, "event"):
        assert event["outcome"] is None or event["outcome"]["status"] == "unknown"
    tenfold = at(served, 7, "by a factor of ten until 2020", "event")
    assert not [event for event in served.citing(entry, "event") if event in tenfold]


@trap("North Korea may have much to gain")
def test_the_same_gain_at_three_strengths_is_three_assessments(served: Served, entry: Entry) -> None:
    three = [
        only(at(served, 4, "Such a development would be highly beneficial for North Korea", "assessment")),
        only(at(served, 8, "there is much to gain from a closer relationship", "assessment")),
        only(served.citing(entry, "assessment")),
    ]
    assert len({assessment["url"] for assessment in three}) == 3
    assert len({(a["likelihood"]["text"], a["likelihood"]["level"]) for a in three}) == 3


@trap("Lev Rubinstein: The Death of a Poet in Russia Today")
def test_nothing_cites_the_stray_link_or_knows_its_author(served: Served, entry: Entry) -> None:
    start, end = served.place(entry)
    assert served.passages[12]["type"] == "boilerplate"
    assert served.citing(entry, share=0) == []
    assert served.mentioned((start, end)) == []
    assert not [actor for actor in served.kind("actor") if "Rubinstein" in actor["name"]]
