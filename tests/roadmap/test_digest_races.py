"""Digests that are made while many people move items: every move is told once, whatever commits meanwhile."""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import connection

from plm.services.clock import moment_settled
from roadmap.models import Digest, DigestSubscription, Placement
from roadmap.services.digests import digest_done, digest_make, digest_subscribe, digest_take
from roadmap.services.placements import placement_set
from tests.plm.test_races import at_once
from tests.roadmap.telling import DAILY, placed
from tests.world import make_world

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
ITEMS, MOVES = 6, 100


@pytest.fixture
def world(transactional_db):
    if connection.vendor == "sqlite" and "mode=memory" in str(connection.settings_dict["NAME"]):
        pytest.skip("An in-memory database is one connection; tests/run.py gives this part a file.")
    return make_world()


class Reader:
    """Who is told, over and over; what they were told, in days by title."""

    def __init__(self, world):
        self.world, self.told, self.mails = world, Counter(), 0
        actor = world.actor("carol")
        self.row = digest_subscribe(actor=actor, product=world.atlas, values=DAILY)

    def tell(self):
        until = moment_settled(self.world.acme.pk)
        DigestSubscription.objects.update(due_at=until)
        digest = digest_make(subscription_id=self.row.pk, until=until)
        taken = digest_take(digest_id=digest.pk) if digest else None
        if taken is None:
            return
        self.mails += 1
        for line in (line for group in taken[1].groups for line in group.lines):
            found = re.match(r"(\d+) days? (later|earlier)", line.headline)
            self.told[line.title] += int(found[1]) * (1 if found[2] == "later" else -1)
        digest_done(digest=taken[0], state="sent")


def test_no_move_is_lost_or_told_twice_between_digests(world):
    alice = world.actor("alice")
    items = [placed(world, f"Item {n}") for n in range(ITEMS)]
    reader, through = Reader(world), []

    def work(n):
        if n == ITEMS:
            while len(through) < ITEMS:
                reader.tell()
            return
        dice = random.Random(n)
        try:
            for turn in range(MOVES):
                while (
                    reader.mails < 3 * turn // MOVES
                ):  # However slow, none moves on before the others are told.
                    time.sleep(0.01)
                day = date(2027, 2, 1) + timedelta(days=dice.randrange(60))
                placement_set(actor=alice, item=items[n], values={"ends_on": day})
        finally:
            through.append(n)

    assert at_once(ITEMS + 1, work) == [None] * (ITEMS + 1)
    reader.tell()
    moved = {
        place.item.title: (place.ends_on - date(2027, 2, 1)).days
        for place in Placement.objects.select_related("item")
    }
    spans = list(Digest.objects.order_by("until").values_list("since", "until"))
    print(f"RACES moves={ITEMS * MOVES} digests={reader.mails}")
    assert reader.mails >= 3, "too few digests to prove anything"
    assert {title: reader.told[title] for title in moved} == moved
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
