"""Tag the present version and make its files in `dist/`.

The version is the one in pyproject.toml, told of in CHANGELOG.md and not tagged yet;
the tree is clean. `dist/<name>-<version>` then holds the packed function, a bill of
material for each lock, the version's part of the changelog, revision and model in
`release.json`, and checksums of all.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


class ReleaseError(Exception):
    """No release can be made; the message says why and what to do."""


@dataclass(frozen=True)
class Version:
    """What is released.

    Attributes
    ----------
    name, number
        As pyproject.toml says.
    notes
        What the changelog tells of it.
    """

    name: str
    number: str
    notes: str

    @property
    def tag(self) -> str:
        """The tag in git."""
        return f"v{self.number}"


def read_version(root: Path) -> Version:
    """Read what is to be released.

    Raises
    ------
    ReleaseError
        If the changelog has no dated entry for it.
    """
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    number = project["version"]
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    entry = re.search(
        rf"^## \[{re.escape(number)}\] - \d{{4}}-\d\d-\d\d\n(.*?)(?=^## |^\[|\Z)",
        changelog,
        re.MULTILINE | re.DOTALL,
    )
    if entry is None or not entry[1].strip():
        raise ReleaseError(
            f"CHANGELOG.md has no entry '## [{number}] - <date>' for the version in "
            "pyproject.toml. Give it what stands under 'Unreleased'."
        )
    return Version(project["name"], number, entry[1].strip())


def check_changelog(root: Path) -> None:
    """Refuse to release what the changelog has not given to a version.

    Raises
    ------
    ReleaseError
    """
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    waiting = re.search(
        r"^## \[Unreleased\]\n(.*?)(?=^## |^\[|\Z)",
        changelog,
        re.MULTILINE | re.DOTALL,
    )
    if waiting and waiting[1].strip():
        raise ReleaseError(
            "CHANGELOG.md tells under 'Unreleased' what this version would hold and "
            "not tell. Move it into the version's entry, or raise the version."
        )


def read_model(folder: Path) -> dict[str, Any]:
    """Read which model is released, and what it was trained on.

    Raises
    ------
    ReleaseError
        If there is none.
    """
    manifest = folder / "manifest.json"
    if not manifest.is_file():
        raise ReleaseError(
            f"There is no model in {folder}. Name one by MODEL=, or train one: "
            "`make demo SERVE=0 DATA=…`, or without DATA on invented clients."
        )
    told = json.loads(manifest.read_bytes())
    origin = told["training"].get("origin", {})
    return {"version": told["version"], **origin}


def check_tree(root: Path, tag: str) -> None:
    """Refuse to release what git does not hold, or a version twice.

    Raises
    ------
    ReleaseError
    """
    changed = git(root, "status", "--porcelain")
    if changed:
        raise ReleaseError(f"The tree is not clean; commit or remove first:\n{changed}")
    if git(root, "tag", "--list", tag):
        raise ReleaseError(
            f"{tag} is released already: a released version never changes. Raise the "
            "version in pyproject.toml and tell of it in CHANGELOG.md."
        )


def git(root: Path, *arguments: str) -> str:
    """Run git and return what it prints.

    Raises
    ------
    ReleaseError
        With git's own message.
    """
    finished = subprocess.run(
        ["git", *arguments], cwd=root, capture_output=True, text=True, check=False
    )
    if finished.returncode:
        raise ReleaseError(f"git {arguments[0]}: {finished.stderr.strip()}")
    return finished.stdout.strip()


def make(root: Path, program: str, *arguments: str) -> None:
    """Run one of the house's tools.

    Raises
    ------
    ReleaseError
        If it fails; its message has been printed.
    """
    command = [sys.executable, str(root / "tools" / program), *arguments]
    if subprocess.run(command, cwd=root, check=False).returncode:
        raise ReleaseError(f"tools/{program} failed; its message stands above.")


def write_files(root: Path, version: Version, folder: Path, model: Path) -> None:
    """Make everything that is released, and its checksums."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    make(root, "package_function.py", "--model", str(model))
    shutil.make_archive(str(folder / "function"), "zip", root / "dist" / "function")
    make(root, "sbom.py", "--out", str(folder / "sbom"))
    (folder / "CHANGES.md").write_text(f"{version.notes}\n", encoding="utf-8")
    told = {
        "version": version.number,
        "revision": git(root, "rev-parse", "HEAD"),
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "model": read_model(model),
    }
    (folder / "release.json").write_text(json.dumps(told, indent=2) + "\n")
    (folder / "SHA256SUMS").write_text(checksums(folder))


def tag(root: Path, version: Version) -> None:
    """Tag the version with what the changelog tells of it, headings included.

    Raises
    ------
    ReleaseError
        With git's own message.
    """
    message = f"{version.name} {version.number}\n\n{version.notes}"
    # By default git takes lines that begin with # for comments.
    kept = ("--cleanup", "whitespace")
    git(root, "tag", "--annotate", *kept, version.tag, "--message", message)


def checksums(folder: Path) -> str:
    """Return a line for each file, as sha256sum checks it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n"
        for path in files
    )


def main() -> int:
    """Check, make, then tag: a release that fails half way has no tag."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="check only, make nothing")
    parser.add_argument("--model", type=Path, default=ROOT / "models" / "champion")
    options = parser.parse_args()
    try:
        version = read_version(ROOT)
        check_changelog(ROOT)
        check_tree(ROOT, version.tag)
        model = read_model(options.model)
        if options.check:
            print(f"{version.tag} can be released")
            return 0
        folder = ROOT / "dist" / f"{version.name}-{version.number}"
        write_files(ROOT, version, folder, options.model)
        tag(ROOT, version)
    except ReleaseError as error:
        print(f"release: {error}", file=sys.stderr)
        return 1
    print(f"{folder}: made. {version.tag} is tagged; git push origin {version.tag}")
    if model.get("is_invented"):
        print(f"Its model is of invented clients ({model['source']}): to try it out.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
