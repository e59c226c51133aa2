from django.db import migrations

from crm.base.storing.migration_operations import DropLikeIndex


class Migration(migrations.Migration):
    dependencies = [("base", "0004_events_by_whom_and_in_order")]

    operations = [
        DropLikeIndex("counter", "key"),
        DropLikeIndex("notice", "message_id"),
    ]
