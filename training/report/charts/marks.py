"""How each rule of decision is marked, the same in every chart."""

from training.report.charts.drawing import BLUE, GREEN, INK, ORANGE, PURPLE, RED, SKY

# Told apart by shape as well as by colour.
MARKS = {
    "business": ("o", BLUE),
    "empirical": ("X", SKY),
    "one_threshold": ("P", PURPLE),
    "f2": ("^", GREEN),
    "f1": ("s", ORANGE),
    "accuracy": ("v", INK),
    "half": ("D", RED),
}
