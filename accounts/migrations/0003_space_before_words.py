from django.db import migrations

from crm.base.search import put_space_before_words


class Migration(migrations.Migration):
    atomic = False  # a batch at a time: nobody waits for a lock on all

    dependencies = [("accounts", "0002_indexes_that_are_used")]

    operations = [
        migrations.RunPython(put_space_before_words("accounts", "User"), migrations.RunPython.noop)
    ]
