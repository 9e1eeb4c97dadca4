"""A small web service around remit: what may I do, decide, grant, void.

    python examples/service/app.py --rules rules --ledger desk.db --port 8080

Every policy of the folder is served, in all its versions. See README.md for the calls.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.serving import make_server

import remit
from remit.errors import KeyConflict, LedgerBusy, LedgerUnavailable, NotAllowed, NotFound, Problem
from remit.ledger.log.entry import Entry

#: A request is small; anything larger is a mistake.
MAX_BODY_BYTES = 64 * 1024


class BadCall(Exception):
    """The call itself is wrong, before any policy is asked."""

    def __init__(self, status: int, title: str, detail: str) -> None:
        self.status, self.title, self.detail = status, title, detail
        super().__init__(detail)


def create_app(policies: remit.PolicySet, ledger: remit.Ledger) -> Flask:
    """The service, around loaded policies and an open ledger; both may be shared by any number of threads."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    _answer_errors(app)

    @app.get("/policies")
    def every_policy() -> Response:
        """Which policies there are, and what a front end needs to ask for each."""
        day = _day(request.args.get("on"))
        return _json([_outline(policies[name].at(day)) for name in policies])

    @app.post("/policies/<name>/options")
    def options(name: str) -> Response:
        """What may I do? Nothing is asked for, so the answer is all that can be offered now."""
        return _decided(ledger.decide(_policy(policies, name), {**_body(), "asked": {}}))

    @app.post("/policies/<name>/decide")
    def decide(name: str) -> Response:
        """May I give this? Nothing is given yet."""
        return _decided(ledger.decide(_policy(policies, name), _body()))

    @app.post("/policies/<name>/grant")
    def grant(name: str) -> Response:
        """Give it. The key makes a retry harmless: the same call again gives the first answer again."""
        key = request.headers.get("Idempotency-Key")
        if not key:
            raise BadCall(400, "no key", "send an Idempotency-Key header, made up once for each thing that is given")
        entry = ledger.grant(_policy(policies, name), {**_body(), "key": key})
        return _decided(entry, 201 if entry.granted and not entry.repeated else 200)

    @app.get("/records/<record_id>")
    def record(record_id: str) -> Response:
        """One record of the ledger; what is personal stays hidden."""
        return _json(ledger.record(record_id).to_dict())

    @app.post("/records/<record_id>/void")
    def void(record_id: str) -> Response:
        """Take a grant back; the allowance returns to the caps."""
        body = _body()
        entry = ledger.void(record_id, employee=body.get("employee") or {}, reason=str(body.get("reason") or ""))
        return _json(entry.to_dict(), 201)

    return app


def _policy(policies: remit.PolicySet, name: str) -> Any:
    """The policy of that name, in the version of the day on which the incident happened."""
    if name not in policies:
        raise BadCall(404, "no such policy", f"there is no policy {name}; see /policies")
    return policies[name].at(_day(_body().get("occurred")))


def _day(text: Any) -> date:
    if text is None:
        return date.today()
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise BadCall(400, "not a day", "a day is written as 2026-07-01") from None


def _body() -> dict[str, Any]:
    """The JSON object that was sent, with today as the day of the incident unless it says another."""
    if request.mimetype != "application/json":
        raise BadCall(415, "not JSON", "send application/json")
    try:
        body = json.loads(request.get_data())
    except (ValueError, RecursionError):
        raise BadCall(400, "not JSON", "the body is not valid JSON") from None
    if not isinstance(body, dict):
        raise BadCall(400, "not an object", "the body is a JSON object; see the README")
    return {"occurred": date.today().isoformat(), **body}


def _decided(entry: Entry, status: int = 200) -> Response:
    assert entry.decision is not None
    return _json({"record": entry.id, "granted": entry.granted, "decision": entry.decision.to_dict()}, status)


def _outline(policy: remit.Policy) -> dict[str, Any]:
    model = policy.model
    return {
        "id": policy.id,
        "title": model.title,
        "version": policy.version,
        "roles": list(model.ladder),
        "remedies": {name: {"title": each.title, "kind": each.kind} for name, each in model.remedies.items()},
        "facts": {
            name: {
                "type": fact.type.kind,
                "choices": list(fact.type.choices),
                "ask": fact.ask,
                "default": fact.default is not None,
            }
            for name, fact in model.facts.items()
            if fact.history is None
        },
    }


def _json(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body, ensure_ascii=False) + "\n", status, mimetype="application/json")


def _problem(status: int, title: str, detail: str, problems: tuple[Problem, ...] = ()) -> Response:
    """An error as RFC 9457 describes one: what is wrong, and every single problem with its path and what to do."""
    body = {"title": title, "status": status, "detail": detail, "problems": [each.to_dict() for each in problems]}
    return Response(json.dumps(body, ensure_ascii=False) + "\n", status, mimetype="application/problem+json")


def _answer_errors(app: Flask) -> None:
    @app.errorhandler(BadCall)
    def bad_call(error: BadCall) -> Response:
        return _problem(error.status, error.title, error.detail)

    @app.errorhandler(remit.RequestError)
    def bad_request(error: remit.RequestError) -> Response:
        return _problem(422, "the request does not fit the policy", "no decision was taken", error.problems)

    titles: Mapping[type[Exception], tuple[int, str]] = {
        NotFound: (404, "no such record"),
        NotAllowed: (409, "not possible"),
        KeyConflict: (409, "this key was used for another request"),
        LedgerBusy: (503, "busy, try again"),
        LedgerUnavailable: (503, "the ledger cannot be reached, try again"),
    }
    for kind, (status, title) in titles.items():
        app.register_error_handler(kind, _teller(status, title))

    @app.errorhandler(HTTPException)
    def any_other(error: HTTPException) -> Response:
        return _problem(error.code or 500, error.name.lower(), error.description or "")


def _teller(status: int, title: str) -> Callable[[Exception], Response]:
    def tell(error: Exception) -> Response:
        response = _problem(status, title, str(error))
        if status == 503:
            response.headers["Retry-After"] = "1"
        return response

    return tell


def main() -> None:
    """Serve until it is stopped."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rules", type=Path, default=remit.shipped("hotel-guest-recovery").parent, help="a folder of policies")
    parser.add_argument("--ledger", default="desk.db", help="a file, or postgresql://...")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080, help="0 for any free one")
    arguments = parser.parse_args()
    policies = remit.load_folder(arguments.rules)
    with remit.open_ledger(arguments.ledger) as ledger:
        server = make_server(arguments.host, arguments.port, create_app(policies, ledger), threaded=True)
        print(f"listening on http://{arguments.host}:{server.server_port}", flush=True)
        with suppress(KeyboardInterrupt):
            server.serve_forever()


if __name__ == "__main__":
    main()
