"""Draw the models into docs/model and write the site: `python -m tools.docs_site`.

Reads what `dbt docs generate --static` left in dbt_project/target.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from tools.docs_site.catalogue import read_tables
from tools.docs_site.conceptual import draw_conceptual
from tools.docs_site.pages import make_environment, read_overview, write_pages
from tools.docs_site.physical import draw_physical

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "docs" / "model"
DBT = ROOT / "dbt_project"
SITE = ROOT / "build" / "docs"


def main() -> int:
    """Write everything; return the exit code."""
    static = DBT / "target" / "static_index.html"
    if not static.exists():
        print(f"docs: {static} is missing; run `make docs`", file=sys.stderr)
        return 1
    tables = read_tables(DBT / "target" / "manifest.json")
    picture, relations = draw_conceptual(MODEL / "conceptual.mcd")
    (MODEL / "conceptual.svg").write_text(picture)
    (MODEL / "logical.md").write_text(relations)
    (MODEL / "physical.svg").write_text(draw_physical(tables, make_environment()))

    shutil.rmtree(SITE, ignore_errors=True)
    (SITE / "dbt").mkdir(parents=True)
    shutil.copytree(MODEL, SITE / "model", ignore=shutil.ignore_patterns("*.mcd"))
    shutil.copy(static, SITE / "dbt" / "index.html")
    overview = read_overview(DBT / "models" / "overview.md")
    write_pages(SITE, tables, overview, relations)
    print(f"Open {SITE.relative_to(ROOT)}/index.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())
