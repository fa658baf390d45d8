"""API addresses of the roadmap room."""

from __future__ import annotations

from django.urls import path

from roadmap.api.capacity import CapacitiesView, PlanApplyView, PlanView
from roadmap.api.changes import RoadmapAsOfView, RoadmapChangesView
from roadmap.api.communication import (
    CommunicationView,
    DeliveryAgainView,
    LineView,
    UpdateSendView,
    UpdatesView,
    UpdateView,
)
from roadmap.api.contributions import AlignmentView, ContributionsView, ProductContributionsView
from roadmap.api.dependencies import DependenciesView, ShiftView
from roadmap.api.digests import DigestsView, DigestView
from roadmap.api.forecasts import ForecastsView
from roadmap.api.lifecycle import ItemSunsetView, LifecycleView, SunsetView
from roadmap.api.pictures import TimelinePictureView
from roadmap.api.places import PlacementSortView, PlacementsView, PlacementView, RoadmapView
from roadmap.api.portfolio import PortfolioRoadmapView, ProductTreeView
from roadmap.api.promises import PromisesView, ShareShownView
from roadmap.api.questions import QuestionMailView, QuestionReplyView, QuestionsView, QuestionView
from roadmap.api.redirecting import SunsetIdeasBackView, SunsetIdeasView
from roadmap.api.scenarios import (
    RoadmapScenarioApplyView,
    RoadmapScenariosView,
    RoadmapScenarioUndoView,
    RoadmapScenarioView,
    ScenarioCompareView,
    ScenarioPlaceView,
)
from roadmap.api.shares import SharesView, ShareView, ShareViewersView, ShareViewerView
from roadmap.api.slips import SlipsView
from roadmap.api.strategy import BusinessModelView, LeanCanvasView, SwotView, VisionView
from roadmap.api.traceability import OrphansView, TraceabilityView
from roadmap.api.viewsets import (
    KeyResultViewSet,
    MilestoneViewSet,
    ObjectiveViewSet,
    PersonaViewSet,
    ReleaseViewSet,
)

viewsets = [
    ("objectives", ObjectiveViewSet),
    ("key-results", KeyResultViewSet),
    ("releases", ReleaseViewSet),
    ("milestones", MilestoneViewSet),
    ("personas", PersonaViewSet),
]

urlpatterns = [
    path("portfolio/roadmap/", PortfolioRoadmapView.as_view(), name="portfolio_roadmap"),
    path("portfolio/tree/", ProductTreeView.as_view(), name="portfolio_tree"),
    path("roadmap/", RoadmapView.as_view(), name="roadmap"),
    path("placements/", PlacementsView.as_view(), name="placements"),
    path("placements/<str:reference>/", PlacementView.as_view(), name="placement"),
    path("contributions/<str:reference>/", ContributionsView.as_view(), name="contributions"),
    path("products/<str:key>/alignment/", AlignmentView.as_view(), name="alignment"),
    path("products/<str:key>/vision/", VisionView.as_view(), name="vision"),
    path("products/<str:key>/canvases/lean/", LeanCanvasView.as_view(), name="canvas_lean"),
    path("products/<str:key>/canvases/swot/", SwotView.as_view(), name="canvas_swot"),
    path(
        "products/<str:key>/canvases/business/", BusinessModelView.as_view(), name="canvas_business"
    ),
    path("products/<str:key>/lifecycle/", LifecycleView.as_view(), name="lifecycle"),
    path("products/<str:key>/sunset/", SunsetView.as_view(), name="sunset"),
    path("products/<str:key>/sunset/ideas/", SunsetIdeasView.as_view(), name="sunset_ideas"),
    path(
        "products/<str:key>/sunset/ideas/back/",
        SunsetIdeasBackView.as_view(),
        name="sunset_ideas_back",
    ),
    path("products/<str:key>/capacities/", CapacitiesView.as_view(), name="capacities"),
    path("products/<str:key>/digests/", DigestsView.as_view(), name="digests"),
    path("digests/<uuid:uuid>/", DigestView.as_view(), name="digest"),
    path("products/<str:key>/plan/", PlanView.as_view(), name="plan"),
    path("products/<str:key>/plan/apply/", PlanApplyView.as_view(), name="plan_apply"),
    path(
        "products/<str:key>/roadmap/timeline.png", TimelinePictureView.as_view(), name="roadmap_png"
    ),
    path("products/<str:key>/roadmap/as-of/", RoadmapAsOfView.as_view(), name="roadmap_as_of"),
    path(
        "products/<str:key>/roadmap/changes/", RoadmapChangesView.as_view(), name="roadmap_changes"
    ),
    path(
        "products/<str:key>/roadmap/dependencies/", DependenciesView.as_view(), name="dependencies"
    ),
    path(
        "products/<str:key>/roadmap-scenarios/",
        RoadmapScenariosView.as_view(),
        name="roadmap_scenarios",
    ),
    *(
        path(
            f"products/<str:key>/roadmap-scenarios/<uuid:uuid>/{below}",
            view.as_view(),
            name=f"roadmap_scenario{name}",
        )
        for below, view, name in (
            ("", RoadmapScenarioView, ""),
            ("items/<str:reference>/", ScenarioPlaceView, "_item"),
            ("compare/", ScenarioCompareView, "_compare"),
            ("apply/", RoadmapScenarioApplyView, "_apply"),
            ("apply/undo/", RoadmapScenarioUndoView, "_undo"),
        )
    ),
    path("products/<str:key>/roadmap/slips/", SlipsView.as_view(), name="roadmap_slips"),
    path("products/<str:key>/roadmap/shift/", ShiftView.as_view(), name="roadmap_shift"),
    path(
        "products/<str:key>/roadmap/forecasts/", ForecastsView.as_view(), name="roadmap_forecasts"
    ),
    path("products/<str:key>/traceability/", TraceabilityView.as_view(), name="traceability"),
    path("products/<str:key>/traceability/orphans/", OrphansView.as_view(), name="orphans"),
    path("products/<str:key>/promises/", PromisesView.as_view(), name="promises"),
    path("shares/<uuid:uuid>/shown/", ShareShownView.as_view(), name="share_shown"),
    path("records/<str:reference>/questions/", QuestionsView.as_view(), name="questions"),
    path("records/<str:reference>/questions/<uuid:uuid>/", QuestionView.as_view(), name="question"),
    path(
        "records/<str:reference>/questions/<uuid:uuid>/answer/",
        QuestionReplyView.as_view(),
        name="question_answer",
    ),
    path(
        "records/<str:reference>/questions/<uuid:uuid>/people/<uuid:person>/mail/",
        QuestionMailView.as_view(),
        name="question_mail",
    ),
    path("records/<str:reference>/sunset/", ItemSunsetView.as_view(), name="item_sunset"),
    path(
        "products/<str:key>/contributions/",
        ProductContributionsView.as_view(),
        name="product_contributions",
    ),
    path("placements/<str:reference>/sort/", PlacementSortView.as_view(), name="placement_sort"),
    path("products/<str:key>/communication/", CommunicationView.as_view(), name="communication"),
    path("communication/<uuid:uuid>/", LineView.as_view(), name="communication_line"),
    path("products/<str:key>/updates/", UpdatesView.as_view(), name="updates"),
    path("updates/<uuid:uuid>/", UpdateView.as_view(), name="update"),
    path("updates/<uuid:uuid>/send/", UpdateSendView.as_view(), name="update_send"),
    path(
        "updates/<uuid:uuid>/deliveries/<uuid:delivery>/again/",
        DeliveryAgainView.as_view(),
        name="delivery_again",
    ),
    path("shares/", SharesView.as_view(), name="shares"),
    path("shares/<uuid:uuid>/", ShareView.as_view(), name="share"),
    path("shares/<uuid:uuid>/viewers/", ShareViewersView.as_view(), name="share_viewers"),
    path(
        "shares/<uuid:uuid>/viewers/<uuid:viewer>/", ShareViewerView.as_view(), name="share_viewer"
    ),
]
