"""The seven stages of the lifecycle, in the order in which a product goes through them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stage:
    """`slug` is also the CSS hook of the stage's hue; `path` its place in the product's URL space."""

    slug: str
    label: str
    icon: str
    path: str


IDEAS = Stage("ideas", "Ideas", "lightbulb", "ideas")
SPECIFICATION = Stage("specs", "Specification", "file-text", "specs")
PRIORITIZATION = Stage("priority", "Prioritization", "scale", "prioritize")
ROADMAP = Stage("roadmap", "Roadmap", "map", "roadmap")
DELIVERY = Stage("delivery", "Delivery", "hammer", "delivery")
ANALYTICS = Stage("analytics", "Analytics", "chart-line", "analytics")
FEEDBACK = Stage("feedback", "Feedback", "message-square", "feedback")

STAGES = (IDEAS, SPECIFICATION, PRIORITIZATION, ROADMAP, DELIVERY, ANALYTICS, FEEDBACK)
