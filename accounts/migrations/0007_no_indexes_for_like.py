from django.db import migrations

from crm.base.storing.migration_operations import DropLikeIndex


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_audit_columns")]

    operations = [
        DropLikeIndex("user", "username"),
        DropLikeIndex("apikey", "name"),
        DropLikeIndex("apikey", "hash"),
    ]
