"""How much one document may cost. A limit that is reached is an error that names it."""

from typing import NamedTuple

from pipeline.errors import LimitExceeded


class Limits(NamedTuple):
    """Ceilings for one document, generous for disclosures (the longest seen has 120 pages).

    `bytes` is the file, `unpacked_bytes` what an archive or office file unpacks to, `cells` the
    cells of all its grids, `memory_bytes` the address space of its process beyond what the
    libraries take. Where the OCR extra is installed a PDF may take `ocr_seconds` (a scanned page
    costs some 10) and `ocr_memory_bytes`. The pages of a PDF are read in up to `page_processes`."""

    bytes: int = 100_000_000
    pages: int = 1000
    unpacked_bytes: int = 400_000_000
    members: int = 2000
    depth: int = 3
    cells: int = 2_000_000
    glyphs_per_page: int = 100_000
    seconds: float = 120.0
    memory_bytes: int = 1_500_000_000
    ocr_seconds: float = 1800.0
    ocr_memory_bytes: int = 8_000_000_000
    page_processes: int = 1

    def with_ocr(self) -> "Limits":
        """These limits with the time and memory that recognition needs."""
        return self._replace(seconds=self.ocr_seconds, memory_bytes=self.ocr_memory_bytes)


def within(amount: int, limit: int, what: str) -> None:
    """Raise LimitExceeded where `amount` of `what` passes the limit."""
    if amount > limit:
        raise LimitExceeded(f"{what}: {amount:,} is more than the limit of {limit:,}")
