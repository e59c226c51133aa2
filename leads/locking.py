"""Actions and processes wait for whoever changes their lead, and the other way round."""

from django.utils.translation import gettext_lazy as _

from crm.base.errors import Conflict, invalid
from leads.lead import Lead


def locked_lead(pk: int | None) -> Lead | None:
    """Return the lead as it is now, locked until the transaction ends; None for no ``pk``.

    Raises ``Conflict`` when it is archived: then nothing more is done about it.
    """
    if pk is None:
        return None
    leads = Lead.objects.select_for_update(of=("self",), no_key=True)
    lead: Lead | None = leads.filter(pk=pk).first()
    if lead is None:
        raise invalid("lead", _("There is no such lead."), "does_not_exist")
    if lead.archived_at:
        raise Conflict(_("This lead is archived. Restore it first."), code="archived")
    return lead
