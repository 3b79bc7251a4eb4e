"""Performance forms (绩效自评表, 绩效目标表) read as typed sequences.

In: a document and a performance chunk. Out: a Reading: evaluations, the claims of its text cells,
and the numerals that are no facts, with reasons. The rule it protects: what the printed header,
kinds and totals do not settle is left unexplained, never guessed.
"""

from pipeline.reading.performance_cells import Row, Source, grid_rows, open_source, tokens
from pipeline.reading.performance_centred import ends_under, tails_below
from pipeline.reading.performance_flat import flat_segments
from pipeline.reading.performance_form import FormRead, Named, read_form
from pipeline.reading.performance_segments import Segment, grid_segments
from pipeline.reading.performance_texts import Place, Texts, read_texts
from pipeline.reading.performance_values import exclusion
from schemas.documents import Chunk, Document
from schemas.readings import EvaluationReading, Exclusion, Provenance, Reading

_SOURCE = Provenance(reader="sequence")


def read_performance(document: Document, chunk: Chunk) -> Reading:
    """All that a performance chunk says. Rows carry no ` #2`: the facts stage numbers repeats."""
    source = open_source(document, chunk)
    segments = _segments(source, chunk)
    form = read_form(segments, document.department, chunk.unit)
    evaluations = _evaluations(form, chunk)
    taken = {(e.line, e.start) for e in evaluations}
    aside = _aside(form, taken)
    known = frozenset(taken | {(e.line, e.start) for e in aside})
    outside = _outside(source, segments)
    texts = _texts((*outside, *segments), Place(chunk.id, chunk.title, document, known))
    return Reading(
        chunk=chunk.id,
        evaluations=evaluations,
        claims=texts.claims,
        exclusions=tuple(sorted((*aside, *texts.exclusions), key=lambda e: (e.line, e.start))),
    )


def _segments(source: Source, chunk: Chunk) -> tuple[Segment, ...]:
    """The segments of the grid, or of the loose text where there is none; of columns that were only
    aligned the text's where it alone has the form's name. Where indicators go on in text below the
    grid (a part of the form without rules), theirs too."""
    if chunk.grid is None:
        return flat_segments(_loose(source))
    rows = grid_rows(source)
    segments = grid_segments(tails_below(rows) if chunk.grid.layout == "aligned" else rows)
    if chunk.grid.layout == "aligned" and not _named(segments):
        loose = flat_segments(_loose(source))
        return loose if _named(loose) else segments
    end = chunk.grid.last_line
    below = flat_segments(tuple(piece for piece in tokens(source) if piece.line > end))
    return (*segments, *below) if any(s.kind == "indicators" for s in below) else segments


def _loose(source: Source) -> Row:
    return ends_under(tokens(source), source.document.lines)


def _named(segments: tuple[Segment, ...]) -> bool:
    return any(segment.kind == "name" for segment in segments)


def _texts(segments: tuple[Segment, ...], place: Place) -> Texts:
    found = read_texts(segments, place)
    claims = {(c.line, c.start): c for c in found.claims}
    exclusions = {(e.line, e.start): e for e in found.exclusions if (e.line, e.start) not in claims}
    return Texts(
        tuple(sorted(claims.values(), key=lambda c: (c.line, c.start))), tuple(exclusions.values())
    )


def _evaluations(form: FormRead, chunk: Chunk) -> tuple[EvaluationReading, ...]:
    """Readings in document order, one a numeral."""
    found: dict[tuple[int, int], EvaluationReading] = {}
    for named in form.entries:
        place = (named.entry.numeral.line, named.entry.numeral.start)
        if named.name and place not in found:
            found[place] = _evaluation(named, chunk)
    return tuple(found[place] for place in sorted(found))


def _evaluation(named: Named, chunk: Chunk) -> EvaluationReading:
    entry = named.entry
    return EvaluationReading(
        row=f"{named.name}/{entry.row}",
        label=entry.label,
        column=entry.column,
        unit=entry.unit,
        printed=entry.numeral.text,
        line=entry.numeral.line,
        start=entry.numeral.start,
        page=entry.piece.page,
        box=entry.piece.box,
        chunk=chunk.id,
        source=_SOURCE,
    )


def _aside(form: FormRead, taken: set[tuple[int, int]]) -> list[Exclusion]:
    found: dict[tuple[int, int], Exclusion] = {}
    for numeral, piece, reason in form.aside:
        place = (numeral.line, numeral.start)
        if place not in taken and place not in found:
            found[place] = exclusion(numeral, reason, piece.text)
    return list(found.values())


def _outside(source: Source, segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """Lines of the chunk that stand in no row (title, 单位：万元) as text."""
    inside = {p.line for s in segments for row in s.rows for p in row}
    inside |= {n.line for s in segments for row in s.rows for p in row for n in p.numerals}
    loose = tuple(piece for piece in tokens(source) if piece.line not in inside)
    rows = tuple((piece,) for piece in loose)
    return (Segment("text", None, rows),) if rows else ()
