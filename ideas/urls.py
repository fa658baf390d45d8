"""Addresses of the ideas room."""

from __future__ import annotations

from django.urls import path

from ideas.views import (
    case_lines,
    cases,
    competitors,
    customer_merging,
    customers,
    demand,
    embedding,
    erasing,
    gates,
    ideas,
    intake,
    merging,
    moderation,
    portal,
    portal_people,
    portal_settings,
    rows,
    segments,
    sign_in,
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
    path("lines/import", case_lines.lines_import, name="case_lines_import"),
    path("lines.csv", case_lines.lines_export, name="case_lines_export"),
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
    path("ideas/moderation", moderation.queue, name="moderation"),
    path("ideas/moderation/rules", moderation.rules, name="moderation_rules"),
    path("ideas/triage/decide", triage.ideas_decide, name="ideas_decide"),
    path("ideas/similar", similar.similar_typing, name="similar_typing"),
    path(COMPARISON, competitors.grid, name="comparison"),
    path(f"{COMPARISON}/new", competitors.capability_new, name="capability_new"),
    path(
        f"{COMPARISON}/<uuid:uuid>/remove", competitors.capability_remove, name="capability_remove"
    ),
    path(f"{COMPARISON}/<uuid:uuid>/<str:who>", competitors.cell, name="capability_cell"),
    path("demand/options", demand.options, name="demand_options"),
    path("settings/portal", portal_settings.settings, name="portal_settings"),
    path("settings/portal/open", portal_settings.opened, name="portal_opened"),
    path("settings/portal/boards/new", portal_settings.board_new, name="board_new"),
    path("settings/portal/boards/<uuid:uuid>", portal_settings.board, name="board"),
    path("settings/portal/boards/<uuid:uuid>/link", portal_settings.board_link, name="board_link"),
    path(
        "settings/portal/boards/<uuid:uuid>/unlink",
        portal_settings.board_unlink,
        name="board_unlink",
    ),
    path(
        "settings/portal/boards/<uuid:uuid>/remove",
        portal_settings.board_take_away,
        name="board_remove",
    ),
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
    path("customers/people/<uuid:uuid>/erase", erasing.person_erase_page, name="person_erase"),
    path("customers/people/<uuid:uuid>/merge", customer_merging.person_merge, name="person_merge"),
    path(
        "customers/people/<uuid:uuid>/unmerge",
        customer_merging.person_unmerge,
        name="person_unmerge",
    ),
    path("customers/<uuid:uuid>", customers.company, name="company"),
    path("customers/<uuid:uuid>/edit", customers.company_edit, name="company_edit"),
    path("customers/<uuid:uuid>/archive", customers.company_archive, name="company_archive"),
    path("customers/<uuid:uuid>/merge", customer_merging.company_merge, name="company_merge"),
    path("customers/<uuid:uuid>/unmerge", customer_merging.company_unmerge, name="company_unmerge"),
]

PORTAL = "portal/<slug:slug>/<slug:key>/"
public_urls = [
    path(PORTAL, portal.portal, name="portal"),
    path(f"{PORTAL}submit", portal.submit, name="portal_submit"),
    path(f"{PORTAL}similar", portal.similar, name="portal_similar"),
    path(f"{PORTAL}votes", portal.votes, name="portal_votes"),
    path(f"{PORTAL}widget.js", embedding.widget, name="portal_widget"),
    path(f"{PORTAL}theme.css", portal.theme, name="portal_theme"),
    path(f"{PORTAL}logo", portal.logo, name="portal_logo"),
    path(f"{PORTAL}with/<str:secret>", portal.link, name="portal_link"),
    path(f"{PORTAL}ideas/<int:number>", portal.idea, name="portal_idea"),
    path(f"{PORTAL}ideas/<int:number>/follow", portal_people.follow, name="portal_follow"),
    path(f"{PORTAL}ideas/<int:number>/comment", portal_people.comment, name="portal_comment"),
    path(f"{PORTAL}sign-in", sign_in.sign_in, name="portal_sign_in"),
    path("portal/enter/<str:secret>", sign_in.enter, name="portal_enter"),
    path("portal/unfollow/<str:token>", portal_people.unfollow, name="portal_unfollow"),
    path(f"{PORTAL}ideas/<int:number>/vote", portal.vote, name="portal_vote"),
]
