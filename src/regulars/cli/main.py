"""The terminal's face: `regulars COMMAND`. Commands are loaded when they are called, so `--help` stays fast."""

import importlib
import sys
from collections.abc import Mapping

import click

from regulars import __version__

# command: (module in regulars.cli, one line of help)
COMMANDS: Mapping[str, tuple[str, str]] = {
    "report": ("report", "Read order files and print who the customers are. Needs no database."),
    "forecast": ("forecast", "Say what each customer will do next, from order files. Needs no database."),
    "experiment": ("experiment", "Compare the arms of a finished experiment in a file. Needs no database."),
    "simulate": ("simulate", "Compare ways of deciding in an invented shop. Needs no database."),
    "init": ("shop", "Make the database of your shop and its first user."),
    "demo": ("shop", "Run the demo shop: data, console and worker, with one address that logs you in."),
    "serve": ("shop", "Run the console."),
    "work": ("shop", "Run imports, the nightly refresh and the outbox in the background."),
    "import": ("facts", "Import files into the shop."),
    "undo-import": ("facts", "Take an import back as a whole."),
    "refresh": ("facts", "Recompute all profiles and numbers from the facts."),
    "day": ("facts", "Everything a day needs: collect, refresh, decide, perform, measure. Safe to run twice."),
    "profile": ("people", "Show what is known of one customer."),
    "explain": (
        "people",
        "Say in sentences why a customer is where they are, or what was decided about them on a day.",
    ),
    "segment": ("people", "List the customers that fulfil a condition."),
    "plays": ("plays", "Look at plays, check a file of your own, switch one on or off."),
    "mail-in": ("messages", "Take one mail that came back; for a mail server's pipe."),
    "backup": ("shop", "Write the shop's database and lake to one file."),
    "restore": ("shop", "Put a backup in place."),
}


class LazyGroup(click.Group):
    """A group that imports a command's module only when the command runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of COMMANDS."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, loaded now; None when there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"regulars.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_") + "_command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands without loading any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_module, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="regulars")
def cli() -> None:
    """Regulars keeps a shop's customers coming back.

    Start with: regulars report orders.csv
    """


def main() -> None:
    """Run the command line; a mistake the user can mend is one message and exit code 1, never a traceback."""
    from regulars.environment import EnvironmentMistake

    try:
        cli()
    except EnvironmentMistake as error:
        sys.exit(f"regulars: {error}")


if __name__ == "__main__":
    main()
