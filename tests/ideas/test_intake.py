"""Ideas by mail: over HTTP and from a mailbox; taken once, kept whatever happens, and never more than it claims."""

from __future__ import annotations

import re
import socketserver
import threading
from datetime import timedelta

import pytest
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from ideas.models import Idea, InboundMessage, Intake, Person, Vote
from ideas.services import intake
from ideas.services.mailbox import mailbox_poll
from plm.errors import Invalid, NotAllowed, NotVisible
from plm.events import enqueue, unit_of_work
from plm.jobs import JobRequest
from plm.models import Attachment, Event, Job
from plm.runner import run_due_jobs
from tests.ideas import mails
from tests.make import make_person


@pytest.fixture
def address(world):
    return intake.intake_renew(actor=world.actor("alice"), product=world.atlas)


def come(address, raw):
    message = intake.message_receive(token=address.token, raw=raw)
    run_due_jobs()
    message.refresh_from_db()
    return message


def test_a_mail_becomes_an_idea_in_triage_with_its_senders_vote(world, address):
    message = come(address, mails.PLAIN)
    assert (message.state, message.error) == ("taken", "")
    idea = Idea.objects.get()
    assert (message.idea, idea.title, idea.source, idea.state) == (idea, "Split payments", "customer", "open")  # fmt: skip
    assert (idea.public, idea.created_by, idea.votes_count) == (False, None, 1)
    vote = Vote.objects.get()
    assert (vote.person.name, vote.person.email) == ("Ana Ruiz", "ana.ruiz@nordwind.example")
    assert (vote.unproved, vote.person.user, vote.added_by) == (True, None, None)
    again = come(address, mails.PLAIN.replace(b"two parts", b"three parts"))
    assert again == message
    assert (Idea.objects.count(), InboundMessage.objects.count()) == (1, 1)


def test_a_known_person_is_found_and_no_account_is_linked(world, address):
    known = make_person(world.actor("alice"), world.acme, "Ana", email="ana.ruiz@nordwind.example")
    come(address, mails.PLAIN)
    assert Vote.objects.get().person == known
    member = mails.PLAIN.replace(b"Ana.Ruiz@Nordwind.example", world.bob.email.encode())
    come(address, member.replace(b"<one@", b"<other@"))
    person = Person.objects.get(email=world.bob.email)
    assert person.user is None
    assert not Idea.objects.exclude(created_by=None).exists()


def test_files_are_kept_and_those_that_cannot_be_are_named(world, address):
    with override_settings(ATTACHMENT_MAX_BYTES=20):
        come(address, mails.ALTERNATIVE)
    idea = Idea.objects.get()
    assert Attachment.objects.get(record_id=idea.pk).name == "Pläne 2026.png"
    assert idea.description.startswith("A calendar of all rooms.")
    assert "could not be kept:\n\n- The older mail.eml: A file has at most" in idea.description


def test_a_text_longer_than_an_idea_takes_is_kept_as_a_file(world, address):
    long = mails.raw("From: a@b.example\nSubject: Long", "word " * 200_000)
    come(address, long)
    idea = Idea.objects.get()
    assert len(idea.description) <= 100_000
    kept = Attachment.objects.get(record_id=idea.pk)
    assert (kept.name, kept.size > 990_000) == ("message.txt", True)


@pytest.mark.parametrize("why", mails.AUTOMATIC)
def test_what_a_machine_sent_is_left_out_and_kept(world, address, why):
    message = come(address, mails.AUTOMATIC[why])
    assert message.state == "ignored"
    assert why in message.error
    assert Idea.objects.count() == 0
    intake.message_retry(actor=world.actor("alice"), product=world.atlas, uuid=message.uuid)
    run_due_jobs()
    message.refresh_from_db()
    assert message.state == "taken"


def test_our_own_mail_that_comes_back_is_left_out(world, address):
    with override_settings(DEFAULT_FROM_EMAIL="PLM <plm@example.com>"):
        message = come(address, mails.raw("From: PLM <PLM@example.com>\nSubject: You", "Hello"))
    assert message.state == "ignored"


def test_what_cannot_be_taken_is_kept_with_its_error(world, address, monkeypatch):
    def refuse(*args, **kwargs):
        raise Invalid("No more ideas today.")

    with monkeypatch.context() as patched:
        patched.setattr(intake, "record_create", refuse)
        message = come(address, mails.PLAIN)
    assert (message.state, message.error) == ("failed", "No more ideas today.")
    assert message.raw.open("rb").read() == mails.PLAIN
    assert (Idea.objects.count(), Person.objects.count(), Attachment.objects.count()) == (0, 0, 0)
    intake.message_retry(actor=world.actor("alice"), product=world.atlas, uuid=message.uuid)
    run_due_jobs()
    assert Idea.objects.get().title == "Split payments"


@pytest.mark.parametrize("name", ["ENCODED", "HTML_ONLY", "BROKEN_CHARSET", "OUTLOOK", "INLINE"])
def test_every_sort_of_mail_is_taken(world, address, name):
    assert come(address, getattr(mails, name)).state == "taken"
    assert Idea.objects.get().description


def test_a_mail_without_sender_subject_and_words_is_taken(world, address):
    assert come(address, b"X: y\r\n\r\n").state == "taken"
    assert Idea.objects.get().title == "A mail without words"
    assert Vote.objects.count() == 0


def test_one_sender_and_one_address_bring_only_so_much_within_an_hour(world, address, monkeypatch):
    monkeypatch.setattr(intake, "MOST_OF_ONE", 2)
    monkeypatch.setattr(intake, "MOST_AN_HOUR", 3)

    def send(n, who):
        raw = mails.raw(f"From: {who}@b.example\nSubject: {n}\nMessage-ID: <{n}@b>", "x")
        return intake.message_receive(token=address.token, raw=raw)

    send(1, "a"), send(2, "a")
    with pytest.raises(intake.TooOften):
        send(3, "a")
    assert send(1, "a")  # known already
    send(4, "b")
    with pytest.raises(intake.TooOften):
        send(5, "c")


def test_the_address_is_renewed_and_closed_by_managers_alone(world, address):
    old = address.token
    new = intake.intake_renew(actor=world.actor("alice"), product=world.atlas).token
    assert old != new
    with pytest.raises(NotVisible):
        intake.message_receive(token=old, raw=mails.PLAIN)
    for act in (intake.intake_renew, intake.intake_close):
        with pytest.raises(NotAllowed):
            act(actor=world.actor("bob"), product=world.atlas)
    intake.intake_close(actor=world.actor("alice"), product=world.atlas)
    with pytest.raises(NotVisible):
        intake.message_receive(token=new, raw=mails.PLAIN)
    told = Event.objects.filter(verb__startswith="intake.")
    assert [e.verb for e in told.order_by("sequence")] == ["intake.renewed", "intake.renewed", "intake.closed"]  # fmt: skip
    assert not any(new in str(e.data) for e in told)


def test_originals_that_have_served_are_dropped_after_a_quarter(
    world, address, django_capture_on_commit_callbacks
):
    taken, left = come(address, mails.PLAIN), come(address, mails.AUTOMATIC["in bulk"])
    InboundMessage.objects.update(received_at=timezone.now() - timedelta(days=91))
    InboundMessage.objects.filter(pk=left.pk).update(state="failed")
    with django_capture_on_commit_callbacks(execute=True):
        assert intake.messages_forget(workspace_id=world.acme.pk) == 1
    taken.refresh_from_db()
    left.refresh_from_db()
    assert (taken.raw.name, bool(left.raw)) == ("", True)
    assert come(address, mails.PLAIN) == taken


# --- HTTP and pages -----------------------------------------------------------------------------------


def test_a_mail_server_posts_raw_messages(world, address, client):
    url = f"/api/v1/inbound/{address.token}/"

    def post(raw, kind="message/rfc822", to=url, **headers):
        return client.post(to, raw, content_type=kind, headers=headers)

    answer = post(mails.PLAIN)
    assert answer.status_code == 202, answer.content
    assert answer.json()["state"] == "waiting"
    again = post(mails.PLAIN, **{"Idempotency-Key": "x"})
    assert again.json()["id"] == answer.json()["id"]
    run_due_jobs()
    assert Idea.objects.get().title == "Split payments"
    assert post(mails.PLAIN, to="/api/v1/inbound/nobody/").status_code == 404
    assert post(b"").status_code == 422
    assert post(b"{}", kind="application/json").status_code == 415
    assert post(mails.PLAIN, Authorization="Bearer nonsense").status_code == 202
    with override_settings(MAIL_MAX_BYTES=50):
        assert post(mails.ENCODED).status_code == 413
    big = mails.raw("From: a@b.example\nSubject: Big", "x" * 6_000_000)
    assert post(big).status_code == 202
    assert client.get(url).status_code == 405


def test_too_much_mail_is_told_when_to_come_back(world, address, client, monkeypatch):
    monkeypatch.setattr(intake, "MOST_AN_HOUR", 0)
    answer = client.post(
        f"/api/v1/inbound/{address.token}/", mails.PLAIN, content_type="message/rfc822"
    )
    assert (answer.status_code, answer["Retry-After"]) == (429, "600")
    assert InboundMessage.objects.count() == 0


def test_managers_see_the_address_and_every_message_on_the_settings_page(world, sign_in):
    browser = sign_in(world.alice)
    home = reverse("plm:product_settings", args=["acme", "ATL"])
    assert "Open an address" in browser.get(home).content.decode()
    base = "/acme/ATL/ideas/mail/"
    browser.post(f"{base}renew")
    token = Intake.objects.get().token
    with override_settings(IMAP_URL="imap://x", INBOUND_ADDRESS="ideas@example.com"):
        page = browser.get(home).content.decode()
    assert f"ideas+{token}@example.com" in page
    assert f"/api/v1/inbound/{token}/" in page
    message = come(Intake.objects.get(), mails.AUTOMATIC["in bulk"])
    page = browser.get(home).content.decode()
    assert "It is sent in bulk" in page
    download = browser.get(f"{base}{message.uuid}")
    assert b"".join(download.streaming_content) == mails.AUTOMATIC["in bulk"]
    assert download["Content-Type"] == "application/octet-stream"
    browser.post(f"{base}{message.uuid}/retry")
    run_due_jobs()
    idea = Idea.objects.get()
    shown = browser.get(idea.get_absolute_url()).content.decode()
    assert "Came by e-mail from a@b.example" in shown
    assert "address not proved" in shown
    assert browser.post(f"{base}{message.uuid}/retry").status_code == 409
    other = sign_in(world.bob)
    assert other.get(f"{base}{message.uuid}").status_code == 403
    assert other.post(f"{base}renew").status_code == 403
    browser.post(f"{base}close")
    assert Intake.objects.count() == 0


# --- a mailbox ----------------------------------------------------------------------------------------


class Box(socketserver.StreamRequestHandler):
    """As much of an IMAP server as a client needs who looks for what is unseen."""

    def handle(self):
        self.say(b"* OK ready")
        for line in self.rfile:
            tag, command, *rest = line.decode().strip().split(" ", 2)
            words = rest[0] if rest else ""
            getattr(self, f"do_{command.lower()}", self.nothing)(words)
            if command == "LOGIN" and "secret" not in words:
                self.say(f"{tag} NO wrong password".encode())
                continue
            self.say(f"{tag} OK done".encode())
            if command == "LOGOUT":
                return

    def say(self, line):
        self.wfile.write(line + b"\r\n")

    def nothing(self, words):
        del words

    def do_capability(self, words):
        del words
        self.say(b"* CAPABILITY IMAP4rev1")

    def do_select(self, words):
        del words
        self.say(f"* {len(self.server.mails)} EXISTS".encode())

    def do_logout(self, words):
        del words
        self.say(b"* BYE")

    def do_uid(self, words):
        what, _, rest = words.partition(" ")
        flags = self.server.flags
        if what == "SEARCH":
            unseen = [str(n) for n in range(len(self.server.mails)) if r"\Seen" not in flags[n]]
            self.say(f"* SEARCH {' '.join(unseen)}".encode())
            return
        uid, _, rest = rest.partition(" ")
        n = int(uid)
        if what == "STORE":
            flags[n] |= set(re.findall(r"\\\w+", rest))
        elif "SIZE" in rest:
            self.say(f"* 1 FETCH (UID {n} RFC822.SIZE {len(self.server.mails[n])})".encode())
        else:
            content = self.server.mails[n]
            self.say(b"* 1 FETCH (UID %d BODY[] {%d}\r\n%b)" % (n, len(content), content))


@pytest.fixture
def mailbox():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Box) as server:
        server.daemon_threads = True
        server.mails, server.flags = [], []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def url_of(server, word="secret"):
    return f"imap://me%40b:{word}@127.0.0.1:{server.server_address[1]}/INBOX"


def put(server, *raws):
    server.mails += raws
    server.flags += [set() for _ in raws]


def to(address, raw):
    return raw.replace(b"ideas+token@", f"ideas+{address.token}@".encode())


def test_a_mailbox_is_emptied_and_each_mail_marked_only_once_it_is_kept(
    world, address, mailbox, monkeypatch
):
    put(mailbox, to(address, mails.PLAIN), mails.ENCODED)
    with override_settings(IMAP_URL=url_of(mailbox)):
        assert mailbox_poll(url_of(mailbox)) == {"taken": 1, "left": 1, "later": 0}
    assert mailbox.flags == [{r"\Seen"}, {r"\Seen", r"\Flagged"}]
    run_due_jobs()
    assert Idea.objects.get().title == "Split payments"
    assert mailbox_poll(url_of(mailbox)) == {"taken": 0, "left": 0, "later": 0}

    def fail(**kwargs):
        raise ConnectionError("The database is away.")

    second = to(address, mails.PLAIN).replace(b"<one@", b"<next@")
    put(mailbox, second)
    with monkeypatch.context() as patched:
        patched.setattr("ideas.services.mailbox.message_receive", fail)
        with pytest.raises(ConnectionError):
            mailbox_poll(url_of(mailbox))
    assert mailbox.flags[2] == set()
    assert mailbox_poll(url_of(mailbox))["taken"] == 1


def test_what_comes_too_often_waits_and_what_is_too_large_stays(
    world, address, mailbox, monkeypatch
):
    put(mailbox, to(address, mails.PLAIN))
    monkeypatch.setattr(intake, "MOST_AN_HOUR", 0)
    assert mailbox_poll(url_of(mailbox))["later"] == 1
    assert mailbox.flags == [set()]
    with override_settings(MAIL_MAX_BYTES=100):
        assert mailbox_poll(url_of(mailbox))["left"] == 1
    assert mailbox.flags == [{r"\Seen", r"\Flagged"}]


def test_the_job_looks_into_the_mailbox_and_is_tried_again_where_it_cannot(world, address, mailbox):
    put(mailbox, to(address, mails.PLAIN))

    def ask():
        with unit_of_work():
            enqueue(JobRequest("ideas.mailbox", "ideas.mailbox", world.acme.pk))
        run_due_jobs()

    with override_settings(IMAP_URL=url_of(mailbox, "wrong")):
        ask()
    job = Job.objects.get(kind="ideas.mailbox")
    assert (job.state, "wrong password" in job.error) == ("retrying", True)
    Job.objects.all().delete()
    with override_settings(IMAP_URL=url_of(mailbox)):
        ask()
    assert Job.objects.get(kind="ideas.mailbox").result == {"taken": 1, "left": 0, "later": 0}
