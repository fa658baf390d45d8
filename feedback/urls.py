"""Addresses of the feedback room."""

from __future__ import annotations

from django.urls import path

from feedback.views import customers, inbox, quotes

product_urls = [
    path("feedback/", inbox.inbox, name="inbox"),
    path("customers/", customers.company_list, name="companies"),
    path("customers/new", customers.company_new, name="company_new"),
    path("customers/suggest", customers.suggest, name="customer_suggest"),
    path("customers/people/", customers.person_list, name="people"),
    path("customers/people/new", customers.person_new, name="person_new"),
    path("customers/people/<uuid:uuid>", customers.person, name="person"),
    path("customers/people/<uuid:uuid>/edit", customers.person_edit, name="person_edit"),
    path("customers/people/<uuid:uuid>/archive", customers.person_archive, name="person_archive"),
    path("customers/<uuid:uuid>", customers.company, name="company"),
    path("customers/<uuid:uuid>/edit", customers.company_edit, name="company_edit"),
    path("customers/<uuid:uuid>/archive", customers.company_archive, name="company_archive"),
]

record_urls = [
    path("pane", inbox.pane, name="pane"),
    path("triage", inbox.triage, name="triage"),
    path("quotes", quotes.quote_new, name="quote_new"),
    path("quotes/targets", quotes.targets, name="quote_targets"),
    path("quotes/<uuid:uuid>/remove", quotes.quote_take_back, name="quote_remove"),
]
