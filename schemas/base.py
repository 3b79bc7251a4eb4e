"""The base of every shape: frozen and closed."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A value object: unknown fields are refused, fields cannot be set."""

    model_config = ConfigDict(extra="forbid", frozen=True)
