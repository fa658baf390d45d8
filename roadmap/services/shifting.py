"""What follows a moved bar is moved behind it in one go, and taken back in one go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.core import signing
from django.utils import timezone

from backlog.models import BacklogItem
from plm.errors import Invalid, Stale
from plm.events import emit, service
from plm.models import Product
from plm.permissions import Actor
from plm.services.guard import require
from roadmap.models import Placement
from roadmap.selectors.dependencies import Ties, blocking_links, tied_by
from roadmap.selectors.shift_plan import Days, differences, shift_behind

SALT, SEEN_SALT = "roadmap.shift", "roadmap.shift.seen"
A_DAY = 24 * 3600
MOST_NAMED = 5
Moves = Mapping[str, tuple[Days, Days]]


@dataclass(frozen=True, slots=True)
class Shifted:
    """One item with the days it had and has; `error` says why it was left as it was."""

    item: BacklogItem
    before: Days
    after: Days
    error: str = ""

    @property
    def days(self) -> int:
        return (self.after[0] - self.before[0]).days


def signed_way_back(report: Iterable[Shifted]) -> str:
    """What takes a shift back, signed: by the reference of each item its days before and after."""
    done = {one.item.reference: (one.before, one.after) for one in report if not one.error}
    return _signed(done, SALT)


def signed_seen(moves: Moves) -> str:
    """What a shift would do as it was shown, signed, so that it does this or nothing."""
    return _signed(moves, SEEN_SALT)


def read_way_back(product: Product, token: str) -> dict[str, tuple[Days, Days]]:
    """The same as `placements_shift_undo` takes it. Raises Invalid for a token that is a day old or not ours."""
    why = "A move can be taken back for a day, with what its answer held."
    return _read(product, token, SALT, why)


def read_seen(product: Product, token: str) -> dict[str, tuple[Days, Days]]:
    """The same as `placements_shift` takes it. Raises Invalid for a token that is a day old or not ours."""
    why = "What was shown is a day old or not from here. Ask again what would move."
    return _read(product, token, SEEN_SALT, why)


def _signed(moves: Moves, salt: str) -> str:
    kept = {
        name.rpartition("-")[2]: [day.toordinal() for day in (*before, *after)]
        for name, (before, after) in moves.items()
    }
    return signing.dumps(kept, salt=salt, compress=True)


def _read(product: Product, token: str, salt: str, why: str) -> dict[str, tuple[Days, Days]]:
    try:
        kept = signing.loads(token, salt=salt, max_age=A_DAY)
    except signing.BadSignature:
        raise Invalid(why) from None
    found = {}
    for number, row in kept.items():
        a, b, c, d = (date.fromordinal(day) for day in row)
        found[f"{product.key}-{number}"] = ((a, b), (c, d))
    return found


@service
def placements_shift(
    *,
    actor: Actor,
    product: Product,
    behind: Sequence[BacklogItem],
    reason: str = "",
    seen: Moves | None = None,
) -> list[Shifted]:
    """Move what the items `behind` block to begin after they end, and what that blocks in turn, in order of days.

    Each moves by the days it must and not more; the items `behind` stay, unless one follows another of them. One unit:
    all or nothing. `seen` is what was shown of it before. Emits `placement.moved` for each. Raises Invalid where one
    would leave the calendar, Stale where it would do something else than was seen.
    """
    require(actor, "placement.edit", product)
    links = blocking_links(product)
    _locked(product, (key for link in links for key in link))
    ties = tied_by(actor, product, links)
    moves = shift_behind(ties, {item.pk for item in behind}).moves
    before = {k: (ties.items[k].task.start, ties.items[k].task.end) for k in moves}
    if seen is not None:
        _as_seen(seen, {ties.items[k].reference: (before[k], moves[k]) for k in moves})
    return _written(actor, before, moves, reason or _why(ties, behind))


def _as_seen(seen: Moves, now: Moves) -> None:
    other = differences(seen, now)
    if not other:
        return
    more = len(other) - MOST_NAMED
    told = other[:MOST_NAMED] + ([f"{more} more are not as they were shown."] if more > 0 else [])
    raise Stale(f"Nothing was moved, because the plan changed meanwhile. {' '.join(told)}")


def _why(ties: Ties, behind: Sequence[BacklogItem]) -> str:
    names = [ties.items[item.pk].reference for item in behind if item.pk in ties.items]
    return f"Moved behind {', '.join(names[:3])}{' and others' if len(names) > 3 else ''}"


def _locked(product: Product, keys: Iterable[int]) -> dict[int, Placement]:
    """The places of these items of the product, locked in one order, so that two shifts do not wait for each other."""
    rows = Placement.objects.select_for_update(of=("self",)).filter(product=product, item__in=set(keys))  # fmt: skip
    return {row.item_id: row for row in rows.order_by("pk")}


def _written(
    actor: Actor, before: Mapping[int, Days], after: Mapping[int, Days], reason: str
) -> list[Shifted]:
    """Write new days and say so for each item; four statements however many there are."""
    items = BacklogItem.objects.select_related("product__workspace").in_bulk(list(after))
    rows = list(Placement.objects.filter(item__in=list(after)).order_by("starts_on", "pk"))
    now = timezone.now()
    done = []
    for row in rows:
        old, new, item = before[row.item_id], after[row.item_id], items[row.item_id]
        row.starts_on, row.ends_on = new
        row.version += 1
        row.updated_at = now
        pairs = zip(("starts_on", "ends_on"), old, new, strict=True)
        emit(
            "placement.moved", actor=actor, record=item, reason=reason,
            changes={name: (a, b) for name, a, b in pairs if a != b},
        )  # fmt: skip
        done.append(Shifted(item, old, new))
    Placement.objects.bulk_update(
        rows, ["starts_on", "ends_on", "version", "updated_at"], batch_size=500
    )
    return done


@service
def placements_shift_undo(
    *, actor: Actor, product: Product, was: Mapping[str, tuple[Days, Days]]
) -> list[Shifted]:
    """Give items back the days they had: (before, after) by reference. What was moved since stays, and says so."""
    require(actor, "placement.edit", product)
    numbers = [int(name.rpartition("-")[2]) for name in was]
    named = BacklogItem.objects.filter(product=product, number__in=numbers)
    items = {item.reference: item for item in named.select_related("product__workspace")}
    rows = _locked(product, [item.pk for item in items.values()])
    stands, back, left = {}, {}, []
    for name, (before, after) in was.items():
        item = items.get(name)
        if item is None:
            continue
        row = rows.get(item.pk)
        now = (row.starts_on, row.ends_on) if row else None
        if now == after:
            stands[item.pk], back[item.pk] = after, before
        else:
            left.append(Shifted(item, after, after, f"{name} was moved meanwhile."))
    return [*(_written(actor, stands, back, "Undone") if back else []), *left]
