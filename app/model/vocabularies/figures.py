"""Terms for figures: precision, metrics and units; metrics and units are open vocabularies."""

from .base import Term, Vocabulary


class FigureRelation(Vocabulary):
    """The relation of the number in a text to the true value."""

    EXACTLY = ("exactly", "Exactly", "The value is the number given; low and high are both that number.")
    ABOUT = ("about", "About", "The value is near the number given; low and high are both that number.")
    AT_LEAST = ("at_least", "At least", "The value is the number in low, or higher.")
    MORE_THAN = ("more_than", "More than", "The value is higher than the number in low.")
    AT_MOST = ("at_most", "At most", "The value is the number in high, or lower.")
    LESS_THAN = ("less_than", "Less than", "The value is lower than the number in high.")
    BETWEEN = ("between", "Between", "The value lies from the number in low to the number in high.")


METRICS: tuple[Term, ...] = (
    Term("deaths", "Deaths", "How many people died or were killed."),
    Term("injuries", "Injuries", "How many people were hurt."),
    Term("displaced_people", "Displaced people", "How many people had to leave their homes."),
    Term("detainees", "Detainees", "How many people are held or were arrested."),
    Term("population", "Population", "How many people live somewhere or belong to a group."),
    Term("migrants", "Migrants", "How many people moved from one country to another."),
    Term("workers", "Workers", "How many people work somewhere or were sent to work."),
    Term("troops", "Troops", "How many soldiers or fighters there are."),
    Term("weapons", "Weapons", "How many weapons, warheads, aircraft or vehicles there are."),
    Term("member_count", "Members", "How many members a body or group has."),
    Term("vote_count", "Votes", "How many votes were cast for one side of a question."),
    Term("vote_share", "Vote share", "What part of the votes went to one side."),
    Term("poll_share", "Poll share", "What part of those asked gave an answer."),
    Term("seats", "Seats", "How many seats a party holds in a body."),
    Term("trade_value", "Trade value", "What the goods and services traded are worth."),
    Term("trade_share", "Trade share", "What part of an actor's trade is with one partner or in one good."),
    Term("trade_growth_factor", "Trade growth factor", "By what factor trade grows or is meant to grow."),
    Term("trade_volume", "Trade volume", "What quantity of a good is traded."),
    Term("output", "Output", "What quantity of a good is produced."),
    Term("price", "Price", "What one unit of a good costs."),
    Term("revenue", "Revenue", "How much money comes in."),
    Term("revenue_share", "Revenue share", "What part of the money goes to one recipient or comes from one source."),
    Term("spending", "Spending", "How much money is spent, military spending included."),
    Term("aid_value", "Aid", "What the aid given or promised is worth."),
    Term("investment_value", "Investment", "How much capital is put in."),
    Term("debt", "Debt", "How much is owed."),
    Term("gdp", "GDP", "The value of all that an economy produces in a period."),
    Term("gdp_share", "Share of GDP", "How large something is as a part of GDP."),
    Term("growth_rate", "Growth rate", "By how much something grows or shrinks in a period, relative to its size."),
    Term("inflation_rate", "Inflation rate", "By how much prices rise in a period."),
    Term("exchange_rate", "Exchange rate", "What one currency is worth in another."),
    Term("duration", "Duration", "How long something lasts, or how much time lies between two things."),
    Term("age", "Age", "How old somebody or something is."),
    Term("distance", "Distance", "How far apart two places are, or how far something reaches."),
    Term("area", "Area", "How much land or sea something covers."),
    Term("rank", "Rank", "What place something takes in an ordering."),
    Term("count", "Count", "How many there are of something that no other metric names."),
    Term("share", "Share", "What part of a whole, where no other metric names it."),
)

UNITS: tuple[Term, ...] = (
    Term("people", "People", "Human beings, each counted once."),
    Term("households", "Households", "Homes with those who live in them."),
    Term("countries", "Countries", "States, each counted once."),
    Term("organisations", "Organisations", "Parties, companies or bodies, each counted once."),
    Term("votes", "Votes", "Votes cast."),
    Term("seats", "Seats", "Places in an elected or appointed body."),
    Term("occurrences", "Occurrences", "Times that something happens."),
    Term("items", "Items", "Things counted one by one that no other unit names."),
    Term("percent", "Percent", "Hundredths of a whole, from 0 to 100 for a share."),
    Term("percentage_points", "Percentage points", "The difference between two percentages."),
    Term("factor", "Factor", "A multiple of an earlier or other value, 2 being twice as much."),
    Term("ordinal", "Ordinal", "A place in an ordering, 1 being the first."),
    Term("hours", "Hours", "Periods of sixty minutes."),
    Term("days", "Days", "Periods of twenty-four hours."),
    Term("weeks", "Weeks", "Periods of seven days."),
    Term("months", "Months", "Periods of a calendar month."),
    Term("years", "Years", "Periods of twelve months."),
    Term("decades", "Decades", "Periods of ten years."),
    Term("usd", "US dollars", "The currency of the United States, in whole dollars."),
    Term("eur", "Euros", "The currency of the euro area, in whole euros."),
    Term("gbp", "Pounds sterling", "The currency of the United Kingdom, in whole pounds."),
    Term("sek", "Swedish kronor", "The currency of Sweden, in whole kronor."),
    Term("rub", "Russian roubles", "The currency of Russia, in whole roubles."),
    Term("uah", "Ukrainian hryvnias", "The currency of Ukraine, in whole hryvnias."),
    Term("cny", "Chinese yuan", "The currency of China, in whole yuan."),
    Term("jpy", "Japanese yen", "The currency of Japan, in whole yen."),
    Term("krw", "South Korean won", "The currency of South Korea, in whole won."),
    Term("kpw", "North Korean won", "The currency of North Korea, in whole won."),
    Term("tonnes", "Tonnes", "Metric tons of a thousand kilograms."),
    Term("barrels", "Barrels", "Barrels of oil."),
    Term("barrels_per_day", "Barrels per day", "Barrels of oil in each day."),
    Term("cubic_metres", "Cubic metres", "Volume, of gas or water for example."),
    Term("megawatts", "Megawatts", "Power, of plants or grids for example."),
    Term("kilometres", "Kilometres", "Distances of a thousand metres."),
    Term("square_kilometres", "Square kilometres", "Areas of a kilometre by a kilometre."),
)
