"""Waits for jobs, and says how they ended."""

from collections.abc import Sequence

from keyshelf.cli.exits import ExitCode
from keyshelf.cli.output import Output
from keyshelf.cli.progress import CountDisplay
from keyshelf.client.asynchronous import AsyncClient
from keyshelf.client.values import Job

INTERRUPTED = "interrupted: the job goes on by itself; `keyshelf jobs list` shows it"


async def until_final(client: AsyncClient, job: Job, *, quiet: bool) -> Job:
    """Show a job until it ends, and return how."""
    with CountDisplay(job.kind, quiet=quiet) as display:
        async for state in client.watch_job(job.id):
            job = state
            display.show_job(job)
    return job


def report(out: Output, jobs: Sequence[Job]) -> ExitCode:
    """Tell a person about jobs that go on or failed, and return the exit code."""
    failed = [job for job in jobs if job.state in {"failed", "cancelled"}]
    for job in jobs:
        if not job.is_final:
            out.message(
                f"job {job.id} ({job.kind}) goes on by itself: `keyshelf jobs watch {job.id}`"
            )
    for job in failed:
        reason = job.error.detail if job.error else job.state
        out.message(
            f"keyshelf: job {job.id} ({job.kind}) {job.state}: {reason};"
            f" `keyshelf jobs retry {job.id}` tries again"
        )
    return ExitCode.FAILURE if failed else ExitCode.OK
