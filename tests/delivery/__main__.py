"""`make delivery`: every scenario on every database, a table, the raw history of each, and a failure where a fault was found."""

import argparse
import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.conftest import databases
from tests.delivery import scenarios
from tests.delivery.scenarios import Result, run
from tests.delivery.servers import ROOT, Redis

KEPT = ROOT / "bench" / "raw" / "delivery"
Run = Callable[[str, Path], Result]


def plan(short: bool) -> Iterator[tuple[str, tuple[str, ...], Run]]:
    """(name, databases it can run on, how) of each scenario; the short form does the same less often."""
    both, postgresql = ("sqlite", "postgresql"), ("postgresql",)

    def of(name: str, act: Any, **how: Any) -> Run:
        return lambda kind, folder: run(name, act, kind, folder, **how)

    times = (lambda often, seldom: seldom) if short else (lambda often, seldom: often)
    yield "killed", both, of("killed", scenarios.killed(times(30, 2)))
    yield "same id", both, of("same id", scenarios.same_id_again(20), people=2)
    yield (
        "all drop",
        both,
        of("all drop", scenarios.all_drop(times(5, 1)), people=times(50, 10), devices_each=times(10, 5)),
    )
    yield (
        "never reads",
        both,
        of("never reads", scenarios.never_reads(times(2000, 300)), people=2, devices_each=1),
    )
    yield "backends ended", postgresql, of("backends ended", scenarios.backends_ended(times(20, 2)))
    yield (
        "redis gone",
        postgresql,
        of("redis gone", scenarios.redis_gone(times(30.0, 2.0)), processes=2, with_redis=True),
    )


def main() -> int:
    asked = _arguments()
    shutil.rmtree(KEPT, ignore_errors=True)
    results: list[Result] = []
    for name, kinds, how in plan(asked.short):
        for kind in kinds:
            if kind not in databases() or (asked.only and asked.only != name):
                continue
            if "redis" in name and not Redis.is_here():
                print("redis-server is not here: what happens without Redis is left out", flush=True)
                continue
            folder = KEPT / f"{name.replace(' ', '-')}-{kind}"
            begun = time.monotonic()
            result = how(kind, folder)
            result.measured["seconds"] = round(time.monotonic() - begun, 1)
            results.append(result)
            print(_line(result), flush=True)
    (KEPT / "report.json").write_text(json.dumps([asdict(one) for one in results], indent=1))
    print(f"\nThe raw histories are in {KEPT.relative_to(ROOT)}.")
    found = sum(len(one.faults) for one in results)
    print(
        f"{len(results)} scenarios, {sum(one.counts.acknowledged for one in results)} messages acknowledged, {found} faults"
    )
    return 1 if found or not results else 0


def _line(result: Result) -> str:
    """What a scenario came to, in some lines."""
    told = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in asdict(result.counts).items())
    measured = ", ".join(f"{name}: {value}" for name, value in result.measured.items())
    head = f"{result.scenario} on {result.database}: {'no fault' if not result.faults else 'FAULTS'}"
    return "\n  ".join([head, told, measured, *result.faults[:20]])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make delivery ARGS=…", description=__doc__)
    parser.add_argument("--short", action="store_true", help="the same, less often: about a minute")
    parser.add_argument("--only", metavar="SCENARIO", help="one of them, by its name")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
