"""What docker-compose.yml says, with its variables filled in as Compose would."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
VARIABLE = re.compile(r"\$\$|\$\{(?P<name>\w+)(?:(?P<kind>:[-?])(?P<text>[^}]*))?\}")


class MissingVariableError(Exception):
    """Compose would refuse to start; the text is what it would say."""


@dataclass(frozen=True)
class Service:
    name: str
    command: list[str]
    env: dict[str, str]
    health: list[str]
    waits_for: dict[str, str]


def services(variables: Mapping[str, str]) -> dict[str, Service]:
    content = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    filled = _filled(content["services"], variables)
    return {name: _service(name, found) for name, found in filled.items()}


def _filled(value: Any, variables: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _filled(inner, variables) for name, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, variables) for inner in value]
    return VARIABLE.sub(lambda m: _value(m, variables), value) if isinstance(value, str) else value


def _value(match: re.Match[str], variables: Mapping[str, str]) -> str:
    if match[0] == "$$":
        return "$"
    if found := variables.get(match["name"]):
        return found
    if match["kind"] == ":?":
        raise MissingVariableError(f"{match['name']}: {match['text']}")
    return match["text"] or ""


def _service(name: str, found: dict[str, Any]) -> Service:
    test = found.get("healthcheck", {}).get("test", [])
    health = ["sh", "-c", test[1]] if test[:1] == ["CMD-SHELL"] else test[1:]
    return Service(
        name=name,
        command=shlex.split(found.get("command", "")),
        env={key: str(value) for key, value in found.get("environment", {}).items()},
        health=health,
        waits_for={on: how["condition"] for on, how in found.get("depends_on", {}).items()},
    )
