"""Python's garbage collector, for a process that lives long on much that never changes."""

import gc


def tune_collector() -> None:
    """Leave what is loaded by now out of every later collection, and collect less often.

    Without it a service spends about a tenth of its time on walking its own code again
    and again. Nothing leaks: what is freed by counting, nearly everything, is freed as ever.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 50, 50)
