"""Lists, deep pages and single items."""

from __future__ import annotations

from collections.abc import Mapping

from tests.bench.counting import statements
from tests.bench.data import Big, Data
from tests.bench.load import Target, described, median, ratio, rounds
from tests.bench.report import Row
from tests.bench.servers import Server

FIELDS = (
    "id,reference,title,description,state,type,priority,estimate,due_on,score,rank,progress_done,progress_total,"
    "started_at,done_at,version,created_at,updated_at,external_id,custom,owner,tags"
)
DEPTH = 0.5


def list_path(big: Big) -> str:
    return f"/api/v1/items/?product={big.key}&order=-score&fields={FIELDS}"


def run(data: Data, servers: Mapping[str, Server], count: int, seconds: float) -> list[Row]:
    ours, r0, r1 = servers["ours"], servers["r0"], servers["django"]
    middle, headers = data.middle, data.headers
    last, product = data.by_size[-1], middle.product.pk
    number = int(middle.linked.partition("-")[2])
    cursor, bare = _deep(data, middle)
    targets = {
        "list": Target(ours, list_path(middle), headers),
        "list R0": Target(r0, f"/list?product={product}"),
        "list R1": Target(r1, f"/items/?product={product}"),
        "small": Target(ours, list_path(data.by_size[0]), headers),
        "large": Target(ours, list_path(last), headers),
        "deep": Target(ours, f"{list_path(middle)}&cursor={cursor}", headers),
        "deep R0": Target(r0, f"/list?product={product}&{bare}"),
        "get": Target(ours, f"/api/v1/items/{middle.linked}/", headers),
        "get R0": Target(r0, f"/get?product={product}&number={number}"),
    }
    found = rounds(targets, count, seconds)
    listed = statements(data, targets["list"].path)
    got = statements(data, targets["get"].path)
    to_bare, to_drf = ratio(found, "list", "list R0"), ratio(found, "list", "list R1")
    growth = ratio(found, "large", "small", "cpu_ms")
    depth, depth_bare = ratio(found, "deep", "list", "cpu_ms"), ratio(found, "deep", "deep R0")
    one = ratio(found, "get", "get R0")
    size = f"{middle.size:,}"
    return [
        Row(
            f"1 list 50 of {size} by score, 20 fields, tags, owner", f"{described(found['list'])}, {listed} statements",
            f"R0 {described(found['list R0'])}", f"{to_bare:.2f}", ">= 0.30 of R0, <= 4 statements",
            to_bare >= 0.30 and listed <= 4,
        ),
        Row(
            "1 the same beside ModelSerializer", f"{median(found['list'], 'per_second'):,.0f}/s",
            f"R1 {described(found['list R1'])}", f"{to_drf:.2f}", ">= 2 x R1", to_drf >= 2,
        ),
        Row(
            f"3 the list at {last.size:,} beside {data.by_size[0].size:,}", f"CPU {median(found['large'], 'cpu_ms'):.2f} ms",
            f"CPU {median(found['small'], 'cpu_ms'):.2f} ms", f"{growth:.2f}", "<= 1.15 of the CPU", growth <= 1.15,
        ),
        Row(
            f"4 cursor at depth {int(middle.size * DEPTH):,}", described(found["deep"]),
            f"first page CPU {median(found['list'], 'cpu_ms'):.2f} ms", f"{depth:.2f}", "<= 1.2 of the CPU", depth <= 1.2,
        ),
        Row(
            "4 the same beside R0", f"{median(found['deep'], 'per_second'):,.0f}/s",
            f"R0 {described(found['deep R0'])}", f"{depth_bare:.2f}", ">= 0.20 of R0", depth_bare >= 0.20,
        ),
        Row(
            "5 one item with its lifecycle links", f"{described(found['get'])}, {got} statements",
            f"R0 {described(found['get R0'])}", f"{one:.2f}", ">= 0.12 of R0, <= 5 statements", one >= 0.12 and got <= 5,
        ),
    ]  # fmt: skip


def _deep(data: Data, big: Big) -> tuple[str, str]:
    """The cursor in the middle of the list, ours and that of R0. Signed by us, as walking there would take minutes."""
    from backlog.kinds import ITEM
    from backlog.models import BacklogItem
    from plm.api.pages import binding_of
    from plm.paging import cursor_for, ordering_for

    rows = BacklogItem.objects.filter(product_id=big.product.pk, score__isnull=False)
    ordering = ordering_for(rows, "-score", ITEM.orders)
    place = int(big.size * DEPTH)
    score, key = rows.order_by("-score", "-pk").values_list("score", "pk")[place]
    binding = binding_of({"product": [big.key], "order": ["-score"], "fields": [FIELDS]})
    return cursor_for((score, key), ordering, binding), f"score={score!r}&id={key}"
