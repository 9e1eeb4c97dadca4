"""What the company wants done when a task arrives or becomes overdue: a command, a webhook, or both.

``REMIT_TASK_HOOK`` is a command that gets the notice as JSON on standard input; ``REMIT_TASK_WEBHOOK`` an address to which the
same JSON is posted; ``REMIT_TASK_LINK`` how a task is opened, with ``{id}`` and ``{number}``. What goes wrong is said on
standard error, without the address or the arguments of the command: they may hold a secret.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from remit.cli.support.terminal import tell
from remit.language.locales.messages import Message

if TYPE_CHECKING:
    from remit.ledger.people.task_notice import TaskNotice

__all__ = ["task_hook"]

#: How long a command or a webhook may take, in seconds; less than a ledger waits for its hook.
_PATIENCE: Final = 4.0

#: The hosts that may be reached without encryption.
_LOCAL: Final = frozenset(("localhost", "127.0.0.1", "::1"))


class _HookFailed(Exception):
    """What went wrong, in words that anyone may read."""


def task_hook() -> Callable[[TaskNotice], None] | None:
    """What to call with a notice; ``None`` where the environment asks for nothing."""
    command, address = os.environ.get("REMIT_TASK_HOOK", ""), os.environ.get("REMIT_TASK_WEBHOOK", "")
    template = os.environ.get("REMIT_TASK_LINK", "")
    if not command.strip() and not address.strip():
        return None

    def announce(notice: TaskNotice) -> None:
        if template:
            link = template.replace("{id}", notice.id).replace("{number}", str(notice.number))
            notice = replace(notice, link=link)
        text = json.dumps(notice.to_dict())
        for setting, send in ((command, _run), (address, _post)):
            try:
                if setting.strip():
                    send(setting.strip(), text)
            except _HookFailed as failed:
                known = {"number": notice.number, "why": failed.args[0]}
                tell(Message("Task {number} is on record, but {why}. Tell the approver yourself.", **known), err=True)

    return announce


def _run(command: str, text: str) -> None:
    """Run a command with ``text`` on its standard input. Raises :class:`_HookFailed`."""
    try:
        parts = shlex.split(command)
    except ValueError:
        raise _HookFailed(Message("the command in REMIT_TASK_HOOK has a quote that is not closed")) from None
    name = os.path.basename(parts[0])
    try:
        process = subprocess.Popen(parts, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True)
    except OSError as error:
        raise _HookFailed(
            Message(
                "the command in REMIT_TASK_HOOK, `{name}`, cannot be run: {why}", name=name, why=str(error.strerror or error)
            )
        ) from None
    try:
        process.communicate(text.encode(), timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        _stop(process)
        known = {"name": name, "seconds": int(_PATIENCE)}
        message = Message("the command in REMIT_TASK_HOOK, `{name}`, was stopped after {seconds} seconds", **known)
        raise _HookFailed(message) from None
    if process.returncode:
        raise _HookFailed(
            Message("the command in REMIT_TASK_HOOK, `{name}`, exited with {code}", name=name, code=process.returncode)
        )


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Stop a command, and what it started."""
    with suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL) if hasattr(os, "killpg") else process.kill()
    process.wait()


def _post(address: str, text: str) -> None:
    """Post ``text`` to an address. Raises :class:`_HookFailed`."""
    host = _host(address)
    from http.client import HTTPException
    from urllib.error import HTTPError, URLError
    from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

    class NoRedirect(HTTPRedirectHandler):
        """Another address might be unencrypted, or somebody else's."""

        def redirect_request(self, *_: object) -> None:
            return None

    local = [ProxyHandler({})] if host in _LOCAL else []
    request = Request(address, text.encode(), {"Content-Type": "application/json", "User-Agent": "remit"}, method="POST")
    try:
        with build_opener(NoRedirect, *local).open(request, timeout=_PATIENCE):
            pass
    except HTTPError as error:
        error.close()
        raise _HookFailed(Message("the webhook at {host} answered {code}", host=host, code=error.code)) from None
    except TimeoutError:
        raise _HookFailed(_late(host)) from None
    except URLError as error:
        if isinstance(error.reason, TimeoutError):
            raise _HookFailed(_late(host)) from None
        reason = getattr(error.reason, "strerror", None) or type(error.reason).__name__
        raise _HookFailed(Message("the webhook at {host} cannot be reached: {why}", host=host, why=str(reason))) from None
    except (OSError, HTTPException, ValueError) as error:
        raise _HookFailed(Message("the webhook at {host} broke off: {why}", host=host, why=type(error).__name__)) from None


def _late(host: str) -> Message:
    return Message("the webhook at {host} did not answer within {seconds} seconds", host=host, seconds=int(_PATIENCE))


def _host(address: str) -> str:
    """The host of an address that may be posted to. Raises :class:`_HookFailed`."""
    with suppress(ValueError):
        parts = urlsplit(address)
        if parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL)):
            return parts.hostname
    raise _HookFailed(Message("REMIT_TASK_WEBHOOK is not an https address (http is for localhost only), so nothing was sent"))
