"""Wires the feedback room."""

from __future__ import annotations

from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "feedback"

    def ready(self) -> None:
        from feedback import handlers, selectors, tasks  # noqa: F401 - they register themselves
        from feedback.kinds import FEEDBACK
        from feedback.models import Feedback, FeedbackLink
        from feedback.services.erasing import voices_erase
        from ideas.services import erasing
        from ideas.services.carriers import Carrier, register
        from plm import kinds, panels
        from plm.web import shell

        kinds.register(FEEDBACK)
        register(
            Carrier(
                "quotes", "quotes", FeedbackLink, "idea", split=True, describe=selectors.quote_line,
                related=("feedback__person", "feedback__company"),
            )
        )  # fmt: skip
        erasing.register("feedback", voices_erase)
        for noun in ("person", "company"):
            register(Carrier("feedback", "pieces of feedback", Feedback, noun), of=noun)
        panels.register_tile(panels.Tile("feedback", selectors.feedback_tile))
        for slot in ("record:idea", "record:item"):
            panels.register(
                panels.Panel(
                    slot, "voices", "What customers said", "feedback/_voices.html", selectors.voices
                )
            )
        panels.register(
            panels.Panel(
                "evidence:spec", "voices", "What customers said", "feedback/_spec_voices.html", selectors.spec_voices
            )
        )  # fmt: skip
        for slot in ("company", "person"):
            panels.register(
                panels.Panel(
                    slot, "led_to", "What became of what they said", "feedback/_customer_led_to.html",
                    selectors.customer_led_to, order=10,
                )
            )  # fmt: skip
            panels.register(
                panels.Panel(
                    slot, "said", "What they said", "feedback/_customer_said.html",
                    selectors.customer_said, order=20,
                )
            )  # fmt: skip
        panels.register(
            panels.Panel(
                "home", "feedback", "Latest feedback", "feedback/_latest.html",
                selectors.latest_feedback, order=60,
            )
        )  # fmt: skip
        shell.add_nav(
            shell.NavEntry("Lifecycle", "Feedback", "message-square", "feedback/", order=70, go="f")
        )
