"""Contender (d): the same lists, written as in the FastAPI and SQLModel tutorials."""
