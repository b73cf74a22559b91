from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("funding", "0004_commitments_into_ledger")]
    operations = [
        migrations.DeleteModel(name="MatchingCommitment"),
        migrations.DeleteModel(name="CommitmentStep"),
    ]
