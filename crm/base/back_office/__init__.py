"""What the back office is made of, on top of Django's admin."""
