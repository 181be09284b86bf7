"""What every test may ask for; each fixture is explained where it is defined."""

pytest_plugins = [
    "tests.support.no_skips",
    "tests.support.databases",
    "tests.support.browser",
    "tests.support.demonstration",
    "tests.support.office",
]
