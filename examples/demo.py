"""Puts a small sample of media into the drive of the Keyshelf on this machine.

    python examples/demo.py            into the service that runs
    python examples/demo.py --serve    starts one when none runs, and stays with it

The sample is put there once, into the folder /Sample. A second run finds that
folder and does nothing; nothing is ever replaced.
"""

import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sample_media import write_sample

from keyshelf import settings
from keyshelf.client.discovery import LocalService, discover
from keyshelf.client.synchronous import Client
from keyshelf.errors import Error

FOLDER = "/Sample"
START_SECONDS = 120


def main() -> int:
    """Load the sample, and with `--serve` serve until told to stop."""
    data_folder = settings.load().data_folder
    service = discover(data_folder)
    if service is not None:
        load(service)
        print(f"Keyshelf is at   {service.url}")
        return 0
    if "--serve" not in sys.argv:
        print("no Keyshelf runs here: start one by `make up`", file=sys.stderr)
        return 1
    # Being told to end, by Ctrl-C or otherwise, ends the service in good order too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    program = str(Path(sys.executable).with_name("keyshelf"))
    with subprocess.Popen([program, "up"]) as serving:
        try:
            service = wait_for(serving, data_folder)
            if service is not None:
                load(service)
            return serving.wait()
        except KeyboardInterrupt:
            return 0
        finally:
            serving.terminate()


def wait_for(serving: "subprocess.Popen[bytes]", data_folder: Path) -> LocalService | None:
    """Return the service once it accepts requests, or None when it has ended."""
    deadline = time.monotonic() + START_SECONDS
    while serving.poll() is None and time.monotonic() < deadline:
        service = discover(data_folder)
        if service is not None and service.pid == serving.pid:
            return service
        time.sleep(0.1)
    return None


def load(service: LocalService) -> None:
    """Put the sample into the drive, unless its folder is there."""
    with Client(service.url, token=service.token) as drive:
        if drive.find(FOLDER) is not None:
            print(f"sample           {FOLDER} is there already", flush=True)
            return
        with tempfile.TemporaryDirectory() as scratch:
            write_sample(Path(scratch))
            outcomes = drive.upload_all(sorted(Path(scratch).iterdir()), FOLDER)
    sent = sum(outcome.error is None for outcome in outcomes)
    print(f"sample           {sent} files are in {FOLDER}", flush=True)
    for outcome in outcomes:
        if outcome.error is not None:
            print(f"                 {outcome.source}: {outcome.error.detail}", flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Error as error:
        sys.exit(f"keyshelf: {error.detail}")
