"""The folder of trained models and the champion among them."""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scoring import ArtefactError, load_model
from training.errors import RegistryError

CHAMPION = "champion"
_MANIFEST = "manifest.json"


@dataclass(frozen=True)
class ModelSummary:
    """One line of the list of models."""

    version: str
    auc: float | None
    cost_per_client: float | None
    is_champion: bool


class ModelRegistry:
    """Versions of the model in one folder.

    Parameters
    ----------
    models_dir : Path
        Holds ``<version>/`` folders and ``champion``, a relative link to one of them.
    """

    def __init__(self, models_dir: Path) -> None:
        self.models_dir = models_dir

    @property
    def champion_link(self) -> Path:
        """The link that serving follows."""
        return self.models_dir / CHAMPION

    def champion_version(self) -> str | None:
        """Return the champion's version, None where there is none."""
        link = self.champion_link
        return link.resolve().name if link.is_symlink() and link.exists() else None

    def promote(self, version: str) -> None:
        """Make a verified version the champion, in one atomic step.

        Raises
        ------
        RegistryError
            If the version does not exist or does not verify.
        """
        if Path(version).name != version or version in {CHAMPION, "", ".", ".."}:
            raise RegistryError(f"{version!r} is not the name of a model version.")
        try:
            load_model(self.models_dir / version)
        except ArtefactError as error:
            raise RegistryError(f"{version} cannot be promoted: {error}") from error
        if self.champion_link.exists() and not self.champion_link.is_symlink():
            raise RegistryError(
                f"{self.champion_link} is not a link; move it away, then promote."
            )
        with tempfile.TemporaryDirectory(prefix=".new-", dir=self.models_dir) as folder:
            link = Path(folder) / CHAMPION
            link.symlink_to(version, target_is_directory=True)
            link.replace(self.champion_link)

    def summaries(self) -> list[ModelSummary]:
        """Return all versions, newest first."""
        champion = self.champion_version()
        return [
            _summary(path.parent, champion)
            for path in sorted(self.models_dir.glob(f"[!.]*/{_MANIFEST}"), reverse=True)
            if not path.parent.is_symlink()
        ]

    def champion_manifest(self) -> dict[str, Any] | None:
        """Return the manifest of a champion that verifies, else None."""
        if self.champion_version() is None:
            return None
        try:
            return load_model(self.champion_link).manifest.to_dict()
        except ArtefactError:
            return None


def _summary(folder: Path, champion: str | None) -> ModelSummary:
    try:
        manifest = json.loads((folder / _MANIFEST).read_bytes())
        metrics = manifest.get("metrics", {})
        return ModelSummary(
            version=folder.name,
            auc=metrics.get("auc", {}).get("value"),
            cost_per_client=metrics.get("cost_per_client", {}).get("value"),
            is_champion=folder.name == champion,
        )
    except (OSError, ValueError, AttributeError) as error:
        raise RegistryError(
            f"The manifest of {folder.name} cannot be read: {error}"
        ) from error
