"""`python -m accessflow.cli`."""

import sys

from accessflow.cli.main import main

sys.exit(main())
