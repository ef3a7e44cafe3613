"""The HTTP API and the page: routes parse, call one function, render.

`main` serves; `public` and `private` are the two applications.
"""
