"""Suppliers of contracts, and the clock of an hourly file."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessments", "0006_own_factor_choices")]

    operations = [
        migrations.AddField(
            model_name="contract",
            name="supplier",
            field=models.CharField(
                blank=True,
                help_text="Who sells the electricity or cancels the certificates.",
                max_length=200,
                verbose_name="supplier",
            ),
        ),
        migrations.AddField(
            model_name="hourlyseries",
            name="timezone",
            field=models.CharField(
                blank=True,
                help_text="Time zone of its times, such as Europe/Paris; empty where each has its offset from UTC.",
                max_length=64,
                verbose_name="clock of the file",
            ),
        ),
    ]
