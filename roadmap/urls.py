"""Addresses of the roadmap room."""

from __future__ import annotations

from django.urls import path

from roadmap.views import (
    capacity,
    changes,
    forecasts,
    goals,
    listed,
    moving,
    places,
    promises,
    roadmap,
    shared,
    shares,
    traceability,
)

public_urls = [
    path("share/<str:token>/", shared.shared, name="shared"),
    path("share/<str:token>/present", shared.presented, name="share_present"),
    path("share/<str:token>/roadmap.<str:form>", shared.shared_file, name="share_file"),
    path("share/<str:token>/unlock", shared.unlock, name="share_unlock"),
]

record_urls = [
    path("place", places.place, name="place"),
    path("place/dates", moving.dates_move, name="place_dates"),
    path("place/remove", places.unplace, name="unplace"),
    path("check-in", goals.check_in, name="check_in"),
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
    path("roadmap/forecasts", forecasts.forecasts, name="roadmap_forecasts"),
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
    path("plan/objectives/", goals.goals, name="goals"),
]
