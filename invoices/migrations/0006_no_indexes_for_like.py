from django.db import migrations

from crm.base.storing.migration_operations import DropLikeIndex


class Migration(migrations.Migration):
    dependencies = [("invoices", "0005_who_owes")]

    operations = [
        DropLikeIndex("invoice", "number"),
        DropLikeIndex("numberseries", "kind"),
    ]
