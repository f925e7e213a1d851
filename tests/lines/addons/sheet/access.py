"""Who may do what with sheets."""

_OWN = dict.fromkeys(("read", "create", "edit", "delete", "print"), "own")
_ALL = dict.fromkeys(("read", "create", "edit", "delete", "export", "print"), "all")
_READ = {"read": "all"}

GRANTS = {
    "salesperson": {"sheet": _OWN, "sheet_coin": _READ, "sheet_thing": _READ},
    "general_manager": {"sheet": _ALL, "sheet_coin": _ALL, "sheet_thing": _ALL},
}
