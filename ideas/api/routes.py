"""API addresses of the ideas room."""

from __future__ import annotations

from django.urls import path

from ideas.api.cases import CaseViewSet
from ideas.api.competitors import CapabilityViewSet, CompetitorViewSet
from ideas.api.customers import CompanyViewSet, PersonViewSet
from ideas.api.demand import DemandOptionsView
from ideas.api.evidence import FeasibilityViewSet, ResearchViewSet, TrendViewSet
from ideas.api.followers import FollowersView, FollowerView
from ideas.api.gates import GateViewSet
from ideas.api.inbound import InboundView
from ideas.api.moderation import ModerationView, PostsDecideView, PostsView
from ideas.api.portal import BoardLinkView, BoardsView, BoardView, PortalView
from ideas.api.public_comments import PublicCommentsView, PublicCommentView
from ideas.api.segments import SegmentCompaniesView, SegmentsView, SegmentView
from ideas.api.viewsets import IdeaViewSet
from ideas.api.votes import VotersView, VoterView

viewsets = [
    ("ideas", IdeaViewSet),
    ("research", ResearchViewSet),
    ("trends", TrendViewSet),
    ("competitors", CompetitorViewSet),
    ("capabilities", CapabilityViewSet),
    ("feasibility", FeasibilityViewSet),
    ("business-cases", CaseViewSet),
    ("gates", GateViewSet),
    ("companies", CompanyViewSet),
    ("persons", PersonViewSet),
]

urlpatterns = [
    path("inbound/<str:token>/", InboundView.as_view(), name="inbound"),
    path("demand-options/<str:key>/", DemandOptionsView.as_view(), name="demand_options"),
    path("portals/<str:key>/", PortalView.as_view(), name="portal"),
    path("portals/<str:key>/moderation/", ModerationView.as_view(), name="moderation"),
    path("portals/<str:key>/posts/", PostsView.as_view(), name="portal_posts"),
    path("portals/<str:key>/posts/decide/", PostsDecideView.as_view(), name="portal_posts_decide"),
    path("boards/", BoardsView.as_view(), name="boards"),
    path("boards/<uuid:uuid>/", BoardView.as_view(), name="board"),
    path("boards/<uuid:uuid>/link/", BoardLinkView.as_view(), name="board_link"),
    path("segments/", SegmentsView.as_view(), name="segments"),
    path("segments/<uuid:uuid>/", SegmentView.as_view(), name="segment"),
    path(
        "segments/<uuid:uuid>/companies/", SegmentCompaniesView.as_view(), name="segment_companies"
    ),
    path("ideas/<str:reference>/votes/", VotersView.as_view(), name="idea_voters"),
    path("ideas/<str:reference>/votes/<uuid:uuid>/", VoterView.as_view(), name="idea_voter"),
    path("ideas/<str:reference>/followers/", FollowersView.as_view(), name="idea_followers"),
    path(
        "ideas/<str:reference>/followers/<uuid:uuid>/", FollowerView.as_view(), name="idea_follower"
    ),
    path(
        "ideas/<str:reference>/public-comments/",
        PublicCommentsView.as_view(),
        name="public_comments",
    ),
    path(
        "ideas/<str:reference>/public-comments/<uuid:uuid>/",
        PublicCommentView.as_view(),
        name="public_comment",
    ),
]
