from django.db import migrations

from crm.base.storing.migration_operations import DropLikeIndex


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        DropLikeIndex("seal", "mac"),
    ]
