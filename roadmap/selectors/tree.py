"""The tree of a workspace with what stands below each node: figures of what its reader may see and of nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from plm.lifecycle import PHASES
from plm.models import Workspace
from plm.permissions import Actor
from plm.selectors import TreeNode, product_tree
from roadmap.models import Release
from roadmap.selectors.portfolio import NOTHING, Figures, RollUp, roll_ups


@dataclass(frozen=True, slots=True)
class TreeRow:
    """One node with its figures. `phases` are (phase, label, number of products) of those there are; `next_release` goes
    out next of all below, and is None for a component, which has none of its own."""

    node: TreeNode
    figures: Figures
    products: int
    phases: list[tuple[str, str, int]]
    next_release: Release | None
    url: str


def tree_rows(actor: Actor, workspace: Workspace) -> list[TreeRow]:
    """The whole tree, each node above what stands in it. Five statements, however large it is."""
    tops = product_tree(actor, workspace)
    products = [product for top in tops for product in top.products]
    sums = {one.product.pk: one for one in roll_ups(actor, products)}
    base = workspace.get_absolute_url()
    return [row for top in tops for row in _rows(top, sums, base)]


def _rows(node: TreeNode, sums: Mapping[int, RollUp], base: str) -> list[TreeRow]:
    found = [_row(node, sums, base)]
    for below in node.nodes:
        if below.level == "component":
            figures = sums[node.row.pk].by_component.get(below.row.pk, NOTHING)
            url = f"{node.row.get_absolute_url()}backlog/?component={below.row.uuid}"
            found.append(TreeRow(below, figures, 0, [], None, url))
        else:
            found += _rows(below, sums, base)
    return found


def _row(node: TreeNode, sums: Mapping[int, RollUp], base: str) -> TreeRow:
    members = [sums[product.pk] for product in node.products]
    counted = Counter(one.product.phase for one in members)
    coming = [one.next_release for one in members if one.next_release is not None]
    own = node.level == "product"
    return TreeRow(
        node=node,
        figures=sum((one.figures for one in members), NOTHING),
        products=len(members),
        phases=[(name, str(label), counted[name]) for name, label in PHASES if counted[name]],
        next_release=min(coming, key=lambda r: (r.release_on, r.number), default=None),
        url=node.row.get_absolute_url() if own else f"{base}roadmap?group={node.row.uuid}",
    )
