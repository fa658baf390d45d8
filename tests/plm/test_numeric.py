"""What a process of the web reads, and when: numpy and its like wait until something of them is used."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = """
import gc, sys
import plm.config.wsgi
print("plm.config.urls" in sys.modules, gc.get_freeze_count() > 100_000, len(gc.get_objects()) < 1_000)
late = {"numpy", "scipy", "openpyxl", "reportlab", "PIL", "fido2"}
print(sorted(late & sys.modules.keys()))
from plm.numeric import np, special
print(type(np).__name__, float(np.ones(3).sum()), float(special.ndtri(0.5)), np.pi is vars(np)["pi"])
print(sorted(late & sys.modules.keys()))
try:
    np.no_such_thing
except AttributeError as error:
    print(error)
from allauth.mfa.webauthn.internal import auth
print(callable(auth.begin_registration), "fido2" in sys.modules)
"""


@pytest.mark.once
def test_a_process_reads_a_library_when_it_first_uses_it(tmp_path: Path) -> None:
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "plm.config.settings",
        "PLM_DATA_DIR": str(tmp_path),
    }
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", CODE], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )  # fmt: skip
    assert ran.stdout.splitlines() == [
        "True True True",
        "[]",
        "_Unread 3.0 0.0 True",
        "['numpy', 'scipy']",
        "module 'numpy' has no attribute 'no_such_thing'",
        "True True",
    ]
