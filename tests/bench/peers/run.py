"""run.py BUILD [options]: camlabel beside its peers, in the environment that environment.py made in BUILD/peers.

For each network: write it for everybody, start a process a contender, hold their logits against a reference, time
them in interleaved rounds. `make bench-peers ARGS='--help'` lists the options."""

import argparse
import itertools
import json
import platform
import sys
from pathlib import Path

import figures
import rounds
from load import OtherLoad
from models import TOLERANCE, Models
from network import RESOLUTIONS, WIDTHS, mobilenet, trivial
from process import ContenderFailed, Process, one_cpu_a_core
from report import Report
from roster import NOTHING, OURS, PEERS

HERE = Path(__file__).resolve().parent
QUICK = [(1, 224), (0.5, 160), (0.25, 128)]
STARTS = 5


def parse(arguments):
    parser = argparse.ArgumentParser(prog="bench-peers", description="camlabel beside its peers")
    parser.add_argument("build", type=Path, help="the build folder")
    parser.add_argument("--quick", action="store_true", help="three networks, five rounds")
    parser.add_argument("--networks", help="such as 1/224,0.25/128; default: all 16")
    parser.add_argument("--threads", default="1,2", help="default: 1,2")
    parser.add_argument("--peers", help="such as litert,ncnn; default: all")
    parser.add_argument("--rounds", type=int, help="default: 15")
    parser.add_argument("--isa", default="best", help="camlabel's level: c, neon, avx2, avx512; default: the best")
    parser.add_argument("--json", action="store_true", help="JSON lines instead of tables")
    settings = parser.parse_args(arguments)
    settings.rounds = settings.rounds or (5 if settings.quick else 15)
    settings.threads = [int(n) for n in settings.threads.split(",")]
    if settings.networks:
        pairs = [pair.split("/") for pair in settings.networks.split(",")]
        settings.networks = [(float(width), int(resolution)) for width, resolution in pairs]
    else:
        settings.networks = QUICK if settings.quick else list(itertools.product(WIDTHS, RESOLUTIONS))
    return settings


class Bench:
    def __init__(self, settings):
        self.settings = settings
        self.report = Report(settings.json)
        self.folder = (settings.build / "peers").resolve()
        self.cpus = one_cpu_a_core()
        self.absent = json.loads((self.folder / "absent.json").read_text())
        wanted = settings.peers.split(",") if settings.peers else [peer.name for peer in PEERS]
        self.peers = [peer for peer in PEERS if peer.name in wanted and peer.name not in self.absent]
        self.lines, self.failures, self.worst_error = [], 0, 0.0

    def command(self, name, models, suffix, threads):
        if name == OURS:
            contender = self.settings.build / "tests/bench/peers/contender"
            return [contender.resolve(), models.path(".safetensors"), models.input, str(threads), self.settings.isa]
        return [sys.executable, HERE / "worker.py", name, models.path(suffix), models.input, str(models.side),
                str(threads)]

    def start(self, name, models, suffix, threads):
        """A process whose first answer was right; None, and the reason printed, where there is none."""
        where = f"{models.width:g}/{models.side}, {threads} thread(s)"
        process = None
        try:
            process = Process(name, self.command(name, models, suffix, threads), self.cpus[:threads],
                              self.folder / f"{name}.log")
            self.check(process, models)
            return process
        except Exception as failure:  # whatever goes wrong with one contender, the others go on
            self.fail(name, where, failure)
            if process:
                process.close()
            return None

    def check(self, process, models):
        process.error = models.error(process) if process.name != NOTHING.name else 0.0
        if not process.error <= TOLERANCE:
            raise ContenderFailed(f"its logits are {process.error:.1e} of the largest off: it computes something else")
        self.worst_error = max(self.worst_error, process.error)

    def fail(self, name, where, reason):
        self.failures += 1
        self.report.show({"kind": "failure", "contender": name, "where": where,
                          "reason": str(reason) or repr(reason)})

    def models(self, layers, width):
        return Models(self.folder / "models", layers, width)

    def start_all(self, models, threads):
        everyone = [(OURS, ".safetensors")] + [(peer.name, peer.suffix) for peer in self.peers]
        started = [self.start(name, models, suffix, threads) for name, suffix in everyone]
        return [process for process in started if process]

    def introduce(self):
        """Prints who is there; a peer that does not run at all is absent from here on."""
        models = self.models(mobilenet(0.25, 128), 0.25)
        versions = {}
        for name, suffix in [(OURS, ".safetensors")] + [(peer.name, peer.suffix) for peer in self.peers]:
            try:
                process = Process(name, self.command(name, models, suffix, 1), self.cpus[:1], self.folder / f"{name}.log")
                versions[name] = process.version
                process.close()
            except Exception as failure:
                self.absent[name] = str(failure) or repr(failure)
        models.remove()
        if OURS in self.absent:
            sys.exit(f"bench-peers: {self.absent[OURS]}")
        self.peers = [peer for peer in self.peers if peer.name in versions]
        self.report.show({"kind": "setting", "versions": versions, "absent": self.absent, "cpu": cpu_name(),
                          "cpus": self.cpus[:max(self.settings.threads)], "rounds": self.settings.rounds,
                          "turn_ms": rounds.TURN_MS})
        if not self.peers:
            sys.exit("bench-peers: no peer could be installed, so there is nothing to compare with")

    def network(self, models, threads):
        processes = self.start_all(models, threads)
        try:
            ours = next((process for process in processes if process.name == OURS), None)
            times, peaks = rounds.measure(processes, self.settings.rounds, ours)
            for process in processes:
                self.check(process, models)
        except ContenderFailed as failure:
            self.fail("a contender", f"{models.width:g}/{models.side}, {threads} thread(s)", failure)
            return
        finally:
            for process in processes:
                process.close()
        line = figures.of_network(models.width, models.layers, threads, times, peaks,
                                  {process.name: process.error for process in processes},
                                  {process.name: process.idle_percent() for process in processes})
        self.lines.append(line)
        self.report.show(line)

    def networks(self):
        thread_counts = []
        for threads in self.settings.threads:
            if threads <= len(self.cpus):
                thread_counts.append(threads)
            else:
                self.fail("everybody", f"{threads} threads", f"this machine has {len(self.cpus)} cores")
        done, of = 0, len(self.settings.networks) * len(thread_counts)
        for width, resolution in self.settings.networks:
            models = self.models(mobilenet(width, resolution), width)
            for threads in thread_counts:
                self.report.progress(done, of, f"{width:g}/{resolution}, {threads} thread(s)")
                self.network(models, threads)
                done += 1
            models.remove()

    def calls(self):
        models = self.models(trivial(), 0)
        processes = [self.start(peer.name, models, peer.suffix, 1) for peer in self.peers + [NOTHING]]
        processes = [process for process in processes if process]
        times, _ = rounds.measure(processes, 3)
        for process in processes:
            process.close()
        models.remove()
        self.report.show(figures.of_calls(times))

    def starts(self):
        models = self.models(mobilenet(1, 224), 1)
        everyone = [(OURS, ".safetensors")] + [(peer.name, peer.suffix) for peer in self.peers + [NOTHING]]
        found = {name: [] for name, _ in everyone}
        for _ in range(STARTS + 1):  # the first reads the files from disk
            for name, suffix in everyone:
                process = Process(name, self.command(name, models, suffix, 1), self.cpus[:1], self.folder / f"{name}.log")
                found[name].append((process.start_ms, process.peak_mib))
                process.close()
        models.remove()
        self.report.show(figures.of_starts({name: starts[1:] for name, starts in found.items()}))

    def run(self):
        load = OtherLoad()
        self.introduce()
        self.networks()
        self.calls()
        self.starts()
        at_224 = {str(line["threads"]): (line["peak_fraction"], line["peak_gflops"]) for line in self.lines
                  if (line["width"], line["resolution"]) == (1, 224) and "peak_fraction" in line}
        self.report.show({**figures.of_all(self.lines), "worst_logits_error": self.worst_error,
                          "other_load_percent": load.percent(), "peak_at_1_224": at_224})
        return 1 if self.failures or not self.lines else 0


def cpu_name():
    names = [line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
             if line.startswith("model name")]
    return f"{names[0] if names else 'processor'}, {platform.machine()}"


if __name__ == "__main__":
    sys.exit(Bench(parse(sys.argv[1:])).run())
