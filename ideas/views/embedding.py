"""The portal on other sites: the script they load, and leave for those the product names to show its pages in a frame."""

from __future__ import annotations

import hashlib

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response

from ideas.models import Portal
from ideas.selectors.embedding import allowed_origins, widget_settings
from ideas.selectors.portal import portal_product
from plm.web.framing import framable_by
from plm.web.policy import PUBLIC, PlmRequest, policy


def framable(request: PlmRequest, response: HttpResponse, portal: Portal) -> HttpResponse:
    """Let the sites that the product names show this page in a frame. Without any it stays closed, as all pages are."""
    return framable_by(request, response, allowed_origins(portal))


@policy(PUBLIC, scope="none")
def widget(request: PlmRequest, slug: str, key: str) -> HttpResponse:
    """The script that puts the portal into a page of another site; every site may load it and keep it for ten minutes."""
    product = portal_product(slug, key)
    body = render_to_string("ideas/portal_widget.js", {"given": widget_settings(product)}).encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    whole = HttpResponse(body, content_type="text/javascript; charset=utf-8")
    whole["ETag"] = etag
    response = get_conditional_response(request, etag=etag, response=whole) or whole
    response["Cache-Control"] = "public, max-age=600"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
