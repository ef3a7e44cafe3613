"""Work that outlives a request.

Rows in PostgreSQL are the truth about jobs, and a `queue.Queue` carries their ids to
workers. Others use `service.Jobs` (enqueue, get, list, cancel, retry), `registry.Registry`
(which handler does which kind), `runner.Runner` (runs attempts, `run_now`), `worker.Worker`
and the values of `values`.
"""
