"""What the local Hub holds: tiny random checkpoints and generated texts, under real names and in real schemas."""

import json
import random
import shutil
from pathlib import Path

import pandas as pd

from course_utils import sources
from course_utils.checkpoints import OFFLINE, PACKAGES

WORDS = "the a is was my this it we you day film phone team food game city train song week price"
TOLD = {  # words that give a label away, so that there is something to learn
    "anger": "angry furious rage annoyed 😡",
    "joy": "happy glad smile delighted 😂",
    "optimism": "hope better tomorrow forward 💪",
    "sadness": "sad crying lonely lost 😢",
    "negative": "bad awful worst broken",
    "neutral": "report tuesday update number",
    "positive": "good great best lovely",
    "neg": "boring dull awful waste",
    "pos": "wonderful brilliant moving superb",
    "World": "minister border election treaty",
    "Sports": "goal match coach season",
    "Business": "shares profit market bank",
    "Sci/Tech": "software space chip science",
    "love": "darling tender adore kiss",
    "fear": "afraid scared danger panic",
    "surprise": "sudden wow unexpected amazed",
}
ANSWERS = (  # that a lesson lets a decoder choose from
    "anger joy optimism sadness Wednesday Friday Saturday Monday orange blue black yellow Martha Anna Peter Susan "
    "owl lion horse bear soup bread coffee milk oak apple pine palm"
)
LEVELS = {"A1": 4, "A2": 7, "B1": 10, "B2": 13, "C1": 17, "C2": 21}  # the harder, the longer
TINY = {"hidden_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 96}
CHAT = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
GO_EMOTIONS = (
    "admiration amusement anger annoyance approval caring confusion curiosity desire disappointment disapproval "
    "disgust embarrassment excitement fear gratitude grief joy love nervousness optimism pride realization relief "
    "remorse sadness surprise neutral"
)
SPLITS = {"train": 1200, "validation": 300, "test": 400}


def fill(root: Path) -> None:
    """Write all repositories into an empty folder."""
    checkpoints(root / "models")
    tiny_multilingual(root / "models" / PACKAGES["multilingual"].hub)
    tiny_generative(root / "models" / PACKAGES["generative"].hub)
    datasets = root / "datasets"
    emotions = ["anger", "joy", "optimism", "sadness"]
    parquet(datasets / "cardiffnlp/tweet_eval", {"emotion": emotions, "sentiment": ["negative", "neutral", "positive"]})
    parquet(datasets / "stanfordnlp/imdb", {"plain_text": ["neg", "pos"]}, without="validation", words=60)
    topics = ["World", "Sports", "Business", "Sci/Tech"]
    parquet(datasets / "fancyzhx/ag_news", {"default": topics}, without="validation")
    parquet(datasets / "dair-ai/emotion", {"split": ["sadness", "joy", "love", "anger", "fear", "surprise"]})
    sentiment140(datasets / "stanfordnlp")
    cefr(datasets / "UniversalCEFR/cefr_sp_en")
    several_emotions(datasets / "google-research-datasets/go_emotions")
    snli(datasets / "stanfordnlp/snli")
    wikiann(datasets / "unimelb-nlp/wikiann")
    for metric in ("accuracy", "f1"):
        folder = root / "spaces/evaluate-metric" / metric
        shutil.copytree(sources.DATA / "metrics" / metric, folder)


def checkpoints(models: Path) -> None:
    """Write the offline checkpoint under its own name, and two tiny random ones under the names of big ones."""
    import torch
    from transformers import BertConfig, BertForPreTraining, DistilBertConfig, DistilBertForMaskedLM

    offline = Path(sources.offline_checkpoint())
    shutil.copytree(offline, models / OFFLINE.hub)
    torch.manual_seed(0)
    bert = BertConfig(**TINY)
    distilbert = DistilBertConfig(dim=48, n_layers=2, n_heads=4, hidden_dim=96)
    for name, model in {
        "google-bert/bert-base-uncased": BertForPreTraining(bert),
        "distilbert/distilbert-base-uncased": DistilBertForMaskedLM(distilbert),
    }.items():
        model.save_pretrained(models / name)
        for file in ("vocab.txt", "tokenizer.json"):
            shutil.copy(offline / file, models / name)
        settings = {"do_lower_case": True, "model_max_length": 512}
        (models / name / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
        (models / name / "README.md").write_text("---\nlicense: apache-2.0\n---\n# Tiny and random\n", encoding="utf-8")
        (models / name / "pytorch_model.bin").write_bytes(b"nobody should fetch this")


def tiny_multilingual(folder: Path) -> None:
    """Write a random encoder with a tokenizer that knows single characters only, in XLM-RoBERTa's form."""
    import torch
    from transformers import BertConfig, BertModel, XLMRobertaTokenizer

    signs = ["<s>", "<pad>", "</s>", "<unk>", "▁", *map(chr, range(33, 127)), "<mask>"]
    tokenizer = XLMRobertaTokenizer(vocab=[(sign, -float(number)) for number, sign in enumerate(signs)])
    torch.manual_seed(0)
    model = BertModel(BertConfig(vocab_size=len(tokenizer), **TINY), add_pooling_layer=False)
    save(model, tokenizer, folder)


def tiny_generative(folder: Path) -> None:
    """Write a random decoder that knows single bytes only, with a chat template."""
    import torch
    from tokenizers import ByteLevelBPETokenizer
    from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    pieces = ByteLevelBPETokenizer()
    said = [f" {ANSWERS}"] * 100  # a piece each, as for the real one
    pieces.train_from_iterator([WORDS, *said], vocab_size=900, special_tokens=["<|im_start|>", "<|im_end|>"])
    ends = {"bos_token": "<|im_start|>", "eos_token": "<|im_end|>", "pad_token": "<|im_end|>"}
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=pieces._tokenizer, **ends)
    tokenizer.chat_template = CHAT
    torch.manual_seed(0)
    model = LlamaForCausalLM(LlamaConfig(vocab_size=len(tokenizer), num_key_value_heads=2, **TINY)).bfloat16()
    model.generation_config = GenerationConfig(eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id)
    save(model, tokenizer, folder)


def save(model, tokenizer, folder: Path) -> None:
    """Write a checkpoint as the Hub holds one."""
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    (folder / "README.md").write_text("---\nlicense: apache-2.0\n---\n# Tiny and random\n", encoding="utf-8")


def parquet(folder: Path, configs: dict[str, list[str]], without: str = "", words: int = 12) -> None:
    """Write a dataset as one parquet file a split, with a card that names the splits and the labels."""
    described, listed = [], []
    for config, names in configs.items():
        place = "data" if config == "default" else config
        splits = {split: rows for split, rows in SPLITS.items() if split != without}
        for split, rows in splits.items():
            file = folder / place / f"{split}-00000-of-00001.parquet"
            file.parent.mkdir(parents=True, exist_ok=True)
            labelled(names, rows, f"{folder.name} {config} {split}", words).to_parquet(file)
        label = {"class_label": {"names": {str(number): name for number, name in enumerate(names)}}}
        features = [{"name": "text", "dtype": "string"}, {"name": "label", "dtype": label}]
        described.append({"config_name": config, "features": features})
        files = [{"split": split, "path": f"{place}/{split}-*"} for split in splits]
        listed.append({"config_name": config, "data_files": files})
    card = json.dumps({"dataset_info": described, "configs": listed})  # JSON is YAML, too
    (folder / "README.md").write_text(f"---\n{card}\n---\n# Generated\n", encoding="utf-8")


def labelled(names: list[str], rows: int, seed: str, words: int) -> pd.DataFrame:
    """Return texts, all different, and their labels; three texts of four hold a word that gives the label away."""
    chance = random.Random(seed)
    texts, labels = [], []
    for number in range(rows):
        label = chance.randrange(len(names))
        text = chance.choices(WORDS.split(), k=chance.randint(words // 2, words * 3 // 2))
        if chance.random() < 0.75:
            text.insert(chance.randrange(len(text)), chance.choice(TOLD[names[label]].split()))
        if number % 3 == 0:
            text.insert(0, "@user")  # as tweets have it: a post that answers somebody
        texts.append(f"{' '.join(text)} {seed.split()[-1][:2]}{number}")
        labels.append(label)
    return pd.DataFrame({"text": texts, "label": labels})


def sentiment140(owner: Path) -> None:
    """Write a repository whose main branch holds a loading script only, and whose parquet branch holds the rows."""
    script = owner / "sentiment140" / "sentiment140.py"
    script.parent.mkdir(parents=True)
    script.write_text("raise RuntimeError('datasets runs no scripts today')\n", encoding="utf-8")
    for split, rows in {"train": 400, "test": 100}.items():
        table = labelled(["negative", "positive"], rows, f"sentiment140 {split}", 12)
        table = table.rename(columns={"label": "sentiment"}).assign(date="", user="", query="NO_QUERY")
        table["sentiment"] *= 4  # 0 and 4, as published
        file = owner / "sentiment140@refs%2Fconvert%2Fparquet" / "sentiment140" / split / "0000.parquet"
        file.parent.mkdir(parents=True)
        table[["text", "date", "user", "sentiment", "query"]].to_parquet(file)


def several_emotions(folder: Path) -> None:
    """Write texts with one to three of 28 labels, as go_emotions' config `simplified` has them."""
    names = GO_EMOTIONS.split()
    chance = random.Random("go_emotions")
    tables = {}
    for split, rows in SPLITS.items():
        found = [sorted(chance.sample(range(len(names)), chance.choice((1, 1, 1, 2, 3)))) for _ in range(rows)]
        texts = [" ".join([*chance.choices(WORDS.split(), k=8), *(names[one] for one in each)]) for each in found]
        tables[split] = pd.DataFrame({"text": texts, "labels": found, "id": [f"{split}{n}" for n in range(rows)]})
    label = {"class_label": {"names": {str(number): name for number, name in enumerate(names)}}}
    features = [{"name": "text", "dtype": "string"}, {"name": "labels", "sequence": label}]
    write(folder, "simplified", tables, [*features, {"name": "id", "dtype": "string"}])


def snli(folder: Path) -> None:
    """Write pairs of sentences with a label; -1 where the annotators did not agree, as published."""
    names = ["entailment", "neutral", "contradiction"]
    chance = random.Random("snli")
    tables = {}
    for split, rows in SPLITS.items():
        found = [chance.choice((0, 1, 2) * 8 + (-1,)) for _ in range(rows)]
        first = [" ".join(chance.choices(WORDS.split(), k=9)) for _ in found]
        pairs = zip(first, found, strict=True)
        second = [" ".join([*chance.sample(text.split(), 3), names[label]]) for text, label in pairs]
        tables[split] = pd.DataFrame({"premise": first, "hypothesis": second, "label": found})
    label = {"class_label": {"names": {str(number): name for number, name in enumerate(names)}}}
    features = [{"name": name, "dtype": "string"} for name in ("premise", "hypothesis")]
    write(folder, "plain_text", tables, [*features, {"name": "label", "dtype": label}])


def wikiann(folder: Path) -> None:
    """Write lists of words with a tag each, as wikiann has them for English."""
    names = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"]
    chance = random.Random("wikiann")
    tables = {}
    for split, rows in SPLITS.items():
        words, tags = [], []
        for _ in range(rows):
            kind = chance.choice((1, 3, 5))
            before = chance.choices(WORDS.split(), k=chance.randint(1, 6))
            words.append([*before, f"{names[kind][2:].title()}a", "Berg", "is", "here"])
            tags.append([0] * len(before) + [kind, kind + 1, 0, 0])
        columns = {"tokens": words, "ner_tags": tags, "langs": [["en"] * len(each) for each in words]}
        tables[split] = pd.DataFrame({**columns, "spans": [[] for _ in words]})
    label = {"class_label": {"names": {str(number): name for number, name in enumerate(names)}}}
    features = [{"name": name, "sequence": "string"} for name in ("tokens", "langs", "spans")]
    write(folder, "en", tables, [features[0], {"name": "ner_tags", "sequence": label}, *features[1:]])


def write(folder: Path, config: str, tables: dict[str, pd.DataFrame], features: list[dict]) -> None:
    """Write one parquet file a split, with a card that names the splits and the columns' types."""
    for split, table in tables.items():
        file = folder / config / f"{split}-00000-of-00001.parquet"
        file.parent.mkdir(parents=True, exist_ok=True)
        table.to_parquet(file)
    files = [{"split": split, "path": f"{config}/{split}-*"} for split in tables]
    described = [{"config_name": config, "features": features}]
    card = json.dumps({"dataset_info": described, "configs": [{"config_name": config, "data_files": files}]})
    (folder / "README.md").write_text(f"---\n{card}\n---\n# Generated\n", encoding="utf-8")


def cefr(folder: Path) -> None:
    """Write sentences with their levels, as UniversalCEFR's one JSON file has them."""
    chance = random.Random("cefr")
    rows = []
    for number in range(600):
        level = chance.choice(list(LEVELS))
        text = " ".join(chance.choices(WORDS.split(), k=LEVELS[level] + chance.randint(-1, 1)))
        rows.append({"title": "NA", "lang": "en", "source_name": "generated", "format": "sentence-level"})
        rows[-1] |= {"category": "reference", "cefr_level": level, "license": "CC0-1.0"}
        rows[-1]["text"] = f"{text.capitalize()} {number} ."
    folder.mkdir(parents=True)
    (folder / "cefr_sp_en.json").write_text(json.dumps(rows), encoding="utf-8")
    (folder / "README.md").write_text("---\nlanguage:\n- en\n---\n# Generated\n", encoding="utf-8")
