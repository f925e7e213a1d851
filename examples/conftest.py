"""What the tests of the examples share."""

pytest_plugins = ["core.testing.plugin"]
