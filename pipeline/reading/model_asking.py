"""Ask about lines, read each answer, send back what was not accepted, put together what was.

The one loop of all line tasks. What is not grounded goes back at most twice with its reason in
one line; then it is dropped and the chunk is partial.
"""

from collections.abc import Callable
from typing import Final, NamedTuple, TypeVar

from pydantic import BaseModel

from pipeline.llm import ModelDoor
from pipeline.llm_calls import Request
from pipeline.reading.model_found import Found, len_found, shown, stamp
from schemas.readings import Provenance, Reading

_AGAIN: Final = "以下各条不能接受，只重答这些："
A = TypeVar("A", bound=BaseModel)


class Question(NamedTuple):
    """A request for a chunk, and how many numerals stand there: with some, an empty answer is no
    answer."""

    request: Request
    chunk: str
    expected: int


def ask_lines(
    door: ModelDoor, question: Question, answer_model: type[A], read: Callable[[A], Found]
) -> Reading:
    """The reading that the answers to a question come to. Raises what the door raises."""
    accepted: list[Found] = []

    def judge(answer: A) -> str:
        found = read(answer)
        nothing = not any(map(len_found, [*accepted, found]))
        if question.expected and nothing and not found.problems:
            problem = f"这里印有 {question.expected} 个带单位或小数的数字，答案不应为空"
            found = found._replace(problems=(problem,))
        accepted.append(found)
        return f"{_AGAIN}{shown(found.problems)}" if found.problems else ""

    answer = door.ask(question.request, answer_model, judge)
    stamped = [
        stamp(found, _source(question.request, door, call))
        for found, call in zip(accepted, answer.calls, strict=True)
    ]
    dropped = answer.reason.removeprefix(_AGAIN)
    return Reading(
        chunk=question.chunk,
        rows=tuple(row for found in stamped for row in found.rows),
        claims=tuple(claim for found in stamped for claim in found.claims),
        evaluations=tuple(item for found in stamped for item in found.evaluations),
        status="partial" if dropped else "done",
        reason=f"not accepted: {dropped}" if dropped else "",
    )


def _source(request: Request, door: ModelDoor, call: str) -> Provenance:
    return Provenance(reader="model", prompt=request.prompt, model=door.settings.model, call=call)
