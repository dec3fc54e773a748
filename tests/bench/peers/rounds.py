"""Interleaved rounds: in each, every contender has one turn of equal length, in an order that rotates.

What changes with time (the clock of the processor, a neighbour) so meets all of them alike, and the ratio of
two contenders in one round means more than either time."""

from statistics import median

TURN_MS = 60
WARM_SHARE = 4  # a turn begins with a quarter as many runs that are not timed: caches and clock come back
MOST_RUNS = 4000


def turn_length(process):
    """(warm, count) that fill TURN_MS."""
    run_ms = max(median(process.times_ms(3, 5)), 1e-4)
    count = min(MOST_RUNS, max(3, round(TURN_MS / run_ms)))
    return max(1, count // WARM_SHARE), count


def measure(processes, rounds, peak_of=None):
    """({name: [[ms, …] a round]}, [GFLOP/s a round]): the latter what `peak_of`, one of them, reaches at most."""
    lengths = {}
    for process in processes:
        lengths[process.name] = turn_length(process)
        process.rest()
    times, peaks = {process.name: [] for process in processes}, []
    for number in range(rounds):
        first = number % len(processes)
        for process in processes[first:] + processes[:first]:
            process.wake()
            times[process.name].append(process.times_ms(*lengths[process.name]))
            if process is peak_of:
                peaks.append(float(process.ask("peak")[1]))
            process.rest()
    for process in processes:
        process.wake()
    return times, peaks
