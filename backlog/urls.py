"""Addresses of the backlog room."""

from __future__ import annotations

from django.urls import path

from backlog.views import (
    delivery,
    items,
    priority,
    requirements,
    reviews,
    scoring_models,
    spec_templates,
    specs,
    stories,
    threads,
)

record_urls = [
    path("assess", priority.item_assess, name="item_assess"),
    path("score", priority.item_why, name="item_why"),
    path("state", priority.item_state, name="item_state"),
    path("rank", priority.item_rank, name="item_rank"),
    path("unrank", priority.item_unrank, name="item_unrank"),
    path("promote", items.idea_promote, name="idea_promote"),
    path("children", items.item_child, name="item_child"),
    path("ideas/remove", items.item_idea_remove, name="item_idea_remove"),
    path("check", specs.spec_check, name="spec_check"),
    path("versions", specs.spec_history, name="spec_versions"),
    path("versions/<int:number>/restore", specs.spec_version_restore, name="spec_restore"),
    path("review/ask", reviews.review_ask, name="review_ask"),
    path("review/<uuid:uuid>/withdraw", reviews.review_withdraw, name="review_withdraw"),
    path("review/answer", reviews.review_answer, name="review_answer"),
    path("review/sign-off", reviews.spec_sign, name="spec_sign"),
    path("review/reopen", reviews.spec_open_again, name="spec_open_again"),
    path("passages", threads.thread_start, name="thread_start"),
    path("passages/<uuid:uuid>/reply", threads.thread_reply, name="thread_reply"),
    path("passages/<uuid:uuid>/resolve", threads.thread_resolve, name="thread_resolve"),
    path("override", reviews.item_override, name="item_override"),
    path("requirements/new", requirements.requirement_new, name="requirement_new"),
    path("requirements/<uuid:uuid>", requirements.requirement_edit, name="requirement"),
    path(
        "requirements/<uuid:uuid>/remove",
        requirements.requirement_remove,
        name="requirement_remove",
    ),
    path("stories", stories.spec_stories, name="spec_stories"),
    path("covers", stories.spec_cover, name="spec_cover"),
    path("items", delivery.sprint_items, name="sprint_items"),
    path("complete", delivery.sprint_finish, name="sprint_complete"),
]

product_urls = [
    path("settings/specifications", reviews.spec_settings, name="spec_settings"),
    path("prioritize/", priority.prioritize, name="prioritize"),
    path("prioritize/state", priority.ranking_state, name="ranking_state"),
    path("prioritize/model", scoring_models.scoring, name="scoring"),
    path("prioritize/model/use", scoring_models.scoring_model_use, name="scoring_model_use"),
    path("prioritize/model/new", scoring_models.scoring_model_new, name="scoring_model_new"),
    path("prioritize/model/<uuid:uuid>", scoring_models.scoring_model, name="scoring_model"),
    path(
        "prioritize/model/<uuid:uuid>/edit",
        scoring_models.scoring_model_edit,
        name="scoring_model_edit",
    ),
    path(
        "prioritize/model/<uuid:uuid>/preview",
        scoring_models.scoring_model_preview,
        name="scoring_model_preview",
    ),
    path("settings/spec-templates", spec_templates.spec_templates, name="spec_templates"),
    path("settings/spec-templates/new", spec_templates.spec_template_new, name="spec_template_new"),
    path("settings/spec-templates/<uuid:uuid>", spec_templates.spec_template, name="spec_template"),
    path(
        "settings/spec-templates/<uuid:uuid>/remove",
        spec_templates.spec_template_away,
        name="spec_template_away",
    ),
    path("ideas/promote", items.ideas_promote, name="ideas_promote"),
    path("delivery/", delivery.delivery, name="delivery"),
    path("delivery/board", delivery.board, name="board"),
    path("delivery/board/move", delivery.board_move, name="board_move"),
    path("delivery/board/limits", delivery.board_limits, name="board_limits"),
]
