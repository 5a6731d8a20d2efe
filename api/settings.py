"""Settings: each is an environment variable `PINCITE_...`, and most are an option of the command line too."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What a user can set. Documented in docs/settings.md, which a test checks."""

    model_config = SettingsConfigDict(env_prefix="PINCITE_", extra="ignore")

    index: Path = Field(Path.home() / ".local" / "share" / "pincite" / "index", description="where the index is")
    model: str | None = Field(None, description="name or path of another sentence-transformers model")
    models: Path | None = Field(None, description="where prepared models are kept (default: the user's cache folder)")
    host: str = Field("127.0.0.1", description="address that `serve` listens on")
    port: int = Field(8765, ge=0, le=65535, description="port that `serve` listens on; 0 takes a free one")
    max_file_mb: int = Field(200, ge=1, description="larger files are refused")
