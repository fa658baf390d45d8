"""Addresses of the roadmap room."""

from __future__ import annotations

from django.urls import path

from roadmap.views import (
    alignment,
    capacity,
    changes,
    communication,
    digests,
    forecasts,
    goals,
    lifecycle,
    listed,
    moving,
    places,
    portfolio,
    promises,
    questions,
    roadmap,
    shared,
    shares,
    slips,
    strategy,
    traceability,
)

public_urls = [
    path("share/<str:token>/", shared.shared, name="shared"),
    path("share/<str:token>/present", shared.presented, name="share_present"),
    path("share/<str:token>/roadmap.<str:form>", shared.shared_file, name="share_file"),
    path("share/<str:token>/unlock", shared.unlock, name="share_unlock"),
    path("share/<str:token>/digest", digests.stop_link, name="digest_stop_link"),
    path("share/<str:token>/question", questions.by_link, name="question_by_link"),
]

workspace_urls = [
    path("roadmap", portfolio.portfolio_roadmap, name="portfolio_roadmap"),
]

record_urls = [
    path("place", places.place, name="place"),
    path("place/dates", moving.dates_move, name="place_dates"),
    path("place/remove", places.unplace, name="unplace"),
    path("questions/new", questions.ask, name="question_new"),
    path("questions/<uuid:uuid>", questions.question, name="question"),
    path("questions/<uuid:uuid>/close", questions.close, name="question_close"),
    path("questions/<uuid:uuid>/mail/<uuid:person>", questions.mail_again, name="question_mail"),
    path("check-in", goals.check_in, name="check_in"),
    path("serves", alignment.serves, name="serves"),
    path("sunset", lifecycle.item_sunset, name="item_sunset"),
    path("sunset/edit", lifecycle.item_sunset_edit, name="item_sunset_edit"),
]

product_urls = [
    path("roadmap/", roadmap.timeline, name="timeline"),
    path("roadmap/board", roadmap.board, name="board"),
    path("roadmap/board/move", roadmap.card_move, name="card_move"),
    path("roadmap/table", listed.table, name="roadmap_table"),
    path("roadmap/calendar", listed.calendar, name="roadmap_calendar"),
    path("roadmap/shift", moving.shift, name="roadmap_shift"),
    path("roadmap/releases", roadmap.releases, name="releases"),
    path("roadmap/changes", changes.changes, name="roadmap_changes"),
    path("roadmap/slips", slips.slips, name="roadmap_slips"),
    path("roadmap/forecasts", forecasts.forecasts, name="roadmap_forecasts"),
    path("roadmap/digests", digests.digests, name="digests"),
    path("roadmap/digests/<uuid:uuid>", digests.digest, name="digest"),
    path("roadmap/digests/<uuid:uuid>/stop", digests.stop, name="digest_stop"),
    path("roadmap/place", places.place_named, name="place_named"),
    path("roadmap/promises", promises.promises, name="promises"),
    path("roadmap/shares", shares.shares, name="shares"),
    path("roadmap/shares/<uuid:uuid>", shares.share, name="share"),
    path("roadmap/shares/<uuid:uuid>/view", shared.view_as, name="share_view"),
    path("roadmap/shares/<uuid:uuid>/present", shared.present_as, name="share_present_as"),
    path("roadmap/shares/<uuid:uuid>/roadmap.<str:form>", shared.file_as, name="share_file_as"),
    path("roadmap/shares/<uuid:uuid>/password", shares.password, name="share_password"),
    path("roadmap/shares/<uuid:uuid>/viewers", shares.viewers, name="share_viewers"),
    path(
        "roadmap/shares/<uuid:uuid>/viewers/<uuid:viewer>/revoke",
        shares.viewer_revoke,
        name="share_viewer_revoke",
    ),
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
    path("plan/alignment", alignment.alignment, name="alignment"),
    path("plan/alignment/assign", alignment.alignment_assign, name="alignment_assign"),
    path("plan/canvas/<slug:name>", strategy.canvas, name="canvas"),
    path("plan/canvas/<slug:name>/edit", strategy.canvas_edit, name="canvas_edit"),
    path("plan/lifecycle", lifecycle.lifecycle, name="lifecycle"),
    path("plan/lifecycle/enter", lifecycle.phase_set, name="phase_set"),
    path("plan/lifecycle/phases/<slug:name>", lifecycle.phase_plan, name="phase_plan"),
    path("plan/sunset", lifecycle.sunset, name="sunset"),
    path("plan/sunset/edit", lifecycle.sunset_edit, name="sunset_edit"),
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
