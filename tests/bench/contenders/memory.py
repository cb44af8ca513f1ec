"""Contender (b), the minimal FastAPI app: routes that send stored responses from memory."""

from fastapi import FastAPI, Request, Response

from tests.bench.contenders.answers import stored

app = FastAPI(openapi_url=None)
_responses = {
    path: (answer.body, {name.decode(): value.decode() for name, value in answer.headers})
    for path, answer in stored().items()
}


def _response(path: str) -> Response:
    body, headers = _responses[path]
    return Response(body, headers=headers)


@app.get("/v1/events")
async def events(request: Request, cursor: str | None = None) -> Response:
    """A page of events."""
    return _response(f"/v1/events?{request.url.query}" if request.url.query else "/v1/events")


@app.get("/v1/events/{id}")
async def event(id: str) -> Response:
    """One event."""
    return _response(f"/v1/events/{id}")


@app.get("/v1/search")
async def search(request: Request, q: str) -> Response:
    """A page of search hits."""
    return _response(f"/v1/search?{request.url.query}")
