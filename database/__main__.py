"""`python -m database`: start, stop and look after the database."""

from database.commands import main

if __name__ == "__main__":
    main()
