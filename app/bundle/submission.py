"""Bundles as submitted, with the comments and layout of the analysis."""

import zlib

from pydantic import Field
from sqlalchemy import Connection
from sqlmodel import Session

from app.model.document import Document
from app.model.shape import Shape


class Submission(Shape):
    """A document as an editor submitted it: its text and its analysis."""

    text: str = Field(description="The content of `document.txt`.")
    analysis: str = Field(description="The content of `analysis.yaml`: YAML, or JSON, which is a subset of YAML.")


def compress(analysis: str) -> bytes:
    """An analysis as `document.bundle` stores it."""
    return zlib.compress(analysis.encode())


def read_submission(connection: Connection, document_id: int) -> Submission:
    """The text and the analysis of a document, verbatim."""
    with Session(connection) as session:
        document = session.get_one(Document, document_id)
        return Submission(text=document.text, analysis=zlib.decompress(document.bundle).decode())
