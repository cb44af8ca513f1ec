"""The vocabularies of an analysis, one file per kind of record.

A closed vocabulary is a `StrEnum` that shapes use as a field type. An open one is a tuple of built-in terms, to which
a bundle may add. Event types, modes, quads, sectors and topics follow PLOVER; the others are local.
"""

from .actors import *
from .assessments import *
from .base import *
from .documents import *
from .events import *
from .figures import *
from .plover_events import *
from .plover_modes import *
from .plover_sectors import *
from .plover_topics import *
from .relationships import *
from .sanctions import *
from .statements import *

VOCABULARIES |= {"metric": METRICS, "topic": TOPICS, "unit": UNITS}
