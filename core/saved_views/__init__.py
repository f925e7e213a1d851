"""Saved views: lists as people keep them, for themselves or for others, and what each has chosen as their start."""

from core.saved_views.known import Query, SavedViews, View, saved_views

__all__ = ["Query", "SavedViews", "View", "saved_views"]
