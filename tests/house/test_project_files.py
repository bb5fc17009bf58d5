"""Rules for the project's own files: locks, what pyproject.toml names, no path of anybody's machine."""

import ast
import json
import re
import tomllib
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.detectors import find_dead_links, find_lock_faults, find_machine_paths
from tests.house.sources import ROOT, Finding, tell, tracked_files

LOCKS = ["requirements/run.lock", "requirements/dev.lock"]
GOOD_LOCK = "flask==3.1.3 \\\n    --hash=sha256:00\n    # via collegium (pyproject.toml)\n"


@pytest.fixture(scope="module")
def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def pinned(lock: str) -> dict[str, set[str]]:
    """Each package of a lock with the versions it is pinned to (more than one where Pythons differ)."""
    versions: dict[str, set[str]] = {}
    for name, version in re.findall(
        r"^([\w.-]+)(?:\[[^]]+\])?==([^\s;]+)", (ROOT / lock).read_text(), re.MULTILINE
    ):
        versions.setdefault(canonicalize_name(name), set()).add(version)
    return versions


def needed_by(pyproject: dict[str, Any], *extras: str) -> list[Requirement]:
    project = pyproject["project"]
    lines = project["dependencies"] + [
        line for extra in extras for line in project["optional-dependencies"][extra]
    ]
    return [r for r in map(Requirement, lines) if r.name != project["name"]]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_versions_and_hashes_and_names_no_address(lock: str) -> None:
    findings = list(find_lock_faults(lock, (ROOT / lock).read_text(encoding="utf-8")))
    assert not findings, tell(findings)
    assert len(pinned(lock)) > 40


@pytest.mark.parametrize(
    "text",
    [
        "--index-url https" + "://example.org/simple\n" + GOOD_LOCK,
        "--find-links wheels\n" + GOOD_LOCK,
        "-e .\n" + GOOD_LOCK,
        "flask @ file" + ":///wheels/flask.whl \\\n    --hash=sha256:00\n",
        "flask>=3.1 \\\n    --hash=sha256:00\n",
        "flask==3.* \\\n    --hash=sha256:00\n",
        "flask==3.1.3\n",
        "flask==3.1.3\nbleach==6.4.0 \\\n    --hash=sha256:00\n",
    ],
)
def test_a_fault_in_a_lock_is_caught(text: str) -> None:
    assert list(find_lock_faults("planted.lock", text))
    assert not list(find_lock_faults("planted.lock", GOOD_LOCK))


def test_both_locks_hold_the_same_versions() -> None:
    run, dev = (pinned(lock) for lock in LOCKS)
    assert {name: versions for name, versions in run.items() if dev.get(name) != versions} == {}


@pytest.mark.parametrize(
    ("lock", "extras"), [(LOCKS[0], ("build",)), (LOCKS[1], ("build", "dev", "scale"))], ids=["run", "dev"]
)
def test_the_locks_are_in_step_with_pyproject(
    pyproject: dict[str, Any], lock: str, extras: tuple[str, ...]
) -> None:
    versions = pinned(lock)
    missing = [
        str(requirement)
        for requirement in needed_by(pyproject, *extras)
        if not any(
            requirement.specifier.contains(v) for v in versions.get(canonicalize_name(requirement.name), ())
        )
    ]
    assert not missing, f"run `make lock`: {missing}"


def test_every_file_that_pyproject_names_exists(pyproject: dict[str, Any]) -> None:
    project, tool = pyproject["project"], pyproject["tool"]
    named = [
        project["readme"],
        *project["license-files"],
        *tool["mypy"]["files"],
        *tool["pytest"]["ini_options"]["testpaths"],
        *(pattern.removesuffix(".*") for pattern in tool["setuptools"]["packages"]["find"]["include"]),
    ]
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_console_script_has_its_function(pyproject: dict[str, Any]) -> None:
    for script, target in pyproject["project"]["scripts"].items():
        module, _, function = target.partition(":")
        tree = ast.parse((ROOT / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8"))
        assert function in {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}, script


def test_no_file_names_a_place_on_one_machine() -> None:
    findings: list[Finding] = []
    for name in tracked_files():
        content = (ROOT / name).read_bytes()
        # Sample mails and dumps hold what people once wrote.
        if b"\0" in content or name.startswith("tests/data/"):
            continue
        findings += find_machine_paths(name, content.decode("utf-8", "replace"))
    assert not findings, tell(findings)


@pytest.mark.parametrize("folder", ["work", "root", "home", "Users", "tmp"])
def test_a_path_of_one_machine_is_caught(folder: str) -> None:
    for before in ("", "'", "(", "path=", "file://"):
        assert list(find_machine_paths("planted.md", f"{before}/{folder}/x")), before
    assert not list(
        find_machine_paths("planted.md", f"/c/{folder}/x is an address, {folder}/x a folder of the project")
    )


def test_every_link_of_the_documentation_leads_somewhere() -> None:
    others = ("tests/data/", "forum/demo/content/")  # texts of people, with links of the site
    pages = [name for name in tracked_files() if name.endswith(".md") and not name.startswith(others)]
    findings = [
        f for name in pages for f in find_dead_links(ROOT, name, (ROOT / name).read_text(encoding="utf-8"))
    ]
    assert not findings, tell(findings)
    assert "README.md" in pages


def test_a_dead_link_is_caught() -> None:
    assert list(find_dead_links(ROOT, "docs/README.md", "See [this](nowhere.md)."))
    fine = (
        "[a](../README.md#two-commands) [b](https" + "://example.org) [c](#here)\n```\n[d](nowhere.md)\n```"
    )
    assert not list(find_dead_links(ROOT, "docs/README.md", fine))


@pytest.mark.parametrize("folder", ["face", "interoperation"])
def test_the_locks_of_npm_have_hashes_and_no_addresses(folder: str) -> None:
    text = (ROOT / "tests" / folder / "package-lock.json").read_text(encoding="utf-8")
    assert "://" not in text
    packages = json.loads(text)["packages"]
    assert len(packages) > 1
    assert [name for name, package in packages.items() if name and not package.get("integrity")] == []
