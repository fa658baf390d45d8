"""Tables of the feedback room."""

from feedback.models.customer import Company, Person
from feedback.models.feedback import Feedback, FeedbackLink

__all__ = ["Company", "Feedback", "FeedbackLink", "Person"]
