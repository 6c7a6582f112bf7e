import re
from pathlib import Path

import pytest

import bokeh_app

STYLE = (Path(bokeh_app.__file__).parent / "static/css/dashboard.css").read_text(
    "utf-8"
)
LIGHT_BLOCK, DARK_BLOCK = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)[:2]
TOKEN = re.compile(r"--([a-z-]+): (#[0-9a-f]{6});")
LIGHT = dict(TOKEN.findall(LIGHT_BLOCK))
DARK = LIGHT | dict(TOKEN.findall(DARK_BLOCK))

TEXT_ON_GROUND = [
    ("ink", "surface"),
    ("ink", "ground"),
    ("ink", "surface-sunk"),
    ("ink-soft", "surface"),
    ("ink-soft", "ground"),
    ("accent", "surface"),
    ("accent-ink", "accent"),
    ("masthead-ink", "masthead"),
    ("masthead-soft", "masthead"),
    ("grant", "grant-ground"),
    ("review", "review-ground"),
    ("refuse", "refuse-ground"),
    ("grant", "surface"),
    ("review", "surface"),
    ("refuse", "surface"),
    ("ink", "review-ground"),
]
MARK_ON_GROUND = ["chart-blue", "chart-vermilion", "chart-neutral", "line-strong"]


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON_GROUND)
def test_text_stands_out_from_its_ground(
    tokens: dict[str, str], text: str, ground: str
) -> None:
    assert contrast(tokens[text], tokens[ground]) >= 4.5


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("mark", MARK_ON_GROUND)
def test_marks_of_charts_stand_out_from_the_surface(
    tokens: dict[str, str], mark: str
) -> None:
    assert contrast(tokens[mark], tokens["surface"]) >= 3
