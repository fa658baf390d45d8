"""What the forecasts add to the bars of a timeline."""

from __future__ import annotations

from dataclasses import replace

from roadmap import timeline as geometry
from roadmap.forecasting.words import forecast_said
from roadmap.selectors.bars import BarView, Tail
from roadmap.selectors.chart import Timeline
from roadmap.selectors.plan_pasts import ProductPast


def draw_tails(chart: Timeline, past: ProductPast) -> bool:
    """Give the bars of unfinished items their fading tails; whether any can be seen."""
    for lane in chart.lanes:
        lane.bars = [replace(bar, tail=_tail(chart.shown, past, bar)) for bar in lane.bars]
    return any(bar.tail and bar.tail.span for lane in chart.lanes for bar in lane.bars)


def _tail(shown: geometry.Window, past: ProductPast, bar: BarView) -> Tail | None:
    """What the forecast adds to the bar of an unfinished item; its key on the grid is that of the item."""
    if bar.phase == "shipped":
        return None
    found = past.forecast(bar.place.key, bar.end, bar.state)
    if found is None:
        return None
    half, most = found.p50, found.p85 or found.p50
    begin = bar.place.column + bar.place.span
    seen = half is not None and most is not None and shown.first <= most and begin <= shown.weeks
    span = shown.column(most) - begin + 1 if seen and most else 0
    at = shown.column(half) if half and span > 0 and half <= shown.last else 0
    return Tail(begin, max(span, 0), at if at >= begin else 0, forecast_said(found))
