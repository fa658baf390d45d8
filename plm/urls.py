"""The kernel's addresses. Records of every kind live at `/<workspace>/<KEY>-<number>`."""

from __future__ import annotations

from django.urls import URLPattern, path, register_converter
from django.urls.converters import StringConverter

from plm.models.workspace import RESERVED_SLUGS
from plm.web import (
    decisions,
    detail,
    exports,
    hierarchy,
    imports,
    lists,
    notes,
    pages,
    records,
    settings,
)

app_name = "plm"


class SlugConverter(StringConverter):
    """A workspace's address."""

    regex = rf"(?!(?:{'|'.join(sorted(RESERVED_SLUGS))})/)[a-z][a-z0-9-]{{1,39}}"


class KeyConverter(StringConverter):
    """A product's key."""

    regex = "[A-Z][A-Z0-9]{1,9}"


class ReferenceConverter(StringConverter):
    """A record's reference."""

    regex = "[A-Z][A-Z0-9]{1,9}-[0-9]{1,12}"


class PathConverter(StringConverter):
    """The list path of a kind of record, such as `ideas` or `plan/objectives`."""

    regex = "[a-z][a-z-]{1,30}(?:/[a-z][a-z-]{1,30})?"


register_converter(SlugConverter, "ws")
register_converter(KeyConverter, "key")
register_converter(ReferenceConverter, "ref")
register_converter(PathConverter, "kindpath")

record_urls: list[URLPattern] = [
    path("edit", records.record_edit, name="record_edit"),
    path("move", records.record_state, name="record_move"),
    path("archive", records.record_put_away, name="record_archive"),
    path("restore", records.record_bring_back, name="record_restore"),
    path("why", records.record_why, name="record_why"),
    path("history", detail.record_history, name="record_history"),
    path("as-of", detail.record_as_of, name="record_as_of"),
    path("comments", notes.comments, name="comments"),
    path("comments/<uuid:uuid>/delete", notes.comment_delete, name="comment_delete"),
    path("attachments", notes.attachments, name="attachments"),
    path("attachments/<uuid:uuid>", notes.attachment, name="attachment"),
    path("attachments/<uuid:uuid>/remove", notes.attachment_remove, name="attachment_remove"),
    path("follow", notes.follow, name="follow"),
    path("tags", notes.tags, name="tags"),
    path("relations", notes.relations, name="relations"),
    path("relations/<uuid:uuid>/remove", notes.relation_remove, name="relation_remove"),
]

workspace_urls: list[URLPattern] = [
    path("", pages.portfolio, name="portfolio"),
    path("search", pages.search_page, name="search"),
    path("palette", pages.palette, name="palette"),
    path("inbox", pages.inbox, name="inbox"),
    path("jobs", pages.jobs, name="jobs"),
    path("jobs/<uuid:uuid>", pages.job_detail, name="job"),
    path("products/new", pages.product_new, name="product_new"),
    path("settings/members", settings.member_list, name="members"),
    path("settings/members/<uuid:uuid>/role", settings.member_role, name="member_role"),
    path("settings/members/<uuid:uuid>/remove", settings.member_remove, name="member_remove"),
    path(
        "settings/invitations/<uuid:uuid>/revoke",
        settings.invitation_revoke,
        name="invitation_revoke",
    ),
    path("settings/teams", settings.teams, name="teams"),
    path("settings/tree", hierarchy.tree, name="product_tree"),
    path("settings/tree/groups/<uuid:uuid>", hierarchy.group_edit, name="product_group"),
    path("settings/tree/groups/<uuid:uuid>/shift", hierarchy.group_step, name="group_shift"),
    path("settings/tree/groups/<uuid:uuid>/remove", hierarchy.group_away, name="group_remove"),
    path("settings/tree/products/<key:key>", hierarchy.product_edit, name="product_place"),
    path("settings/tree/products/<key:key>/shift", hierarchy.product_step, name="product_shift"),
    path("settings/tokens", settings.tokens, name="tokens"),
    path("settings/tokens/<uuid:uuid>/revoke", settings.token_revoke, name="token_revoke"),
]

product_urls: list[URLPattern] = [
    path("", pages.product_home, name="product_home"),
    path("cycle", pages.cycle_begin, name="cycle_begin"),
    path("decisions", decisions.decisions, name="decisions"),
    path("preview", notes.preview, name="preview"),
    path("mentions", notes.mentions, name="mentions"),
    path("settings/product", settings.product_settings, name="product_settings"),
    path("settings/components", hierarchy.components, name="components"),
    path("settings/components/<uuid:uuid>", hierarchy.component_edit, name="component"),
    path("settings/components/<uuid:uuid>/shift", hierarchy.component_step, name="component_shift"),
    path(
        "settings/components/<uuid:uuid>/remove", hierarchy.component_away, name="component_remove"
    ),
    path("settings/fields", settings.custom_fields, name="fields"),
    path(
        "settings/fields/<uuid:uuid>/archive", settings.custom_field_archive, name="field_archive"
    ),
    path("views/<uuid:uuid>/delete", notes.saved_view_delete, name="saved_view_delete"),
    path("import/", imports.import_list, name="imports"),
    path("import/<uuid:uuid>/", imports.import_batch, name="import_batch"),
    path("import/<uuid:uuid>/check", imports.import_check, name="import_check"),
    path("import/<uuid:uuid>/run", imports.import_run, name="import_run"),
    path("import/<uuid:uuid>/undo", imports.import_take_back, name="import_undo"),
    path("import/<uuid:uuid>/problems.csv", imports.import_problems, name="import_problems"),
]

# After the stages' own pages: whatever is left is the list of a kind.
kind_urls: list[URLPattern] = [
    path("<kindpath:path>/new", records.record_new, name="record_new"),
    path("<kindpath:path>/views", notes.saved_views, name="saved_views"),
    path("<kindpath:path>/export.<str:form>", exports.record_export, name="record_export"),
    path("<kindpath:path>/", lists.record_list, name="record_list"),
]

front_urls: list[URLPattern] = [
    path("", pages.home, name="home"),
    path("new", pages.workspace_new, name="workspace_new"),
    path("me", settings.profile, name="profile"),
    path("invite/<str:secret>", settings.invitation, name="invitation"),
    path("livez", pages.livez, name="livez"),
    path("readyz", pages.readyz, name="readyz"),
]
