"""Routes of figures."""

from typing import Annotated

from app.api.parameters import DatedQuery, several
from app.api.records import record_routers
from app.model.figure import FIGURE_KIND, Figure, FigureAbout
from app.model.vocabularies import FigureRelation, Modality
from app.query.filters import linked, one_of
from app.query.parameters import Ids, References


class FiguresQuery(DatedQuery):
    """Quantities that the documents state, sorted by the date on which they hold.

    `value.relation` tells how exact a figure is, for example a minimum, a range or an approximation.
    """

    metric: Annotated[tuple[str, ...], one_of(Figure.metric)] = several("Quantity that is measured.", 20)
    unit: Annotated[tuple[str, ...], one_of(Figure.value_unit)] = several("Unit of the figure.", 20)
    relation: Annotated[tuple[FigureRelation, ...], one_of(Figure.value_relation)] = several(
        "Relation of the figure to the true value, such as `at_least`.", 7
    )
    modality: Annotated[tuple[Modality, ...], one_of(Figure.modality)] = several("Modality of the figure.", 5)
    about: Annotated[References, linked(FigureAbout.target_id)] = several("Figures about this record (`kind/id`).")
    source: Annotated[Ids, linked(Figure.source_id)] = several("Figures this actor is the source of.")


router, download = record_routers(FIGURE_KIND, FiguresQuery)
