"""What the settings say of a server of tools that speaks the Model Context Protocol."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

Permission = Literal["allow", "ask", "deny"]
"""What a model may do with a tool: call it, call it after the user's "yes", or not hear of it."""


class McpServer(BaseModel):
    """A program to start (``command``, its input and output are the connection) or a ``url`` to call.

    ``permission`` is for every tool that ``tools`` does not name; ``personas`` are the only ones whose models
    hear of this server, by name (none: all); ``timeout`` is in seconds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    command: str = ""
    args: tuple[str, ...] = ()
    env: dict[str, SecretStr] = Field(default_factory=dict)
    url: str = Field(default="", pattern=r"^(?:https?://[^\s/]+.*)?$")
    headers: dict[str, SecretStr] = Field(default_factory=dict)
    permission: Permission = "ask"
    tools: dict[str, Permission] = Field(default_factory=dict)
    personas: tuple[str, ...] = ()
    timeout: float = Field(default=20.0, gt=0.0, le=600.0)

    @model_validator(mode="after")
    def _is_reached_in_one_way(self) -> McpServer:
        if bool(self.command) == bool(self.url):
            raise ValueError("either command or url is needed")
        if (self.command and self.headers) or (self.url and (self.args or self.env)):
            raise ValueError("args and env go with command, headers with url")
        return self

    def permission_for(self, tool: str) -> Permission:
        """What a model may do with this tool."""
        return self.tools.get(tool, self.permission)
