"""Tables of the feedback room."""

from feedback.models.feedback import Feedback, FeedbackLink

__all__ = ["Feedback", "FeedbackLink"]
