"""Past one machine: how much faster are two hosts than one?

    python benchmarks/scaling.py [--members 2000] [--posts 4] [--delay 20] [--connections 4] [--hosts 1 2] [--runs 3]

As root: the hosts are network namespaces on a bridge, with PostgreSQL on one, a sink that answers late on another, and
`listserv serve --only smtp,worker` on each of the others. Timed: from the first copy at the sink to the last. All of
them share this machine's cores, so the delay has to be what limits: CPU seconds of all processes are told beside it.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from common import cpu, spread, tree

from tests.hosts.nets import ABSENT, Net, are_there, wait_for


def run(hosts, options):
    """Copies a second with so many hosts; CPU microseconds a copy of the hosts; each one's share."""
    with tempfile.TemporaryDirectory(prefix="scaling-") as folder, Net(folder, delay=options.delay, dead_after=30, connections=options.connections, jobs=options.jobs) as net:
        net.people(options.members)
        for number in range(hosts):
            net.add(f"host{number}", number)
        net.balance()
        processes = [net.start(name) for name in net.hosts]
        # What is loaded once is loaded.
        net.post(1, first=1_000_000)
        wait_for(lambda: net.figures["distinct"] == options.members, 300)
        time.sleep(1)
        before, used = net.figures, sum(cpu(tree(process.pid)) for process in processes)
        began = time.monotonic()
        net.post(options.posts)
        wait_for(lambda: net.figures["distinct"] == (1 + options.posts) * options.members, 900)
        copies = net.figures["distinct"] - before["distinct"]
        peers = [net.figures["peers"].get(address, 0) - before["peers"].get(address, 0) for address in net.hosts.values()]
        used = sum(cpu(tree(process.pid)) for process in processes) - used
        figures = {"copies/s": copies / (net.figures["last"] - began), "us CPU/copy": used / copies * 1e6, "smallest share": min(peers) / copies}
        return figures, net.figures["mails"] - net.figures["distinct"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--members", type=int, default=2000)
    parser.add_argument("--posts", type=int, default=4)
    parser.add_argument("--delay", type=int, default=20, help="milliseconds")
    parser.add_argument("--connections", type=int, default=4, help="of each host to the relay")
    parser.add_argument("--hosts", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--jobs", default="embedded", choices=("embedded", "procrastinate"))
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    if not are_there():
        print(ABSENT)
        return
    found = {hosts: [] for hosts in options.hosts}
    for _ in range(options.runs):
        for hosts in options.hosts:
            figures, doubled = run(hosts, options)
            found[hosts].append(figures)
            print(f"{hosts} hosts: ", "  ".join(f"{name} {value:,.2f}" for name, value in figures.items()), f"doubled {doubled}" if doubled else "", flush=True)
    for hosts, results in found.items():
        for name in results[0]:
            print(f"{hosts} hosts, {name}: {spread([figures[name] for figures in results])}")
    first = statistics.median(one["copies/s"] for one in found[options.hosts[0]])
    for hosts in options.hosts[1:]:
        print(f"{hosts} hosts are {statistics.median(one['copies/s'] for one in found[hosts]) / first:.2f} x {options.hosts[0]}")


if __name__ == "__main__":
    main()
