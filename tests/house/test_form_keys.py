"""Every form that makes something carries a key, so that a double click makes it once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2] / "templates"
FORM = re.compile(r"<form\b(?P<head>.*?)(?<![%}])>(?P<body>.*?)</form>", re.DOTALL | re.IGNORECASE)
LIBRARY = {"account", "mfa", "allauth"}  # Their views are django-allauth's, which takes no key.

REACHED = "leads to a state; the second sending finds it reached"
GONE = "takes something away; the second sending finds it gone"
SAID_ONCE = "guests have no keys; words sent twice are said once"
WITHOUT_KEY = {
    ("components/vote.html", "{{ url }}"): REACHED,
    ("ideas/_vote.html", "/vote"): REACHED,
    ("ideas/_portal_vote.html", "{{ idea.vote_url }}"): REACHED,
    ("ideas/_portal_follow.html", "{{ follow.url }}"): REACHED,
    ("ideas/moderation.html", ""): "decides once; the second sending finds it decided",
    (
        "ideas/portal_sign_in.html",
        "{{ portal.sign_in_url }}",
    ): "visitors have no keys; each link of two mails works once",
    ("ideas/portal_enter.html", ""): "uses a link up; the second sending finds it used",
    ("ideas/portal_unfollow.html", ""): GONE,
    ("ideas/portal_you.html", "{{ own.mails_url }}"): REACHED,
    ("ideas/portal_you.html", "{{ one.follow_url }}"): GONE,
    ("ideas/portal_you.html", "{% url 'account_logout' %}"): GONE,
    ("ideas/_portal_account.html", "{% url 'account_logout' %}"): GONE,
    ("layout/_account.html", "{{ logout_url"): GONE,
    ("feedback/_pane.html", "/triage"): REACHED,
    ("feedback/_quotes.html", "/remove"): GONE,
    ("plm/inbox.html", ""): REACHED,
    ("plm/_import_mapping.html", "{{ batch.get_absolute_url }}"): REACHED,
    ("plm/_import_report.html", "import_undo"): REACHED,
    ("plm/settings_product.html", "{{ archive_url }}"): REACHED,
    ("plm/record_detail.html", "/follow"): REACHED,
    ("plm/record_detail.html", "archive"): REACHED,
    ("plm/_relations.html", "/remove"): GONE,
    ("plm/_comments.html", "/delete"): GONE,
    ("plm/_save_view.html", "saved_view_delete"): GONE,
    ("plm/settings_tokens.html", "token_revoke"): GONE,
    ("plm/settings_fields.html", "field_archive"): GONE,
    ("plm/settings_tree.html", "group_remove"): GONE,
    ("plm/settings_components.html", "component_remove"): GONE,
    ("plm/settings_members.html", "member_role"): REACHED,
    ("plm/settings_members.html", "member_remove"): GONE,
    ("plm/settings_members.html", "invitation_revoke"): GONE,
    ("plm/_moves.html", "/move"): REACHED,
    ("plm/_attachments.html", "delete_url"): GONE,
    ("plm/_bulk.html", "{{ bulk_url }}"): REACHED,
    ("backlog/scoring_model.html", "/use"): REACHED,
    ("backlog/prioritize.html", "/use"): REACHED,
    ("backlog/prioritize.html", ""): REACHED,
    ("backlog/scenarios.html", "remove_url"): GONE,
    ("backlog/item_detail.html", "/ideas/remove"): GONE,
    ("backlog/_requirements.html", "/check"): REACHED,
    ("backlog/_review.html", "review_withdraw"): GONE,
    ("backlog/_passages.html", "thread_resolve"): REACHED,
    ("backlog/_passages.html", "/delete"): GONE,
    ("backlog/spec_templates.html", "spec_template_away"): GONE,
    ("backlog/_requirements.html", "/remove"): GONE,
    ("backlog/sprint_detail.html", "/items"): REACHED,
    ("backlog/_rank_row.html", "/unrank"): GONE,
    ("backlog/_columns.html", "prioritize/columns"): REACHED,
    ("backlog/_round_moves.html", "/move"): REACHED,
    ("backlog/_round_moves.html", "/longer"): REACHED,
    ("backlog/_round_progress.html", "/remove"): GONE,
    ("backlog/_round_give.html", "{{ here }}"): REACHED,
    ("backlog/_round_choose.html", "{{ here }}"): "guests have no keys; a vote sent twice is one",
    ("backlog/_round_remarks.html", "{{ here }}"): SAID_ONCE,
    (
        "backlog/_round_row.html",
        "{{ here }}",
    ): SAID_ONCE,
    ("ideas/_case_lines.html", "/remove"): GONE,
    ("ideas/_rows.html", "/remove"): GONE,
    ("ideas/_voter.html", "/remove"): GONE,
    ("ideas/segment_detail.html", "segment_remove"): GONE,
    ("ideas/comparison.html", "/remove"): GONE,
    ("ideas/portal_settings.html", "portal_opened"): REACHED,
    ("ideas/board_form.html", "board_unlink"): GONE,
    ("ideas/board_form.html", "board_remove"): GONE,
    ("ideas/_triage_pane.html", "/intake"): "decides once; the second sending finds it decided",
    (
        "ideas/triage.html",
        "ideas/triage/decide",
    ): "decides once; the second sending finds them decided",
    (
        "ideas/triage_many.html",
        "ideas/triage/decide",
    ): "decides once; the second sending finds them decided",
    ("ideas/_inbound.html", "close"): REACHED,
    ("ideas/_inbound.html", "/retry"): REACHED,
    ("ideas/_merged.html", "/unmerge"): "takes back once; the second sending finds it taken back",
    ("roadmap/_alignment_idle.html", "alignment/assign"): REACHED,
    ("roadmap/_alignment_loose.html", "alignment/assign"): REACHED,
    ("roadmap/serves.html", "{{ here_url }}"): GONE,
    ("roadmap/place.html", "/place/remove"): GONE,
    ("roadmap/_trace_panel.html", "/covers"): REACHED,
    ("roadmap/shares.html", "/revoke"): GONE,
    ("roadmap/share.html", "/password"): GONE,
    ("roadmap/share.html", "/revoke"): GONE,
    ("roadmap/shared_locked.html", ""): "makes nothing; a password given twice opens twice",
    ("roadmap/digests.html", "/stop"): GONE,
    ("roadmap/communication_line.html", "/remove"): GONE,
    ("roadmap/question.html", "/close"): REACHED,
    ("roadmap/question_guest.html", ""): REACHED,
    ("roadmap/digest_stop.html", ""): GONE,
    ("roadmap/roadmap.html", "{{ place_url }}"): "only leads to a form",
    ("analytics/metric_detail.html", "/recompute"): REACHED,
    ("analytics/metric_readings.html", "/readings/remove"): GONE,
}


def posting() -> list[tuple[str, str, bool]]:
    """Each form that is posted: its template, where it goes, whether it has a key."""
    found = []
    for path in sorted(ROOT.rglob("*.html")):
        name = str(path.relative_to(ROOT))
        if path.relative_to(ROOT).parts[0] in LIBRARY:
            continue
        for form in FORM.finditer(path.read_text(encoding="utf-8")):
            if 'method="post"' in form["head"]:
                action = re.search(r'action="([^"]*)"', form["head"])
                found.append((name, action[1] if action else "", "{% form_key %}" in form["body"]))
    return found


def reason(name: str, action: str) -> str:
    for (at, part), why in WITHOUT_KEY.items():
        if at == name and (part in action if part else not action):
            return why
    return ""


@pytest.mark.parametrize(("name", "action", "keyed"), posting())
def test_a_form_that_makes_something_has_a_key(name: str, action: str, keyed: bool) -> None:
    assert keyed or reason(name, action), f"{name}: {action or 'its own address'}"


def test_no_reason_outlives_its_form() -> None:
    used = {(n, p) for n, a, keyed in posting() for n2, p in WITHOUT_KEY if n2 == n and not keyed
            and (p in a if p else not a)}  # fmt: skip
    assert used == set(WITHOUT_KEY)
