"""Households: what they may hope for, their demands, the waiting list, the allocation of homes."""
