"""The figures as a table, with the goal beside each."""

from typing import Any

from bench import goals

NOT_MEASURED = "not measured: no request was done in time"


def database(name: str, found: dict[str, Any]) -> str:
    """The table of one database."""
    return "\n".join(_database(name, found))


def live(name: str, found: dict[str, Any]) -> str:
    """The table of what is live, of one database."""
    wanted, share = goals.LIVE[name], found["share of the relay"]
    steady, over, alone = found["steady"], found["at twice that"], found["alone"]
    lines = ["", f"{name}: live, one process, generator and server on the same cores"]

    def times(label: str, spread: dict[str, float], p50: float, p99: float) -> None:
        told = f"{spread.get('p50', 0):.1f}, {spread.get('p99', 0):.1f} ms"
        fits = bool(spread) and spread["p50"] <= p50 and spread["p99"] <= p99
        lines.append(_row(label, told, fits, f"≤ {p50}, {p99} ms"))

    times("one to another, alone: received p50, p99", alone["received"], *goals.ALONE_MS)
    times(f"{steady['offered']}/s: received p50, p99", steady["received"], wanted["p50"], wanted["p99"])
    lines.append(_row("  not heard", str(steady["not heard"]), not steady["not heard"], "0"))
    lines.append(_row("bare relay R0", f"{found['relay']:.0f}/s", True, ""))
    rate = f"{found['highest']['rate']:.0f}/s, {share:.2f} × R0"
    lines.append(_row("as fast as it goes, stored", rate, share >= wanted["share"], f"≥ {wanted['share']}"))
    told = f"{over['rate']:.0f}/s done, {over['busy']} busy, p99 {over['acknowledged'].get('p99', 0):.0f} ms"
    kept = over["rate"] >= 0.8 * found["highest"]["rate"] and not over["not heard"]
    lines.append(_row("twice that offered", told, kept, "no collapse"))
    times("  100/s after it", found["after that"]["received"], 50, 100)
    idle = found["idle"]
    told = f"{idle['connected']:,}, {idle['KB each']:.0f} KB each, {idle['per second']}/s"
    fits = idle["KB each"] <= goals.MOST_IDLE_KB and idle["per second"] >= goals.LEAST_CONNECTS_A_SECOND
    lines.append(
        _row("idle lines", told, fits, f"≤ {goals.MOST_IDLE_KB} KB, ≥ {goals.LEAST_CONNECTS_A_SECOND}/s")
    )
    last = found["fanout"]["last has it"]["p50"]
    told = f"{last:.0f} ms until the last has it"
    lines.append(
        _row(
            f"one post to {found['fanout']['clients']:,}",
            told,
            last <= goals.MOST_FANOUT_MS,
            f"≤ {goals.MOST_FANOUT_MS} ms",
        )
    )
    storm = found["storm"]
    told = f"{storm['all back after']:.1f} s, others' p99 {storm['others'].get('p99', 0):.0f} ms"
    fits = (
        storm["all back after"] <= goals.MOST_STORM_SECONDS
        and storm["others"].get("p99", 0) <= goals.MOST_OTHERS_P99_MS
    )
    lines.append(
        _row(
            f"{storm['clients']:,} cut at once, all back",
            told,
            fits,
            f"≤ {goals.MOST_STORM_SECONDS} s, {goals.MOST_OTHERS_P99_MS} ms",
        )
    )
    return "\n".join(lines)


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
