"""Addresses of the backlog room."""

from __future__ import annotations

from django.urls import path

from backlog.views import delivery, items, specs

record_urls = [
    path("promote", items.idea_promote, name="idea_promote"),
    path("children", items.item_child, name="item_child"),
    path("ideas/remove", items.item_idea_remove, name="item_idea_remove"),
    path("check", specs.spec_check, name="spec_check"),
    path("versions", specs.spec_history, name="spec_versions"),
    path("versions/<int:number>/restore", specs.spec_version_restore, name="spec_restore"),
    path("items", delivery.sprint_items, name="sprint_items"),
    path("complete", delivery.sprint_finish, name="sprint_complete"),
]

product_urls = [
    path("ideas/promote", items.ideas_promote, name="ideas_promote"),
    path("delivery/", delivery.delivery, name="delivery"),
    path("delivery/board", delivery.board, name="board"),
    path("delivery/board/move", delivery.board_move, name="board_move"),
    path("delivery/board/limits", delivery.board_limits, name="board_limits"),
]
