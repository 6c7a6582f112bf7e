"""What stays of each call: decisions, inputs, reviews, idempotency keys."""
