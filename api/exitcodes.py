"""Exit codes of the command line."""

DONE = 0
NOTHING = 1  # nothing was found, or a check failed
WRONG_USE = 2
