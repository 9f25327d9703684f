"""The requests that are sent: from a file, or made up to a length."""

import hashlib
import json
import random
from dataclasses import dataclass
from pathlib import Path

from lca.measure.errors import InvalidRequest

# Short, frequent words, one token each in common vocabularies; the server's own count is what is reported.
TEXT = (
    "the of and to in is that for it as with on be by at from this or an are was have not which you all one more about "
    "time people water year work place day part number case point world area hand money night story fact month book eye "
    "job word side kind head house service friend power hour game line end law car city name team minute idea body"
)
WORDS = TEXT.split()


@dataclass(frozen=True)
class Request:
    """A prompt and the most tokens its answer may have."""

    prompt: str
    max_tokens: int


def synthetic(count: int, prompt_tokens: int, output_tokens: int, seed: int) -> list[Request]:
    """Return made-up requests of about so many prompt tokens; no two begin alike, so that no prefix is found in a cache."""
    random_words = random.Random(seed)  # noqa: S311  prompts, no secret
    return [
        Request(
            " ".join([f"{number}.", *random_words.choices(WORDS, k=max(prompt_tokens - 1, 1))]),
            output_tokens,
        )
        for number in random_words.sample(range(10_000, 100_000), count)
    ]


def read(path: Path) -> list[Request]:
    """Return the requests of a file, one JSON object a line with ``prompt`` and ``max_tokens``.

    Raises
    ------
    InvalidRequest
        Naming the first line that is not one.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        msg = f"The trace {path.name} cannot be read: {error}."
        raise InvalidRequest(msg) from error
    found = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            found.append(_request(line, f"line {number} of {path.name}"))
    return found


def _request(line: str, where: str) -> Request:
    try:
        data = json.loads(line)
        prompt, most = data["prompt"], data["max_tokens"]
    except (ValueError, KeyError, TypeError) as error:
        msg = f'{where} is no request; write {{"prompt": "...", "max_tokens": 128}}.'
        raise InvalidRequest(msg) from error
    if not isinstance(prompt, str) or not prompt or type(most) is not int or most < 1:
        msg = f"{where}: prompt must be a text and max_tokens a whole number above 0."
        raise InvalidRequest(msg)
    return Request(prompt, most)


def digest(requests: list[Request]) -> str:
    """Return a hash that tells whether two measurements sent the same requests, without telling which."""
    text = json.dumps([[request.prompt, request.max_tokens] for request in requests])
    return hashlib.sha256(text.encode()).hexdigest()
