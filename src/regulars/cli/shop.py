"""Commands about the installation: init, demo, serve, work, backup, restore."""

import datetime as dt
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

import click

from regulars.cli.console import fail, status
from regulars.cli.setting_up import SHOPS, in_shop, ready, shop_option

POLL_SECONDS = 2.0
OWNER = "owner"


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@click.command("init")
@click.option("--user", default=OWNER, show_default=True, help="Name of the first user.")
@click.option("--password", help="Password of the first user; asked for when it is left out.")
@click.option("--name", help="Name of the shop.")
@click.option("--currency", help="Currency, e.g. EUR.")
@click.option("--zone", help="Time zone, e.g. Europe/Berlin.")
def init_command(user: str, password: str | None, name: str | None, currency: str | None, zone: str | None) -> None:
    """Make the database of your shop and its first user."""
    ready()
    from django.contrib.auth.models import User
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from regulars.shop.setting_up import NotUsable, set_up

    if password is None:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    try:
        validate_password(password)
        set_up(name=name, currency=currency, zone=zone)
    except (ValidationError, NotUsable) as error:
        fail(" ".join(getattr(error, "messages", [str(error)])))
    found, made = User.objects.get_or_create(username=user, defaults={"is_staff": True})
    found.set_password(password)
    found.save()
    click.echo(
        f"The shop is ready. User {user} {'was made' if made else 'has a new password'}. Start it with: regulars serve"
    )


@click.command("demo")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
def demo_command(host: str, port: int) -> None:
    """Run the demo shop and your own: console, worker, and one address that logs you in."""
    ready()
    from regulars.invented import demo

    with status("Preparing the demo shop ..."):
        demo.fill(now=_now(), say=click.echo)
    _run(host, port, shop="demo")


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Web processes.")
def serve_command(host: str, port: int, workers: int) -> None:
    """Run the console and its worker, and print an address that logs the owner in."""
    ready()
    _run(host, port, shop="own", workers=workers)


def _run(host: str, port: int, *, shop: str, workers: int = 1) -> None:
    from regulars.console.static_files import collect

    with status("Collecting pages ..."):
        collect()
    from regulars.console.entrance import link

    web = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--workers", str(workers),
        "--blocking-threads", "8", "--log-level", "error", "regulars.wsgi:application",
    ]  # fmt: skip
    # Messages have a process of their own, so that a long import keeps nobody waiting.
    work = [[sys.executable, "-m", "regulars", "work", "--only", part] for part in ("facts", "messages")]
    processes = [subprocess.Popen(command) for command in (web, *work)]
    shown = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104
    _wait_for(shown, port, processes[0])
    click.echo(
        f"\nRegulars is running. Open:\n\n  http://{shown}:{port}{link(_owner(), shop=shop)}\n\nStop it with Ctrl-C."
    )
    sys.stdout.flush()
    _until_stopped(processes)


def _owner() -> str:
    """The first owner there is; before the set-up, a user of that name."""
    from django.contrib.auth.models import User

    first = User.objects.filter(is_staff=True, is_active=True).order_by("pk").first()
    return first.username if first else OWNER


def _wait_for(host: str, port: int, process: subprocess.Popen[bytes]) -> None:
    import socket

    for _attempt in range(200):
        if process.poll() is not None:
            fail(f"The web server did not start. Is port {port} in use? Choose another with --port.")
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex((host, port)) == 0:
                return
        time.sleep(0.1)


def _until_stopped(processes: list[subprocess.Popen[bytes]]) -> None:
    """Wait; when one process ends or we are told to stop, end both."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        while all(process.poll() is None for process in processes):
            time.sleep(0.5)
    except KeyboardInterrupt:
        pass
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


@click.command("work")
@click.option("--once", is_flag=True, help="Do what waits, then end.")
@click.option("--only", type=click.Choice(["facts", "messages"]), help="Imports and refresh alone, or messages alone.")
@click.option(
    "--lanes", type=click.IntRange(1, 128), default=4, show_default=True,
    help="Connections that send at once. They share each write to disk, so more are faster; and so many messages at most "
    "become \"not known\" when the process is killed.",
)  # fmt: skip
def work_command(once: bool, only: str | None, lanes: int) -> None:
    """Run waiting imports, refresh numbers and send messages, for both shops, until stopped. Any number may run."""
    ready()
    import logging

    from regulars import day, rehearsing
    from regulars.actions.messaging.deliver import Worker
    from regulars.shop import current

    log = logging.getLogger("regulars.work")
    name = f"{socket.gethostname()[:24]}:{os.getpid()}"
    end = _End()
    for alias in SHOPS.values():
        with current.using(alias):
            day.notice_restored_backup(now=_now(), say=log.warning)
    while True:
        for alias in SHOPS.values():
            with current.using(alias):
                try:
                    if only != "messages":
                        day.run(now=_now(), say=log.info)
                        rehearsing.carry_out(now=_now(), say=log.info)
                    if only != "facts":
                        end.sending = True
                        day.send(Worker(name, _now, lanes, ended=end.asked), say=log.info)
                        end.sending = False
                except Exception:  # one failing job must not end the worker; it is logged and tried again
                    log.exception("work in the %s shop failed; trying again", alias)
        if once or end.told:
            return
        time.sleep(POLL_SECONDS)


class _End:
    """Told to stop: the messages at hand are finished and what came of them is written, so that none is left unknown;
    anything else may be killed anywhere and ends at once."""

    def __init__(self) -> None:
        self.told = self.sending = False
        signal.signal(signal.SIGTERM, self._hear)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        self.told = True
        if not self.sending:
            raise SystemExit(0)

    def asked(self) -> bool:
        """Whether to end."""
        return self.told


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@shop_option
def backup_command(file: Path, shop: str) -> None:
    """Write the shop (database, imports, lake) to FILE (.tar.gz)."""
    with in_shop(shop):
        from regulars import keeping

        try:
            with status("Backing up ..."):
                size = keeping.backup(file, now=_now())
        except keeping.CannotKeep as error:
            fail(str(error))
        click.echo(f"{file}: {size / 1e6:,.1f} MB. Put it back with: regulars restore {file}")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--yes", is_flag=True, help="Do not ask.")
@shop_option
def restore_command(file: Path, yes: bool, shop: str) -> None:
    """Put the backup in FILE in place of the shop."""
    with in_shop(shop):
        from regulars import keeping

        if not yes:
            click.confirm("This replaces everything in the shop by the backup. Go on?", abort=True)
        try:
            made = keeping.restore(file)
        except keeping.CannotKeep as error:
            fail(str(error))
    ready()
    click.echo(f"The shop is as it was on {made}.")
