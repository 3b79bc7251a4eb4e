"""Printed text -> harmless HTML, and the frame of a page.

In: text of any origin. Out: markup in which nothing of the text acts. The rule it protects: a
disclosure is shown, never obeyed; characters that would hide or reorder text become visible, and
the page's own policy lets no other script or address through.
"""

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from importlib.resources import files
from typing import Final

_HIDDEN: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    r"\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Control characters (tab and line feed apart), zero-width and direction marks, halves of
surrogate pairs, tags."""

Json = Mapping[str, "Json"] | Sequence["Json"] | str | int | float | bool | None


def escaped(text: str) -> str:
    """Text as HTML; hidden characters as their code in a box.

    >>> escaped("<b>1\\u202e2")
    '&lt;b&gt;1<i class="hidden-char">U+202E</i>2'
    """
    return _HIDDEN.sub(_shown, html.escape(text, quote=True))


def _shown(match: re.Match[str]) -> str:
    return f'<i class="hidden-char">U+{ord(match[0]):04X}</i>'


def plain(text: str) -> str:
    """Text for an attribute or a title: escaped, hidden characters left out.

    >>> plain('"甲\\u202e"')
    '&quot;甲&quot;'
    """
    return html.escape(_HIDDEN.sub("", text), quote=True)


def both(zh: str, en: str) -> str:
    """Words of the page in both languages; the page shows one."""
    return f'<span lang="zh">{escaped(zh)}</span><span lang="en">{escaped(en)}</span>'


def grouped(value: Decimal) -> str:
    """A number for people: thousands separated, digits as they are.

    >>> grouped(Decimal("-4321.560"))
    '-4,321.560'
    """
    return f"{value:,f}"


def rounded(value: Decimal) -> str:
    """A computed number for people, to four decimals where it has more.

    >>> rounded(Decimal("8.885871640346")), rounded(Decimal("1.00"))
    ('8.8859', '1.00')
    """
    exponent = value.as_tuple().exponent
    is_long = isinstance(exponent, int) and exponent < -4
    return grouped(value.quantize(Decimal("0.0001")) if is_long else value)


def embedded(data: Json) -> str:
    """Data for the page's script, safe within a script element.

    >>> embedded({"a": "</script>"})
    '{"a":"\\\\u003c/script\\\\u003e"}'
    """
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def page(title: str, body: str, data: Json = None) -> str:
    """A whole page: one file, no network. `title` is plain text, `body` markup."""
    style, script = asset("report.css"), asset("report.js")
    policy = f"default-src 'none'; img-src data:; style-src '{_hash(style)}'; script-src '{_hash(script)}'; base-uri 'none'; form-action 'none'"
    return (
        '<!doctype html>\n<html lang="zh-CN" class="show-zh">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<link rel="icon" href="data:,">\n'
        f"<title>{plain(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n{body}\n"
        f'<script type="application/json" id="data">{embedded(data)}</script>\n'
        f"<script>{script}</script>\n</body>\n</html>\n"
    )


def asset(name: str) -> str:
    """A file that ships beside this module."""
    return files("pipeline.report").joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return "sha256-" + base64.b64encode(digest).decode()
