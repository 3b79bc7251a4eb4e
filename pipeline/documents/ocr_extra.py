"""Whether the extra `ocr` is installed. Asked without importing it: it is slow to load."""

from importlib.util import find_spec
from typing import Final

OCR_INSTALLED: Final = find_spec("rapidocr") is not None
