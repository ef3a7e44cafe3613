"""Uploads files with hf_xet whenever a line comes in, and says what it took.

Run by `repository_peers` in an environment that has hf_xet:
`python hf_xet_peer.py STORE FILE…`. The store is a folder, so that no network is part of it.
The line says `whole` to have the SHA-256 of each file computed too, and `parts` not to.
"""

import importlib
import resource
import sys
import time
import warnings


def main() -> None:
    """Answer each line with seconds, processor seconds, and the peak memory in MiB."""
    warnings.simplefilter("ignore")
    hf_xet = importlib.import_module("hf_xet")
    store, *files = sys.argv[1:]
    print("ready", flush=True)
    for line in sys.stdin:
        is_whole = line.strip() == "whole"
        began, cpu = time.perf_counter(), time.process_time()
        hf_xet.upload_files(
            files, f"local://{store}", None, None, None, "model", skip_sha256=not is_whole
        )
        seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(seconds, cpu_seconds, peak, flush=True)


if __name__ == "__main__":
    main()
