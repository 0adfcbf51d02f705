"""A client of ``/v1/chat/completions``: questions with pictures in, JSON objects out.

llama.cpp's server, Ollama and vLLM speak it. An answer's form is asked for as a JSON schema; a
server that refuses that is asked without, and one that ignores it is read all the same.
"""

import io
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from canter.control.errors import CanterError
from canter.vla.brain.address import KEY_VARIABLE, ServerAddress
from canter.vla.brain.exchange_log import ExchangeLog, data_url
from canter.vla.brain.http_exchange import (
    BrainError,
    BrainRefusal,
    BrainUnreachable,
    HttpExchange,
    Request,
)
from canter.vla.brain.json_answers import Answer, AnswerError, content_of, loaded, object_in

TRIES: Final = 3
"""How often one question is asked at most."""
MOST_TOKENS: Final = 1000
"""Of an answer; a model that thinks aloud needs most of them."""
LEAST_EDGE: Final = 384
"""Edge to which a smaller picture is enlarged by a whole factor, px: encoders want that much."""
CHECK_S: Final = 10.0
"""Longest wait for the list of models, s."""
_SCHEMA_REFUSED: Final = (400, 422)

Picture = NDArray[np.uint8]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Question:
    """One question to the model.

    Attributes:
        purpose: what for: ``plan``, ``check``, ``answer`` or ``choose``; names the schema.
        system: who the model is and how it is to answer.
        text: the question.
        pictures: uint8 RGB, (height, width, 3), each.
        schema: JSON schema of the answer.
    """

    purpose: str
    system: str
    text: str
    pictures: tuple[Picture, ...]
    schema: Mapping[str, Any]


class ChatClient:
    """Asks one model of one server; use it from one thread, close it from any.

    Args:
        address: of the server.
        model: its name; the first that the server has where empty.
        timeout_s: longest time for one question, all its tries together, s.
        log: keeps every exchange; none where None.

    Raises:
        CanterError: the key in the environment is none.
    """

    def __init__(
        self,
        address: ServerAddress,
        model: str = "",
        timeout_s: float = 60.0,
        log: ExchangeLog | None = None,
    ) -> None:
        self.model, self.log = model, log
        self._http, self._timeout_s = HttpExchange(address), timeout_s
        self._key = os.environ.get(KEY_VARIABLE, "")
        self._with_schema = True
        if not (self._key.isascii() and self._key.isprintable()):
            raise CanterError(f"{KEY_VARIABLE} holds signs that no key has; set it anew")

    @property
    def address(self) -> ServerAddress:
        """Of the server."""
        return self._http.address

    def close(self) -> None:
        """Break off what is being asked."""
        self._http.close()

    def check(self) -> None:
        """Make sure that the server answers and has the model; choose one where none was named.

        Raises:
            CanterError: it does not; the message says what mends it.
        """
        known: list[str] = []
        try:
            body = self._http.ask(Request("GET", "/models", key=self._key), CHECK_S)
            known = _models(loaded(body, "the list of models"))
        except BrainUnreachable as error:
            raise BrainError(f"{error}; start a server there, or leave --brain out") from error
        except (BrainRefusal, AnswerError) as error:
            if not self.model:
                raise BrainError(f"{error}; name the model with --brain-model") from error
        if self.model and known and not _has(known, self.model):
            names = ", ".join(known[:20])
            raise BrainError(f"the brain at {self.address} has no '{self.model}'; it has: {names}")
        if not self.model and not known:
            raise BrainError(f"the brain at {self.address} has no model; load one")
        self.model = self.model or known[0]

    def ask(self, question: Question, read: Callable[[Answer], T]) -> T:
        """Return what the model answers.

        Args:
            question: what is asked.
            read: makes a typed value of the answer, and raises AnswerError where it cannot.

        Raises:
            BrainError: no usable answer came in TRIES tries and the time for them.
        """
        shown = [png(picture) for picture in question.pictures]
        deadline = time.monotonic() + self._timeout_s
        error: CanterError | None = None
        for _ in range(TRIES):
            left = deadline - time.monotonic()
            if self._http.closed or left <= 0.0:
                break
            try:
                return read(self._one_answer(question, shown, left))
            except (BrainUnreachable, AnswerError) as problem:
                error = problem
            except BrainRefusal as problem:
                if not self._with_schema or problem.status not in _SCHEMA_REFUSED:
                    raise
                self._with_schema, error = False, problem
        if error is None or isinstance(error, BrainUnreachable | BrainRefusal):
            raise error or BrainUnreachable(f"the brain at {self.address} was not asked in time")
        raise BrainError(f"the brain at {self.address} gives no usable answer: {error}") from error

    def _one_answer(self, question: Question, shown: list[bytes], within_s: float) -> Answer:
        """Ask once, and log it."""
        begun = time.monotonic()
        told: dict[str, Any] = {}
        asked = self._payload(question)
        try:
            sent = json.dumps(_with_pictures(asked, shown)).encode()
            body = self._http.ask(Request("POST", "/chat/completions", sent, self._key), within_s)
            told["answer"] = body.decode("utf-8", "replace")
            return object_in(content_of(loaded(body, "the server's answer")))
        except CanterError as error:
            told["error"] = str(error)
            raise
        finally:
            told["took_s"] = round(time.monotonic() - begun, 3)
            if self.log is not None:
                head = {"purpose": question.purpose, "address": str(self.address), "asked": asked}
                self.log.write(head, shown, told)

    def _payload(self, question: Question) -> dict[str, Any]:
        """Return what is sent, but for the pictures."""
        payload: dict[str, Any] = {
            "model": self.model,
            "messages": [
                {"role": "system", "content": question.system},
                {"role": "user", "content": [{"type": "text", "text": question.text}]},
            ],
            "temperature": 0,
            "seed": 0,
            "max_tokens": MOST_TOKENS,
            "stream": False,
        }
        if self._with_schema:
            schema = {"name": question.purpose, "strict": True, "schema": dict(question.schema)}
            payload["response_format"] = {"type": "json_schema", "json_schema": schema}
        return payload


def png(picture: Picture) -> bytes:
    """Return a picture, uint8 RGB, (height, width, 3), as PNG, enlarged where it is small."""
    factor = max(-(-LEAST_EDGE // min(picture.shape[:2])), 1)
    height, width = picture.shape[:2]
    image = Image.fromarray(picture)
    if factor > 1:
        image = image.resize((factor * width, factor * height), Image.Resampling.BICUBIC)
    into = io.BytesIO()
    image.save(into, "PNG")
    return into.getvalue()


def _with_pictures(payload: Mapping[str, Any], shown: list[bytes]) -> dict[str, Any]:
    """Return a payload with the pictures behind the question."""
    system, user = payload["messages"]
    images = [{"type": "image_url", "image_url": {"url": data_url(one)}} for one in shown]
    return {**payload, "messages": [system, {**user, "content": [*user["content"], *images]}]}


def _models(document: Any) -> list[str]:  # noqa: ANN401 - JSON has no type
    """Return the names of the models that a server lists; none where it lists in another form."""
    listed = document.get("data") if isinstance(document, dict) else None
    entries = listed if isinstance(listed, list) else []
    names = [entry.get("id") for entry in entries if isinstance(entry, dict)]
    return [name for name in names if isinstance(name, str)]


def _has(known: list[str], model: str) -> bool:
    """Tell whether a model is listed; Ollama lists ``name`` as ``name:latest``."""
    return model in known or f"{model}:latest" in known
