"""The benchmarks on a machine that has no time: windows are lengthened, and what saw no request is not measured."""

from pathlib import Path
from typing import Any

import pytest

from bench import goals, load, measuring, report, rotating
from bench.load import Asked, Run
from bench.servers import Server

NOTHING = Run(requests=0, rate=0.0, p50=0.0, p99=0.0, faults=0, cpu=0.0)
SOME = Run(requests=100, rate=50.0, p50=1.0, p99=2.0, faults=0, cpu=1.0)


def found(**changes: Any) -> dict[str, Any]:
    pages = measuring._median([(SOME, 100.0, 0.5)])
    return {
        "loading": "35,000 posts",
        "settings": "forum serve",
        "load": 0.5,
        "cores": 2,
        "pages": dict.fromkeys([page.label for page in goals.PAGES], pages),
        "statements": {"topic, visitor": {"statements": 1, "compressed": 9_000}},
        "replies": {"taken": 5, "rate": 200.0, "p50": 1.0, "p99": 2.0, "refused": 0},
        "memory": {},
        **changes,
    }


def test_a_window_without_requests_is_lengthened(monkeypatch: pytest.MonkeyPatch) -> None:
    windows: list[float] = []

    def see_nothing_at_first(_server: Server, _asked: Asked, seconds: float) -> Run:
        windows.append(seconds)
        return SOME if seconds >= 8 else NOTHING

    monkeypatch.setattr(load, "_window", see_nothing_at_first)
    assert load.wrk(Server(None, 0), Asked("/", {}), 1.0) is SOME  # type: ignore[arg-type]
    assert windows == [1.0, 2.0, 4.0, 8.0]
    windows.clear()
    monkeypatch.setattr(load, "_window", lambda _s, _a, seconds: windows.append(seconds) or NOTHING)
    assert load.wrk(Server(None, 0), Asked("/", {}), 4.0) is NOTHING  # type: ignore[arg-type]
    assert windows[-1] == load.LONGEST


def test_what_saw_no_request_is_not_measured() -> None:
    assert measuring._median([(NOTHING, 100.0, 0.5), (SOME, 0.0, 0.5)]) is None
    some = measuring._median([(NOTHING, 100.0, 0.5), (SOME, 100.0, 0.5)])
    assert some is not None
    assert some["ratio"] == 0.5
    told = report.database(
        "sqlite",
        found(
            pages=dict.fromkeys([page.label for page in goals.PAGES]),
            replies={"taken": 0, "rate": 0.0, "p50": 0.0, "p99": 0.0, "refused": 0},
        ),
    )
    assert told.count("not measured") == len(goals.PAGES) + 1
    assert told.count("missed") == sum(page.goal is not None for page in goals.PAGES) + 1


def test_a_run_beside_others_is_marked_and_says_how_the_server_ran() -> None:
    assert "forum serve" in report.database("sqlite", found())
    assert "Disturbed" not in report.database("sqlite", found())
    assert "the load was 7.2 on 2 cores" in report.database("sqlite", found(load=7.2))


def test_goals_of_people_signed_in_are_judged_where_many_ask() -> None:
    judged = [page for page in goals.PAGES if page.who and page.goal]
    assert {page.page for page in judged} == {"topic", "category", "home"}
    assert all(page.rotates for page in judged)


def test_the_script_holds_every_page_and_person(tmp_path: Path) -> None:
    script = rotating.write(tmp_path / "r.lua", ["/t/1/a", "/t/2/b"], ["s=1", "s=2", "s=3"]).read_text()
    assert 'paths, cookies, threads = {"/t/1/a", "/t/2/b"}, {"s=1", "s=2", "s=3"}, 0' in script
    assert "at % #paths" in script
