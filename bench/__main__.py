"""`python -m bench`: a table on the terminal, and bench/results.json."""

import argparse
import json
import os
import platform
import sys
import time
from datetime import UTC, datetime
from typing import Any

from bench import live, load, measuring, report
from bench.databases import RAW, ROOT, Backend, Postgresql, Sqlite, postgresql_url
from bench.report import database, rest

POSTS = 35_000


def main() -> None:
    asked = _arguments()
    RAW.mkdir(parents=True, exist_ok=True)
    if not load.has_wrk():
        say(
            "wrk is not here (Debian: apt-get install wrk): statements, sizes, replies and memory are measured, rates of pages are not."
        )
    backends = _backends(asked.only)
    rounds, seconds = (5, 4.0) if asked.long else (3, 1.0)
    results: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
        "load": os.getloadavg(),
        "assets": measuring.assets(),
    }
    for backend in backends if asked.what != "pages" else []:
        results[f"{backend.name}, live"] = found = live.measure(
            backend, posts=POSTS, long=asked.long, say=say
        )
        print(report.live(backend.name, found), flush=True)
        _keep(results)
    for backend in backends if asked.what != "live" else []:
        results[backend.name] = measuring.measure(
            backend, posts=POSTS, rounds=rounds, seconds=seconds, say=say
        )
        print(database(backend.name, results[backend.name]), flush=True)
        _keep(results)
    if asked.scale:
        results["at_scale"] = {
            backend.name: measuring.at_scale(
                backend, small=POSTS, large=asked.scale, rounds=rounds, seconds=seconds, say=say
            )
            for backend in backends
            if load.has_wrk()
        }
    if asked.what == "live":
        return
    results["second_start"] = measuring.second_start(say)
    _keep(results)
    print(rest(results))


def _keep(results: dict[str, Any]) -> None:
    (ROOT / "bench" / "results.json").write_text(json.dumps(results, indent=1))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument(
        "--long", action="store_true", help="five rounds of four seconds instead of three of one"
    )
    parser.add_argument("--what", choices=["pages", "live"], help="one half")
    parser.add_argument("--only", choices=["sqlite", "postgresql"], help="one database")
    parser.add_argument(
        "--scale", type=int, default=0, metavar="POSTS", help="also against so many posts (1000000)"
    )
    return parser.parse_args()


def _backends(only: str | None) -> list[Backend]:
    found: list[Backend] = []
    if only != "postgresql":
        found.append(Sqlite())
    if only != "sqlite":
        url = postgresql_url()
        if url is not None:
            found.append(Postgresql(url))
        elif only == "postgresql" or os.environ.get("REQUIRE_SERVICES") == "1":
            raise SystemExit("PostgreSQL does not answer (TEST_DATABASE_URL, or port 5432)")
        else:
            say("PostgreSQL does not answer (TEST_DATABASE_URL, or port 5432): SQLite alone is measured.")
    return found


def say(text: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
