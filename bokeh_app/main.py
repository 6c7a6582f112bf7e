"""Run by the Bokeh server for each session; everything else is imported once."""

import sys
from pathlib import Path

# `bokeh serve` puts this folder on the path, not the one that holds the packages.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bokeh.io import curdoc

from bokeh_app.session import open_session

open_session(curdoc())
