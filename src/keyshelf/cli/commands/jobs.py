"""`keyshelf jobs`: work that goes on in the background."""

import sys
from typing import Annotated
from uuid import UUID

import typer

from keyshelf.cli import connecting, output, waiting
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.options import Json, Quiet
from keyshelf.cli.output import Output
from keyshelf.client.asynchronous import AsyncClient
from keyshelf.client.values import Job, JobLogLine

app = typer.Typer(help="See and steer work that goes on in the background.", no_args_is_help=True)

JobId = Annotated[UUID, typer.Argument(metavar="JOB", help="The id of the job.")]


@app.command("list")
def list_jobs(
    state: Annotated[
        str | None, typer.Option(help="queued, running, paused, succeeded, failed or cancelled.")
    ] = None,
    kind: Annotated[str | None, typer.Option(help="Such as copy, backfill or video:full.")] = None,
    media_hash: Annotated[str | None, typer.Option("--hash", help="Those on these media.")] = None,
    everyone: Annotated[
        bool, typer.Option("--all", help="Everybody's, for administrators.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List jobs, newest first. Changes nothing."""
    out = Output(as_json=as_json)

    async def command(client: AsyncClient) -> ExitCode:
        found = client.jobs(state=state, kind=kind, media_hash=media_hash, everyone=everyone)
        jobs = [job async for job in found]
        rows = [
            [str(job.id), job.kind, job.state, _progress(job), output.time_text(job.created_at)]
            for job in jobs
        ]
        head = [["ID", "KIND", "STATE", "PROGRESS", "CREATED"]] if rows else []
        out.result({"items": jobs}, output.table(head + rows))
        return ExitCode.OK

    connecting.run(command)


@app.command("show")
def show_job(job_id: JobId, as_json: Json = False) -> None:
    """Show one job. Changes nothing."""
    out = Output(as_json=as_json)

    async def command(client: AsyncClient) -> ExitCode:
        job = await client.job(job_id)
        out.result(job, _lines(job))
        return ExitCode.OK

    connecting.run(command)


@app.command("log")
def show_log(
    job_id: JobId,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on until the job ends.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Print what happened to a job, the newest last. Changes nothing."""
    out = Output(as_json=as_json)

    async def command(client: AsyncClient) -> ExitCode:
        if not follow:
            log = await client.job_log(job_id)
            out.result(log, [_log_line(line) for line in log.lines])
            return ExitCode.OK
        async for line in client.follow_job_log(job_id):
            out.result(line, [_log_line(line)])
            sys.stdout.flush()  # whoever reads a pipe follows too
        return ExitCode.OK

    connecting.run(command)


@app.command("pause")
def pause_job(job_id: JobId, as_json: Json = False) -> None:
    """Have a job wait; one that runs stops at its next safe point and keeps what it has done."""
    out = Output(as_json=as_json)

    async def command(client: AsyncClient) -> ExitCode:
        job = await client.pause_job(job_id)
        out.result(job, _lines(job))
        return ExitCode.OK

    connecting.run(command)


@app.command("resume")
def resume_job(job_id: JobId, as_json: Json = False) -> None:
    """Let a paused job go on."""
    out = Output(as_json=as_json)

    async def command(client: AsyncClient) -> ExitCode:
        job = await client.resume_job(job_id)
        out.result(job, _lines(job))
        return ExitCode.OK

    connecting.run(command)


@app.command("cancel")
def cancel_job(job_id: JobId, as_json: Json = False) -> None:
    """Ask a job to stop at its next safe point. What it has done stays done."""
    out = Output(as_json=as_json)

    async def command(client: AsyncClient) -> ExitCode:
        job = await client.cancel_job(job_id)
        out.result(job, _lines(job))
        return ExitCode.OK

    connecting.run(command)


@app.command("retry")
def retry_job(job_id: JobId, as_json: Json = False) -> None:
    """Queue a failed, cancelled or paused job again."""
    out = Output(as_json=as_json)

    async def command(client: AsyncClient) -> ExitCode:
        job = await client.retry_job(job_id)
        out.result(job, _lines(job))
        return ExitCode.OK

    connecting.run(command)


@app.command("watch")
def watch_job(job_id: JobId, quiet: Quiet = False, as_json: Json = False) -> None:
    """Show a job until it ends or is paused; exits with 1 unless it succeeds. Changes nothing."""
    out = Output(as_json=as_json)

    async def command(client: AsyncClient) -> ExitCode:
        started = await client.job(job_id)
        job = await waiting.until_final(client, started, quiet=quiet or as_json)
        out.result(job, _lines(job))
        return waiting.report(out, [job])

    connecting.run(command, when_interrupted=waiting.INTERRUPTED)


def _progress(job: Job) -> str:
    total = f"/{job.progress.total:,}" if job.progress.total is not None else ""
    return f"{job.progress.done:,}{total} {job.progress.unit}"


def _lines(job: Job) -> list[str]:
    rows = [
        ["id", str(job.id)],
        ["kind", job.kind],
        ["state", f"{job.state}, about to be {job.stopping}" if job.stopping else job.state],
        ["progress", _progress(job)],
        ["attempts", str(job.attempts)],
        ["created", output.time_text(job.created_at)],
        ["started", output.time_text(job.started_at)],
        ["finished", output.time_text(job.finished_at)],
    ]
    if job.error:
        rows.append(["error", output.printable(f"{job.error.detail} ({job.error.code})")])
    return output.table(rows)


def _log_line(line: JobLogLine) -> str:
    at = line.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    said = "".join(
        [f": {line.detail}" if line.detail else "", f" ({line.code})" if line.code else ""]
    )
    level = "" if line.level == "info" else f"{line.level}: "
    return output.printable(f"{at}  {level}{line.text}{said}")
