"""`manage.py erase_person`: a person who asked for it, out of everything, for good."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ideas.models import Person
from ideas.selectors.erasing import erasure_of
from ideas.services.erasing import confirmation_of, erasure_ask
from plm.errors import PlmError
from plm.models import User, Workspace
from plm.runner import run_job
from plm.selectors import actor_of


class Command(BaseCommand):
    help = "Erase a person's data everywhere; counts stay. Cannot be taken back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("person", help="their e-mail address or id")
        parser.add_argument("--workspace", required=True, help="address of the workspace")
        parser.add_argument("--as", dest="email", required=True, help="e-mail of an admin")
        parser.add_argument(
            "--confirm", default="", help="their address again; asked for otherwise"
        )

    def handle(self, *_args: object, **options: Any) -> None:
        user = User.objects.filter(email__iexact=options["email"], is_active=True).first()
        if user is None:
            raise CommandError(f"Nobody here has the address {options['email']}.")
        actor = actor_of(user)
        workspace = Workspace.objects.visible_to(actor).filter(slug=options["workspace"]).first()
        rows = Person.objects.visible_to(actor, "person.view").named(options["person"])
        found = list(rows.filter(workspace=workspace)[:2]) if workspace else []
        if len(found) != 1:
            raise CommandError(
                f"No one person here is {options['person']}. Give an address or an id."
            )
        words = confirmation_of(found[0])
        confirm = options["confirm"] or input(f"Type {words} to erase them for good: ")
        try:
            person = erasure_ask(actor=actor, person=found[0], confirm=confirm)
        except PlmError as error:
            said = " ".join(error.fields.values())
            raise CommandError(f"{error.message} {said}".strip()) from None
        asked = erasure_of(person)
        if asked is not None:
            run_job(asked.job.pk)
        person.refresh_from_db()
        after = erasure_of(person)
        if after is not None and (after.problem or after.job.error):
            raise CommandError(f"Not erased. {after.problem or after.job.error}")
        self.stdout.write(
            "Erased. Their votes and what they said count as before."
            if person.erased_at
            else "A worker is erasing them now."
        )
