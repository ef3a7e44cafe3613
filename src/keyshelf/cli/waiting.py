"""Waits for jobs, and says how they ended."""

from collections.abc import Sequence
from contextlib import aclosing

from keyshelf.cli.exits import ExitCode
from keyshelf.cli.output import Output
from keyshelf.cli.progress import CountDisplay
from keyshelf.client.asynchronous import AsyncClient
from keyshelf.client.values import Job

INTERRUPTED = "interrupted: the job goes on by itself; `keyshelf jobs list` shows it"


async def until_final(client: AsyncClient, job: Job, *, quiet: bool) -> Job:
    """Show a job until it ends, or is paused, and return how."""
    with CountDisplay(job.kind, quiet=quiet) as display:
        async with aclosing(client.watch_job(job.id)) as states:
            async for state in states:
                job = state
                display.show_job(job)
                if job.state == "paused":
                    break
    return job


def report(out: Output, jobs: Sequence[Job]) -> ExitCode:
    """Tell a person about jobs that go on, wait or failed, and return the exit code."""
    failed = [job for job in jobs if job.state in {"failed", "cancelled"}]
    paused = [job for job in jobs if job.state == "paused"]
    for job in jobs:
        if not job.is_final and job not in paused:
            out.message(
                f"job {job.id} ({job.kind}) goes on by itself: `keyshelf jobs watch {job.id}`"
            )
    for job in paused:
        out.message(
            f"keyshelf: job {job.id} ({job.kind}) is paused: `keyshelf jobs resume {job.id}`"
            " has it go on"
        )
    for job in failed:
        reason = job.error.detail if job.error else job.state
        out.message(
            f"keyshelf: job {job.id} ({job.kind}) {job.state}: {reason};"
            f" `keyshelf jobs retry {job.id}` tries again"
        )
    return ExitCode.FAILURE if failed or paused else ExitCode.OK
