"""Files and pictures as HTML."""

from __future__ import annotations

from markupsafe import Markup, escape

from core.files.lookup import FileInfo, readable_size
from core.files.thumbnails import LONGEST


def file_html(file: FileInfo, *, in_list: bool = False) -> Markup:
    """The name of a file, which leads to it; its size too, where there is room."""
    size = "" if in_list else f' <span class="muted">{readable_size(file.size)}</span>'
    return Markup(f'<a class="file-link" href="{escape(file.url)}" hx-boost="false">{escape(file.name)}</a>{size}')


def picture_html(file: FileInfo, label: str) -> Markup:
    """A picture in small, which leads to it in full. A page with a form stays open beside it."""
    width, height = _small(file)
    alt = escape(f"{label} ({file.name})")
    size = f' width="{width}" height="{height}"' if width else ""
    image = f'<img class="thumb" src="{file.thumbnail_url}" alt="{alt}"{size} loading="lazy">'
    where = 'target="_blank" rel="noopener" hx-boost="false"'
    return Markup(f'<a class="thumb-link" href="{escape(file.url)}" {where}>{image}</a>')


def _small(file: FileInfo) -> tuple[int, int]:
    """The size of the small version, so that the page does not jump when it arrives."""
    width, height = file.width or 0, file.height or 0
    scale = min(1, LONGEST / max(width, height, 1))
    return max(round(width * scale), 1), max(round(height * scale), 1)
