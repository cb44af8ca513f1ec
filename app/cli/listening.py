"""The sockets that the service listens on."""

import errno
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from app.cli.console import fail
from app.http.log import logger
from app.settings import Settings

_REMEDIES = {
    errno.EADDRINUSE: "end the process that listens there, or ",
    errno.EADDRNOTAVAIL: "this machine has no such address; ",
    errno.EACCES: "this user has no right to listen there; ",
    errno.ENOENT: "make the folder, or ",
    errno.EEXIST: "move it away, or ",
}
"""Remedies by the number of the error. To correct the setting is a remedy for each."""


def bind(settings: Settings) -> list[socket.socket]:
    """The socket of the service, and that of the metrics if they have a port of their own. They don't listen yet.

    Ends the command if nobody can listen at an address.
    """
    service = _unix(Path(settings.uds)) if settings.uds else _tcp(settings.host, settings.port, "DOSSIER_PORT")
    if not settings.metrics_port:
        return [service]
    return [service, _tcp(settings.host, settings.metrics_port, "DOSSIER_METRICS_PORT")]


def announce(sockets: list[socket.socket]) -> None:
    """Log the address of each socket."""
    for each in sockets:
        name = each.getsockname()
        host, port, *_ = name if isinstance(name, tuple) else (name, None)
        address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        logger.info("listening", extra={"fields": {"address": address if port else name}})


def _tcp(host: str, port: int, setting: str) -> socket.socket:
    """A socket of an address. That of `::` takes IPv4 too, if the system has both."""
    with _failing(f"{host}:{port}", f"DOSSIER_HOST and {setting}"), ExitStack() as opened:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        sock = opened.enter_context(socket.socket(family))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, host != "::")
        sock.bind(address)
        opened.pop_all()
        return sock


def _unix(path: Path) -> socket.socket:
    """A socket of a path, in place of one that an ended process has left. All users may connect, as the proxy."""
    with _failing(str(path), "DOSSIER_UDS"), ExitStack() as opened:
        sock = opened.enter_context(socket.socket(socket.AF_UNIX))
        if path.exists() and not path.is_socket():
            raise FileExistsError(errno.EEXIST, "This is not a socket")
        if path.is_socket() and sock.connect_ex(str(path)):
            path.unlink()
        sock.bind(str(path))
        path.chmod(0o666)
        opened.pop_all()
        return sock


@contextmanager
def _failing(address: str, settings: str) -> Iterator[None]:
    """End the command if nobody can listen at an address."""
    try:
        yield
    except OSError as error:
        remedy = _REMEDIES.get(error.errno or 0, "")
        fail(f"{address}: {error.strerror or error}; {remedy}correct {settings}", 2)
