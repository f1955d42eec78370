"""`python -m tests.attacks [--core] [--only B046 …] [--positions N] [--flips N]`."""

from __future__ import annotations

import argparse
import sys
import tempfile
import warnings
from contextlib import ExitStack
from pathlib import Path

from tests.attacks import differential, guards, report
from tests.attacks.run import Outcome, chosen, run, totals
from tests.attacks.sweep import Found, flips, sweep
from tests.attacks.targets import Target, in_process, served
from tests.servers.postgresql import PostgresCluster
from tests.servers.rabbitmq import RabbitNode, ServerMissingError


def options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make attacks", description="The attack corpus against the product.")
    parser.add_argument("--only", action="append", default=[], metavar="ID", help="only this entry; may be repeated")
    parser.add_argument("--core", action="store_true", help="in this process only, no servers and no HTTP")
    parser.add_argument("--stride", type=int, default=4, help="every how many-th wrapping position (1: all)")
    parser.add_argument("--flips", type=int, default=2000, help="bit flips")
    parser.add_argument("--json", type=Path, default=Path("build/attacks.json"))
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Run what was asked for; 1 when anything is not as it must be."""
    asked = options(arguments)
    warnings.simplefilter("ignore")
    outcomes: list[Outcome] = []
    sweeps: list[Found] = []
    turned: list[Found] = []
    connects, sound = 0, True
    with ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="gateway-attacks-")))
        core = closing.enter_context(in_process(_made(folder / "core")))
        outcomes += _run(core, asked.only)
        if not asked.only:
            connects += core.world.canary.touched  # before other verifiers, which do touch it
            sweeps.append(sweep(core.world, stride=asked.stride))
            turned.append(flips(core.world, asked.flips))
            sound = all([guards.tell(core), differential.tell(core)])
        else:
            connects += core.world.canary.touched
    if not asked.core:
        with ExitStack() as closing:
            folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="gateway-attacks-")))
            target = closing.enter_context(served(_made(folder / "served"), **_servers(closing)))
            outcomes += _run(target, asked.only)
            connects += target.world.canary.touched
    report.table(outcomes)
    if not asked.only:
        report.write(outcomes, asked.json)
    failed = [each for each in outcomes if not each.holds]
    for each in failed:
        for problem in each.problems:
            print(f"{each.entry.id} {each.entry.name}: {problem}")
    found = totals(outcomes, sweeps, turned, connects)
    print(found.line())
    good = found.good == found.good_of and not (found.wrongly or found.crashed or found.connects)
    return 0 if good and sound and not failed else 1


def _run(target: Target, only: list[str]) -> list[Outcome]:
    outcomes = []
    for each in run(target, chosen(only)):
        outcomes.append(each)
        if not each.holds:
            print(f"{target.name} {each.entry.id}: {each.problems[0]}", file=sys.stderr, flush=True)
    return outcomes


def _servers(closing: ExitStack) -> dict[str, str]:
    """PostgreSQL and RabbitMQ of our own, where they are installed; otherwise SQLite files that both share."""
    try:
        rabbit, postgres = RabbitNode(), PostgresCluster()
    except ServerMissingError as error:
        print(f"*** over HTTP on SQLite, not on PostgreSQL and RabbitMQ: {error} ***", file=sys.stderr)
        return {}
    for server in (rabbit, postgres):
        closing.callback(server.close)
        server.start()
    return {"database": postgres.new_database(), "broker": rabbit.new_vhost()}


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
