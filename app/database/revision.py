"""The revision of the dataset: raised by each load that changes something."""

import secrets

from sqlalchemy import Connection, insert, select, update

from app.model.tables import DATASET, LOAD

TOKEN_BYTES = 8


def raise_revision(connection: Connection, at: str) -> int:
    """Raise the revision, and draw the token of the load.

    The token tells two revisions with the same number apart, as those of two copies that are loaded differently.
    """
    revision: int = connection.execute(select(DATASET.c.revision)).scalar_one() + 1
    token = secrets.token_hex(TOKEN_BYTES)
    connection.execute(update(DATASET).values(revision=revision, token=token, updated_at=at))
    connection.execute(insert(LOAD).values(revision=revision, token=token, at=at))
    return revision
