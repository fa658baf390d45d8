"""A mail backend that writes each mail into a folder and kills its own process once, right before or right after it."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from django.core.mail.backends.base import BaseEmailBackend


class EmailBackend(BaseEmailBackend):
    """`FAULTS_MAILS` is the folder, `FAULTS_KILL` says when the process dies: `before` or `after` the mail is taken."""

    def send_messages(self, email_messages):
        folder = Path(os.environ["FAULTS_MAILS"])
        for message in email_messages:
            self._die("before", folder)
            name = f"{message.extra_headers['Message-ID'].strip('<>')}.{os.getpid()}.{os.urandom(4).hex()}.eml"
            written = folder / name
            written.write_text(message.body, encoding="utf-8")
            self._die("after", folder)
        return len(email_messages)

    def _die(self, when, folder):
        mark = folder / "died"
        if os.environ.get("FAULTS_KILL") == when and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
