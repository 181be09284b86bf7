"""What leaves by mail: messages, how a letter is built, and the ways it goes.

This package knows neither the database nor the clock.
"""
