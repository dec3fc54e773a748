"""The command line of run.py."""

import argparse
import itertools
from pathlib import Path

from network import RESOLUTIONS, WIDTHS
from roster import PEERS

QUICK = [(1, 224), (0.5, 160), (0.25, 128)]


def networks(text):
    pairs = [part.split("/") for part in text.split(",")]
    found = [(float(width), int(resolution)) for width, resolution in pairs]
    if any(width <= 0 or resolution % 32 or not 32 <= resolution <= 512 for width, resolution in found):
        raise ValueError
    return found


def thread_counts(text):
    found = [int(part) for part in text.split(",")]
    if min(found) < 1:
        raise ValueError
    return found


def peers(text):
    found = [peer for peer in PEERS if peer.name in text.split(",")]
    if len(found) != len(text.split(",")):
        raise ValueError
    return found


def parse(arguments):
    parser = argparse.ArgumentParser(prog="bench-peers", description="camlabel beside its peers, float32, batch 1")
    parser.add_argument("build", type=Path, help="the build folder")
    parser.add_argument("--quick", action="store_true", help="three networks, five rounds")
    parser.add_argument("--networks", type=networks, metavar="A/R,…", help="such as 1/224,0.25/128; default: all 16")
    parser.add_argument("--threads", type=thread_counts, metavar="N,…", default=[1, 2], help="default: 1,2")
    parser.add_argument("--peers", type=peers, metavar="NAME,…", default=PEERS,
                        help="of " + ", ".join(peer.name for peer in PEERS) + "; default: all")
    parser.add_argument("--rounds", type=int, metavar="N", help="default: 15")
    parser.add_argument("--isa", default="best", help="camlabel's level: c, neon, avx2, avx512; default: the best")
    parser.add_argument("--json", action="store_true", help="JSON lines instead of tables")
    settings = parser.parse_args(arguments)
    settings.rounds = max(1, settings.rounds or (5 if settings.quick else 15))
    everything = QUICK if settings.quick else list(itertools.product(WIDTHS, RESOLUTIONS))
    settings.networks = settings.networks or everything
    return settings
