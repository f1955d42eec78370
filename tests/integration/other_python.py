"""Run by the interpreter under test: imports every module of the product. `demo` then shows that it also works."""

from __future__ import annotations

import importlib
import pkgutil
import sys

# Its environment is Alembic's to give: it cannot be imported outside a migration.
_BY_ALEMBIC_ONLY = "handlers.store.migrations.env"
_RUN_WHEN_IMPORTED = "gateway.cli.__main__"


def _fail(name: str) -> None:
    raise ImportError(f"{name} cannot be imported")


def main() -> None:
    names = list(_modules())
    for name in names:
        importlib.import_module(name)
    print(f"{len(names)} modules imported on {sys.version.split()[0]}")


def _modules():
    for package in ("gateway", "handlers", "queues"):
        yield package
        path = importlib.import_module(package).__path__
        for module in pkgutil.walk_packages(path, package + ".", onerror=_fail):
            if module.name not in (_BY_ALEMBIC_ONLY, _RUN_WHEN_IMPORTED):
                yield module.name


if __name__ == "__main__":
    main()
