"""The shared floor's models: two abstract bases, and technical tables."""

from crm.base.archiving import Archivable
from crm.base.outbox.tables import JobRun, Notice
from crm.base.records import Record
from crm.base.technical import Counter, IdempotencyRecord, SecurityEvent

__all__ = [
    "Archivable",
    "Counter",
    "IdempotencyRecord",
    "JobRun",
    "Notice",
    "Record",
    "SecurityEvent",
]
