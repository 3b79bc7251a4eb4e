"""Output tokens of form maps beside a JSON record for every cell, on the same tables.

    python benchmarks/model_tokens.py [FILE.gguf]

A loopback model answers from the golden facts with an empty form library (`always`), or only what
the shipped forms leave open (`needed`). Tokens are the door's estimate, or with a GGUF file the
counts of that model's own tokenizer (needs juesuan[local]). The last column is the calls for a
second document of the same forms.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT)]

from pipeline.llm_budget import estimate_tokens  # noqa: E402
from pipeline.local_model import serve_local  # noqa: E402
from tests.test_model import DOCUMENTS  # noqa: E402
from tests.test_model_tokens import Count, tokens_of  # noqa: E402


@contextmanager
def tokenizer(path: Path) -> Iterator[Count]:
    """The token counts of a model file."""
    with serve_local(path, context_tokens=512, threads=1) as url:

        def count(text: str) -> int:
            body = json.dumps({"content": text}).encode()
            address = url.removesuffix("/v1") + "/tokenize"
            with urlopen(Request(address, body, {"Content-Type": "application/json"})) as answer:
                return len(json.load(answer)["tokens"])

        yield count


def main(count: Count) -> None:
    print("document | use | cells | records | maps | share | calls | second document")
    for name in DOCUMENTS:
        for use in ("always", "needed"):
            found = tokens_of(name, use, count)
            share = f"{100 * found.maps / found.naive:.1f} %" if found.naive else "no grid"
            print(name, use, *found[:3], share, *found[3:], sep=" | ", flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        with tokenizer(Path(sys.argv[1])) as counted:
            main(counted)
    else:
        main(estimate_tokens)
