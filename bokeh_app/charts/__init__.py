"""The figures: each built once in a session, then fed with one dict at a time."""
