"""``python -m benchmarks``: every measurement beside its calibrator, in one run, as ratios."""

import sys
import tempfile
from pathlib import Path

from benchmarks import (
    answering,
    change,
    export,
    export_files,
    free_text,
    groups,
    long_form,
    mail,
    planning,
    results,
    tick,
)
from benchmarks import report as reporting


def report(title: str, bare: str, ours: str, ratio: float, aim: str) -> None:
    print(f"{title:<44} bare {bare:>9}   ours {ours:>9}   ratio {ratio:5.2f}   (aim {aim})", flush=True)


def main(chosen: str) -> None:
    with tempfile.TemporaryDirectory(prefix="folja-bench-") as name:
        folder = Path(name)
        if "a" in chosen or "b" in chosen:
            for title, bare, ours in answering.measure(folder):
                report(title, f"{bare:.0f}/s", f"{ours:.0f}/s", ours / bare, "≥ 0.5")
        for letter, module, aim in (("c", export, "3.0"), ("d", mail, "2.0")):
            if letter in chosen:
                for title, bare, ours in module.measure(folder):
                    report(title, f"{bare:.2f} s", f"{ours:.2f} s", ours / bare, f"≤ {aim}")
        if "e" in chosen:
            for title, milliseconds in tick.measure(folder):
                print(f"{title:<44} {milliseconds:8.1f} ms")
        if "f" in chosen:
            for title, few, many in planning.moved(folder):
                print(f"{title:<44} 1 000: {few * 1000:8.1f} ms   100 000: {many * 1000:8.1f} ms", flush=True)
        if "g" in chosen:
            for title, bare, ours in planning.expanded(folder):
                report(title, f"{bare:.2f} s", f"{ours:.2f} s", ours / bare, "–")
        if "i" in chosen:
            for title, bare, ours in long_form.measure(folder):
                report(title, f"{bare:.0f}/s", f"{ours:.0f}/s", ours / bare, "≥ 0.5")
        if "k" in chosen:
            for title, bare, ours in change.measure(folder):
                report(title, f"{bare:.2f} s", f"{ours:.2f} s", ours / bare, "–")
        if "m" in chosen:
            for title, milliseconds in reporting.measure(folder):
                print(f"{title:<44} {milliseconds:8.1f} ms", flush=True)
        if "l" in chosen:
            for title, bare, ours, bare_peak, our_peak in export_files.measure(folder):
                report(title, f"{bare:.2f} s", f"{ours:.2f} s", ours / bare, "≤ 3.0")
                print(
                    f"{'   highest memory':<44} bare {bare_peak:6.0f} MB   ours {our_peak:6.0f} MB",
                    flush=True,
                )
        if "n" in chosen:
            for title, seconds, peak in export_files.memory(folder):
                print(f"{title:<44} {seconds:8.1f} s {peak:8.0f} MB", flush=True)
        if "p" in chosen:
            for title, bare, ours in free_text.measure(folder):
                report(title, f"{bare:.2f} s", f"{ours:.3f} s", ours / bare, "≤ 0.5 s")
        if "h" in chosen:
            for title, bare, ours in mail.measure_many(folder):
                report(title, f"{bare:.2f} s", f"{ours:.2f} s", ours / bare, "≤ 2.0")
        if "j" in chosen:
            for title, bare, cold, warm in results.measure(folder):
                report(f"{title}, cold", f"{bare:.2f} s", f"{cold:.2f} s", cold / bare, "≤ 2.0, ≤ 1 s")
                report(f"{title}, warm", f"{bare:.2f} s", f"{warm:.2f} s", warm / bare, "≤ 2.0, ≤ 1 s")
        if "o" in chosen:
            for title, bare, cold, warm in groups.measure(folder):
                report(f"{title}, cold", f"{bare:.2f} s", f"{cold:.2f} s", cold / bare, "≤ 2 s")
                report(f"{title}, warm", f"{bare:.2f} s", f"{warm:.2f} s", warm / bare, "≤ 2 s")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "abcdefghijklmnop")
