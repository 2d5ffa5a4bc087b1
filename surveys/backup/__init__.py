"""One file that holds the whole database at one moment, and back again. Keys stay apart from it."""
