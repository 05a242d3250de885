"""Settings for all tests."""

from hypothesis import settings

# No test asserts a time, and a run tries the same examples every time.
settings.register_profile("azekura", deadline=None, derandomize=True)
settings.load_profile("azekura")
