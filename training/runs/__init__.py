"""One training run, from the feature table to a judged artefact."""
