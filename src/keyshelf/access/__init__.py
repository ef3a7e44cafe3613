"""Who is there, and what they may do.

Public: `Identity` and `Scope` (`identity`), `Authenticator` (`authenticator`)
over `LocalProvider` or `KratosProvider`, `tokens.ApiTokens`, `csrf`,
`permissions.require`, `idempotency.IdempotencyKeys` and `expiry.sweep`.
"""
