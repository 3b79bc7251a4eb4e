"""Every format but plain text to its `Source`.

In: name, media and bytes. Out: `Source`. The rule it protects: this is the only list of formats.
"""

from collections.abc import Callable
from typing import Final

from pipeline.documents.doc import read_doc
from pipeline.documents.docx import read_docx
from pipeline.documents.html import read_html
from pipeline.documents.limits import Limits
from pipeline.documents.pdf import read_pdf
from pipeline.documents.sheet_xls import read_xls
from pipeline.documents.sheet_xlsx import read_xlsx
from pipeline.documents.sniff import Media
from pipeline.documents.source import Source

READERS: Final[dict[Media, Callable[[str, bytes, Limits], Source]]] = {
    "pdf": read_pdf,
    "docx": read_docx,
    "doc": read_doc,
    "xlsx": read_xlsx,
    "xls": read_xls,
    "html": read_html,
}
