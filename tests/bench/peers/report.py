"""Prints the figures, as tables or as JSON lines; progress goes to standard error."""

import json
import sys
import time

from roster import OURS

CELL = 17


class Report:
    def __init__(self, as_json):
        self.as_json = as_json
        self.begin = time.monotonic()

    def progress(self, done, of, what):
        passed = time.monotonic() - self.begin
        left = f", about {passed / done * (of - done) / 60:.1f} min left" if done else ""
        print(f"[{done}/{of}] {what}{left}", file=sys.stderr, flush=True)

    def show(self, line):
        if self.as_json:
            print(json.dumps(rounded(line)), flush=True)
        else:
            getattr(self, "show_" + line["kind"])(line)
            sys.stdout.flush()

    def show_setting(self, line):
        print(f"MobileNet-V1, float32, batch 1, random weights. {line['rounds']} rounds, {line['turn_ms']} ms a turn.")
        print(f"{line['cpu']}; processors used: {', '.join(map(str, line['cpus']))}")
        print("versions: " + ", ".join(f"{name} {version}" for name, version in line["versions"].items()))
        for name, reason in line["absent"].items():
            print(f"skipped: {name}: {reason}")
        self.names = list(line["versions"])
        print("\nms: median (minimum). ratio: camlabel's median by the best peer's, then the median and the middle half"
              " of the rounds' ratios. peak: the share of what multiply-adds reach at most in the same run, of camlabel's"
              " median (minimum); by round: of what they reach in the same round, median and middle half.\n")
        print("network  threads " + "".join(f"{name:>{CELL}}" for name in self.names) + "    ratio")

    def show_network(self, line):
        contenders = line["contenders"]
        text = f"{line['width']:g}/{line['resolution']}".ljust(9) + f"{line['threads']:7} "
        for name in self.names:
            found = contenders.get(name)
            cell = f"{found['ms_median']:.3f} ({found['ms_min']:.3f})" if found else "-"
            text += f" {cell:>{CELL - 1}}"
        if "ratio" in line:
            low, high = line["round_ratio_quartiles"]
            text += (f"    {line['ratio']:.3f} {line['best_peer']}, {line['round_ratio_median']:.3f}"
                     f" ({low:.3f} … {high:.3f})")
        if "peak_fraction" in line:
            low, high = line["round_peak_fraction_quartiles"]
            text += (f"  peak {100 * line['peak_fraction']:.0f} ({100 * line['peak_fraction_fastest']:.0f}) % of"
                     f" {line['peak_gflops']:.0f} GFLOP/s, by round"
                     f" {100 * line['round_peak_fraction_median']:.0f} ({100 * low:.0f} … {100 * high:.0f})")
        print(text)
        for name, figures in contenders.items():
            if figures["idle_cpu_percent"] > 1:
                print(f"         note: {name} used {figures['idle_cpu_percent']:.1f} % of a processor while it"
                      " should rest")

    def show_call(self, line):
        print("\nWhat one call costs at least, with nothing to compute (contained in the times above, not subtracted):")
        print("  " + ", ".join(f"{name} {found['us_median']:.1f} µs" for name, found in line["contenders"].items()))

    def show_start(self, line):
        print("\n1/224, 1 thread, a fresh process: start to first result, and peak memory."
              " The peers' contain Python's and NumPy's own,\nwhich is the line `nothing`.")
        least = line["contenders"].get("nothing")
        for name, found in line["contenders"].items():
            text = (f"  {name:12} {found['start_ms_median']:7.1f} ms (min {found['start_ms_min']:.1f})"
                    f" {found['peak_memory_mib']:7.1f} MiB")
            if least and name not in (OURS, "nothing"):
                text += (f"    above nothing: {found['start_ms_median'] - least['start_ms_median']:.1f} ms,"
                         f" {found['peak_memory_mib'] - least['peak_memory_mib']:.1f} MiB")
            print(text)

    def show_failure(self, line):
        print(f"FAILED   {line['contender']} at {line['where']}: {line['reason']}")

    def show_summary(self, line):
        logits = line["worst_logits_error"]
        print(f"\nevery contender's logits are within {logits:.1e} of the largest of a float64 reference;"
              f" {line['other_load_percent']:.0f} % of the machine's time went to others")
        for threads, mean in line["ratio_geometric_mean"].items():
            print(f"{OURS} / best peer, geometric mean at {threads} thread{'s' * (threads != '1')}: {mean:.3f}")
        for threads, (median, fastest, by_round, gflops) in line["peak_at_1_224"].items():
            print(f"1/224 at {threads} thread{'s' * (threads != '1')}: {100 * median:.1f} % (at the fastest"
                  f" {100 * fastest:.1f} %, by round {100 * by_round:.1f} %) of the {gflops:.1f} GFLOP/s measured in"
                  " this run")
        print(f"{line['below_every_peer']} of {line['of']} medians below every peer's")


def rounded(value):
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, dict):
        return {key: rounded(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(part) for part in value]
    return value
