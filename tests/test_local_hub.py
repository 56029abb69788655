"""The local Hub speaks as the Hub does: tried with plain requests, and with the real client libraries."""

import json
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from course_tools.project import ROOT
from course_utils.outline import outline
from tests.local_hub.faults import Refuses, Stalls
from tests.local_hub.server import LocalHub, left_loopback

WEIGHTS = "/google-bert/bert-base-uncased/resolve/main/model.safetensors"
CONFIG = "/google-bert/bert-base-uncased/resolve/main/config.json"
SECRET = "hf_thisisnotatoken"
pytestmark = pytest.mark.slow


class Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect."""

    def redirect_request(self, *_):
        return None


def ask(address: str, method: str = "GET", **headers: str):
    """Return status, headers and body of one answer."""
    request = urllib.request.Request(address, method=method, headers=headers)
    try:
        with urllib.request.build_opener(Stay).open(request, timeout=5) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def client(code: str, hub: LocalHub, tmp_path: Path, **environment: str) -> str:
    """Run Python code with the real libraries on an empty cache, and return what it printed. Nothing leaves here."""
    log = tmp_path / "network"
    quiet = {"HF_HUB_DISABLE_XET": "1", "HF_UPDATE_DOWNLOAD_COUNTS": "0"}  # as `start()` has it
    kept = hub.guarded(tmp_path / "home", log, ROOT, **quiet, **environment)
    result = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=kept, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert left_loopback(log) == set()
    return result.stdout


def test_a_small_file_comes_at_once_and_a_large_one_from_the_storage(hub):
    status, headers, body = ask(hub.address + CONFIG)
    assert (status, json.loads(body)["model_type"]) == (200, "bert")
    assert re.fullmatch('"[0-9a-f]{40}"', headers["ETag"])
    status, headers, _ = ask(hub.address + WEIGHTS, "HEAD")
    assert status == 302
    assert re.fullmatch('"[0-9a-f]{64}"', headers["X-Linked-Etag"])
    assert headers["Location"].startswith(hub.storage)
    status, _, body = ask(headers["Location"])
    assert (status, len(body)) == (200, int(headers["X-Linked-Size"]))


def test_a_commit_is_named_and_serves_the_same(hub):
    _, headers, body = ask(hub.address + CONFIG)
    assert ask(hub.address + CONFIG.replace("/main/", f"/{headers['X-Repo-Commit']}/"))[2] == body


def test_a_range_is_a_range(hub):
    whole = ask(hub.address + CONFIG)[2]
    status, headers, part = ask(hub.address + CONFIG, Range="bytes=10-19")
    assert (status, part, headers["Content-Range"]) == (206, whole[10:20], f"bytes 10-19/{len(whole)}")


def test_an_old_name_leads_to_the_new_one(hub):
    for path in ("/api/models/bert-base-uncased", "/bert-base-uncased/resolve/main/config.json"):
        status, headers, _ = ask(hub.address + path)
        assert (status, headers["Location"]) == (307, path.replace("bert-base", "google-bert/bert-base", 1))


def test_what_is_not_there_is_told_in_the_hubs_own_codes(hub):
    for path, status, code in (
        ("/api/models/nobody/nothing", 401, "RepoNotFound"),
        ("/google-bert/bert-base-uncased/resolve/main/nothing.json", 404, "EntryNotFound"),
        ("/google-bert/bert-base-uncased/resolve/no-branch/config.json", 404, "RevisionNotFound"),
    ):
        answer = ask(hub.address + path)
        assert (answer[0], answer[1]["X-Error-Code"]) == (status, code)


def test_the_real_clients_are_content(hub, tmp_path):
    code = """
import evaluate
from datasets import load_dataset
from huggingface_hub import HfApi
from transformers import AutoModel, AutoTokenizer
for name in ("bert-base-uncased", "google-bert/bert-base-uncased", "distilbert-base-uncased"):
    ids = AutoTokenizer.from_pretrained(name)("hello world")["input_ids"]
    print(ids, type(AutoModel.from_pretrained(name)).__name__)
for arguments in (["cardiffnlp/tweet_eval", "emotion"], ["cardiffnlp/tweet_eval", "sentiment"], ["stanfordnlp/imdb"],
                  ["fancyzhx/ag_news"], ["dair-ai/emotion"], ["UniversalCEFR/cefr_sp_en"]):
    rows = load_dataset(*arguments, split="train")
    print(*arguments, rows.num_rows, rows.column_names)
try:
    load_dataset("stanfordnlp/sentiment140")
except RuntimeError as error:
    print(error)
rows = load_dataset("stanfordnlp/sentiment140", revision="refs/convert/parquet", split="train")
print(rows.num_rows, sorted(set(rows["sentiment"])))
print(evaluate.load("accuracy").compute(predictions=[1, 0], references=[1, 1]))
print([model.id for model in HfApi().list_models(filter="text-classification", limit=2)])
"""
    printed = client(code, hub, tmp_path)
    for words in (
        "[101, 7592, 2088, 102] BertModel",
        "[101, 7592, 2088, 102] DistilBertModel",
        "cardiffnlp/tweet_eval sentiment 1200 ['text', 'label']",
        "UniversalCEFR/cefr_sp_en 600",
        "Dataset scripts are no longer supported",
        "400 [0, 4]",
        "{'accuracy': 0.5}",
        "['HuggingFaceTB/SmolLM2-135M-Instruct', 'distilbert/distilbert-base-uncased']",
    ):
        assert words in printed


def test_the_storage_gets_no_token(hub, tmp_path):
    code = "from huggingface_hub import hf_hub_download as f\nf('google-bert/bert-base-uncased', 'model.safetensors')"
    client(code, hub, tmp_path, HF_TOKEN=SECRET)
    tokens = {asked.path.startswith("/cdn/"): "authorization" in map(str.lower, asked.headers) for asked in hub.asked}
    assert tokens == {False: True, True: False}


def doctor(hub: LocalHub, tmp_path: Path, **environment: str) -> str:
    code = "import sys; from course_tools import cli; cli.main(['doctor'])"
    return client(code, hub, tmp_path, COLUMNS="300", **environment)


def test_the_doctor_tells_what_full_will_fetch(hub, tmp_path):
    printed = doctor(hub, tmp_path, HF_TOKEN=SECRET)
    assert f"{hub.address} answers" in printed
    assert "there is one (not shown)" in printed
    assert SECRET not in printed
    assert "498 requests left for the next 120 s" in printed
    for lesson in outline().values():
        assert re.search(rf"full, {lesson.number:02} .*bert-base-uncased \d+ MB", printed)
    assert re.search(r"full, all .*\d+ MB are not here yet; [\d,]+ MB are free at ", printed)
    assert not list((tmp_path / "home").rglob("*.safetensors"))


def test_the_doctor_without_a_token_and_without_requests_left(hub, tmp_path):
    hub.faults.append(Refuses("^/api", code=429))
    printed = doctor(hub, tmp_path)
    assert "none; no lesson needs one" in printed
    assert "Wait five minutes." in printed
    assert "cannot be fetched" in printed


def test_the_doctor_of_a_hub_that_goes_silent(hub, tmp_path):
    hub.faults.append(Stalls("^/api/models$", seconds=12))  # longer than the doctor waits
    printed = doctor(hub, tmp_path)
    assert "the Hub does not tell it (it went silent" in printed
    assert "are not here yet" in printed
