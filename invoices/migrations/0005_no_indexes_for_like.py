from django.db import migrations

from crm.base.storing.migration_operations import DropLikeIndex


class Migration(migrations.Migration):
    dependencies = [("invoices", "0004_indexes_of_the_past")]

    operations = [
        DropLikeIndex("invoice", "number"),
        DropLikeIndex("numberseries", "kind"),
    ]
