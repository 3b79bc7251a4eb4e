"""Money, tokens and pace: what a call may cost is reserved before it is made.

In: estimates and the server's usage. Out: permission, a wait, or BudgetSpent. Prices stand in a
TOML file that the user edits, per million tokens:

    ["some-model"]
    input = 2.0
    cached_input = 0.5
    output = 8.0
"""

import threading
import tomllib
from collections.abc import Callable, Mapping
from decimal import Decimal
from math import ceil

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from pipeline.errors import BudgetSpent, UsageError
from pipeline.llm_calls import Request, Settings, Usage, answer_schema
from schemas.base import Frozen

_MILLION = Decimal(1_000_000)
_MESSAGE_OVERHEAD_TOKENS = 8


class Price(Frozen):
    """Price of a model per million tokens, in the currency of the user's file."""

    input: Decimal
    output: Decimal
    cached_input: Decimal | None = None
    currency: str = Field(default="")


def read_prices(text: str) -> dict[str, Price]:
    """The price table of a TOML file. Raises UsageError when it is none."""
    try:
        table = tomllib.loads(text, parse_float=Decimal)
        return TypeAdapter(dict[str, Price]).validate_python(table)
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        reason = str(error).splitlines()[0]
        raise UsageError(f"the price file cannot be read: {reason}") from error


def estimate_tokens(text: str) -> int:
    """Tokens of a text, rather too many than too few: a Chinese character counts 1, four others 2.

    >>> estimate_tokens("财政拨款收入"), estimate_tokens("1,234.50")
    (6, 4)
    """
    wide = sum(1 for character in text if character > "\u2e7f")
    return wide + ceil((len(text) - wide) / 2)


def request_tokens(request: Request, answer: type[BaseModel]) -> int:
    """Estimated input tokens of a request, its response schema included."""
    words = sum(
        estimate_tokens(message.content) + _MESSAGE_OVERHEAD_TOKENS for message in request.messages
    )
    return words + estimate_tokens(answer_schema(answer))


def cost(price: Price, usage: Usage) -> Decimal:
    """What a usage costs.

    >>> cost(Price(input=Decimal(2), output=Decimal(8)), Usage(prompt=1000, completion=500))
    Decimal('0.006')
    """
    cached_price = price.input if price.cached_input is None else price.cached_input
    fresh = usage.prompt - usage.cached
    total = fresh * price.input + usage.cached * cached_price + usage.completion * price.output
    return total / _MILLION


class Budget:
    """The tokens and the money of a run. Thread-safe."""

    def __init__(self, settings: Settings, prices: Mapping[str, Price]) -> None:
        self._price = prices.get(settings.model)
        if settings.max_cost is not None and self._price is None:
            raise UsageError(
                f"--max-cost is set, but model {settings.model!r} has no price",
                hint="add it to the price file, or use --max-tokens",
            )
        self._settings = settings
        self._lock = threading.Lock()
        self._tokens = 0
        self._cost = Decimal(0)

    @property
    def spent(self) -> tuple[int, Decimal]:
        """Tokens and cost so far, open reservations included."""
        return self._tokens, self._cost

    def price(self, usage: Usage) -> Decimal | None:
        """What the usage costs; None when the model has no price."""
        return None if self._price is None else cost(self._price, usage)

    def reserve(self, worst: Usage) -> None:
        """Set the worst case aside. Raises BudgetSpent when it does not fit any more."""
        tokens, price = worst.prompt + worst.completion, self.price(worst) or Decimal(0)
        with self._lock:
            limit, ceiling = self._settings.max_tokens, self._settings.max_cost
            if limit is not None and self._tokens + tokens > limit:
                raise BudgetSpent(
                    f"{self._tokens} of {limit} tokens used, next call up to {tokens}"
                )
            if ceiling is not None and self._cost + price > ceiling:
                raise BudgetSpent(f"{self._cost:f} of {ceiling:f} spent, next call up to {price:f}")
            self._tokens += tokens
            self._cost += price

    def settle(self, worst: Usage, used: Usage) -> None:
        """Replace a reservation by what was used."""
        difference = (self.price(used) or Decimal(0)) - (self.price(worst) or Decimal(0))
        with self._lock:
            self._tokens += used.prompt + used.completion - worst.prompt - worst.completion
            self._cost += difference


class Pace:
    """Requests and tokens a minute, as evenly spaced starts. Thread-safe."""

    def __init__(
        self, settings: Settings, clock: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self._requests = settings.requests_per_minute
        self._tokens = settings.tokens_per_minute
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._free_at = 0.0

    def wait(self, tokens: int) -> None:
        """Wait for the turn of a request of so many tokens."""
        if not self._requests and not self._tokens:
            return
        apart = 60.0 / self._requests if self._requests else 0.0
        if self._tokens:
            apart = max(apart, 60.0 * tokens / self._tokens)
        with self._lock:
            now = self._clock()
            start = max(now, self._free_at)
            self._free_at = start + apart
        if start > now:
            self._sleep(start - now)
