"""Runs with a model over HTTP: the command line, the announcement, disagreements, resume."""

import csv
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.runs import read_manifest
from tests.loopback import serve
from tests.loopback_ideal import ideal_model, known
from tests.test_model_batch import answered

ROOT = Path(__file__).parents[1]
NAME = "lukou-2024-final"
TEXT = ROOT / "golden" / NAME / f"{NAME}.txt"


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))


def extract(out: Path, url: str, *more: str) -> int:
    return main(
        ["extract", str(TEXT), "--out", str(out), "--model", "某模型", "--base-url", url, *more]
    )


def test_always_fills_the_facts_from_the_model_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serve(ideal_model([known(TEXT.parent)])) as server:
        assert extract(tmp_path, server.url, "--model-use", "always") == 0
        said = capsys.readouterr().err
        facts = rows(tmp_path / "facts.csv")
        assert {row["reader"] for row in facts} == {"model"}
        assert len(facts) >= 390
        assert server.url in said and "tokens" in said and f"{NAME}-" in said
        asked = len(server.seen)
        assert extract(tmp_path, server.url, "--model-use", "always") == 0
        assert len(server.seen) == asked
    manifest = read_manifest(tmp_path)
    assert (manifest.model_use, manifest.model) == ("always", "某模型")
    assert manifest.prompts and (tmp_path / "calls.jsonl").exists()
    assert (tmp_path / "disagreements.csv").exists()


def test_needed_asks_nothing_where_nothing_is_open(tmp_path: Path) -> None:
    with serve(ideal_model([known(TEXT.parent)])) as server:
        assert extract(tmp_path, server.url) == 0
        assert server.seen == []
    assert len(rows(tmp_path / "facts.csv")) >= 390


def test_key_alone_sends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-不用")
    assert main(["extract", str(TEXT), "--out", str(tmp_path), "--quiet"]) == 0
    assert read_manifest(tmp_path).model_use == "never"
    assert not (tmp_path / "calls.jsonl").exists()


def test_model_use_without_a_model_is_a_usage_error(tmp_path: Path) -> None:
    assert main(["extract", str(TEXT), "--out", str(tmp_path), "--model-use", "always"]) == 2


def test_what_a_model_owes_is_asked_again_by_the_same_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.llm._Wait.__call__", lambda wait, state: 0.0)
    text = tmp_path / "件.txt"
    text.write_text(
        "某某市某某局2024年度部门决算\n支出决算表\n单位：万元\n"
        "甲\t乙\t丙丁\n201\t一般公共服务支出\t12.00\n202\t外交支出\t13.00\n"
        "支出决算表\n单位：万元\n科目编码\t科目名称\t本年支出合计\n201\t一般公共服务支出\t25.00\n",
        encoding="utf-8",
    )
    out = str(tmp_path / "run")
    command = ["extract", str(text), "--out", out, "--model", "某模型", "--model-use", "always"]
    assert main([*command, "--base-url", "http://127.0.0.1:9/v1", "--timeout", "1"]) in (0, 5, 3, 7)
    capsys.readouterr()
    with serve(ideal_model([known(TEXT.parent)])) as server:
        main([*command, "--base-url", server.url])
        assert server.seen


def test_a_batch_answers_a_run_that_never_calls(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, model = tmp_path / "run", ["--model", "某模型", "--model-use", "always"]
    assert main(["extract", str(TEXT), "--out", str(out), "--quiet"]) == 0
    capsys.readouterr()
    assert main(["batch", "prepare", str(out), *model]) == 0
    for _ in range(4):
        requests = capsys.readouterr().out.strip().splitlines()[-1]
        if requests == "nothing is open":
            break
        responses = answered(
            Path(requests), ideal_model([known(TEXT.parent)]), tmp_path / "来.jsonl"
        )
        assert main(["batch", "collect", str(out), str(responses)]) == 0
    else:
        pytest.fail("four rounds did not end it")
    assert main(["extract", str(TEXT), "--out", str(out), *model, "--replay"]) == 0
    facts = rows(out / "facts.csv")
    assert {row["reader"] for row in facts} == {"model"}
    assert len(facts) >= 390
