"""numpy and scipy, read when something of them is first used: `from plm.numeric import np, special`.

Every process loads the modules of formulas, as handlers and views name them; few processes ever compute one. The two
libraries take 60 MB and more than a second of processor time.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

__all__ = ["np", "optimize", "sparse", "special"]


class _Unread(ModuleType):
    """Stands for the module of its name, and keeps what was asked of it."""

    def __getattr__(self, name: str) -> Any:
        found = getattr(import_module(self.__name__), name)
        setattr(self, name, found)
        return found


if TYPE_CHECKING:
    import numpy as np
    from scipy import optimize, sparse, special
else:
    np = _Unread("numpy")
    optimize, sparse, special = map(_Unread, ("scipy.optimize", "scipy.sparse", "scipy.special"))
