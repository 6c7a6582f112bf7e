"""Backups that can be trusted: taken whole, encrypted, read back, restored to a moment.

Two kinds, of one and the same moment: the files of the whole server together with its
write-ahead log, from which any later point in time can be restored, and a dump of the
database, which other versions of PostgreSQL can read as well.
"""
