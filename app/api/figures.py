"""Routes of figures."""

from typing import Annotated

from app.api.parameters import DatedQuery, several
from app.api.records import record_router
from app.model.figure import FIGURE_KIND, Figure, FigureAbout
from app.model.shape import TermName
from app.model.vocabularies import FigureRelation, Modality
from app.query.filters import linked, one_of
from app.query.parameters import Ids, References


class FiguresQuery(DatedQuery):
    """The parameters of the list of figures."""

    metric: Annotated[tuple[TermName, ...], one_of(Figure.metric)] = several("What the figure measures.", 20)
    unit: Annotated[tuple[TermName, ...], one_of(Figure.value_unit)] = several("Unit of the figure.", 20)
    relation: Annotated[tuple[FigureRelation, ...], one_of(Figure.value_relation)] = several(
        "How exact the figure is.", 7
    )
    modality: Annotated[tuple[Modality, ...], one_of(Figure.modality)] = several(
        "Whether the figure is a fact, a plan, or only imagined.", 5
    )
    about: Annotated[References, linked(FigureAbout.target_id)] = several("Figures about this record, as `kind/id`.")
    source: Annotated[Ids, linked(Figure.source_id)] = several("Figures with this actor as source.")


router = record_router(
    FIGURE_KIND,
    FiguresQuery,
    """Quantities that the documents give, by the date on which they hold.

    `value.relation` tells how exact they are: a minimum, a range, an estimate.
    """,
)
