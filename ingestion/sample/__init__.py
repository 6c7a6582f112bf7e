"""A synthetic sample of the Home Credit tables.

Every number is drawn from a seeded generator; the shapes come from published figures
on the tables (shares, sizes, sentinels), never from rows. What is invented here serves
to try the platform out and says nothing about real clients.
"""

from ingestion.sample.generate import SampleParameters, generate_sample
from ingestion.sample.write import write_sample

__all__ = ["SampleParameters", "generate_sample", "write_sample"]
