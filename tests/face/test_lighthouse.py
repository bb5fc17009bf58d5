"""Lighthouse gives at least 95 in all four categories to home, a topic and the sign-in page. Run by `make lighthouse`.

`forum serve` shows the demo to a visitor on a simulated phone on a slow line, as Lighthouse does it by default.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.conftest import KEY
from tests.house.sources import ROOT

pytestmark = pytest.mark.face

LEAST = 95
INTERACTIVE_WITHIN = 2000  # ms, on a simulated slow 4G
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
PAGES = {"home": "/", "topic": "", "sign-in": "/signin"}
FLAGS = "--headless=new --no-sandbox --disable-gpu"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("lighthouse")
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder}/forum.db",
        "INSTANCE_PATH": str(folder),
        "SECRET_KEY": KEY,
        "LOG_LEVEL": "WARNING",
        "PYTHONPATH": str(ROOT),
    }
    for name in ("SITE_URL", "REDIS_URL", "MAIL_URL"):
        environment.pop(name, None)
    server = subprocess.Popen(
        [sys.executable, "-m", "forum.cli.entry", "serve", "--prepare", "--port", "0"],
        env=environment,
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    for line in server.stdout:
        if found := re.search(r"http://[\d.]+:\d+", line):
            break
    else:
        pytest.fail("the server did not start")
    yield found[0]
    server.terminate()
    server.wait(20)
    server.stdout.close()


def a_topic(address: str) -> str:
    """The first topic that a visitor finds in a place."""
    with urlopen(f"{address}/c/welcome-desk") as answer:
        found = re.findall(r'href="(/t/\d+/[^"/?#]+)"', answer.read().decode())
    assert found
    return str(found[0])


def scores(url: str, folder: Path) -> tuple[dict[str, int], int, list[str]]:
    """The four scores of a page, after how many milliseconds one can use it, and what kept the scores from being full."""
    report = folder / "report.json"
    command = [os.environ["LIGHTHOUSE"], url, "--quiet", "--output=json", f"--output-path={report}"]
    command += [f"--chrome-flags={FLAGS}", f"--only-categories={','.join(CATEGORIES)}"]
    subprocess.run(command, env={**os.environ, "CHROME_PATH": os.environ["CHROMIUM"]}, check=True)
    told = json.loads(report.read_text())
    found = {name: round(100 * (told["categories"][name]["score"] or 0)) for name in CATEGORIES}
    weak = [
        f"{audit['title']} ({audit.get('displayValue') or audit['score']})"
        for category in told["categories"].values()
        for ref in category["auditRefs"]
        if ref["weight"] and (audit := told["audits"][ref["id"]])["score"] not in (None, 1)
    ]
    return found, round(told["audits"]["interactive"]["numericValue"]), weak


def test_every_score_is_high(address: str, tmp_path: Path) -> None:
    low = {}
    print(
        "\n| page | " + " | ".join(CATEGORIES) + " | interactive |\n|---|" + "---:|" * (len(CATEGORIES) + 1)
    )
    for name, path in PAGES.items():
        found, interactive, weak = scores(address + (path or a_topic(address)), tmp_path)
        print(
            f"| {name} | "
            + " | ".join(str(found[category]) for category in CATEGORIES)
            + f" | {interactive} ms |"
        )
        for audit in weak:
            print(f"    {name}: {audit}")
        if min(found.values()) < LEAST or interactive > INTERACTIVE_WITHIN:
            low[name] = found, interactive, weak
    assert not low
