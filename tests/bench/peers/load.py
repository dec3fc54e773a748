"""How much of the machine others used during a measurement."""

import os
import resource
import time
from pathlib import Path


class OtherLoad:
    """Counts from where it is made."""

    def __init__(self):
        self.begin = state()

    def percent(self):
        """Of all processors' time; what this process and its ended children used does not count."""
        (wall, busy, own), (wall_then, busy_then, own_then) = state(), self.begin
        others = (busy - busy_then) - (own - own_then)
        return max(0.0, 100 * others / ((wall - wall_then) * os.cpu_count()))


def state():
    """Seconds: the clock's, all processors' that were busy or taken away by a host, and our own."""
    fields = [int(word) for word in Path("/proc/stat").read_text().split("\n")[0].split()[1:]]
    user, nice, system, _, _, irq, softirq, steal = fields[:8]
    busy = (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")
    own = sum(usage.ru_utime + usage.ru_stime
              for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))
    return time.monotonic(), busy, own
