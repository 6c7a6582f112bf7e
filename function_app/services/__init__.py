"""What the calls do, without HTTP."""
