"""Changes of the recipe, measured against the recipe as it is."""
