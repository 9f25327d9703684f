"""The ``cradle`` command. What people read is on standard error, ``--json`` on standard output.

Exit status: 0 all is well; 1 a budget is exceeded, or a file was refused; 2 wrong use; 3 the server said no; 4 the server
cannot be reached. ``cradle run`` ends with the status of the command it ran.
"""

import sys
import uuid
from pathlib import Path
from typing import Annotated, Any

import typer

from lca.client import labels
from lca.client.errors import ClientError

app = typer.Typer(
    help="Counts the footprint of AI runs: uploads them, measures them, and holds them against budgets.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
Json = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]
System = Annotated[str, typer.Option(help="Short name of the AI system [CRADLE_SYSTEM].")]
Category = Annotated[
    str, typer.Option(help="exploration, debugging, ablation, evaluation, final_training, …")
]
Component = Annotated[str, typer.Option(help="Part of the system that the runs were for.")]
Team = Annotated[str, typer.Option(help="Who ran them.")]
Branch = Annotated[str, typer.Option(help="Told by the CI system or by git, unless it is given.")]
Commit = Annotated[str, typer.Option(help="Told by the CI system or by git, unless it is given.")]


@app.command()
def login(
    server: Annotated[str, typer.Option(help="Address of the server.")],
    system: System = "",
    token_stdin: Annotated[bool, typer.Option(help="Read the token from standard input.")] = False,
) -> None:
    """Try a token and keep it, in a file that only you may read."""
    from lca.client import config
    from lca.client.output import say
    from lca.client.server import Server

    secret = (
        sys.stdin.readline() if token_stdin else typer.prompt("Token", hide_input=True, err=True)
    )
    made = config.Config(server=config.checked(server), token=secret.strip(), system=system)
    with Server(made) as asked:
        name = _organisation(asked)
    say(f"Signed in to {name}. Kept in {config.save(made)}.", "green")


@app.command()
def upload(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, readable=True)],
    system: System = "",
    format: Annotated[str, typer.Option(help="Told by the content, unless it is named.")] = "",  # noqa: A002  the option's name
    category: Category = "",
    component: Component = "",
    team: Team = "",
    branch: Branch = "",
    commit: Commit = "",
    wait: Annotated[bool, typer.Option(help="Wait until the files are read.")] = True,
    json: Json = False,
) -> None:
    """Send files of other tools' records; each run counts once, however often its file is sent."""
    from lca.client.uploading import send_files

    said = _labels(category, component, team, branch, commit)
    fields = {"system": _system(system), "format": format, **said}
    ended = send_files(files, {key: value for key, value in fields.items() if value}, wait=wait)
    _show(ended, json=json)
    if any(item.get("state") == "refused" for item in ended):
        raise typer.Exit(1)


@app.command(context_settings={"allow_interspersed_args": False})
def run(
    command: Annotated[list[str], typer.Argument(help="The command, after --.")],
    system: System = "",
    name: Annotated[str, typer.Option(help="Name of the run; else the command.")] = "",
    category: Category = "",
    component: Component = "",
    team: Team = "",
    branch: Branch = "",
    commit: Commit = "",
    json: Json = False,
) -> None:
    """Run a command, count its energy, and record the run, also when it fails."""
    from lca.client import measuring
    from lca.client.output import say
    from lca.client.uploading import send_run

    to, said = _system(system), _labels(category, component, team, branch, commit)
    ran = measuring.run(command)
    title = name or " ".join(command)
    body = measuring.body_of(ran, system=to, name=title, external_id=str(uuid.uuid4()))
    if ran.code == measuring.NOT_FOUND:
        say(f"{command[0]}: command not found", "red")
    for reason in ran.counted.reasons:
        say(reason, "dim")
    try:
        _show([send_run({**body, **said})], json=json)
    except ClientError as error:
        say(str(error), "red")
        if ran.code == 0:
            raise typer.Exit(error.status) from None
    raise typer.Exit(ran.code)


@app.command()
def check(
    system: System = "",
    branch: Branch = "",
    commit: Commit = "",
    base: Annotated[str, typer.Option(help="Branch to compare with; told by the CI system.")] = "",
    markdown: Annotated[
        Path | None, typer.Option(help="Write a comment for a change here.")
    ] = None,
    strict: Annotated[bool, typer.Option(help="Fail on a warning too.")] = False,
    json: Json = False,
) -> None:
    """Hold a system's runs against its budgets: exit status 1 if one is exceeded."""
    from lca.client import output
    from lca.client.uploading import summary_of_step

    body = {
        "system": _system(system),
        "branch": branch or labels.branch(),
        "commit": commit or labels.commit(),
        "base": base or labels.base(),
    }
    with _server() as server:
        verdict = server.post("budget-checks/", {k: v for k, v in body.items() if v})
    if json:
        output.emit(verdict)
    else:
        output.verdict_table(verdict)
    summary_of_step(verdict["markdown"])
    if markdown is not None:
        markdown.write_text(verdict["markdown"], encoding="utf-8")
    if verdict["status"] == "fail" or (strict and verdict["status"] == "warn"):
        raise typer.Exit(1)


@app.command()
def report(
    system: System = "",
    out: Annotated[Path | None, typer.Option(help="Write the whole result here, as JSON.")] = None,
    pdf: Annotated[
        Path | None, typer.Option(help="Freeze the assessment, and write its report here.")
    ] = None,
    json: Json = False,
) -> None:
    """Show the totals of a system's newest assessment; write its report as PDF."""
    from lca.client import output
    from lca.client.reporting import newest_result, pdf_of, totals

    with _server() as server:
        found = newest_result(server, _system(system))
        if pdf is not None:
            found["snapshot"], content = pdf_of(server, found["assessment"])
            pdf.write_bytes(content)
    if out is not None:
        import json as encoder

        out.write_text(encoder.dumps(found, indent=2), encoding="utf-8")
    if json:
        output.emit(found)
    else:
        totals(found)


@app.command()
def status(
    send: Annotated[bool, typer.Option("--send", help="Send what waits.")] = False,
    json: Json = False,
) -> None:
    """Show the server, who is calling, and what waits to be sent."""
    from lca.client import output, spool

    found: dict[str, Any] = {"waiting": len(spool.waiting())}
    with _server() as server:
        found["server"] = server.config.server
        found["system"] = server.config.system
        if send:
            found["sent"], found["refused"] = spool.send(server)
            found["waiting"] = len(spool.waiting())
        found["organisation"] = _organisation(server)
    if json:
        output.emit(found)
        return
    for key, value in found.items():
        output.say(f"{key:13} {value}")


def _organisation(server: Any) -> str:
    return ", ".join(str(item["name"]) for item in server.get("organisations/")["results"])


def _server() -> Any:
    from lca.client import config
    from lca.client.server import Server

    return Server(config.load())


def _system(given: str) -> str:
    from lca.client import config

    if found := given or config.load().system:
        return found
    raise ClientError("Whose runs are they? Name the system with --system, or set CRADLE_SYSTEM.")


def _labels(category: str, component: str, team: str, branch: str, commit: str) -> dict[str, str]:
    found = {
        "category": category,
        "component": component,
        "team": team,
        "branch": branch or labels.branch(),
        "commit": commit or labels.commit(),
    }
    return {key: value for key, value in found.items() if value}


def _show(ended: list[dict[str, Any]], *, json: bool) -> None:
    from lca.client import output
    from lca.client.uploading import told

    if json:
        output.emit(ended if len(ended) > 1 else ended[0])
        return
    for item in ended:
        output.say(*told(item))


def main() -> None:
    """Run the command; what went wrong is one sentence and an exit status."""
    try:
        app()
    except ClientError as error:
        from lca.client.output import say

        say(str(error), "red")
        sys.exit(error.status)
