"""Addresses of the roadmap room."""

from __future__ import annotations

from django.urls import path

from roadmap.views import (
    capacity,
    changes,
    communication,
    digests,
    goals,
    places,
    questions,
    roadmap,
    shares,
    traceability,
)

public_urls = [
    path("share/<str:token>/", shares.shared, name="shared"),
    path("share/<str:token>/digest", digests.stop_link, name="digest_stop_link"),
    path("share/<str:token>/question", questions.by_link, name="question_by_link"),
]

record_urls = [
    path("place", places.place, name="place"),
    path("place/dates", roadmap.dates_move, name="place_dates"),
    path("place/remove", places.unplace, name="unplace"),
    path("questions/new", questions.ask, name="question_new"),
    path("questions/<uuid:uuid>", questions.question, name="question"),
    path("questions/<uuid:uuid>/close", questions.close, name="question_close"),
    path("questions/<uuid:uuid>/mail/<uuid:person>", questions.mail_again, name="question_mail"),
    path("check-in", goals.check_in, name="check_in"),
]

product_urls = [
    path("roadmap/", roadmap.timeline, name="timeline"),
    path("roadmap/board", roadmap.board, name="board"),
    path("roadmap/board/move", roadmap.card_move, name="card_move"),
    path("roadmap/releases", roadmap.releases, name="releases"),
    path("roadmap/changes", changes.changes, name="roadmap_changes"),
    path("roadmap/digests", digests.digests, name="digests"),
    path("roadmap/digests/<uuid:uuid>", digests.digest, name="digest"),
    path("roadmap/digests/<uuid:uuid>/stop", digests.stop, name="digest_stop"),
    path("roadmap/place", places.place_named, name="place_named"),
    path("roadmap/shares", shares.shares, name="shares"),
    path("roadmap/shares/<uuid:uuid>/revoke", shares.revoke, name="share_revoke"),
    path("prioritize/plan", capacity.plan, name="plan"),
    path("prioritize/plan/capacities", capacity.plan_capacities, name="plan_capacities"),
    path("prioritize/plan/anew", capacity.plan_anew, name="plan_anew"),
    path("prioritize/plan/apply", capacity.plan_put, name="plan_apply"),
    path("traceability/", traceability.traceability, name="traceability"),
    path("traceability.pdf", traceability.traceability_pdf, name="traceability_pdf"),
    path("traceability.csv", traceability.traceability_csv, name="traceability_csv"),
    path("plan/vision", goals.vision, name="vision"),
    path("plan/vision/edit", goals.vision_edit, name="vision_edit"),
    path("plan/communication", communication.plan, name="communication"),
    path("plan/communication/new", communication.line_new, name="communication_new"),
    path("plan/communication/<uuid:uuid>", communication.line_edit, name="communication_line"),
    path(
        "plan/communication/<uuid:uuid>/remove", communication.line_away, name="communication_away"
    ),
    path("plan/communication/<uuid:uuid>/write", communication.write, name="update_write"),
    path("plan/updates/", communication.updates, name="updates"),
    path("plan/updates/<uuid:uuid>", communication.update, name="update"),
    path("plan/updates/<uuid:uuid>/edit", communication.update_edit, name="update_edit"),
    path("plan/updates/<uuid:uuid>/send", communication.send, name="update_send"),
    path(
        "plan/updates/<uuid:uuid>/again/<uuid:delivery>", communication.again, name="update_again"
    ),
    path("plan/objectives/", goals.goals, name="goals"),
]
