"""The process that typesets one document. Run as a script, alone: it imports nothing of the product.

Its arguments are the folder with the document, the one with the fonts, and the limits: seconds of processor time, MB
of memory, MB of the finished file. It leaves `document.pdf` in the folder, or `error.json` and the exit code 3.
"""

from __future__ import annotations

import json
import resource
import sys
from contextlib import suppress
from pathlib import Path

FAILED = 3
MB = 1024 * 1024


def main(folder: Path, fonts: Path, seconds: int, memory_mb: int, file_mb: int) -> int:
    """Typesets `main.typ` of the folder, which is all that a template can read. Returns the exit code."""
    limit(seconds, memory_mb, file_mb)
    import typst

    nowhere = folder / "packages"
    try:
        content = typst.compile(
            folder / "main.typ",
            root=folder,
            font_paths=typst.Fonts(False, False, [fonts]),
            ignore_system_fonts=True,
            # Packages would be fetched from the network.
            package_path=nowhere,
            package_cache_path=nowhere,
        )
        (folder / "document.pdf").write_bytes(content)
    except typst.TypstError as error:
        told = {"message": error.message, "where": error.diagnostic}
        (folder / "error.json").write_text(json.dumps(told, ensure_ascii=False), "utf-8")
        return FAILED
    return 0


def limit(seconds: int, memory_mb: int, file_mb: int) -> None:
    """Puts the limits on this process; those that the system does not know are left out."""
    wanted = {
        "RLIMIT_CPU": seconds,
        "RLIMIT_AS": memory_mb * MB,
        "RLIMIT_FSIZE": file_mb * MB,
        "RLIMIT_NOFILE": 64,
        "RLIMIT_CORE": 0,
    }
    for name, value in wanted.items():
        with suppress(ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (value, value))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:6])))
