"""The real application on a port of its own, as one uvicorn worker with nothing limited: what is measured is it, not its limits."""

import os
import sys
from pathlib import Path

import uvicorn

from app.main import create_app
from app.settings import Settings
from app.web.listening import answer
from tests.forgetful import forgetful

SECRET = "a secret for measurements only, 32+ characters"


def settings_of(folder: Path, port: int) -> Settings:
    """The settings of a register in a folder; its rows are in SQLite there, or on the server named in RRN_BENCH_POSTGRES."""
    server = os.environ.get("RRN_BENCH_POSTGRES")
    return Settings(
        data_dir=folder,
        secret_key=SECRET,
        public_base_url=f"http://127.0.0.1:{port}",
        database_url=f"{server}/{database_of(folder)}" if server else "",
    )


def database_of(folder: Path) -> str:
    """The database on a server that belongs to a folder."""
    return f"rrn_bench_{folder.name}"


if __name__ == "__main__":
    place = int(sys.argv[2])
    app = create_app(settings_of(Path(sys.argv[1]), place), rates={})
    config = uvicorn.Config(
        forgetful(app) if "forgetful" in sys.argv else app, port=place, access_log=False, log_level="warning",
        server_header=False, loop="uvloop", http="httptools",
    )  # fmt: skip
    answer(config)
