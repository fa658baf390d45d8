"""Addresses of the ideas room."""

from __future__ import annotations

from django.urls import path

from ideas.views import cases, gates, ideas, portal, rows

record_urls = [
    path("vote", ideas.idea_vote, name="idea_vote"),
    path("answer", ideas.idea_answer, name="idea_answer"),
    path("lines/new", cases.line_new, name="case_line_new"),
    path("lines/<int:position>", cases.line_edit, name="case_line"),
    path("lines/<int:position>/remove", cases.line_remove, name="case_line_remove"),
    path("decide", gates.decide, name="gate_decide"),
    path("rows/<slug:field>/new", rows.row_new, name="row_new"),
    path("rows/<slug:field>/<int:position>", rows.row_edit, name="row"),
    path("rows/<slug:field>/<int:position>/remove", rows.row_remove, name="row_remove"),
]

PORTAL = "portal/<slug:slug>/<slug:key>/"
public_urls = [
    path(PORTAL, portal.portal, name="portal"),
    path(f"{PORTAL}submit", portal.submit, name="portal_submit"),
    path(f"{PORTAL}ideas/<int:number>", portal.idea, name="portal_idea"),
    path(f"{PORTAL}ideas/<int:number>/vote", portal.vote, name="portal_vote"),
]
