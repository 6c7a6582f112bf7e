"""The versions of the model, and who may become champion."""
