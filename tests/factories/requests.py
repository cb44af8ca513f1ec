"""Requests that no client should send, as bytes."""

from random import Random

from tests.factories.mutations import damaged

PATH = "/v1/actors/russia"
SMUGGLED = b"GET /v1/actors/smuggled HTTP/1.1\r\nHost: dossier.example\r\n\r\n"
"""A request inside the body of another one."""


def request(
    path: str = PATH, *headers: str | bytes, method: str = "GET", version: str = "HTTP/1.1", body: bytes = b""
) -> bytes:
    """A request after which the service closes the connection."""
    lines: list[str | bytes] = [f"{method} {path} {version}", "Host: dossier.example", "Connection: close", *headers]
    encoded = [line.encode("utf-8", "surrogateescape") if isinstance(line, str) else line for line in lines]
    return b"\r\n".join([*encoded, b"", b""]) + body


def _chunks(*chunks: bytes) -> bytes:
    return request(PATH, "Transfer-Encoding: chunked", body=b"".join(chunks))


PATHS = [
    *("/%", "/%z", "/%zz", "/%00", "/v1/actors/%00", "/v1/actors/%ff", "/v1/actors/%c0%af", "/v1/actors/%ed%a0%80"),
    *("/v1/actors/..%2f..%2fetc%2fpasswd", "/../../etc/passwd", "/static/../../app/main.py", "/static/%2e%2e/main.py"),
    *(
        "//",
        "//evil.example/v1",
        "/v1//actors",
        "/v1/actors/",
        "/v1/actors/russia/",
        "/./v1",
        "/v1/../healthz",
        "*",
        "",
    ),
    *("/v1/actors?q=%", "/v1/actors?q=%00", "/v1/search?q=%ff", "/v1/search?q=%f0%9f", "/v1/search?q=a%00b", "/?%00=1"),
    *("/v1/actors?cursor=%00", "/v1/actors?limit=١", "/v1/actors?&&&", "/v1/actors?=", "/v1/actors?limit=1;limit=2"),
    *(
        "/v1/actors?sort=%0d%0aX-Injected:%201",
        "/%0d%0aX-Injected:%201",
        "/v1/suggest?prefix=%5c%27%22",
        "/v1/changes?since=-1-x",
    ),
    *(
        "http://evil.example/v1",
        "https://evil.example:99999/",
        "dossier.example:80",
        "/v1#fragment",
        "/v1 /v1",
        "/a\tb",
    ),
    "/" + "a" * 65_536,
    "/" + "/" * 8_000,
    "/v1/actors?" + "type=x&" * 1_000,
    "/v1/events?" + "&".join(f"p{number}=1" for number in range(10_000)),
    "/v1/events?" + "type=x&" * 10_000,
    "/v1/search?q=" + "-a*%20" * 1_300,
    "/v1/search?q=" + "%22" * 2_000,
]
HEADERS: dict[str, list[str | bytes]] = {
    "no colon": ["Nonsense"],
    "no name": [": value"],
    "a space before the colon": ["X-Test : 1"],
    "a folded line": ["X-Test: 1", " 2"],
    "NUL": [b"X-Test: a\0b"],
    "bytes above ASCII": [b"X-\xff: 1"],
    "a value above ASCII": [b"Accept: \xff\xfe"],
    "a carriage return": [b"X-Test: a\rb"],
    "two hosts": ["Host: evil.example"],
    "10,000 headers": ["X-Many: 1"] * 10_000,
    "10,000 names": [f"X-{number}: 1" for number in range(10_000)],
    "a line of 64 kB": [f"X-Long: {'a' * 65_536}"],
    "a name of 64 kB": [f"{'X' * 65_536}: 1"],
    "a long Accept": [f"Accept: {','.join(f'a/{number}' for number in range(4_000))}"],
    "many Accept-Encoding": ["Accept-Encoding: gzip"] * 800,
    "a long If-None-Match": [f"If-None-Match: {','.join(['W/x'] * 7_000)}"],
    "a bad If-None-Match": ['If-None-Match: "'],
    "a bad Range": ["Range: bytes=9-1,-,0-0,99999999999999999999-"],
    "a bad date": ["If-Modified-Since: never", "If-Unmodified-Since: 0"],
    "Expect": ["Expect: 100-continue"],
    "another Expect": ["Expect: nonsense"],
    "a WebSocket": ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: A", "Sec-WebSocket-Version: 13"],
    "h2c": ["Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AAMAAABk"],
    "a request id": ["X-Request-ID: \N{GRINNING FACE}"],
    "an Origin": ["Origin: null", "Access-Control-Request-Method: \x7f"],
    "a length that is too short": ["Content-Length: 5"],
    "a negative length": ["Content-Length: -1"],
    "a length with a sign": ["Content-Length: +5"],
    "a length in hexadecimal": ["Content-Length: 0x5"],
    "a length of 20 digits": ["Content-Length: 99999999999999999999"],
    "an unknown coding": ["Transfer-Encoding: xchunked"],
    "identity and chunked": ["Transfer-Encoding: identity, chunked"],
    "forwarded": ["X-Forwarded-For: \\", "Forwarded: for=\"", "X-Forwarded-Proto: gopher", "X-Original-URL: /metrics"],
}  # fmt: skip
METHODS = [
    "get",
    "G ET",
    "FOO",
    "TRACE",
    "CONNECT",
    "PRI",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "HEAD",
    "X" * 10_000,
    "",
]
VERSIONS = ["HTTP/0.9", "HTTP/1.0", "HTTP/2.0", "HTTP/9.9", "HTTP/1.1.1", "HTTP", "http/1.1", "ICY", ""]
SMUGGLING = {
    "a length and chunks": request(
        PATH, f"Content-Length: {len(SMUGGLED) + 5}", "Transfer-Encoding: chunked", body=b"0\r\n\r\n" + SMUGGLED
    ),
    "chunks and a length": request(
        PATH, "Transfer-Encoding: chunked", "Content-Length: 5", body=b"0\r\n\r\n" + SMUGGLED
    ),
    "two lengths": request(PATH, "Content-Length: 0", f"Content-Length: {len(SMUGGLED)}", body=SMUGGLED),
    "two lengths in one header": request(PATH, f"Content-Length: 0, {len(SMUGGLED)}", body=SMUGGLED),
    "a hidden coding": request(
        PATH, b"Transfer-Encoding:\x0bchunked", "Content-Length: 5", body=b"0\r\n\r\n" + SMUGGLED
    ),
    "a coding with a space": request(
        PATH, "Transfer-Encoding : chunked", "Content-Length: 5", body=b"0\r\n\r\n" + SMUGGLED
    ),
    "two codings": request(
        PATH, "Transfer-Encoding: chunked", "Transfer-Encoding: identity", body=b"0\r\n\r\n" + SMUGGLED
    ),
    "after the end": request(body=SMUGGLED),
    "in a body": request(PATH, f"Content-Length: {len(SMUGGLED)}", method="POST", body=SMUGGLED),
    "in a chunk": _chunks(b"%x\r\n" % len(SMUGGLED), SMUGGLED, b"\r\n0\r\n\r\n"),
    "in a chunk extension": _chunks(b"1;\n", SMUGGLED, b"\r\n0\r\n\r\n"),
    "after a bare line feed": request(PATH, b"X-Test: a\n\n" + SMUGGLED),
    "in a header": request(PATH, b"X-Test: a\rGET /v1/actors/smuggled HTTP/1.1\r\r"),
}
"""Requests that two servers may understand in two ways."""
OTHERS = {
    "nothing": b"",
    "empty lines": b"\r\n" * 100 + request(),
    "line feeds only": request().replace(b"\r\n", b"\n"),
    "no request line": b"Host: dossier.example\r\n\r\n",
    "half a line": b"GET /v1/act",
    "half a head": b"GET /v1 HTTP/1.1\r\nHost: dossier.example\r\n",
    "half a body": request(PATH, "Content-Length: 1000", method="POST", body=b"half"),
    "half a chunk": _chunks(b"ff\r\nhalf"),
    "a chunk of no size": _chunks(b"\r\nx\r\n"),
    "a chunk of a negative size": _chunks(b"-1\r\nx\r\n"),
    "a chunk of a huge size": _chunks(b"ffffffffffffffff1\r\nx\r\n"),
    "a chunk extension without an end": _chunks(b"1;" + b"a" * 65_536),
    "many trailers": _chunks(b"0\r\n", b"X-Trailer: 1\r\n" * 10_000, b"\r\n"),
    "many chunks": _chunks(b"1\r\na\r\n" * 50_000, b"0\r\n\r\n"),
    "a large body": request(PATH, "Content-Length: 20000000", method="POST", body=b"a" * 20_000_000),
    "an endless head": b"GET /v1 HTTP/1.1\r\n" + b"X-Endless: 1\r\n" * 1_000_000,
    "an endless line": b"GET /" + b"a" * 10_000_000,
    "TLS": bytes.fromhex("16030100f8010000f40303") + bytes(range(240)),
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9),
    "a proxy's line": b"PROXY TCP4 10.0.0.1 10.0.0.2 1 80\r\n" + request(),
    "random bytes": Random(1).randbytes(65_536),
    "1,000 requests in one piece": request().replace(b"Connection: close\r\n", b"") * 1_000 + request(),
}
CASES: dict[str, bytes] = {
    **{f"path {path[:40]!a}": request(path) for path in PATHS},
    **{f"header: {name}": request(PATH, *headers) for name, headers in HEADERS.items()},
    **{f"method {method[:20]!r}": request(method=method) for method in METHODS},
    **{f"version {version!r}": request(version=version) for version in VERSIONS},
    **{f"smuggled: {name}": content for name, content in SMUGGLING.items()},
    **OTHERS,
}
"""Requests by name."""

_PIECES = [
    *("\r\n", "\r", "\n", "\0", " ", "\t", ":", "%", "%00", "%ff", "\x7f", "\ud800", "?", "&", "#", ";", ","),
    *("HTTP/1.1", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "Connection: keep-alive\r\n", "\r\n\r\n"),
    *("Expect: 100-continue\r\n", "Upgrade: websocket\r\n", "GET / ", "*", "http://x", "a" * 5_000),
]


def random_request(number: int) -> bytes:
    """A damaged request. The same number gives the same request."""
    random = Random(number)
    path = random.choice(
        ["/v1/actors?type=state&limit=5", "/v1/search?q=russia&facets=kind", "/actors/russia", "/v1/graph"]
    )
    content = request(
        path, "Accept: */*", "Accept-Encoding: gzip", 'If-None-Match: "x"', "Content-Length: 3", body=b"abc"
    )
    for _ in range(random.randint(1, 4)):
        content = damaged(content, random, _PIECES)
    return content
