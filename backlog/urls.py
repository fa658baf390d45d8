"""Addresses of the backlog room."""

from __future__ import annotations

from django.urls import path

from backlog.views import (
    comparisons,
    delivery,
    items,
    priority,
    requirements,
    reviews,
    rounds,
    rounds_answers,
    rounds_guest,
    rounds_people,
    scoring_models,
    spec_templates,
    specs,
    standings,
    stories,
    threads,
    whatif,
)

public_urls = [path("share/<str:token>/round", rounds_guest.round_guest, name="round_guest")]

record_urls = [
    path("assess", priority.item_assess, name="item_assess"),
    path("score", standings.item_why, name="item_why"),
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
    path("prioritize/what-if", whatif.what_if, name="what_if"),
    path("prioritize/scenarios", whatif.scenarios, name="scenarios"),
    path(
        "prioritize/scenarios/<uuid:uuid>/apply", whatif.scenario_apply_page, name="scenario_apply"
    ),
    path("prioritize/scenarios/<uuid:uuid>/remove", whatif.scenario_away, name="scenario_remove"),
    path("prioritize/state", priority.ranking_state, name="ranking_state"),
    path("prioritize/sources", standings.factor_sources, name="factor_sources"),
    path("prioritize/line", standings.ranking_line, name="ranking_line"),
    path("prioritize/model", scoring_models.scoring, name="scoring"),
    path("prioritize/model/use", scoring_models.scoring_model_use, name="scoring_model_use"),
    path("prioritize/model/new", scoring_models.scoring_model_new, name="scoring_model_new"),
    path("prioritize/model/<uuid:uuid>", scoring_models.scoring_model, name="scoring_model"),
    path(
        "prioritize/model/<uuid:uuid>/edit",
        scoring_models.scoring_model_edit,
        name="scoring_model_edit",
    ),
    path("prioritize/model/<uuid:uuid>/compare", comparisons.compare, name="compare"),
    path(
        "prioritize/model/<uuid:uuid>/compare/preview",
        comparisons.compare_preview,
        name="compare_preview",
    ),
    path("prioritize/model/<uuid:uuid>/compare/use", comparisons.compare_use, name="compare_use"),
    path("prioritize/rounds/", rounds.rounds, name="rounds"),
    path("prioritize/rounds/new", rounds.round_new, name="round_new"),
    path("prioritize/rounds/<uuid:uuid>", rounds.round_page, name="round"),
    path("prioritize/rounds/<uuid:uuid>/state", rounds.round_state, name="round_state"),
    path("prioritize/rounds/<uuid:uuid>/words", rounds.round_setup, name="round_setup"),
    path("prioritize/rounds/<uuid:uuid>/move", rounds.round_moved, name="round_move"),
    path("prioritize/rounds/<uuid:uuid>/longer", rounds.round_longer, name="round_longer"),
    path("prioritize/rounds/<uuid:uuid>/people", rounds_people.round_ask, name="round_ask"),
    path(
        "prioritize/rounds/<uuid:uuid>/people/<uuid:who>/link",
        rounds_people.round_link,
        name="round_link",
    ),
    path(
        "prioritize/rounds/<uuid:uuid>/people/<uuid:who>/remove",
        rounds_people.round_remove,
        name="round_remove",
    ),
    path("prioritize/rounds/<uuid:uuid>/answers", rounds_answers.round_score, name="round_score"),
    path(
        "prioritize/rounds/<uuid:uuid>/items/<uuid:item>/say",
        rounds_answers.round_say,
        name="round_say",
    ),
    path(
        "prioritize/rounds/<uuid:uuid>/items/<uuid:item>/agree",
        rounds_answers.round_agree,
        name="round_agree",
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
