"""What every test may ask for; each fixture is explained where it is defined."""

from hypothesis import HealthCheck, settings

# How long an example takes says more of the machine's other work than of the code.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

pytest_plugins = [
    "tests.support.no_skips",
    "tests.support.statements",
    "tests.support.databases",
    "tests.support.lives",
    "tests.support.applications",
    "tests.support.browser",
    "tests.support.demonstration",
    "tests.support.office",
]
