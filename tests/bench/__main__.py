"""``make bench``: run every bench_*.py here, print a table, write build/bench.json.

    python -m tests.bench            all of them
    python -m tests.bench pop log    only these

Exit code 1 when a figure misses its target.
"""

from __future__ import annotations

import importlib
import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
RESULTS = HERE.parents[1] / "build" / "bench.json"
Figures = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Target:
    name: str
    figure: str
    at_most: float | None = None
    at_least: float | None = None

    def met(self, value: float) -> bool:
        if self.at_most is not None:
            return value <= self.at_most
        return self.at_least is None or value >= self.at_least

    def __str__(self) -> str:
        return f"≤ {self.at_most:g}" if self.at_most is not None else f"≥ {self.at_least:g}"


TARGETS = (
    Target("pop", "p50_ratio", at_most=2),
    Target("pop", "p99_ratio", at_most=3),
    Target("pop_busy", "p50_ratio", at_most=2),
    Target("pop_busy", "p99_ratio", at_most=3),
    Target("ingest", "ratio", at_least=2),
    Target("lookup", "ratio", at_most=1.5),
    Target("log", "per_s", at_least=200),
    Target("log", "events_per_s", at_least=5000),
    Target("resync", "worst_ms", at_most=2000),
    Target("resync_asterisk", "worst_ms", at_most=2000),
    Target("inbox", "adds_p99_ms", at_most=1),
    Target("vault", "ratio", at_most=5),
    Target("route", "p50_ms", at_most=5),
    Target("route", "worst_p50_ms", at_most=50),
    Target("route", "worst_ms", at_most=2000),
    Target("desk_load", "interactive_ms", at_most=1000),
    Target("desk_load", "first_load_gzip_kb", at_most=100),
    Target("desk_load", "sign_in_gzip_kb", at_most=25),
    Target("desk_load_sip", "interactive_ms", at_most=1000),
    Target("desk_pop", "painted_p95_ms", at_most=50),
    Target("desk_strip", "main_thread_share", at_most=0.15),
    Target("desk_shift", "heap_growth", at_most=0.1),
    Target("desk_shift", "heap_growth_with_code", at_most=0.1),
)


def summarise(figures: Figures) -> Figures:
    """`lookup` and `route` as one object each, beside the cases they are made of."""
    more: Figures = {}
    lookups = [found for name, found in figures.items() if name.startswith("lookup_")]
    if lookups:
        more["lookup"] = {"ratio": max(found["ratio"] for found in lookups)}
    ill = [found for name, found in figures.items() if name.startswith("route_")]
    if "route_up" in figures:
        more["route"] = {
            "p50_ms": figures["route_up"]["p50_ms"],
            "p99_ms": figures["route_up"]["p99_ms"],
            "worst_p50_ms": max(found["p50_ms"] for found in ill),
            "worst_ms": max(found["max_ms"] for found in ill),
        }
    return figures | more


def main(wanted: list[str]) -> int:
    console = Console()
    figures: Figures = {}
    names = sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))
    for name in wanted or names:
        began = time.monotonic()
        with console.status(f"{name} …"):
            run: Callable[[], Figures] = importlib.import_module(f"tests.bench.bench_{name}").run
            figures |= run()
        console.print(f"[dim]{name}: {time.monotonic() - began:.0f} s[/dim]")
    figures = summarise(figures)
    console.print(_table(figures))
    RESULTS.parent.mkdir(exist_ok=True)
    kept = orjson.loads(RESULTS.read_bytes()) if wanted and RESULTS.exists() else {}
    machine = {"cpus": os.cpu_count() or 0, "python": platform.python_version()}
    written = kept | figures | {"machine": machine}
    RESULTS.write_bytes(orjson.dumps(written, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))
    console.print(f"Written to {RESULTS}")
    missed = [t for t in TARGETS if t.name in figures and not t.met(figures[t.name][t.figure])]
    return 1 if missed else 0


def _table(figures: Figures) -> Table:
    table = Table("name", "figure", "measured", "to reach", "", title="Benchmarks")
    for name, found in figures.items():
        targets = {target.figure: target for target in TARGETS if target.name == name}
        for place, (figure, value) in enumerate(found.items()):
            target = targets.get(figure)
            verdict = ("✓" if target.met(value) else "[red]missed[/red]") if target else ""
            shown = name if place == 0 else ""
            table.add_row(shown, figure, f"{value:,g}", str(target or ""), verdict)
        table.add_section()
    return table


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
