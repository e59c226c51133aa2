"""Takes over what the replaced services have stored: ``manage.py import_legacy``.

``sources`` read a foreign database and never write to it; a ``Table`` says what becomes of its
rows; ``taking`` takes them batch by batch. A module for each service names its tables.
"""
