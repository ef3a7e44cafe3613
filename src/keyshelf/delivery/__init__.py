"""What an answer with an object's bytes says: pure functions, no framework.

Public: `disposition.content_disposition`, `inline.safe_inline_type`,
`ranges.parse`, `validators` (conditional requests), `headers.for_object` and
`answers.plan`, which joins them into one decision.
"""
