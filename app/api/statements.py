"""Routes of statements."""

from typing import Annotated

from app.api.parameters import DatedQuery, optional, several
from app.api.records import record_routers
from app.model.statement import STATEMENT_KIND, Statement, StatementAbout, StatementSpeaker, StatementStance
from app.model.vocabularies import Stance, StatementType
from app.query.filters import has_value, linked, one_of
from app.query.parameters import Flag, Ids, References


class StatementsQuery(DatedQuery):
    """Statements that the documents quote or report, sorted by date.

    `text` is the part in quotation marks, or null for a report. `speakers` is empty if the source attributes the
    statement to nobody.
    """

    type: Annotated[tuple[StatementType, ...], one_of(Statement.type)] = several("Type of statement.", 20)
    speaker: Annotated[Ids, linked(StatementSpeaker.actor_id)] = several("Statements this actor made.")
    medium: Annotated[Ids, linked(Statement.medium_id)] = several("Statements made through this outlet or body.")
    about: Annotated[References, linked(StatementAbout.target_id)] = several(
        "Statements about this record (`kind/id`)."
    )
    toward: Annotated[References, linked(StatementStance.toward_id)] = several(
        "Statements with a stance toward this record (`kind/id`)."
    )
    stance: Annotated[tuple[Stance, ...], one_of(StatementStance.value)] = several("Statements with this stance.", 3)
    verbatim: Annotated[Flag | None, has_value(Statement.text)] = optional(
        "`true`: statements in the speaker's own words; `false`: reports.", example=True
    )
    event: Annotated[Ids, linked(Statement.event_id)] = several("Statements made at this event.")


router, download = record_routers(STATEMENT_KIND, StatementsQuery)
