"""Leads: those who may become customers, what was done about them, and what happens next."""

from leads.action import Action
from leads.choices import Channel, ProcessStatus, Status
from leads.lead import Lead
from leads.process import Process

__all__ = ["Action", "Channel", "Lead", "Process", "ProcessStatus", "Status"]
