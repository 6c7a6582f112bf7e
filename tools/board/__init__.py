"""The product backlog as a table for Azure Boards, and on a board by its REST API."""
