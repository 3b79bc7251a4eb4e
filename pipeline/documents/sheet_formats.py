"""A cell's stored value as the sheet displays it.

In: the value and its number format (`#,##0.00_ `, `0.00%`, `[Red]-0;0;"-"`). Out: the displayed
text. The rule it protects: an amount is printed with the decimals the form shows, never as the
float that stores it.
"""

import datetime
import re
from decimal import ROUND_HALF_UP, Decimal

_LITERAL = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[([^\]]*)\]')
_DIGITS = re.compile(r"[#0?][#0?,]*(?:\.[#0?]*)?,*|\.[#0?]+,*")
# General shows eleven characters; the second decimal (分) is kept beyond that.
_GENERAL_DIGITS = 11
_LEAST_DECIMALS = 2


def displayed(value: object, number_format: str) -> str:
    """The text of a cell as displayed.

    >>> displayed(91016775.35, "#,##0.00_ "), displayed(0.9589, "0.00%"), displayed(0, '0;-0;"-"')
    ('91,016,775.35', '95.89%', '-')
    >>> displayed(0.1 + 0.2, "General"), displayed(156211123.0, "General")
    ('0.3', '156211123')
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float | Decimal):
        return _number(
            Decimal(repr(value)) if isinstance(value, float) else Decimal(value), number_format
        )
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return _moment(value, number_format)
    return str(value).strip()


def _number(number: Decimal, number_format: str) -> str:
    if not number.is_finite():
        return "#NUM!"
    sections = _sections(number_format)
    index = _section(number, sections)
    section = sections[index]
    if (
        section.strip() in {"General", "G/通用格式", "@", ""}
        or section.strip().lower() == "general"
    ):
        return _general(number) if section or len(sections) == 1 else ""
    magnitude = abs(number) if len(sections) > 1 and index > 0 else number
    return _formatted(magnitude, section)


def _sections(number_format: str) -> list[str]:
    """Positive;negative;zero;text, split outside of quotes."""
    parts, quoted = [""], False
    for character in number_format:
        quoted = quoted != (character == '"')
        if character == ";" and not quoted:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def _section(number: Decimal, sections: list[str]) -> int:
    if len(sections) > 2 and number == 0:
        return 2
    return 1 if len(sections) > 1 and number < 0 else 0


def _general(number: Decimal) -> str:
    whole = len(str(abs(int(number))))
    decimals = max(_GENERAL_DIGITS - 1 - whole, _LEAST_DECIMALS)
    rounded = number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    text = f"{rounded:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"", "-0"} else text


def _formatted(number: Decimal, section: str) -> str:
    bare = _LITERAL.sub(lambda match: "\0" * len(match[0]), section)
    place = _DIGITS.search(bare)
    if place is None:
        return _plain(section)
    digits = place[0]
    if "%" in bare:
        number *= 100
    number /= Decimal(1000) ** (len(digits) - len(digits.rstrip(",")))
    shown = _digits(number, digits.rstrip(","))
    before, after = section[: place.start()], section[place.end() :]
    return f"{_plain(before)}{shown}{_plain(after)}".strip()


def _digits(number: Decimal, digits: str) -> str:
    whole, _, fraction = digits.partition(".")
    rounded = number.quantize(Decimal(1).scaleb(-len(fraction)), ROUND_HALF_UP)
    text = f"{rounded:,f}" if "," in whole else f"{rounded:f}"
    if rounded == 0:
        text = text.lstrip("-")
    optional = len(fraction) - len(fraction.rstrip("#?"))
    while optional and text.endswith("0"):
        text, optional = text[:-1], optional - 1
    sign = "-" if text.startswith("-") else ""
    front, dot, rest = text.lstrip("-").partition(".")
    least = whole.count("0")
    front = front.zfill(least) if least > 1 else front
    if least == 0 and front == "0":
        front = ""
    return sign + front + (dot if rest else "") + rest


def _plain(part: str) -> str:
    """Literals of a format: quoted text stays, padding (`_ `, `* `) and conditions go."""
    return _LITERAL.sub(_literal, part)


def _literal(match: re.Match[str]) -> str:
    if match[1] is not None:
        return match[1]
    if match[2] is not None:
        return match[2]
    if match[3] is not None and match[3].startswith("$"):
        return match[3][1:].split("-")[0]
    return ""


def _moment(value: datetime.datetime | datetime.date | datetime.time, number_format: str) -> str:
    """Dates in the order of the format; a form's dates are no facts, so this stays plain."""
    if isinstance(value, datetime.time):
        return value.strftime("%H:%M")
    if "年" in number_format or "yyyy" not in number_format.lower():
        day = f"{value.day}日" if "d" in number_format.lower() else ""
        return f"{value.year}年{value.month}月{day}"
    return f"{value:%Y-%m-%d}"
