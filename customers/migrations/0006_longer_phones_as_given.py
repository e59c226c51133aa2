from django.db import migrations

import crm.base.text

PHONE = crm.base.text.LineField(
    blank=True, default="", editable=False, max_length=200, verbose_name="phone as given"
)


class Migration(migrations.Migration):
    dependencies = [("customers", "0005_indexes_of_the_past")]

    operations = [
        migrations.AlterField(model_name=model, name="phone_as_given", field=PHONE.clone())
        for model in ("customer", "historicalcustomer")
    ]
