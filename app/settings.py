"""Every setting of the service, read from the environment with the prefix `DOSSIER_`."""

from pathlib import Path

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
    seed: Path = Field(default=Path("seed"), description="The folder of bundles that a new database is seeded with.")
    public_url: str = Field(
        default="",
        pattern=r"^(https?://[^/]+)?$",
        description="Where the service is reached from outside, as `https://host`; empty: paths stay relative.",
    )
