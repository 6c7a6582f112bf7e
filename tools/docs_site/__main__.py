"""Draw the models into docs/model and build the site: `python -m tools.docs_site`.

Reads what `dbt docs generate --static` left in dbt_project/target.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools.docs_site.api import describe_api
from tools.docs_site.catalogue import read_tables
from tools.docs_site.conceptual import draw_conceptual
from tools.docs_site.gathering import BrokenLinkError
from tools.docs_site.pages import make_environment
from tools.docs_site.physical import draw_physical
from tools.docs_site.site import SiteError, Sources, build_site

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "docs" / "model"


def main() -> int:
    """Write everything; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dbt-target", type=Path, default=ROOT / "dbt_project/target")
    parser.add_argument("--champion", type=Path, default=ROOT / "models/champion")
    parser.add_argument("--documents", type=Path, default=ROOT / "build/documents")
    parser.add_argument("--out", type=Path, default=ROOT / "build/docs")
    given = parser.parse_args()
    static = given.dbt_target / "static_index.html"
    if not static.exists():
        print(f"docs: {static} is missing; run `make docs`", file=sys.stderr)
        return 1
    tables = read_tables(given.dbt_target / "manifest.json")
    picture, relations = draw_conceptual(MODEL / "conceptual.mcd")
    (MODEL / "conceptual.svg").write_text(picture)
    (MODEL / "logical.md").write_text(relations)
    (MODEL / "physical.svg").write_text(draw_physical(tables, make_environment()))
    sources = Sources(
        ROOT, tables, relations, static, describe_api(), given.champion, given.documents
    )
    try:
        build_site(sources, given.out)
    except (BrokenLinkError, SiteError) as error:
        print(f"docs: {error}", file=sys.stderr)
        return 1
    print(f"Open {given.out}/index.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())
