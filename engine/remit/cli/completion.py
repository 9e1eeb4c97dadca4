"""Completion in the shell: ``remit completion bash|zsh|fish`` prints what the shell must read."""

from __future__ import annotations

import os
import sys
from typing import Any

import click
from click.shell_completion import BashComplete, CompletionItem, add_completion_class, get_completion_class, shell_complete

from remit.cli.support.terminal import is_terminal

__all__ = ["VARIABLE", "answer_shell", "completion"]

#: Set by the shell's function when it asks for completions.
VARIABLE = "_REMIT_COMPLETE"

_BASH = """\
%(complete_func)s() {
    local IFS=$'\\n' type value
    COMPREPLY=()
    while IFS=',' read -r type value; do
        case "$type" in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain) COMPREPLY+=("$value"); [[ "$value" == *= ]] && compopt -o nospace ;;
        esac
    done < <(COMP_LINE="$COMP_LINE" COMP_POINT="$COMP_POINT" %(complete_var)s=bash_complete "$1")
    return 0
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""


class _Bash(BashComplete):
    """Bash breaks words at ``=``; ``incident.kind=no`` is put together again, and only what follows ``=`` is handed back."""

    source_template = _BASH
    _before = ""

    def get_completion_args(self) -> tuple[list[str], str]:
        from click.shell_completion import split_arg_string

        line = os.environ["COMP_LINE"][: int(os.environ["COMP_POINT"])]
        words = split_arg_string(line)[1:]
        incomplete = words.pop() if words and not line[-1:].isspace() else ""
        self._before = incomplete[: incomplete.rfind("=") + 1]
        return words, incomplete

    def format_completion(self, item: CompletionItem[Any]) -> str:
        return f"{item.type},{str(item.value).removeprefix(self._before)}"


add_completion_class(_Bash, "bash")


def answer_shell() -> int:
    """Answer the shell's function: completions, or the function itself."""
    from remit.cli.app import cli

    return shell_complete(cli, {}, "remit", VARIABLE, os.environ[VARIABLE])


_HOW = {
    "bash": 'add to ~/.bashrc:  eval "$(remit completion bash)"',
    "zsh": 'add to ~/.zshrc:  eval "$(remit completion zsh)"',
    "fish": "save it:  remit completion fish > ~/.config/fish/completions/remit.fish",
}


@click.command(short_help="What your shell needs to complete remit's commands, policies and facts.")
@click.argument("shell", type=click.Choice(sorted(_HOW)))
def completion(shell: str) -> None:
    """Print what SHELL must read to complete commands, policies, facts, choices, roles and remedies after TAB.

    \b
    bash:  eval "$(remit completion bash)"      in ~/.bashrc
    zsh:   eval "$(remit completion zsh)"       in ~/.zshrc
    fish:  remit completion fish > ~/.config/fish/completions/remit.fish
    """
    from remit.cli.app import cli

    known = get_completion_class(shell)
    assert known is not None
    click.echo(known(cli, {}, "remit", VARIABLE).source(), nl=False)
    if is_terminal(sys.stdout):
        click.echo(f"# {_HOW[shell]}", err=True)
