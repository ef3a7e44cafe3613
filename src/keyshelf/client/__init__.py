"""Another Keyshelf over HTTP: `AsyncClient`, and `Client` for code that is not async.

    from keyshelf.client.synchronous import Client

    with Client("http://127.0.0.1:8080", token="ks_…") as drive:
        drive.upload("holiday.mov", "/Films/holiday.mov")

What other packages may use: `asynchronous.AsyncClient`, `synchronous.Client`,
`values`, `paths`, `failures`, `discovery`, and of `transfers` the modules
`options`, `observing` and `transfers`.
"""
