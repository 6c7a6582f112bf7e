"""The folder of trained models and the champion among them."""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scoring import ArtefactError, load_model
from training.errors import RegistryError
from training.registry.champions import Action, ChampionHistory

CHAMPION = "champion"
_MANIFEST = "manifest.json"


@dataclass(frozen=True)
class ModelSummary:
    """One line of the list of models."""

    version: str
    data_fingerprint: str
    labelled: int | None
    auc: float | None
    cost_per_client: float | None
    held_out_auc: float | None
    has_report: bool
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

    def promote(self, version: str, reason: str = "") -> None:
        """Make a verified version the champion, in one atomic step.

        Parameters
        ----------
        version : str
        reason : str, optional
            What the history is to say of it.

        Raises
        ------
        RegistryError
            If the version does not exist or does not verify.
        """
        self._crown("promote", self.verified(version), reason)

    def rollback(self) -> str:
        """Make the champion before this one the champion again.

        Returns
        -------
        str
            Its version. A further rollback goes one champion further back.

        Raises
        ------
        RegistryError
            If there was none before, or it does not verify any more.
        """
        previous = ChampionHistory(self.models_dir).before(self._linked())
        if previous is None:
            raise RegistryError(
                f"{self.models_dir} knows no earlier champion to go back to."
            )
        self._crown("rollback", self.verified(previous), "")
        return previous

    def verified(self, version: str) -> str:
        """Return a version that loads.

        Raises
        ------
        RegistryError
            If it does not exist or does not verify.
        """
        self.manifest(version)
        return version

    def manifest(self, version: str) -> dict[str, Any]:
        """Return the manifest of a version that verifies.

        Raises
        ------
        RegistryError
            If it does not exist or does not verify.
        """
        if Path(version).name != version or version in {CHAMPION, "", ".", ".."}:
            raise RegistryError(f"{version!r} is not the name of a model version.")
        try:
            return load_model(self.models_dir / version).manifest.to_dict()
        except ArtefactError as error:
            raise RegistryError(f"{version} cannot be used: {error}") from error

    def _linked(self) -> str | None:
        """Return the name behind the link, even where its folder is gone."""
        link = self.champion_link
        return link.readlink().name if link.is_symlink() else None

    def _crown(self, action: Action, version: str, reason: str) -> None:
        if self.champion_link.exists() and not self.champion_link.is_symlink():
            raise RegistryError(
                f"{self.champion_link} is not a link; move it away, then promote."
            )
        history = ChampionHistory(self.models_dir)
        with history.locked():
            previous = self._linked()
            with tempfile.TemporaryDirectory(
                prefix=".new-", dir=self.models_dir
            ) as folder:
                link = Path(folder) / CHAMPION
                link.symlink_to(version, target_is_directory=True)
                link.replace(self.champion_link)
            if version != previous:
                history.add(action, version, previous, reason)

    def summaries(self) -> list[ModelSummary]:
        """Return all versions, newest first."""
        champion = self.champion_version()
        return [
            _summary(path.parent, champion)
            for path in sorted(self.models_dir.glob(f"[!.]*/{_MANIFEST}"), reverse=True)
            if not path.parent.is_symlink()
        ]

    def champion_manifest(self) -> dict[str, Any] | None:
        """Return the manifest of the champion, None where there is none.

        Raises
        ------
        RegistryError
            If there is one and it does not verify.
        """
        champion = self._linked()
        return None if champion is None else self.manifest(champion)


def _summary(folder: Path, champion: str | None) -> ModelSummary:
    try:
        manifest = json.loads((folder / _MANIFEST).read_bytes())
        metrics = manifest.get("metrics", {})
        training = manifest.get("training", {})
        return ModelSummary(
            version=folder.name,
            data_fingerprint=str(manifest.get("data_fingerprint", "")),
            labelled=training.get("rows", {}).get("labelled"),
            auc=metrics.get("auc", {}).get("value"),
            cost_per_client=metrics.get("cost_per_client", {}).get("value"),
            held_out_auc=_held_out_auc(training),
            has_report=(folder / "report" / "report.json").exists(),
            is_champion=folder.name == champion,
        )
    except (OSError, ValueError, AttributeError) as error:
        raise RegistryError(
            f"The manifest of {folder.name} cannot be read: {error}"
        ) from error


def _held_out_auc(training: dict[str, Any]) -> float | None:
    held_out = training.get("held_out") or {}
    value = held_out.get("metrics", {}).get("auc", {}).get("value")
    return None if value is None else float(value)
