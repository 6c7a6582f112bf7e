"""From nothing to the two servers, by the same commands a person would type."""
