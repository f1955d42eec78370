"""The only door through which spyne comes in, on every Python this product supports.

spyne 2.14.0 bundles an old copy of `six` whose import hook knows neither `find_spec` (so that spyne does not import on
Python 3.12 and later) nor `exec_module` (so that, once installed, *every* later import of the process warns on 3.11).
The finder below hands spyne the real `six` in its place; the bundled one never runs and its hook is never installed.

The parts of spyne that need `cgi` (its server and SOAP protocols) are not imported: no client byte ever reaches spyne.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

_BUNDLED = "spyne.util.six"


class _RealSixLoader(Loader):
    """Gives the module of the real `six` out under the bundled name."""

    def __init__(self, real_name: str) -> None:
        self._module = importlib.import_module(real_name)
        self._own_spec = self._module.__spec__

    def create_module(self, spec: ModuleSpec) -> ModuleType:  # noqa: ARG002 - the signature is importlib's
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        # The import system has just written the bundled name into a module that others share: give it its own back.
        module.__spec__ = self._own_spec


class RealSixFinder(MetaPathFinder):
    """Answers for `spyne.util.six` and everything below it; leaves all other names to the next finder."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - the signature is importlib's
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        """The spec that leads to the real module, or None for names that are not ours."""
        if fullname != _BUNDLED and not fullname.startswith(f"{_BUNDLED}."):
            return None
        real_name = fullname.removeprefix("spyne.util.")
        return ModuleSpec(fullname, _RealSixLoader(real_name), is_package=True)


def _import_spyne() -> tuple[Any, Any, Any]:
    if not any(isinstance(finder, RealSixFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, RealSixFinder())
    with warnings.catch_warnings():
        # spyne's sources hold escape sequences and calls that newer Pythons warn about; they are not ours to mend.
        warnings.simplefilter("ignore")
        return tuple(importlib.import_module(name) for name in ("spyne", "spyne.model.enum", "spyne.protocol.xml"))  # type: ignore[return-value]


_spyne, _enum, _xml = _import_spyne()

ModelBase = _spyne.ModelBase
ComplexModel = _spyne.ComplexModel
ServiceBase = _spyne.ServiceBase
rpc = _spyne.rpc

Boolean = _spyne.Boolean
ByteArray = _spyne.ByteArray
Date = _spyne.Date
DateTime = _spyne.DateTime
Integer32 = _spyne.Integer32
Integer64 = _spyne.Integer64
Unicode = _spyne.Unicode
Enum = _enum.Enum
EnumBase = _enum.EnumBase
XmlDocument = _xml.XmlDocument
