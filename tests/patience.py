"""How long a test waits for what must happen before it says that it did not.

Only a test that fails waits so long. It is no bound on how quick anything is: the
machine may be busy with other things.
"""

PATIENCE = 60.0  # seconds
