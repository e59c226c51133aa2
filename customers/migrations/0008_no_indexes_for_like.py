from django.db import migrations

from crm.base.storing.migration_operations import DropLikeIndex


class Migration(migrations.Migration):
    dependencies = [("customers", "0007_what_the_past_asks")]

    operations = [
        DropLikeIndex("customer", "external_id"),
    ]
