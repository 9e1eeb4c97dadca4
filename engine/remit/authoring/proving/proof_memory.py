"""What was proved, kept by the digest of the policy: a second run of the same text proves nothing again, and ``remit show``
says of each promise what is known.

An entry is JSON in a folder of its own. Its name is a hash of the policy's text and of the code that proves, so that it is not
found after either changed. What is open is not kept: another time it may be proved. What cannot be read is proved anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final

from remit.authoring.proving.proof_result import ProofResult
from remit.errors import Place
from remit.policy.cache import newest_source
from remit.policy.model import Model

__all__ = ["ProofMemory"]

#: The folders of remit whose code makes statements, meanings and questions.
_SOURCES: Final = ("authoring", "core", "language", "policy", "readings")
_SUFFIX: Final = ".proofs.json"


class ProofMemory:
    """Results in one ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def results(self, model: Model, kinds: Sequence[str]) -> list[ProofResult] | None:
        """All that came of these kinds of statements, if all of it is known."""
        found: list[ProofResult] = []
        for kind in kinds:
            entry = self._read(model, kind)
            if entry is None:
                return None
            found += entry
        return found

    def keep(self, model: Model, kinds: Sequence[str], results: Sequence[ProofResult]) -> None:
        """Keep what is settled. Where it cannot be kept, it is proved again another time."""
        for kind in kinds:
            mine = [each for each in results if each.code == kind]
            if all(each.verdict != "open" for each in mine):
                self._write(model, kind, mine)

    def _path(self, model: Model, kind: str) -> Path:
        of = "\0".join((str(newest_source(*_SOURCES)), model.digest, model.currency or "", kind))
        return self.folder / f"{sha256(of.encode()).hexdigest()[:40]}{_SUFFIX}"

    def _read(self, model: Model, kind: str) -> list[ProofResult] | None:
        try:
            plain = json.loads(self._path(model, kind).read_text(encoding="utf-8"))
            if plain["digest"] != model.digest:
                return None
            found = [_result(each, model) for each in plain["results"]]
            return found if all(each.verdict in ("proved", "refuted") for each in found) else None
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None

    def _write(self, model: Model, kind: str, results: Sequence[ProofResult]) -> None:
        plain = {"digest": model.digest, "results": [_plain(each) for each in results]}
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile("w", dir=self.folder, delete=False, encoding="utf-8") as file:
                json.dump(plain, file, ensure_ascii=False)
            os.replace(file.name, self._path(model, kind))
        except OSError:
            return


def _plain(result: ProofResult) -> dict[str, Any]:
    place = result.place
    where = None if place is None else [place.line, place.column, place.end_column, place.text]
    return {
        "code": result.code,
        "of": result.of,
        "says": result.says,
        "verdict": result.verdict,
        "told": list(result.told),
        "place": where,
        "details": dict(result.details),
        "seconds": result.seconds,
    }


def _result(plain: dict[str, Any], model: Model) -> ProofResult:
    where = plain["place"]
    place = None if where is None else Place(model.file, *where)
    known = {each: plain[each] for each in ("code", "of", "says", "verdict", "details", "seconds")}
    return ProofResult(**known, told=tuple(plain["told"]), place=place)
