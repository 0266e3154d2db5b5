"""`python -m regulars` is the same as `regulars`."""

from regulars.cli.main import main

main()
