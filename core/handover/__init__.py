"""Somebody leaves: what they own and look after goes to others, with history, and then they are out."""

from core.handover.holdings import Holding, Posts, holdings, posts_of
from core.handover.plan import Plan, begin, check, may_end, may_give, may_hand_over

__all__ = ["Holding", "Plan", "Posts", "begin", "check", "holdings", "may_end", "may_give", "may_hand_over", "posts_of"]
