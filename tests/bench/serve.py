"""The real application on a port of its own, as one uvicorn worker with nothing limited: what is measured is it, not its limits."""

import sys
from pathlib import Path

import uvicorn

from app.main import create_app
from app.settings import Settings

SECRET = "a secret for measurements only, 32+ characters"


def settings_of(folder: Path, port: int) -> Settings:
    """The settings of a register in a folder."""
    return Settings(data_dir=folder, secret_key=SECRET, public_base_url=f"http://127.0.0.1:{port}")


if __name__ == "__main__":
    place = int(sys.argv[2])
    uvicorn.run(
        create_app(settings_of(Path(sys.argv[1]), place), rates={}), port=place, access_log=False, log_level="warning",
        server_header=False, loop="uvloop", http="httptools",
    )  # fmt: skip
