"""Settings: each is an environment variable `PINCITE_...`, and most are an option of the command line too."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from indexer.location import Location


class Settings(BaseSettings):
    """What a user can set. Documented in docs/settings.md, which a test checks."""

    model_config = SettingsConfigDict(env_prefix="PINCITE_", extra="ignore")

    index: Path = Field(Path.home() / ".local" / "share" / "pincite" / "index", description="where the index is")
    engine: str | None = Field(None, description="address of a Milvus server, for an index past one machine")
    catalogue: SecretStr | None = Field(
        None, validate_default=True, description="address of the PostgreSQL database that goes with it; shown nowhere"
    )
    ray: str | None = Field(None, description="address of a Ray cluster that reads and embeds for `index`")
    model: str | None = Field(None, description="name or path of another sentence-transformers model")
    models: Path | None = Field(None, description="where prepared models are kept (default: the user's cache folder)")
    host: str = Field("127.0.0.1", description="address that `serve` listens on")
    port: int = Field(8765, ge=0, le=65535, description="port that `serve` listens on; 0 takes a free one")
    max_file_mb: int = Field(200, ge=1, description="larger files are refused")
    writer_url: str | None = Field(None, description="address of an OpenAI-compatible service that may write answers")
    writer_model: str | None = Field(None, validate_default=True, description="which of its models writes")
    writer_key: SecretStr | None = Field(
        None, description="key that the service asks for; sent to it and shown nowhere"
    )
    writer_silence_s: float = Field(60, gt=0, description="seconds without a word after which the writer is given up")
    writer_whole_s: float = Field(180, gt=0, description="seconds for the whole answer of the writer")

    @property
    def location(self) -> Location:
        """Where the index is."""
        return Location(self.index, self.engine, self.catalogue.get_secret_value() if self.catalogue else None)

    @field_validator("engine")
    @classmethod
    def _an_engine(cls, address: str | None) -> str | None:
        if address:
            from indexer.milvus import Address

            Address.of(address)
        return address or None

    @field_validator("catalogue")
    @classmethod
    def _a_catalogue(cls, address: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        value = address.get_secret_value() if address else ""
        if bool(value) != bool(info.data.get("engine")):
            raise ValueError("and PINCITE_ENGINE go together: set both, or none")
        if value and not value.startswith(("postgresql://", "postgres://")):
            raise ValueError("is not an address such as postgresql://user@127.0.0.1/pincite")
        return address if value else None

    @field_validator("ray")
    @classmethod
    def _a_cluster(cls, address: str | None) -> str | None:
        if address:
            from indexer.bulk import checked

            checked(address)
        return address or None

    @field_validator("writer_url")
    @classmethod
    def _an_address(cls, url: str | None) -> str | None:
        from api.writer import address_of

        return address_of(url) if url else None

    @field_validator("writer_model")
    @classmethod
    def _a_model(cls, model: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("writer_url") and not model:
            raise ValueError("is needed where PINCITE_WRITER_URL is set: the name the service knows the model by")
        return model

    @field_validator("writer_key")
    @classmethod
    def _a_key(cls, key: SecretStr | None) -> SecretStr | None:
        value = key.get_secret_value() if key else ""
        if not all("!" <= c <= "~" for c in value):
            raise ValueError("holds a character that no key has: a space, a line end or a letter beyond ASCII")
        return key if value else None
