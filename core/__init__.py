"""The framework that 9KCRM's addons are built on. It knows no addon and no word of the CRM."""

__version__ = "0.1.0"

API_VERSION = "0.1"
"""The version of the public surface, `core.api`, which addons say that they are written for."""
