"""The audit trail: histories, their proofs, security events, and what guards them."""
