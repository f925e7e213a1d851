"""What the company sells, in a tree of categories, and for how much."""
