"""The framework that 9KCRM's addons are built on. It knows no addon and no word of the CRM."""

__version__ = "0.1.0"
