"""run.py BUILD [options]: camlabel beside its peers, in the environment that environment.py made in BUILD/peers.

For each network: write it for everybody, start a process a contender, hold their logits against a reference, time
them in interleaved rounds. `make bench-peers ARGS=--help` lists the options. It ends with 1 where a contender
failed or nothing could be compared; a slow camlabel is no failure."""

import json
import platform
import sys
from contextlib import contextmanager
from pathlib import Path

import figures
import rounds
from load import OtherLoad
from models import TOLERANCE, Models
from network import mobilenet, trivial
from options import parse
from process import ContenderFailed, Process, one_cpu_a_core
from report import Report
from roster import CAMLABEL, NOTHING, OURS

HERE = Path(__file__).resolve().parent
STARTS = 5
CALL_ROUNDS = 3


class Bench:
    def __init__(self, settings):
        self.settings = settings
        self.report = Report(settings.json)
        self.folder = (settings.build / "peers").resolve()
        self.cpus = one_cpu_a_core()
        self.absent = json.loads((self.folder / "absent.json").read_text())
        self.peers = [peer for peer in settings.peers if peer.name not in self.absent]
        self.lines, self.failures, self.worst_error = [], 0, 0.0

    # --- one contender ---

    def start(self, peer, models, threads):
        """Raises ContenderFailed, or whatever a writer of models does."""
        if peer is CAMLABEL:
            program = (self.settings.build / "tests/bench/peers/contender").resolve()
            command = [program, models.path(peer.suffix), models.input, str(threads), self.settings.isa]
        else:
            command = [sys.executable, HERE / "worker.py", peer.name, models.path(peer.suffix), models.input,
                       str(models.side), str(threads)]
        return Process(peer.name, command, self.cpus[:threads], self.folder / f"{peer.name}.log")

    def check(self, process, models):
        """Raises ContenderFailed where its logits are wrong. Nothing has none."""
        process.error = models.error(process) if process.name != NOTHING.name else 0.0
        if not process.error <= TOLERANCE:
            raise ContenderFailed(f"its logits are {process.error:.1e} of the largest off: it computes something else")
        self.worst_error = max(self.worst_error, process.error)

    @contextmanager
    def excused(self, who, where):
        """Whatever goes wrong with one contender inside is named and counted, and the others go on."""
        try:
            yield
        except Exception as failure:
            self.failures += 1
            self.report.show({"kind": "failure", "contender": who, "where": where, "reason": reason_of(failure)})

    @contextmanager
    def running(self, peers, models, threads):
        """The processes of all that start and answer right; they end with the block."""
        processes = []
        try:
            for peer in peers:
                with self.excused(peer.name, place(models, threads)):
                    process = self.start(peer, models, threads)
                    try:
                        self.check(process, models)
                        processes.append(process)
                    except BaseException:
                        process.close()
                        raise
            yield processes
        finally:
            for process in processes:
                process.close()

    # --- the measurements ---

    def introduce(self):
        """Prints who is there. A peer that cannot run at all counts as absent."""
        models = Models(self.folder / "models", mobilenet(0.25, 128), 0.25)
        versions = {}
        for peer in [CAMLABEL] + self.peers:
            try:
                process = self.start(peer, models, 1)
                versions[peer.name] = process.version
                process.close()
            except Exception as failure:
                self.absent[peer.name] = reason_of(failure)
        models.remove()
        if OURS in self.absent:
            sys.exit(f"bench-peers: {self.absent[OURS]}")
        self.peers = [peer for peer in self.peers if peer.name in versions]
        self.report.show({"kind": "setting", "versions": versions, "absent": self.absent, "cpu": cpu_name(),
                          "cpus": self.cpus[:max(self.settings.threads)], "rounds": self.settings.rounds,
                          "turn_ms": rounds.TURN_MS})
        if not self.peers:
            sys.exit("bench-peers: none of the peers is here, so there is nothing to compare with")

    def network(self, models, threads):
        with (self.excused("the measurement", place(models, threads)),
              self.running([CAMLABEL] + self.peers, models, threads) as processes):
            ours = next((process for process in processes if process.name == OURS), None)
            times, peaks = rounds.measure(processes, self.settings.rounds, ours)
            for process in processes:
                self.check(process, models)
            line = figures.of_network(models.width, models.layers, threads, times, peaks,
                                      {process.name: process.error for process in processes},
                                      {process.name: process.idle_percent() for process in processes})
            self.lines.append(line)
            self.report.show(line)

    def networks(self):
        possible = [threads for threads in self.settings.threads if threads <= len(self.cpus)]
        for threads in set(self.settings.threads) - set(possible):
            with self.excused("everybody", f"{threads} threads"):
                raise ContenderFailed(f"this process may use {len(self.cpus)} cores")
        done, of = 0, len(self.settings.networks) * len(possible)
        for width, resolution in self.settings.networks:
            models = Models(self.folder / "models", mobilenet(width, resolution), width)
            for threads in possible:
                self.report.progress(done, of, place(models, threads))
                self.network(models, threads)
                done += 1
            models.remove()

    def calls(self):
        models = Models(self.folder / "models", trivial(), 0)
        with self.running(self.peers + [NOTHING], models, 1) as processes:
            times, _ = rounds.measure(processes, CALL_ROUNDS)
            self.report.show(figures.of_calls(times))
        models.remove()

    def starts(self):
        models = Models(self.folder / "models", mobilenet(1, 224), 1)
        found = {}
        for number in range(STARTS + 1):
            for peer in [CAMLABEL] + self.peers + [NOTHING]:
                with self.excused(peer.name, "its start"):
                    process = self.start(peer, models, 1)
                    process.close()
                    if number > 0:  # the first one read the files from disk
                        found.setdefault(peer.name, []).append((process.start_ms, process.peak_mib))
        models.remove()
        self.report.show(figures.of_starts(found))

    def run(self):
        load = OtherLoad()
        self.introduce()
        self.networks()
        self.calls()
        self.starts()
        at_224 = {str(line["threads"]): (line["peak_fraction"], line["peak_fraction_fastest"],
                                         line["round_peak_fraction_median"], line["peak_gflops"])
                  for line in self.lines
                  if (line["width"], line["resolution"]) == (1, 224) and "peak_fraction" in line}
        self.report.show({**figures.of_all(self.lines), "worst_logits_error": self.worst_error,
                          "other_load_percent": load.percent(), "peak_at_1_224": at_224})
        return 1 if self.failures or not self.lines else 0


def place(models, threads):
    return f"{models.width:g}/{models.side}, {threads} thread{'s' * (threads > 1)}"


def reason_of(failure):
    return str(failure) or repr(failure)


def cpu_name():
    names = [line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
             if line.startswith("model name")]
    return f"{names[0] if names else 'processor'}, {platform.machine()}"


if __name__ == "__main__":
    sys.exit(Bench(parse(sys.argv[1:])).run())
