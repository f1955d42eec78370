"""Reading the settings: from the environment, from the file, or as they ship; and saying where each came from."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

from gateway.settings import Settings, SettingsError, told
from gateway.settings_rules import check


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value came from, for `gateway settings`."""

    name: str
    value: str
    unit: str
    unit_az: str
    origin: str
    meaning: str
    meaning_az: str


PREFIX: Final = "GATEWAY_"
_NAMES_IN_ORDER: Final = tuple(each.name for each in fields(Settings))
_NAMES: Final = frozenset(_NAMES_IN_ORDER)
_SPECIAL: Final = frozenset({"GATEWAY_CONFIG"})


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; raises `SettingsError` for an unknown name or a value that cannot be used."""
    return load_with_origins(environ)[0]


def load_with_origins(environ: Mapping[str, str]) -> tuple[Settings, list[Origin]]:
    """The settings, and for each of them its value (secrets masked), unit and origin."""
    _refuse_unknown_variables(environ)
    path = _file_of(environ)
    table = _read_file(path)
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for each in fields(Settings):
        variable = PREFIX + each.name.upper()
        if variable in environ:
            raw, origins[each.name] = environ[variable], variable
        elif each.name in table:
            raw, origins[each.name] = table[each.name], str(path)
        else:
            continue
        values[each.name] = _convert(each.name, raw, type(each.default), origins[each.name])
    settings = Settings(**values)
    check(settings, origins)
    shown = [
        Origin(
            name=each.name,
            value=_shown(settings, each.name),
            origin=origins.get(each.name, "default"),
            **each.metadata,
        )
        for each in fields(Settings)
    ]
    return settings, shown


def _shown(settings: Settings, name: str) -> str:
    return str(told(name, _effective(settings, name)))


def _effective(settings: Settings, name: str) -> Any:
    if name in ("database", "broker"):
        return getattr(settings, f"{name}_url")
    return getattr(settings, name)


def _refuse_unknown_variables(environ: Mapping[str, str]) -> None:
    for variable in sorted(environ):
        known = variable in _SPECIAL or variable.removeprefix(PREFIX).lower() in _NAMES
        if variable.startswith(PREFIX) and not known:
            raise SettingsError(
                f"{variable} is not a setting. `gateway settings` lists the known ones.",
                f"{variable} adlı parametr yoxdur. Olanların siyahısı: `gateway settings`.",
            )


def _file_of(environ: Mapping[str, str]) -> Path:
    if "GATEWAY_CONFIG" in environ:
        path = Path(environ["GATEWAY_CONFIG"])
        if not path.is_file():
            raise SettingsError(
                f"GATEWAY_CONFIG names {path}, which is not a file.",
                f"GATEWAY_CONFIG dəyişənində göstərilən {path} fayl deyil.",
            )
        return path
    return Path(environ.get("GATEWAY_HOME", ".gateway")) / "gateway.toml"


def _read_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path} cannot be read as TOML: {error}", f"{path} TOML kimi oxunmur: {error}") from error
    unknown = sorted(set(table) - _NAMES)
    if unknown:
        names = ", ".join(unknown)
        raise SettingsError(
            f"{path}: {names}: no such setting. `gateway settings` lists the known ones.",
            f"{path}: {names}: belə parametr yoxdur. Olanların siyahısı: `gateway settings`.",
        )
    return table


def _convert(name: str, raw: Any, kind: type, origin: str) -> Any:
    try:
        # bool is an int to Python; `http_threads = true` is a mistake all the same.
        return kind(None if isinstance(raw, bool) and kind is not str else raw)
    except (TypeError, ValueError) as error:
        wanted, wanted_az = ("a whole number", "tam ədəd") if kind is int else ("a number", "ədəd")
        raise SettingsError(
            f"{name} (from {origin}) must be {wanted}.", f"{name} ({origin}) {wanted_az} olmalıdır."
        ) from error
