"""Every benchmark, or those named: `python -m benchmarks [b1 b4 ...] [--lines 1000000]`.

Each runs the product path, a peer and the raw limit in the same run on the same data, alternating, three times, and
prints medians and ratios. Only ratios are targets; the machine's seconds are not.
"""

import argparse
import importlib

NAMES = (
    "b1_import",
    "b4_refresh",
    "b7_engines",
    "b12_pages",
    "b14_start",
    "b15_forecast",
    "changes_found",
    "accuracy",
    "cost_curve",
    "messages",
    "allocation",
    "whole_day",
    "simulator",
    "proof",
    "killed_messages",
    "story_year",
)
LONG = {"accuracy", "killed_messages"}
"""More than half an hour: only when named."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(NAMES)} (a beginning is enough)")
    parser.add_argument("--lines", type=int, default=1_000_000, help="order lines in the invented shop")
    parser.add_argument("--runs", type=int, default=3)
    said = parser.parse_args()
    for name in NAMES:
        if (not said.names and name not in LONG) or any(name.startswith(wanted) for wanted in said.names):
            importlib.import_module(f"benchmarks.{name}").run(lines=said.lines, runs=said.runs)


if __name__ == "__main__":
    main()
