from django.db import migrations

from crm.base.storing.migration_operations import DropLikeIndex


class Migration(migrations.Migration):
    # Django makes the index once the migration of the table ends.
    dependencies = [("accounts", "0008_browser_sessions")]

    operations = [DropLikeIndex("browsersession", "session_key")]
