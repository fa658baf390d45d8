"""ICE: impact, confidence and ease, put together in one of four ways.

Source: Sean Ellis & Morgan Brown, Hacking Growth, 2017. Four ways are in circulation that give figures of different
size: the product of three marks from 1 to 10, a tenth of it, the product with confidence as a share (as in RICE), and the
mean of the three. Impact and ease stand on 1 to 10 in each of them; confidence too, save where it is a share of 0 to 1.
A variant belongs to the model: scores of two variants are never compared.
"""

from __future__ import annotations

PRODUCT, PRODUCT_OVER_TEN, UNIT_CONFIDENCE, MEAN = (
    "product",
    "product_over_ten",
    "unit_confidence",
    "mean",
)
VARIANTS = (
    (PRODUCT, "Impact × confidence × ease, each 1 to 10"),
    (PRODUCT_OVER_TEN, "Impact × confidence × ease, each 1 to 10, divided by 10"),
    (UNIT_CONFIDENCE, "Impact × confidence (0 to 100 %) × ease"),
    (MEAN, "Mean of impact, confidence and ease, each 1 to 10"),
)
CEILINGS = {PRODUCT: 1000.0, PRODUCT_OVER_TEN: 100.0, UNIT_CONFIDENCE: 100.0, MEAN: 10.0}
LOW, HIGH = 1.0, 10.0


def ice(
    impact: float | None, confidence: float | None, ease: float | None, variant: str = PRODUCT
) -> float | None:
    """The score, or None where a factor is missing. Raises ValueError for a variant nobody knows.

    The order of the operations is part of the definition: SQL repeats it and gets the same bits.
    """
    if variant not in CEILINGS:
        raise ValueError(f"ICE has the variants {', '.join(CEILINGS)}; {variant!r} is none.")
    if impact is None or confidence is None or ease is None:
        return None
    if variant == MEAN:
        return (impact + confidence + ease) / 3
    product = impact * confidence * ease
    return product / 10 if variant == PRODUCT_OVER_TEN else product


def confidence_range(variant: str) -> tuple[float, float]:
    """The ends of the scale of confidence: a share where the variant counts it as one, else 1 to 10."""
    return (0.0, 1.0) if variant == UNIT_CONFIDENCE else (LOW, HIGH)
