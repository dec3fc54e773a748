"""A contender's process, seen from the one that asks: start it, ask it, watch its processor time, let it rest."""

import os
import select
import subprocess
import time
from pathlib import Path

REPLY_TIMEOUT_S = 120
REST_STEP_S = 0.003
REST_STEPS = 3  # without work, one after the other: a spinning thread may itself be kept waiting for one
REST_LIMIT_S = 1.0
RESTING_NS = 50_000


class ContenderFailed(Exception):
    pass


class Process:
    """Runs `command` on the processors `cpus`; `log` takes what it says on standard error."""

    def __init__(self, name, command, cpus, log):
        self.name, self.log = name, log
        self.busy_ns = self.idle_ns = self.idle_cpu_ns = 0
        self.resting_since = None
        before = os.sched_getaffinity(0)
        os.sched_setaffinity(0, cpus)  # children inherit it, whatever language they are written in
        try:
            with open(log, "wb") as errors:
                begin_ns = time.monotonic_ns()
                self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
                                              env=environment(log))
        finally:
            os.sched_setaffinity(0, before)
        try:
            words = self.reply()
            self.start_ms = (int(words[1]) - begin_ns) / 1e6
            self.peak_mib = int(words[2]) / 1024
            self.version = words[3]
        except BaseException:
            self.close()
            raise

    def reply(self):
        ready, _, _ = select.select([self.child.stdout], [], [], REPLY_TIMEOUT_S)
        line = self.child.stdout.readline() if ready else b""
        if not line.endswith(b"\n"):
            raise ContenderFailed(f"{self.name} {self.ending(ready)}")
        return line.decode().split()

    def ending(self, ready):
        if not ready:
            return f"does not answer within {REPLY_TIMEOUT_S} s"
        code = self.child.wait()
        said = Path(self.log).read_text(errors="replace").strip().splitlines()
        return f"ended with {code}: {said[-1] if said else 'it said nothing'}"

    def ask(self, request):
        """The words of the answer."""
        try:
            self.child.stdin.write(request.encode() + b"\n")
            self.child.stdin.flush()
        except BrokenPipeError:
            pass  # reply() says why
        return self.reply()

    def times_ms(self, warm, count):
        return [int(word) / 1e6 for word in self.ask(f"run {warm} {count}")[1:]]

    def cpu_ns(self):
        """Processor time of all its threads."""
        total = 0
        for task in Path(f"/proc/{self.child.pid}/task").iterdir():
            try:
                total += int((task / "schedstat").read_text().split()[0])
            except (FileNotFoundError, ProcessLookupError):
                continue  # a thread that ended meanwhile
        return total

    def wake(self):
        """Ends the rest that rest() began, and adds it to the account."""
        if self.resting_since:
            since_ns, cpu_ns = self.resting_since
            self.idle_ns += time.monotonic_ns() - since_ns
            self.idle_cpu_ns += self.cpu_ns() - cpu_ns
        self.resting_since = None

    def rest(self):
        """Waits until its threads have stopped spinning, so that the next contender has the machine alone."""
        deadline = time.monotonic() + REST_LIMIT_S
        cpu_ns, quiet_steps = self.cpu_ns(), 0
        while quiet_steps < REST_STEPS and time.monotonic() < deadline:
            time.sleep(REST_STEP_S)
            before, cpu_ns = cpu_ns, self.cpu_ns()
            quiet_steps = quiet_steps + 1 if cpu_ns - before < RESTING_NS else 0
        self.resting_since = time.monotonic_ns(), cpu_ns

    def idle_percent(self):
        """Of one processor, used while others had their turn."""
        return 100 * self.idle_cpu_ns / self.idle_ns if self.idle_ns else 0.0

    def close(self):
        self.child.stdin.close()
        try:
            self.child.wait(5)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self.child.stdout.close()


def environment(log):
    """No setting of the user's shell reaches a contender."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "PYTHONPYCACHEPREFIX": str(Path(log).parent / "pycache")}


def one_cpu_a_core():
    """The processors this process may use, one of each physical core, the first last: it takes the interrupts."""
    cores = {}
    for cpu in sorted(os.sched_getaffinity(0)):
        try:
            siblings = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list").read_text()
        except OSError:
            siblings = cpu
        cores.setdefault(siblings, cpu)
    return sorted(cores.values(), reverse=True)
