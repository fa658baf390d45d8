"""Thirty guests who score in one round at the same time, over real processes of the web: nothing lost, nothing doubled.

With PLM_FAULTS_FULL=1 they score for a minute.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import threading
import time
from collections import Counter
from urllib.parse import urlencode, urlsplit

import pytest

from tests.faults.test_event_bursts import Web
from tests.voters import TOKEN

FULL = os.environ.get("PLM_FAULTS_FULL") == "1"
GUESTS, ITEMS, SECONDS = 30, 5, 60 if FULL else 4
CRITERIA = ("customer_need", "market_demand", "ease")

pytestmark = [pytest.mark.faults, pytest.mark.timeout(SECONDS + 180)]

PREPARE = f"""
import json
from backlog.models import ScoringModel
from backlog.services.rounds_people import round_guest_add
from backlog.services.scoring_models import scoring_model_activate, scoring_models_ensure
from tests.make import make_item, make_round
from tests.world import make_world
w = make_world()
alice = w.actor("alice")
scoring_models_ensure(product=w.atlas)
model = ScoringModel.objects.select_related("product").get(product=w.atlas, method="weighted")
scoring_model_activate(actor=alice, model=model)
items = [make_item(alice, w.atlas, f"Item {{n}}") for n in range({ITEMS})]
row = make_round(alice, w.atlas, items)
secrets = [round_guest_add(actor=alice, row=row, name=f"Guest {{n}}")[1] for n in range({GUESTS})]
print(json.dumps([[[str(i.uuid), i.pk] for i in row.items.all()], secrets]))
"""
ROWS = (
    "SELECT p.name, a.subject, a.value, a.version FROM backlog_roundanswer a"
    " JOIN backlog_roundparticipant p ON p.id = a.participant_id"
)


class Guest:
    """One browser behind a link. `given` is what was confirmed, `unknown` what got no answer, by (item, criterion)."""

    def __init__(self, url, secret, items, seed):
        self.address, self.path, self.items = urlsplit(url), f"/share/{secret}/round", items
        self.chance = random.Random(seed)
        self.given, self.unknown, self.answers, self.refused = {}, set(), 0, Counter()
        self.line = self._line()
        self.line.request("GET", self.path)
        answer = self.line.getresponse()
        page = answer.read().decode()
        self.token = TOKEN.search(page)[1]
        self.cookie = "; ".join(c.partition(";")[0] for c in answer.headers.get_all("Set-Cookie"))

    def _line(self):
        return http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=60)

    def score(self):
        uuid, pk = self.chance.choice(self.items)
        key, value = self.chance.choice(CRITERIA), self.chance.randint(1, 5)
        body = urlencode({"item": uuid, key: value, "csrfmiddlewaretoken": self.token})
        headers = {
            "Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true",
            "Origin": f"{self.address.scheme}://{self.address.netloc}",
        }  # fmt: skip
        subject = f"{pk}.{key}"
        try:
            self.line.request("POST", self.path, body, headers)
            answer = self.line.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            self.line.close()
            self.line = self._line()
            self.unknown.add(subject)
            self.refused[0] += 1
            return
        if answer.status == 200:
            self.given[subject], self.answers = value, self.answers + 1
            self.unknown.discard(subject)
        else:
            self.refused[answer.status] += 1

    def go_on(self, until):
        while time.monotonic() < until:
            self.score()


def test_no_score_is_lost_doubled_or_mixed_up(installation):
    installation.env["PLM_DEBUG"] = "1"
    items, secrets = json.loads(installation.python(PREPARE))
    web = Web(installation)
    web.wait_until_ready()
    guests = [Guest(f"http://{web.address}", s, items, n) for n, s in enumerate(secrets)]
    until = time.monotonic() + SECONDS
    threads = [threading.Thread(target=guest.go_on, args=(until,)) for guest in guests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = installation.rows(ROWS)
    stored = {(name, subject): json.loads(str(value)) for name, subject, value, _ in rows}
    confirmed = {
        (f"Guest {n}", subject): value
        for n, guest in enumerate(guests)
        for subject, value in guest.given.items()
        if subject not in guest.unknown
    }
    unknown = {(f"Guest {n}", s) for n, guest in enumerate(guests) for s in guest.unknown}
    lost = sum(stored.get(key) != value for key, value in confirmed.items())
    unasked = len(stored.keys() - confirmed.keys() - unknown)
    refused = sum((guest.refused for guest in guests), Counter())
    total = sum(guest.answers for guest in guests)
    begun = installation.rows("SELECT count(*) FROM plm_event WHERE verb = 'round.begun'")[0][0]
    print(
        f"FAULTS {installation.database_url.partition(':')[0]} guests={GUESTS} answers={total}"
        f" refused={dict(refused)} lost={lost} unasked={unasked} doubled={len(rows) - len(stored)}"
    )
    assert (lost, unasked, len(rows) - len(stored)) == (0, 0, 0)
    assert set(refused) <= {0}
    assert begun == len({name for name, _ in stored})
    assert total
