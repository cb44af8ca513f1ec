"""Every setting of the service, read from the environment with the prefix `DOSSIER_`."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """The settings of one process."""

    model_config = SettingsConfigDict(env_prefix="DOSSIER_", frozen=True)

    host: str = Field(default="127.0.0.1", description="The address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="The port to listen on; 0 picks a free one.")
    database_url: str = Field(
        default="sqlite:///dossier.db",
        description="The database: `sqlite:///file`, or `postgresql://user:password@host/name`.",
    )
    read_database_url: str = Field(
        default="",
        description="Where the service reads, if not there: a replica, or several hosts of which libpq chooses one.",
    )
    cache_mb: int = Field(
        default=16, ge=0, le=4096, description="How many MiB of answers a process keeps in memory; 0 keeps none."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="What is written to the log (standard error): `info` writes each request."
    )
    seed: Path = Field(default=Path("seed"), description="The folder of bundles that a new database is seeded with.")
    public_url: str = Field(
        default="",
        pattern=r"^(https?://[^/]+)?$",
        description="Where the service is reached from outside, as `https://host`; empty: paths stay relative.",
    )
