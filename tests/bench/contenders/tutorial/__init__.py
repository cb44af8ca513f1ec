"""(d) The same lists as the FastAPI and SQLModel tutorials teach: models with relationships, read for each request."""
