"""Labels as the label printer wants them: PDFs of 62 × 29 mm with one line of plain letters and digits."""

from __future__ import annotations

from collections.abc import Sequence

SIZE = "0 0 176 82"
"""62 × 29 mm in points."""


def labels(lines: Sequence[str]) -> bytes:
    """A PDF with a page per line. Letters that the printer does not have become question marks."""
    pages = list(range(4, 4 + 2 * len(lines), 2))
    kids = " ".join(f"{number} 0 R" for number in pages)
    parts = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(lines)} /MediaBox [{SIZE}] >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>",
    ]
    for number, line in zip(pages, lines, strict=True):
        drawn = f"BT /F 24 Tf 12 32 Td <{line.encode('latin-1', 'replace').hex()}> Tj ET"
        fonts = "<< /Font << /F 3 0 R >> >>"
        parts.append(f"<< /Type /Page /Parent 2 0 R /Contents {number + 1} 0 R /Resources {fonts} >>")
        parts.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream")
    return _file(parts)


def _file(parts: Sequence[str]) -> bytes:
    """The objects with the table of where each begins."""
    text, starts = "%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        starts.append(len(text))
        text += f"{number} 0 obj\n{part}\nendobj\n"
    table = "".join(f"{start:010} 00000 n \n" for start in starts)
    size = len(parts) + 1
    head = f"xref\n0 {size}\n0000000000 65535 f \n{table}"
    return f"{text}{head}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(text)}\n%%EOF\n".encode("ascii")
