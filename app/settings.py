"""Settings, read from environment variables with the prefix `DOSSIER_`."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from app.suggest import Refused

_DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql", "postgres", "postgresql+psycopg")
_SQLITE_PARAMETERS = {"mode", "immutable", "uri"}


class Settings(BaseSettings):
    """The settings of one process."""

    model_config = SettingsConfigDict(env_prefix="DOSSIER_", frozen=True, hide_input_in_errors=True)

    host: str = Field(default="127.0.0.1", description="The address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="The port to listen on; 0 picks a free one.")
    uds: str = Field(default="", description="Path of a Unix socket to listen on, instead of host and port.")
    metrics_port: int = Field(
        default=0, ge=0, le=65535, description="A port of its own for `/metrics`; 0 leaves it on the service's port."
    )
    proxies: int = Field(
        default=0,
        ge=0,
        le=9,
        description="Number of proxies in front; the log has the client that they name in `X-Forwarded-For`.",
    )
    database_url: str = Field(
        default="sqlite:///dossier.db",
        description="The database: `sqlite:///file`, or `postgresql://user:password@host/name`.",
    )
    read_database_url: str = Field(
        default="",
        description="The database for reading, if it differs: a replica, or several hosts from which libpq chooses.",
    )
    cache_mb: int = Field(
        default=16, ge=0, le=4096, description="Size of the response cache of each process, in MiB; 0 turns it off."
    )
    query_seconds: float = Field(
        default=10, gt=0, le=3600, description="Seconds for the queries of one request; longer ones are interrupted."
    )
    streams: int = Field(
        default=8, ge=1, le=64, description="Files of unlimited length that are sent at a time, as exports."
    )
    stream_seconds: float = Field(
        default=600, gt=0, description="Seconds for one such file; then its connection is closed."
    )
    requests: int = Field(default=200, ge=1, description="Requests that are answered at a time, cached ones apart.")
    connections: int = Field(default=1000, ge=1, description="Connections of clients that are open at a time.")
    client_seconds: float = Field(
        default=20,
        gt=0,
        description="Seconds in which a client must send a request, and read the next 8 KiB of a response.",
    )
    url_bytes: int = Field(default=8192, ge=1024, le=131_072, description="Maximum length of a URL.")
    header_bytes: int = Field(
        default=32_768, ge=1024, le=131_072, description="Maximum size of the headers of a request."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Level of the log on standard error; `info` logs each request."
    )
    grace_seconds: int = Field(
        default=8, ge=0, le=3600, description="Seconds that running requests have after SIGTERM; Docker kills after 10."
    )
    seed: Path = Field(default=Path("seed"), description="Folder with the bundles to load into a new database.")
    cors_origins: Annotated[
        str,
        StringConstraints(pattern=r"^(\*|https?://[^/\s,]+(, *https?://[^/\s,]+)*)?$"),
        Refused("must be `*`, or origins like `https://a.host, https://b.host`"),
    ] = Field(
        default="*",
        description="Origins whose pages may read responses, like `https://a.host, https://b.host`; `*` for all.",
    )
    security_contact: Annotated[
        str,
        StringConstraints(pattern=r"^((mailto:|https://|tel:)[!-~]+)?$"),
        Refused("must begin with `mailto:`, `https://` or `tel:`"),
    ] = Field(
        default="",
        description="URI for reports of vulnerabilities, like `mailto:name@host`; if set, `/.well-known/security.txt` "
        "has it.",
    )
    public_url: Annotated[
        str,
        StringConstraints(pattern=r"^(https?://[^/?#\s]+(/[\w.~-]+)*)?$"),
        Refused("must be a URL without a slash at the end, like `https://host` or `https://host/dossier`"),
    ] = Field(
        default="",
        description="URL of the service as clients see it, like `https://host/dossier`; if empty, IRIs are relative.",
    )

    @field_validator("database_url", "read_database_url")
    @classmethod
    def _is_supported(cls, url: str, info: ValidationInfo) -> str:
        """Reject URLs of other databases. The message does not contain the URL, which may have a password."""
        try:
            parsed = make_url(url or "sqlite://") if info.field_name == "read_database_url" else make_url(url)
            sqlite = parsed.get_backend_name() == "sqlite"
            wrong = bool(parsed.host or parsed.query.keys() - _SQLITE_PARAMETERS) if sqlite else "@" in str(parsed.host)
        except (ArgumentError, ValueError):
            wrong = True
        if wrong or parsed.drivername not in _DRIVERS:
            raise ValueError(
                "write `sqlite:///file?mode=ro`, `sqlite:////folder/file` or `postgresql://user:password@host/name`, "
                "and in a password `%2F %3A %40` for `/ : @`"
            )
        return url
