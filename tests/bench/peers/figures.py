"""From times to figures: one dict a measurement, as --json prints it."""

import math
from statistics import median, quantiles

from network import mult_adds
from roster import OURS


def of_network(width, layers, threads, times, peaks, errors, idle):
    contenders = {name: {"ms_median": median(flat(rounds)), "ms_min": min(flat(rounds)),
                         "logits_error": errors[name], "idle_cpu_percent": idle[name]}
                  for name, rounds in times.items()}
    line = {"kind": "network", "width": width, "resolution": layers[0].in_size, "threads": threads,
            "contenders": contenders}
    if OURS in contenders:
        line |= of_ours(contenders, times) | of_peak(layers, contenders[OURS], times[OURS], peaks)
    return line


def of_ours(contenders, times):
    """Beside the best peer, which is the one with the lowest median."""
    peers = {name: figures["ms_median"] for name, figures in contenders.items() if name != OURS}
    if not peers:
        return {}
    best = min(peers, key=peers.get)
    ratios = [median(ours) / median(theirs) for ours, theirs in zip(times[OURS], times[best])]
    mine = contenders[OURS]["ms_median"]
    return {"best_peer": best, "ratio": mine / peers[best], "below_every_peer": mine < peers[best],
            "round_ratios": ratios, "round_ratio_median": median(ratios), "round_ratio_quartiles": middle_half(ratios)}


def of_peak(layers, ours, rounds, peaks):
    """The peak is the highest of the rounds', at the best clock: so is the fastest run, and the median is not. In a
    round both have the clock of the moment."""
    gflop = 2e-6 * mult_adds(layers)
    fractions = [gflop / median(times) / peak for times, peak in zip(rounds, peaks)]
    return {"gflops": gflop / ours["ms_median"], "peak_gflops": max(peaks),
            "peak_fraction": gflop / ours["ms_median"] / max(peaks),
            "peak_fraction_fastest": gflop / ours["ms_min"] / max(peaks),
            "round_peak_fraction_median": median(fractions), "round_peak_fraction_quartiles": middle_half(fractions)}


def of_starts(found):
    """found: {name: [(ms, MiB) a start]}."""
    return {"kind": "start", "width": 1, "resolution": 224, "threads": 1, "contenders": {
        name: {"start_ms_median": median(ms for ms, _ in starts), "start_ms_min": min(ms for ms, _ in starts),
               "peak_memory_mib": median(mib for _, mib in starts)} for name, starts in found.items()}}


def of_calls(times):
    """What asking costs: a run of a network with nothing to compute."""
    return {"kind": "call", "contenders": {name: {"us_median": 1000 * median(flat(rounds))}
                                           for name, rounds in times.items()}}


def of_all(lines):
    """The summary over the lines of_network() gave."""
    lines = [line for line in lines if "ratio" in line]
    threads = sorted({line["threads"] for line in lines})
    return {"kind": "summary", "below_every_peer": sum(line["below_every_peer"] for line in lines), "of": len(lines),
            "ratio_geometric_mean": {str(n): geometric_mean([line["ratio"] for line in lines if line["threads"] == n])
                                     for n in threads}}


def middle_half(values):
    """[first quartile, third quartile]"""
    return quantiles(values, n=4, method="inclusive")[::2] if len(values) > 1 else values * 2


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values))


def flat(rounds):
    return [value for times in rounds for value in times]
