"""What an action does to the next step: nobody who was spoken to is forgotten."""

from typing import Any

from leads.choices import FOLLOW_UP_AFTER, OPEN, ActionType, ProcessStatus


def log(lead: Any, action_type: str, details: str = "", **fields: Any) -> Any:
    """Note what was done about ``lead``, by default just now, and return the action."""
    return lead.actions.create(action_type=action_type, details=details, **fields)


def follow_up(lead: Any, action: Any) -> None:
    """Open or move the next step of ``lead``, which is locked, after a new ``action``.

    A note leaves it as it is, and so does an action older than the last one: a step never moves
    back.
    """
    is_finished = lead.archived_at or lead.status not in OPEN
    if is_finished or action.action_type == ActionType.NOTE:
        return
    steps = lead.processes.open()
    active = steps.filter(status=ProcessStatus.ACTIVE).order_by("-pk").first()
    if active:
        _move(active, action)
    elif not steps.exists():
        _open(lead, action)


def step_back(lead: Any, action: Any) -> None:
    """Let the steps of ``lead``, which is locked, tell of what was done before ``action``.

    It is about to be deleted. The dates stay: they may be somebody's word, and nobody is forgotten.
    """
    moved = list(lead.processes.filter(last_action=action))
    others = lead.actions.exclude(pk=action.pk).exclude(action_type=ActionType.NOTE)
    before = others.order_by("-occurred_at", "-pk").first() if moved else None
    for process in moved:
        process.last_action = before
        process.channel = before.action_type if before else process.channel
        process.save()


def _open(lead: Any, action: Any) -> None:
    lead.processes.create(
        name=str(lead)[:150],
        channel=action.action_type,
        last_action=action,
        next_followup_at=action.occurred_at + FOLLOW_UP_AFTER,
    )


def _move(process: Any, action: Any) -> None:
    last = process.last_action
    if last and last.occurred_at > action.occurred_at:
        return
    process.channel = action.action_type
    process.last_action = action
    moved = action.occurred_at + FOLLOW_UP_AFTER
    process.next_followup_at = max(process.next_followup_at or moved, moved)
    process.save()
