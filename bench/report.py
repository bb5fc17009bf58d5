"""The figures as a table, with the goal beside each."""

from typing import Any

from bench import goals

NOT_MEASURED = "not measured: no request was done in time"


def database(name: str, found: dict[str, Any]) -> str:
    """The table of one database."""
    return "\n".join(_database(name, found))


def rest(results: dict[str, Any]) -> str:
    """What stands below the tables of the databases."""
    lines: list[str] = []
    for name, found in results.get("at_scale", {}).items():
        lines += _at_scale(name, found)
    lines += ["", "Beside the databases"]
    if "second_start" in results:
        lines.append(
            _row(
                "second start to first answer",
                f"{results['second_start']:.1f} s",
                results["second_start"] <= goals.MOST_SECOND_START,
                f"≤ {goals.MOST_SECOND_START} s",
            )
        )
    for kind, most in (("css", goals.MOST_CSS_KB), ("js", goals.MOST_JS_KB)):
        size = results["assets"][kind]
        lines.append(_row(f"all {kind}, compressed", f"{size:.1f} KB", size <= most, f"≤ {most} KB"))
    return "\n".join(lines)


def _database(name: str, found: dict[str, Any]) -> list[str]:
    lines = ["", f"{name}: {found['loading']}", f"  {found['settings']}"]
    if found["load"] > found["cores"]:
        lines.append(
            f"  Disturbed: when it began, the load was {found['load']:.1f} on {found['cores']} cores. The rates say little."
        )
    pages = found.get("pages", {})
    if pages:
        lines.append(f"  {'':44}{'req/s':>8} {'F0':>8} {'× F0':>7} {'by CPU':>7} {'p99 ms':>8}   goal")
    for page in goals.PAGES:
        if page.label not in pages:
            continue
        figure = pages[page.label]
        if figure is None:
            lines.append(
                _row(page.label, NOT_MEASURED, page.goal is None, f"≥ {page.goal}" if page.goal else "")
            )
        else:
            numbers = f"{figure['rate']:8.0f} {figure['f0']:8.0f} {figure['ratio']:7.2f} {figure['cpu_ratio']:7.2f} {figure['p99']:8.1f}"
            lines.append(_row(page.label, numbers, *_share(figure["ratio"], page.goal)))
    for label, one, other in goals.COMPARED:
        if pages.get(one) and pages.get(other):
            times = pages[other]["ratio"] / pages[one]["ratio"]
            lines.append(
                _row(
                    label,
                    f"{times:.2f} × its time",
                    times <= goals.MOST_LAST_PAGE,
                    f"≤ {goals.MOST_LAST_PAGE}",
                )
            )
    for label, counted in found["statements"].items():
        most = goals.STATEMENTS.get(label)
        size = counted["compressed"] / 1024
        fits = most is None or counted["statements"] <= most
        told = f"≤ {most}" if most is not None else ""
        lines.append(
            _row(f"statements, {label}", f"{counted['statements']:3}   {size:5.1f} KB compressed", fits, told)
        )
    size = found["statements"]["topic, visitor"]["compressed"] / 1024
    lines.append(
        _row(
            "topic page, compressed",
            f"{size:.1f} KB",
            size <= goals.MOST_PAGE_KB,
            f"≤ {goals.MOST_PAGE_KB} KB",
        )
    )
    replies, least = found["replies"], goals.REPLIES_A_SECOND[name]
    rate = f"{replies['rate']:.0f}/s" if replies["taken"] else NOT_MEASURED
    lines.append(_row("replies, 8 writers", rate, replies["rate"] >= least, f"≥ {least}/s"))
    if replies["taken"]:
        lines.append(
            _row(
                "  p50, p99",
                f"{replies['p50']:.0f}, {replies['p99']:.0f} ms",
                replies["p99"] <= goals.MOST_REPLY_MS,
                f"≤ {goals.MOST_REPLY_MS} ms",
            )
        )
    if replies["refused"]:
        lines.append(_row("  refused", f"{replies['refused']:.0f}", False, "0"))
    memory = found["memory"].get("VmRSS", 0.0)
    lines.append(
        _row(
            "memory of the server after the run",
            f"{memory:.0f} MB",
            memory <= goals.MOST_MEMORY_MB,
            f"≤ {goals.MOST_MEMORY_MB} MB",
        )
    )
    return lines


def _at_scale(name: str, found: dict[str, Any]) -> list[str]:
    lines = ["", f"{name}, {found['posts']:,} posts against few: {found['loading']}"]
    for label, figure in found["times"].items():
        if figure is None:
            lines.append(_row(label, NOT_MEASURED, False, f"≤ {goals.MOST_AT_SCALE}"))
            continue
        numbers = f"{figure['times']:.2f} × its time ({figure['cpu_times']:.2f} by CPU)"
        lines.append(_row(label, numbers, figure["times"] <= goals.MOST_AT_SCALE, f"≤ {goals.MOST_AT_SCALE}"))
    memory = found["memory"].get("VmRSS", 0.0)
    lines.append(
        _row(
            "memory of the server",
            f"{memory:.0f} MB",
            memory <= goals.MOST_MEMORY_MB,
            f"≤ {goals.MOST_MEMORY_MB} MB",
        )
    )
    return lines


def _share(ratio: float, goal: float | None) -> tuple[bool, str]:
    return (True, "") if goal is None else (ratio >= goal, f"≥ {goal}")


def _row(label: str, numbers: str, fits: bool, goal: str) -> str:
    return f"  {label:44}{numbers:42}   {goal}{'' if fits else '   missed'}".rstrip()
