"""What processes share and may lose: rate limits and short-lived answers.

In Redis when there is one, else in the process. `opening.open_coordination` chooses;
`limiter.RateLimiter` and `cache.Cache` are what others use.
"""
