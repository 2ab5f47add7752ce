"""The verbs: they take a session, return a value or raise a Refusal; they never commit and never send."""
