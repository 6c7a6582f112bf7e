"""Colours of what is drawn, readable on light and on dark and without hue alone.

Blue and vermilion stay apart in every common colour-blindness (after Okabe and Ito,
"Color Universal Design", 2008); every pair also differs in shape or hatching.
"""

AGAINST = "#c2501f"
IN_FAVOUR = "#2673b0"
NEUTRAL = "#7a93ad"
CLIENT = "#f0a202"
CLIENT_EDGE = "#1b2733"
REFERENCE = "#7d8894"
