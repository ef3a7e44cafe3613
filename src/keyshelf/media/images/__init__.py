"""Pictures: what may be asked for, how large it comes out, and the processes that render it.

Others use `grammar` (text to `options.ImageOptions` and back), `plans` (`RenderPlan`, the
processing hash), `formats`, `negotiation` (a format from an Accept header), `presets`,
`pool.RenderPool` and the values of `values`. Pixels are touched only in child processes:
whatever imports an image library is below `child`, and the service imports none of it.
"""
