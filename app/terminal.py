"""What every command of the terminal shares: how it speaks, and the settings it works with."""

import typer
from rich.console import Console

from app.settings import Settings, SettingsFault, read_settings

say = Console()


def settings_or_exit() -> Settings:
    """The settings of the environment; every fault of them in words, then exit 2."""
    try:
        return read_settings()
    except SettingsFault as fault:
        say.print(f"[bold red]The settings cannot be used.[/]\n{fault}")
        raise typer.Exit(2) from fault
