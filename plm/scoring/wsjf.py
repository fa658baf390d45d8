"""WSJF: cost of delay in three columns, divided by the size of the job.

Source: Scaled Agile Framework, "Weighted Shortest Job First" (scaledagileframework.com/wsjf), after Reinertsen 2009.
(user-business value + time criticality + risk reduction or opportunity enablement) / job size. Each column is filled on
its own with 1, 2, 3, 5, 8, 13, 20, relative to its smallest item, which is 1. The figures are no money, and when the
set changes the anchors move: then all are judged anew. Size stands for duration only where one team works in series.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

FIBONACCI = (1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 20.0)
VALUE, TIME, RISK, SIZE = "business_value", "time_criticality", "risk_opportunity", "job_size"
COLUMNS = (
    (VALUE, "User and business value"),
    (TIME, "Time criticality"),
    (RISK, "Risk reduction and opportunity enablement"),
    (SIZE, "Job size"),
)


def wsjf(
    business_value: float | None,
    time_criticality: float | None,
    risk_opportunity: float | None,
    job_size: float | None,
) -> float | None:
    """The score, or None where a column is missing or the size is not above 0: never 0 and never infinite."""
    if business_value is None or time_criticality is None or risk_opportunity is None:
        return None
    if job_size is None or job_size <= 0:
        return None
    return (business_value + time_criticality + risk_opportunity) / job_size


def columns_without_one(items: Iterable[Mapping[str, float | None]]) -> list[str]:
    """Keys of the columns, in their order, in which items are judged but none is the 1 the others are relative to.

    A column in which nothing is judged yet is not named.
    """
    rows = list(items)
    lacking = []
    for key, _ in COLUMNS:
        given = {row.get(key) for row in rows} - {None}
        if given and 1 not in given:
            lacking.append(key)
    return lacking
