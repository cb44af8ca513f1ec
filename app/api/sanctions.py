"""Routes of sanctions."""

from typing import Annotated

from app.api.parameters import DatedQuery, several
from app.api.records import record_routers
from app.model.sanction import (
    SANCTION_KIND,
    Sanction,
    SanctionBinds,
    SanctionEnforcement,
    SanctionMeasure,
    SanctionTarget,
)
from app.model.vocabularies import Conduct, MeasureType, Modality, SanctionStatus
from app.query.filters import any_of, linked, one_of
from app.query.parameters import Ids


class SanctionsQuery(DatedQuery):
    """Sanctions and sanctions regimes, sorted by date of adoption.

    Each has its authority, targets and measures, and the conduct of actors that enforce, weaken or violate it.
    """

    type: Annotated[tuple[MeasureType, ...], one_of(SanctionMeasure.type)] = several("Type of any restriction.", 20)
    authority: Annotated[Ids, linked(Sanction.authority_id)] = several("Sanctions this actor imposed.")
    target: Annotated[Ids, linked(SanctionTarget.target_id)] = several("Sanctions on this actor.")
    binds: Annotated[Ids, linked(SanctionBinds.target_id)] = several("Sanctions that this actor must apply.")
    enforcer: Annotated[Ids, linked(SanctionEnforcement.actor_id)] = several(
        "Sanctions this actor enforces, weakens or violates."
    )
    keeper: Annotated[Ids, any_of(linked(SanctionBinds.target_id), linked(SanctionEnforcement.actor_id))] = several(
        "Sanctions that this actor must apply, or enforces, weakens or violates."
    )
    conduct: Annotated[tuple[Conduct, ...], one_of(SanctionEnforcement.conduct)] = several(
        "Sanctions with this conduct by any actor.", 10
    )
    modality: Annotated[tuple[Modality, ...], one_of(SanctionEnforcement.modality)] = several(
        "Sanctions with conduct of this modality.", 5
    )
    status: Annotated[tuple[SanctionStatus, ...], one_of(Sanction.status)] = several(
        "Status of the sanction when the document was written.", 10
    )
    part_of: Annotated[Ids, linked(Sanction.part_of_id)] = several("Sanctions that are part of this one.")
    trigger: Annotated[Ids, linked(Sanction.trigger_id)] = several("Sanctions that this event led to.")


router, download = record_routers(SANCTION_KIND, SanctionsQuery)
