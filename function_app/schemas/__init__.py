"""What the calls take and answer, as typed and documented documents."""
