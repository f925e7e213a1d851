"""How fast the product is, measured against the floor: the same rows in a bare Flask view.

`make bench` makes its own data once (a million customers, two million visits), keeps it in `var/bench`, and
prints ratios on SQLite and on PostgreSQL. `--rows 100000` is quicker.
"""
