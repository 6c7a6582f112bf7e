"""From answers to what is shown: plain values for the templates and the charts."""
