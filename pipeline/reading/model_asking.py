"""Ask about lines, read each answer, send back what was not accepted, put together what was.

The one loop of all line tasks. What is not grounded goes back at most twice with its reason in
one line; then it is dropped and the chunk is partial.
"""

from collections.abc import Callable
from typing import Final, NamedTuple, TypeVar

from pydantic import BaseModel

from pipeline.llm import ModelDoor
from pipeline.llm_calls import Request
from pipeline.reading.model_found import Found, Problem, len_found, shown, stamp
from schemas.readings import Provenance

_AGAIN: Final = "以下各条不能接受，只重答这些："
A = TypeVar("A", bound=BaseModel)


class Question(NamedTuple):
    """A request, and how many numerals stand there: with some, an empty answer is no answer."""

    request: Request
    expected: int


def ask_lines(
    door: ModelDoor, question: Question, answer_model: type[A], read: Callable[[A], Found]
) -> Found:
    """All that was accepted of the answers to a question, and what of the last one was not.

    Raises what the door raises."""
    answers: list[Found] = []

    def judge(answer: A) -> str:
        found = read(answer)
        nothing = not any(map(len_found, [*answers, found]))
        if question.expected and nothing and not found.problems:
            reason = f"这里印有 {question.expected} 个带单位或小数的数字，答案不应为空"
            found = found._replace(problems=(Problem(0, reason),))
        answers.append(found)
        return f"{_AGAIN}{shown(found.problems)}" if found.problems else ""

    answer = door.ask(question.request, answer_model, judge)
    stamped = [
        stamp(found, _source(question.request, door, call))
        for found, call in zip(answers, answer.calls, strict=True)
    ]
    judged = answers[-1].problems
    return Found(
        rows=tuple(row for found in stamped for row in found.rows),
        claims=tuple(claim for found in stamped for claim in found.claims),
        evaluations=tuple(item for found in stamped for item in found.evaluations),
        problems=judged or ((Problem(0, answer.reason),) if answer.reason else ()),
    )


def _source(request: Request, door: ModelDoor, call: str) -> Provenance:
    return Provenance(reader="model", prompt=request.prompt, model=door.settings.model, call=call)
