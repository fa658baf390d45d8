"""Every link between tenanted tables is guarded below the ORM."""

from __future__ import annotations

import pytest
from django.db import connection

from plm.tenancy import guarded_links, guarded_models


@pytest.mark.django_db
def test_every_link_to_a_tenanted_row_has_a_trigger():
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'tenancy_guard'"
            )
        else:
            cursor.execute(
                "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'tenancy_update_%'"
            )
        guarded = {row[0] for row in cursor.fetchall()}
    missing = [m._meta.label for m in guarded_models() if m._meta.db_table not in guarded]
    links = sum(len(guarded_links(model)) for model in guarded_models())
    print(f"{links} links guarded in {len(guarded)} tables")
    assert missing == []
