"""Addresses of the ideas room."""

from __future__ import annotations

from django.urls import path

from ideas.views import (
    cases,
    competitors,
    customers,
    demand,
    gates,
    ideas,
    intake,
    merging,
    portal,
    rows,
    segments,
    similar,
    splitting,
    triage,
    votes,
)

record_urls = [
    path("vote", ideas.idea_vote, name="idea_vote"),
    path("voters/new", votes.voter_new, name="voter_new"),
    path("voters/<uuid:uuid>/remove", votes.voter_remove, name="voter_remove"),
    path("answer", ideas.idea_answer, name="idea_answer"),
    path("response", ideas.idea_response, name="idea_response"),
    path("split", splitting.split, name="idea_split"),
    path("similar", similar.similar, name="idea_similar"),
    path("merge", merging.merge, name="idea_merge"),
    path("unmerge", merging.unmerge, name="idea_unmerge"),
    path("intake", triage.intake, name="idea_intake"),
    path("lines/new", cases.line_new, name="case_line_new"),
    path("lines/<int:position>", cases.line_edit, name="case_line"),
    path("lines/<int:position>/remove", cases.line_remove, name="case_line_remove"),
    path("decide", gates.decide, name="gate_decide"),
    path("rows/<slug:field>/new", rows.row_new, name="row_new"),
    path("rows/<slug:field>/<int:position>", rows.row_edit, name="row"),
    path("rows/<slug:field>/<int:position>/remove", rows.row_remove, name="row_remove"),
]

COMPARISON = "competitors/comparison"
product_urls = [
    path("ideas/mail/renew", intake.renew, name="intake_renew"),
    path("ideas/mail/close", intake.close, name="intake_close"),
    path("ideas/mail/<uuid:uuid>", intake.message, name="intake_message"),
    path("ideas/mail/<uuid:uuid>/retry", intake.retry, name="intake_retry"),
    path("ideas/triage", triage.triage, name="triage"),
    path("ideas/triage/decide", triage.ideas_decide, name="ideas_decide"),
    path("ideas/similar", similar.similar_typing, name="similar_typing"),
    path(COMPARISON, competitors.grid, name="comparison"),
    path(f"{COMPARISON}/new", competitors.capability_new, name="capability_new"),
    path(
        f"{COMPARISON}/<uuid:uuid>/remove", competitors.capability_remove, name="capability_remove"
    ),
    path(f"{COMPARISON}/<uuid:uuid>/<str:who>", competitors.cell, name="capability_cell"),
    path("demand/options", demand.options, name="demand_options"),
    path("customers/", customers.company_list, name="companies"),
    path("customers/new", customers.company_new, name="company_new"),
    path("customers/suggest", customers.suggest, name="customer_suggest"),
    path("customers/segments/", segments.segment_list, name="segments"),
    path("customers/segments/new", segments.segment_new, name="segment_new"),
    path("customers/segments/<uuid:uuid>", segments.segment, name="segment"),
    path("customers/segments/<uuid:uuid>/edit", segments.segment_edit, name="segment_edit"),
    path(
        "customers/segments/<uuid:uuid>/remove", segments.segment_take_away, name="segment_remove"
    ),
    path("customers/people/", customers.person_list, name="people"),
    path("customers/people/new", customers.person_new, name="person_new"),
    path("customers/people/<uuid:uuid>", customers.person, name="person"),
    path("customers/people/<uuid:uuid>/edit", customers.person_edit, name="person_edit"),
    path("customers/people/<uuid:uuid>/archive", customers.person_archive, name="person_archive"),
    path("customers/<uuid:uuid>", customers.company, name="company"),
    path("customers/<uuid:uuid>/edit", customers.company_edit, name="company_edit"),
    path("customers/<uuid:uuid>/archive", customers.company_archive, name="company_archive"),
]

PORTAL = "portal/<slug:slug>/<slug:key>/"
public_urls = [
    path(PORTAL, portal.portal, name="portal"),
    path(f"{PORTAL}submit", portal.submit, name="portal_submit"),
    path(f"{PORTAL}similar", portal.similar, name="portal_similar"),
    path(f"{PORTAL}ideas/<int:number>", portal.idea, name="portal_idea"),
    path(f"{PORTAL}ideas/<int:number>/vote", portal.vote, name="portal_vote"),
]
