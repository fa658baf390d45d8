"""Rounds over the API: making and running one, answering in it, reading what it found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSetMixin

from backlog.api.reviews import taken
from backlog.api.rounds_json import (
    item_json,
    own_json,
    people_json,
    person_json,
    results_json,
    round_json,
)
from backlog.api.rounds_use import RoundUses
from backlog.models import BacklogItem, Round, RoundItem, RoundParticipant
from backlog.selectors.rounds import (
    comments_of,
    member_of,
    offered_items,
    people_who_may_answer,
    rounds_of,
)
from backlog.serializers.rounds import (
    OwnAnswers,
    ParticipantAnswer,
    RoundAnswerBody,
    RoundAskInput,
    RoundBrief,
    RoundChangeInput,
    RoundCommentAnswer,
    RoundDecidedAnswer,
    RoundDecideInput,
    RoundGivenInput,
    RoundInput,
    RoundLinkAnswer,
    RoundMailInput,
    RoundMoveInput,
    RoundPersonInput,
    RoundResults,
    RoundSayInput,
)
from backlog.services import rounds_people as people
from backlog.services.rounds import round_create, round_move, round_update
from backlog.services.rounds_answers import participant_named, round_answer, round_answer_undo
from backlog.services.rounds_mail import round_mail_ask
from backlog.services.rounds_talk import round_comment, round_decide, round_item_named
from plm.api.answers import listed, paged
from plm.api.parameters import CURSOR, PRODUCT_REQUIRED, SIZE
from plm.api.records import etag, version_of
from plm.errors import Invalid, NotVisible
from plm.filters import refuse_unknown
from plm.kinds import product_of, record_by_reference
from plm.models import Product
from plm.paging import ordering_for, page_size, paginate
from plm.web.accounts import public_url

ORDERS = {"created": "created_at"}
COMMENTS = listed("RoundComments", RoundCommentAnswer)


class RoundViewSet(ViewSetMixin, RoundUses):
    """Rounds of products."""

    lookup_field = "uuid"
    lookup_value_regex = "[0-9a-fA-F-]{36}"
    tags: ClassVar[Mapping[str, str]] = {"": "Prioritization"}
    if_match: ClassVar[Mapping[str, bool]] = {"PATCH": True}
    version_in_body: ClassVar[tuple[str, ...]] = ("decide",)
    policies: ClassVar[Mapping[str, str]] = {
        "list": "round.view", "retrieve": "round.view", "create": "round.create", "partial_update": "round.edit",
        "move": "round.edit", "ask": "round.edit", "renew": "round.edit", "remove": "round.edit",
        "mail": "round.edit", "mine": "round.view", "answer": "round.answer", "undo": "round.answer", "results": "round.view",
        "comments": "round.view", "say": "round.comment", "decide": "round.edit",
        **RoundUses.use_policies,
    }  # fmt: skip

    def _one(self, uuid: str) -> Round:
        rows = Round.objects.visible_to(self.actor, "round.view")
        rows = rows.filter(workspace_id=self.workspace_id)
        try:
            found = (
                rows.select_related("product__workspace", "scoring_model").filter(uuid=uuid).first()
            )
        except (ValueError, TypeError):
            raise NotVisible from None
        if not isinstance(found, Round):
            raise NotVisible
        return found

    def _product(self, key: str) -> Product:
        return product_of(self.actor, self.workspace_id, key[:10])

    @staticmethod
    def _answer(row: Round, code: int = 200) -> Response:
        return Response(round_json(row), status=code, headers={"ETag": etag(row.version)})

    def _me(self, row: Round) -> RoundParticipant:
        me = member_of(row, self.actor)
        if me is None:
            raise Invalid(f"You are not asked in {row.title}.")
        return me

    @staticmethod
    def _person(row: Round, uuid: UUID) -> RoundParticipant:
        try:
            return participant_named(row, uuid)
        except NotVisible:
            raise Invalid(
                fields={"participant": "Give the id of somebody who takes part."}
            ) from None

    @staticmethod
    def _item(row: Round, uuid: UUID) -> RoundItem:
        try:
            return round_item_named(row, uuid)
        except NotVisible:
            raise Invalid(fields={"item": "Give the id of an item within the round."}) from None

    @extend_schema(
        parameters=[PRODUCT_REQUIRED, CURSOR, SIZE], responses=paged("RoundPage", RoundBrief)
    )
    def list(self, request: Request) -> Response:
        """The rounds of a product, the latest first."""
        params = request.query_params
        refuse_unknown(params, {"product", "workspace", "cursor", "size"})
        try:
            product = self._product(params.get("product", ""))
        except NotVisible:
            raise Invalid(fields={"product": "Give the key of a product."}) from None
        page = paginate(
            rounds_of(self.actor, product), ordering=ordering_for(Round, "-created", ORDERS),
            cursor=params.get("cursor", ""), size=page_size(params.get("size")), binding=product.key,
        )  # fmt: skip
        for row in page.rows:
            row.product = product
        body = {
            "results": RoundBrief(page.rows, many=True).data,
            "next_cursor": page.next_cursor or None,
        }
        return Response(body)

    @extend_schema(responses=RoundAnswerBody)
    def retrieve(self, request: Request, uuid: str) -> Response:
        """One round with its items and how far everybody is; no answers."""
        refuse_unknown(request.query_params, {"workspace"})
        return self._answer(self._one(uuid))

    @extend_schema(request=RoundInput, responses={201: RoundAnswerBody})
    def create(self, request: Request) -> Response:
        """Make a draft about some items, or about the first of the ranked list."""
        given = taken(RoundInput, request)
        try:
            product = self._product(given.pop("product"))
        except NotVisible:
            raise Invalid(fields={"product": "There is no such product here."}) from None
        top, named = given.pop("top"), given.pop("items", None)
        items = self._items(named) if named else offered_items(self.actor, product)[:top]
        reads = {"members": given.pop("remarks_members"), "guests": given.pop("remarks_guests")}
        given["remarks"] = [who for who, may in reads.items() if may]
        made = round_create(actor=self.actor, product=product, items=items, **given)
        return self._answer(made, status.HTTP_201_CREATED)

    def _items(self, named: Sequence[str]) -> Sequence[BacklogItem]:
        found = []
        for reference in named:
            try:
                record = record_by_reference(self.actor, self.workspace_id, reference)
            except NotVisible:
                record = None
            if not isinstance(record, BacklogItem):
                raise Invalid(fields={"items": f"There is no item {reference} here."})
            found.append(record)
        return found

    @extend_schema(request=RoundChangeInput, responses=RoundAnswerBody)
    def partial_update(self, request: Request, uuid: str) -> Response:
        """Change the words of a draft you have read (`If-Match`), or when a round ends."""
        row = self._one(uuid)
        version = version_of(request)
        given = taken(RoundChangeInput, request)
        if "items" in given:
            given["items"] = {str(words.pop("id")): words for words in given["items"]}
        return self._answer(round_update(actor=self.actor, row=row, version=version, values=given))

    @extend_schema(request=RoundMoveInput, responses=RoundAnswerBody)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, uuid: str) -> Response:
        """Open a draft, reveal the answers, or close it. There is no way back. `If-Match` is honoured when sent."""
        row = self._one(uuid)
        version = version_of(request) if "If-Match" in request.headers else None
        given = taken(RoundMoveInput, request)
        return self._answer(round_move(actor=self.actor, row=row, version=version, **given))

    @extend_schema(request=RoundAskInput, responses={201: RoundLinkAnswer})
    @action(detail=True, methods=["post"])
    def ask(self, request: Request, uuid: str) -> Response:
        """Ask a member, or a guest, who gets a link of their own: `url` is shown this once."""
        row = self._one(uuid)
        given = taken(RoundAskInput, request)
        role = given.get("role", "")
        if "name" in given:
            person, secret = people.round_guest_add(
                actor=self.actor,
                row=row,
                name=given["name"],
                role=role,
                email=given.get("email", ""),
            )
            return self._linked(request, row, person, secret, status.HTTP_201_CREATED)
        user = next(
            (u for u in people_who_may_answer(row.product) if u.uuid == given["member"]), None
        )
        if user is None:
            raise Invalid(fields={"member": "Give the id of somebody who may see this product."})
        person = people.round_member_add(actor=self.actor, row=row, user=user, role=role)
        body = {**person_json(row, person), "url": None}
        return Response(body, status=status.HTTP_201_CREATED)

    @staticmethod
    def _linked(
        request: Request, row: Round, person: RoundParticipant, secret: str, code: int = 200
    ) -> Response:
        url = public_url(request, f"/share/{secret}/round") if secret else None
        body = {**person_json(row, person), "url": url}
        return Response(body, status=code, headers={"Cache-Control": "private, no-store"})

    @extend_schema(request=RoundPersonInput, responses=RoundLinkAnswer)
    @action(detail=True, methods=["post"])
    def renew(self, request: Request, uuid: str) -> Response:
        """A new link for a guest; the one before opens no more, the answers stay."""
        row = self._one(uuid)
        person = self._person(row, taken(RoundPersonInput, request)["participant"])
        secret = people.round_link_renew(actor=self.actor, participant=person)
        return self._linked(request, row, person, secret)

    @extend_schema(request=RoundMailInput, responses=ParticipantAnswer)
    @action(detail=True, methods=["post"])
    def mail(self, request: Request, uuid: str) -> Response:
        """Send a guest their link by mail, again if need be; the link they had opens no more. A draft's mails wait."""
        row = self._one(uuid)
        given = taken(RoundMailInput, request)
        person = self._person(row, given["participant"])
        round_mail_ask(actor=self.actor, participant=person, email=given.get("email", ""))
        return Response(person_json(row, person))

    @extend_schema(request=RoundPersonInput, responses=listed("RoundPeople", ParticipantAnswer))
    @action(detail=True, methods=["post"])
    def remove(self, request: Request, uuid: str) -> Response:
        """Take somebody out: they answer no more, and their answers no longer count."""
        row = self._one(uuid)
        person = self._person(row, taken(RoundPersonInput, request)["participant"])
        people.round_participant_remove(actor=self.actor, participant=person)
        return Response({"results": people_json(row)})

    @extend_schema(responses=OwnAnswers)
    @action(detail=True, methods=["get"])
    def mine(self, request: Request, uuid: str) -> Response:
        """What you answered, and what is asked next. Nobody else's answers."""
        refuse_unknown(request.query_params, {"workspace"})
        row = self._one(uuid)
        return Response(own_json(self._me(row), self.actor))

    @extend_schema(request=RoundGivenInput, responses=OwnAnswers)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, uuid: str) -> Response:
        """Answer as yourself; which fields, the kind of the round says. The last answer counts."""
        row = self._one(uuid)
        given = RoundGivenInput(data=request.data)
        given.is_valid(raise_exception=True)
        me = self._me(row)
        round_answer(actor=self.actor, participant=me, given=given.given())
        return Response(own_json(me, self.actor))

    @extend_schema(request=None, responses=OwnAnswers)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, uuid: str) -> Response:
        """Take back your last vote in pairs or sets."""
        del request
        me = self._me(self._one(uuid))
        round_answer_undo(actor=self.actor, participant=me)
        return Response(own_json(me, self.actor))

    @extend_schema(responses=RoundResults)
    @action(detail=True, methods=["get"])
    def results(self, request: Request, uuid: str) -> Response:
        """What everybody answered and what follows; nothing of it while the round is blind."""
        refuse_unknown(request.query_params, {"workspace"})
        return Response(results_json(self._one(uuid)))

    @extend_schema(responses=COMMENTS)
    @action(detail=True, methods=["get"])
    def comments(self, request: Request, uuid: str) -> Response:
        """What was said about the items; while the round is blind your own words alone."""
        refuse_unknown(request.query_params, {"workspace"})
        return self._comments(self._one(uuid))

    def _comments(self, row: Round) -> Response:
        ids = dict(RoundItem.objects.filter(round=row).values_list("pk", "uuid"))
        found = [
            {
                "id": c.uuid, "item": ids[pk], "name": c.name, "guest": c.participant_id is not None, "body": c.body,
                "created_at": c.created_at,
            }
            for pk, said in comments_of(row, actor=self.actor).items()
            for c in said
        ]  # fmt: skip
        return Response({"results": found})

    @extend_schema(request=RoundSayInput, responses=COMMENTS)
    @action(detail=True, methods=["post"])
    def say(self, request: Request, uuid: str) -> Response:
        """Say something about an item of the round."""
        row = self._one(uuid)
        given = taken(RoundSayInput, request)
        round_comment(actor=self.actor, item=self._item(row, given["item"]), body=given["body"])
        return self._comments(row)

    @extend_schema(request=RoundDecideInput, responses=RoundDecidedAnswer)
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, uuid: str) -> Response:
        """Agree on the values of an item, after the reveal. Its assessment and its rank follow."""
        row = self._one(uuid)
        given = taken(RoundDecideInput, request)
        item, gone = round_decide(
            actor=self.actor, item=self._item(row, given["item"]), version=given["version"],
            values=given.get("values") or {}, reason=given["reason"],
        )  # fmt: skip
        item.item.product = row.product
        return Response({**item_json(item), "gone": gone})
