"""Invoices as PDF files, from plain values: no model and no request is known here."""
