"""Read hostile files in a process of its own; tell what was said, and the memory and time that it took.

``python refusals.py graph|network FILE...`` prints a JSON object for each file.
"""

import json
import re
import subprocess
import sys
import time
from pathlib import Path


def refused(kind, paths):
    """Return what a process says about each file.

    That is its error, or none, the names of what was read, its processor time in seconds, and the peak of its
    memory so far, in bytes.
    """
    done = subprocess.run(
        [sys.executable, __file__, kind, *map(str, paths)],
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def peak():
    """Return the most memory that this process has taken, in bytes.

    What ``getrusage`` says begins with the memory of the process that started this one.
    """
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024


def tell(kind, path):
    """Read a file and print what comes of it."""
    from graphdnc.errors import GraphDNCError

    told = {"file": Path(path).name, "error": None}
    started = time.process_time()
    try:
        if kind == "graph":
            from graphdnc.readers import read_graph

            graph = read_graph(path)
            told["names"] = [*graph.node_names, *graph.relation_names]
        else:
            from graphdnc.networks.checkpoint import load_checkpoint

            load_checkpoint(path, threads=1)
    except GraphDNCError as error:
        told["error"] = str(error)
    told["seconds"] = time.process_time() - started
    told["peak"] = peak()
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    for name in sys.argv[2:]:
        tell(sys.argv[1], name)
