"""The report in a real Chromium: no complaint, no request, no trap, usable by keyboard."""

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest
from rendering import drawn
from report_browser import CHROMIUM, Page, browser
from report_cases import LINES, extraction, hostile, large

from pipeline.documents.limits import Limits
from pipeline.documents.pdf_pictures import pictures
from pipeline.report.document import write_report
from pipeline.report.index import write_index
from pipeline.report.pages import Pages
from schemas.documents import Document
from schemas.runs import DocumentRecord, Extraction

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here"),
    pytest.mark.wide,
]
WIDTHS = [pytest.param(1280, id="宽"), pytest.param(390, id="窄")]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reports")
    write_report(extraction(), LINES, folder / "good")
    write_report(*hostile(), folder / "hostile")
    write_report(*large(), folder / "large")
    made, lines, pages = paged()
    write_report(made, lines, folder / "paged", pages)
    record = DocumentRecord(id="jia-00000000", name="jia.txt", path="", sha256="", status="done")
    write_index([record], folder / "good")
    return folder


def paged() -> tuple[Extraction, Sequence[str], Pages]:
    """A document with the picture of a page, its first numerals boxed there."""
    made = Document(
        id="jia-00000000",
        name="jia.pdf",
        sha256="",
        media="pdf",
        lines=LINES,
        pages=(1,) * len(LINES),
        boxes=tuple((50.0, 40.0 * n, 300.0, 40.0 * n + 12) for n in range(1, len(LINES) + 1)),
    )
    data = drawn(lambda canvas: canvas.drawString(100, 700, "1.00"))
    return extraction(), LINES, Pages(made, {1: pictures(data, 1, Limits())[0]})


def document(reports: Path, name: str) -> Path:
    return reports / name / "jia-00000000.html"


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["good", "hostile", "large", "paged"])
def test_page_loads_without_complaint_or_request(
    page: Page, reports: Path, name: str, width: int
) -> None:
    seconds = page.open(document(reports, name), width)
    assert page.run("document.documentElement.classList.contains('js')")
    assert page.complaints == []
    assert [url for url in page.requests if not url.startswith(("file:", "data:"))] == []
    assert seconds < 10


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("tab", ["findings", "statements", "review", "source"])
@pytest.mark.skipif(find_spec("axe_core_python") is None, reason="no axe-core here")
def test_accessibility_audit_passes(page: Page, reports: Path, tab: str, width: int) -> None:
    page.open(document(reports, "good"), width, fragment=f"#{tab}")
    assert audit(page) == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.skipif(find_spec("axe_core_python") is None, reason="no axe-core here")
def test_accessibility_audit_of_index_and_detail_passes(
    page: Page, reports: Path, width: int
) -> None:
    page.open(reports / "good" / "index.html", width)
    assert audit(page) == []
    page.open(document(reports, "good"), width, fragment="#F3")
    page.run("document.getElementById('language').click()")
    assert audit(page) == []


def audit(page: Page) -> list[str]:
    """Violations that axe-core finds."""
    spec = find_spec("axe_core_python")
    assert spec and spec.origin
    page.run((Path(spec.origin).parent / "axe.min.js").read_text(encoding="utf-8") + ";0")
    found = page.run(
        "axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).join(' | ')))"
    )
    return list(found)


def test_hostile_document_is_shown_and_does_nothing(page: Page, reports: Path) -> None:
    page.open(document(reports, "hostile"), fragment="#F0")
    assert page.run("window.hacked === undefined")
    assert page.run("document.scripts.length") == 2
    assert "<script>window.hacked=1</script>" in page.run(
        "document.querySelector('h1').textContent"
    )
    assert "U+202E" in page.run("document.querySelector('#L1').textContent")
    assert page.run("document.querySelector('#L3').textContent.length") > 1_000_000
    assert page.run("document.body.scrollWidth <= innerWidth")


def test_choosing_a_cell_shows_its_place_and_identities(page: Page, reports: Path) -> None:
    page.open(document(reports, "good"), fragment="#statements")
    page.run("document.getElementById('F1').click()")
    assert page.run("document.querySelector('#source .chosen').textContent") == "10.00"
    assert page.run("document.querySelector('.here').id") == "L3"
    detail = page.run("document.getElementById('detail').innerText")
    assert "10.00 万元" in detail
    assert "相符 A2" in detail


def test_choosing_a_numeral_of_the_source_shows_its_cell(page: Page, reports: Path) -> None:
    page.open(document(reports, "good"))
    page.run("document.querySelector('#source [data-f=\"3\"]').click()")
    assert page.run("document.body.dataset.tab") == "statements"
    assert page.run("document.querySelector('#statements .chosen').id") == "F3"
    assert "不符" in page.run("document.getElementById('detail').innerText")


def test_keyboard_moves_within_a_table_and_closes(page: Page, reports: Path) -> None:
    page.open(document(reports, "good"))
    page.press("2")
    assert page.run("document.body.dataset.tab") == "statements"
    page.run("document.getElementById('F0').focus()")
    page.press("ArrowRight")
    page.press("ArrowRight")
    page.press("ArrowDown")
    assert page.run("document.activeElement.id") == "F4"
    page.press("Escape")
    assert page.run("document.getElementById('detail').hidden")


def test_language_changes_every_word_of_the_page(page: Page, reports: Path) -> None:
    page.open(document(reports, "good"))
    assert "Findings" not in page.run("document.querySelector('.tabs').innerText")
    page.run("document.getElementById('language').click()")
    assert page.run("document.documentElement.lang") == "en"
    tabs = page.run("document.querySelector('.tabs').innerText")
    assert "Findings" in tabs and "发现" not in tabs
    page.run("document.getElementById('language').click()")


def test_finding_leads_to_its_line_on_a_narrow_page(page: Page, reports: Path) -> None:
    page.open(document(reports, "good"), 390)
    page.run("document.querySelector('#findings a.place').click()")
    assert page.run("document.body.dataset.tab") == "source"
    assert page.run("document.querySelector('.here').id") == "L4"
    assert page.run("document.body.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", WIDTHS)
def test_box_on_a_page_shows_its_fact_and_the_fact_its_page(
    page: Page, reports: Path, width: int
) -> None:
    page.open(document(reports, "paged"), width, fragment="#pages")
    assert page.run("document.querySelector('#pages img').naturalWidth > 400")
    page.run(
        "document.querySelector('#pages a').dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}))"
    )
    assert page.run("!document.getElementById('detail').hidden")
    assert page.run("document.querySelectorAll('#pages a.chosen').length") == 1
    assert page.run("document.body.dataset.tab") == "pages"
    assert page.complaints == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.skipif(find_spec("axe_core_python") is None, reason="no axe-core here")
def test_accessibility_audit_of_the_pages_passes(page: Page, reports: Path, width: int) -> None:
    page.open(document(reports, "paged"), width, fragment="#pages")
    assert audit(page) == []
