"""The kernel's API addresses."""

from __future__ import annotations

from django.urls import path

from plm.api import attachments, decisions, hierarchy, imports, settings, shared

REF = "records/<str:reference>"

urlpatterns = [
    path(f"{REF}/lineage/", shared.LineageView.as_view(), name="lineage"),
    path(f"{REF}/history/", shared.HistoryView.as_view(), name="history"),
    path(f"{REF}/as-of/", shared.AsOfView.as_view(), name="as_of"),
    path(f"{REF}/comments/", shared.CommentsView.as_view(), name="comments"),
    path(f"{REF}/attachments/", attachments.AttachmentsView.as_view(), name="attachments"),
    path(
        f"{REF}/attachments/<uuid:uuid>/", attachments.AttachmentView.as_view(), name="attachment"
    ),
    path(f"{REF}/follow/", shared.FollowView.as_view(), name="follow"),
    path(f"{REF}/explain/", shared.ExplainView.as_view(), name="explain"),
    path(f"{REF}/relations/", shared.RelationsView.as_view(), name="relations"),
    path("changes/", shared.ChangesView.as_view(), name="changes"),
    path("custom-fields/", settings.CustomFieldsView.as_view(), name="custom_fields"),
    path("custom-fields/<uuid:uuid>/", settings.CustomFieldView.as_view(), name="custom_field"),
    path("saved-views/", settings.SavedViewsView.as_view(), name="saved_views"),
    path("saved-views/<uuid:uuid>/", settings.SavedViewView.as_view(), name="saved_view"),
    path("search/", shared.SearchView.as_view(), name="search"),
    path("products/", shared.ProductsView.as_view(), name="products"),
    path("products/<str:key>/place/", hierarchy.ProductPlaceView.as_view(), name="product_place"),
    path("products/<str:key>/components/", hierarchy.ComponentsView.as_view(), name="components"),
    path("products/<str:key>/decisions/", decisions.DecisionsView.as_view(), name="decisions"),
    path("components/<uuid:uuid>/", hierarchy.ComponentView.as_view(), name="component"),
    path("product-groups/", hierarchy.GroupsView.as_view(), name="product_groups"),
    path("product-groups/<uuid:uuid>/", hierarchy.GroupView.as_view(), name="product_group"),
    path("people/", shared.PeopleView.as_view(), name="people"),
    path("imports/", imports.ImportsView.as_view(), name="imports"),
    path("imports/<uuid:uuid>/", imports.ImportView.as_view(), name="import"),
    path("imports/<uuid:uuid>/check/", imports.ImportCheckView.as_view(), name="import_check"),
    path("imports/<uuid:uuid>/run/", imports.ImportRunView.as_view(), name="import_run"),
    path("imports/<uuid:uuid>/undo/", imports.ImportUndoView.as_view(), name="import_undo"),
    path("imports/<uuid:uuid>/errors/", imports.ImportErrorsView.as_view(), name="import_errors"),
    path("jobs/<uuid:uuid>/", shared.JobView.as_view(), name="job"),
]
