"""Reads of the kernel that shape a screen or an actor."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db.models import BigAutoField, CharField, DateTimeField, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from plm.composed import KeyRead
from plm.errors import NotVisible
from plm.markdown import Links, names_written
from plm.models import (
    ApiToken,
    Attachment,
    Component,
    Follow,
    Membership,
    Product,
    ProductGroup,
    ProductRole,
    Reference,
    SavedView,
    User,
    Workspace,
)
from plm.models.product import LEVELS
from plm.permissions import ANONYMOUS, Actor, Grant, Role, lowest_role
from plm.querysets import Slot, Statement, among, among_keys, keys_given
from plm.search import search


def secret_hash(secret: str) -> str:
    """How a secret of 160 random bits or more is kept: plain SHA-256 is enough for those."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _grants(
    memberships: Iterable[tuple[int, int, int, int | None, int | None]],
) -> dict[int, Grant]:
    roles: dict[int, Role] = {}
    products: dict[int, dict[int, Role]] = {}
    for workspace_id, role, _, product_id, product_role in memberships:
        roles[workspace_id] = Role(role)
        if product_id is not None and product_role is not None:
            products.setdefault(workspace_id, {})[product_id] = Role(product_role)
    return {w: Grant(role, products.get(w, {})) for w, role in roles.items()}


def actor_of(user: Any) -> Actor:
    """The actor a signed-in person is, with all their memberships, in one query."""
    if not user.is_authenticated:
        return ANONYMOUS
    rows = _membership_statement().rows({"user": user.pk})
    return Actor(name=str(user), user_id=user.pk, grants=_grants(rows))


@lru_cache(maxsize=1)
def _membership_statement() -> Statement:
    """All the roles of a person: read by every page."""
    return Statement.of(
        Membership.objects.filter(user_id=Slot("user", BigAutoField()))
        .order_by()
        .values_list(
            "workspace_id", "role", "pk", "product_roles__product_id", "product_roles__role"
        )
    )


@dataclass(frozen=True, slots=True)
class TokenLogin:
    actor: Actor
    workspace_id: int
    token_id: int
    stale_use: bool
    product_id: int | None = None


@lru_cache(maxsize=1)
def _token_statement() -> Statement:
    """A live token with its person, all the roles it can act in, and the product that the call names: read by every
    call of the API."""
    now = Slot("now", DateTimeField())
    named = Product.objects.filter(
        workspace_id=OuterRef("workspace_id"), key=Slot("product", CharField())
    ).order_by()
    return Statement.of(
        ApiToken.objects.live(now)
        .filter(public_id=Slot("public_id", CharField()), user__is_active=True)
        .filter(user__memberships__workspace_id=F("workspace_id"))
        .annotate(named=Subquery(named.values("pk")[:1]))
        .order_by()
        .values_list(
            "pk", "secret_hash", "user_id", "user__name", "user__email", "workspace_id", "product_id", "scopes",
            "last_used_on", "named", "user__memberships__role",
            "user__memberships__product_roles__product_id", "user__memberships__product_roles__role",
        )
    )  # fmt: skip


def actor_of_token(text: str, product: str = "") -> TokenLogin | None:
    """The actor a token string stands for, or None if it is malformed, unknown, expired or revoked. One query.

    The token's workspace is its only grant. `stale_use`: its day of last use should be noted. `product` is the key of
    the product that the call is about; what comes back for it is nobody's right to see it.
    """
    prefix, _, rest = text.partition("_")
    public_id, _, secret = rest.partition("_")
    if prefix != "plm" or not public_id or not secret or len(text) > 200:
        return None
    now = timezone.now()
    rows = _token_statement().rows({"public_id": public_id, "now": now, "product": product})
    if not rows or not hmac.compare_digest(rows[0][1], secret_hash(secret)):
        return None
    pk, _, user_id, name, email, workspace_id, product_id, scopes, used, named, *_ = rows[0]
    grants = _grants((workspace_id, row[10], 0, row[11], row[12]) for row in rows)
    actor = Actor(
        name=name or email,
        user_id=user_id,
        token_id=pk,
        grants=grants,
        scopes=frozenset(scopes),
        bound_product=product_id,
    )
    return TokenLogin(actor, workspace_id, pk, used != now.date(), named)


def members_of(workspace_id: int | Slot) -> Any:
    """People who may own records here: members of the workspace with any role, by name."""
    return (
        User.objects.filter(memberships__workspace_id=workspace_id, is_active=True)
        .filter(~Q(memberships__role=Role.NONE) | Q(pk__in=_product_members(workspace_id)))
        .distinct()
        .order_by("name", "email")
    )


def viewers_of(product: Product) -> Any:
    """People who may see a product by their role in it, by name."""
    own = ProductRole.objects.filter(membership=OuterRef("pk"), product_id=product.pk)
    seats = (
        Membership.objects.filter(workspace_id=product.workspace_id)
        .annotate(here=Coalesce(Subquery(own.values("role")[:1]), "role"))
        .filter(here__gte=lowest_role("record.view"))
    )
    rows = User.objects.filter(is_active=True, pk__in=seats.values("user_id"))
    return rows.order_by("name", "email")


def handle_of(user: User) -> str:
    """How a person is named in a text: `@ana.ruiz` for Ana Ruiz, else the part of the address before the @."""
    name = unicodedata.normalize("NFKD", user.name or user.email.partition("@")[0])
    ascii_name = name.encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^\w\-]+", ".", ascii_name).strip(".-")


def links_for(actor: Actor, product: Product, texts: Iterable[str]) -> Links:
    """What the names in the texts of a page lead to for this reader: a record they may see, a person of the product.

    One statement for all records, one for people, none where the texts name nothing.
    """
    keys, handles = names_written(texts)
    return Links(
        _records_named(actor, product.workspace_id, keys) if keys else {},
        people_named(product, handles) if handles else {},
    )


def _records_named(
    actor: Actor, workspace_id: int, keys: Iterable[str]
) -> dict[str, tuple[str, str]]:
    numbers: dict[str, list[int]] = {}
    for key in keys:
        name, _, number = key.partition("-")
        numbers.setdefault(name, []).append(int(number))
    wanted = Q(pk__in=[])
    for name, found in numbers.items():
        wanted |= Q(product__key=name, number__in=found)
    rows = Reference.objects.visible_to(actor).filter(wanted, workspace_id=workspace_id)
    rows = rows.select_related("product__workspace")
    return {row.key: (row.get_absolute_url(), row.title) for row in rows}


def people_named(product: Product, handles: Iterable[str]) -> dict[str, str]:
    """Names by handle of those among the handles who may see the product. One statement."""
    wanted = set(handles)
    found = {handle_of(user): str(user) for user in viewers_of(product)} if wanted else {}
    return {handle: name for handle, name in found.items() if handle in wanted}


def people_beginning(product: Product, text: str, most: int = 8) -> list[User]:
    """People who may see the product and whose name or handle has a word that begins with the text."""
    asked = text.casefold()
    found = []
    for user in viewers_of(product):
        words = [handle_of(user), *str(user).casefold().split(), *handle_of(user).split(".")]
        if any(word.startswith(asked) for word in words) and handle_of(user):
            found.append(user)
        if len(found) == most:
            break
    return found


def records_beginning(actor: Actor, product: Product, text: str, most: int = 8) -> list[Reference]:
    """Records that somebody who types `#` and this text may mean: by key or number as far as it is typed, or by words;
    nothing typed means the newest of the product."""
    rows = Reference.objects.visible_to(actor).filter(
        workspace_id=product.workspace_id, archived=False
    )
    rows = rows.select_related("product__workspace")
    typed = re.fullmatch(r"(?:([A-Za-z][A-Za-z0-9]{1,9})-)?([0-9]{0,12})", text)
    if typed is None:
        return search(actor, text, workspace_id=product.workspace_id, limit=most)
    key = (typed[1] or product.key).upper()
    rows = rows.filter(product__key=key)
    if not typed[2]:
        return list(rows.order_by("-number")[:most])
    number = int(typed[2])
    begins = Q(number=number)
    for zeros in range(1, 7):
        begins |= Q(number__range=(number * 10**zeros, (number + 1) * 10**zeros - 1))
    return list(rows.filter(begins).order_by("number")[:most])


def _product_members(workspace_id: int | Slot) -> Any:
    return ProductRole.objects.filter(workspace_id=workspace_id, role__gt=Role.NONE).values(
        "membership__user_id"
    )


@lru_cache(maxsize=1)
def _tags_statement() -> Statement:
    return Statement.written(
        "SELECT g.record_id, t.name FROM plm_tagging g JOIN plm_tag t ON t.id = g.tag_id"  # noqa: S608 - one of two fixed texts
        f" WHERE g.record_id {among_keys()} ORDER BY t.name",
        "keys",
    )


def tags_of(record_ids: Iterable[int]) -> dict[int, list[str]]:
    """Tag names per record, in one query."""
    found: dict[int, list[str]] = {}
    keys = list(record_ids)
    if keys:
        for record_id, name in _tags_statement().rows({"keys": keys_given(keys)}):
            found.setdefault(record_id, []).append(name)
    return found


@lru_cache(maxsize=1)
def _product_statement() -> Statement:
    return Statement.written(
        "SELECT id FROM plm_product WHERE workspace_id = %s AND key = %s", "workspace", "key"
    )


def product_key(workspace_id: int, key: str) -> int | None:
    """The primary key of the product with that key. It judges nothing: the caller asks for the right."""
    rows = _product_statement().rows({"workspace": workspace_id, "key": key})
    return int(rows[0][0]) if rows else None


def is_following(user_id: int | None, record_id: int) -> bool:
    """False for a visitor."""
    return (
        user_id is not None and Follow.objects.filter(user_id=user_id, record_id=record_id).exists()
    )


def views_for(actor: Actor, product_id: int, kind: str | Slot) -> Any:
    """Saved views of a list: my own, and those others share."""
    return SavedView.objects.filter(product_id=product_id, kind=kind).filter(
        Q(owner_id=actor.user_id) | Q(shared=True)
    )


def watchers_of(record: Any) -> set[int]:
    """Ids of the people who hear of a record: who made it, owns it, or follows it."""
    following = set(Follow.objects.filter(record_id=record.pk).values_list("user_id", flat=True))
    return {pk for pk in (*following, record.owner_id, record.created_by_id) if pk is not None}


def reference_rows(ids: Iterable[int]) -> dict[int, Reference]:
    """Register rows by primary key, with product and workspace; unknown keys are left out."""
    return {row.pk: row for row in _references(ANONYMOUS, keys=keys_given(ids))}


@KeyRead
def _references(_: Actor, __: None) -> Any:
    rows = Reference.objects.filter(pk__in=among(Slot("keys", None)))
    return rows.select_related("product__workspace")


def kept_file(attachment: Attachment) -> Any:
    """The bytes of a file on a record. Raises NotVisible when the store has lost them."""
    try:
        return attachment.file.open("rb")
    except FileNotFoundError:
        raise NotVisible("The file is no longer in the store.") from None


def file_address(record_url: str, attachment: Attachment) -> str:
    """Where a file on a record is handed out, and what a text puts into `![name](…)` to show it."""
    return f"{record_url}/attachments/{attachment.uuid}"


def components_of(product: Product, chosen: int | None = None) -> Any:
    """The components of a product that an item may belong to, in their order; with the one it has, even if it was put
    away."""
    return Component.objects.filter(Q(archived_at=None) | Q(pk=chosen), product=product)


@dataclass(slots=True)
class TreeNode:
    """A portfolio, line, product or component, with what stands below it. `level` is its word, `depth` begins at 0."""

    level: str
    row: Any
    depth: int
    nodes: list[TreeNode] = field(default_factory=list)
    first: bool = False
    last: bool = False

    def walk(self) -> Iterator[TreeNode]:
        """This node and all below it, each above what stands in it."""
        yield self
        for node in self.nodes:
            yield from node.walk()

    @property
    def label(self) -> str:
        return LEVEL_LABELS[self.level]

    @property
    def products(self) -> list[Product]:
        return [node.row for node in self.walk() if node.level == "product"]


LEVEL_LABELS = {**dict(LEVELS), "product": "Product", "component": "Component"}


def product_tree(actor: Actor, workspace: Workspace) -> list[TreeNode]:
    """The tree of a workspace as far as the actor may see it, in the order people gave it; products that stand in no
    group come last. Three statements."""
    groups = list(ProductGroup.objects.visible_to(actor).filter(workspace=workspace))
    products = list(
        Product.objects.visible_to(actor)
        .filter(workspace=workspace, archived_at=None)
        .select_related("workspace")
        .order_by("position", "name", "pk")
    )
    parts = (
        Component.objects.visible_to(actor, "component.view").live().filter(product__in=products)
    )
    known = {group.pk for group in groups}
    below: dict[tuple[str, int | None], list[tuple[str, Any]]] = defaultdict(list)
    for group in groups:
        below["group", group.parent_id if group.parent_id in known else None].append(
            (group.level, group)
        )
    for product in products:
        below["group", product.group_id if product.group_id in known else None].append(
            ("product", product)
        )
    for part in parts:
        below["product", part.product_id].append(("component", part))

    def nodes(of: tuple[str, int | None], depth: int) -> list[TreeNode]:
        made = [
            TreeNode(level, row, depth, nodes((_holds(level), row.pk), depth + 1))
            for level, row in below[of]
        ]
        for kind in {node.level == "product" for node in made}:
            alike = [node for node in made if (node.level == "product") == kind]
            alike[0].first = alike[-1].last = True
        return made

    return nodes(("group", None), 0)


def _holds(level: str) -> str:
    return level if level in {"product", "component"} else "group"
