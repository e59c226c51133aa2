"""Measures what a request costs, beside a peer and as the tables grow. See README.md."""
