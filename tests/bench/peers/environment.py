"""environment.py FOLDER: makes the virtual environment FOLDER/venv with every peer's newest wheel from PyPI.

Only the standard library is used. A wheel that cannot be had is no failure here: its reason goes to
FOLDER/absent.json, and is tried again the next time. What is there stays as it is; remove the folder to get
newer ones."""

import json
import subprocess
import sys
from pathlib import Path

from roster import EVERYONE_NEEDS, PEERS


def install(folder, wheels):
    """None, or why not."""
    stamp = folder / "installed" / "-".join(wheels)
    if stamp.exists():
        return None
    command = [folder / "venv/bin/python", "-m", "pip", "install", "--disable-pip-version-check", "--quiet",
               "--retries", "1", "--timeout", "20", "--only-binary=:all:", *wheels]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        lines = done.stdout.strip().splitlines() or ["pip failed"]
        return f"{' '.join(wheels)} cannot be installed: {lines[-1]}"
    stamp.parent.mkdir(exist_ok=True)
    stamp.touch()
    return None


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "venv/bin/pip").exists():
        if subprocess.run([sys.executable, "-m", "venv", folder / "venv"]).returncode != 0:
            sys.exit("no virtual environment: install python3-venv (sh packaging/deps.sh check)")
    reason = install(folder, (EVERYONE_NEEDS,))
    if reason:
        sys.exit(f"bench-peers: {reason}")
    reasons = {peer.name: install(folder, peer.wheels) for peer in PEERS}
    absent = {name: reason for name, reason in reasons.items() if reason}
    (folder / "absent.json").write_text(json.dumps(absent))


if __name__ == "__main__":
    main()
