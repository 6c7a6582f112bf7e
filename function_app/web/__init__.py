"""What every call meets: keys, limits, headers, errors, the page of the calls."""
