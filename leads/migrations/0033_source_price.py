"""What a lead of a source costs."""

import django.core.validators
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("leads", "0032_match_atoms")]

    operations = [
        migrations.AddField(
            model_name="source",
            name="price_per_lead",
            field=models.DecimalField(
                blank=True,
                decimal_places=4,
                help_text="What a row costs; the sources report then says what duplicates cost.",
                max_digits=10,
                null=True,
                validators=[django.core.validators.MinValueValidator(0)],
            ),
        ),
        migrations.AddField(
            model_name="source",
            name="currency",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Of the price, for example USD.",
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="source",
            constraint=models.CheckConstraint(
                condition=Q(price_per_lead__isnull=True)
                | (Q(price_per_lead__gte=0) & ~Q(currency="")),
                name="source_price_has_currency",
            ),
        ),
    ]
