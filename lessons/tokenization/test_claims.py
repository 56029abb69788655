"""Sentences in this lesson that state a fact which no cell of it computes: each is measured here."""

from pathlib import Path

import pytest
from datasets import load_dataset
from scipy.stats import fisher_exact
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from transformers import AutoTokenizer

from course_utils import sources

HUB = Path(__file__).resolve().parents[2] / "shared" / "hub" / "datasets"
TWEETS = HUB / "cardiffnlp" / "tweet_eval" / "emotion" / "train-00000-of-00001.parquet"
REVIEWS = HUB / "stanfordnlp" / "imdb" / "plain_text" / "train-00000-of-00001.parquet"


@pytest.fixture(scope="module")
def tokenizer():
    return AutoTokenizer.from_pretrained(sources.offline_checkpoint())


def public_texts(file: Path) -> list[str]:
    if not file.exists():
        pytest.skip("the public data is not beside this checkout")
    return load_dataset("parquet", data_files=str(file), split="train")["text"][:]


def words_of(tokenizer, text: str) -> list[str]:
    backend = tokenizer.backend_tokenizer
    return [word for word, _ in backend.pre_tokenizer.pre_tokenize_str(backend.normalizer.normalize_str(text))]


def wordpiece(word: str, vocabulary: dict[str, int], shortest: bool = False) -> list[str]:
    """The lesson's function; `shortest` walks the other way, as in its first prompt."""
    if len(word) > 100:
        return ["[UNK]"]
    pieces, start = [], 0
    while start < len(word):
        ends = range(start + 1, len(word) + 1) if shortest else range(len(word), start, -1)
        for end in ends:
            piece = word[start:end] if start == 0 else "##" + word[start:end]
            if piece in vocabulary:
                break
        else:
            return ["[UNK]"]
        pieces.append(piece)
        start = end
    return pieces


def test_shortest_first_gives_single_letters(tokenizer):
    assert wordpiece("happy", tokenizer.get_vocab(), shortest=True) == ["h", "##a", "##p", "##p", "##y"]


def test_the_rule_is_the_librarys_on_every_word_of_the_public_tweets(tokenizer):
    vocabulary = tokenizer.get_vocab()
    distinct = {word for text in public_texts(TWEETS) for word in words_of(tokenizer, text)}
    assert len(distinct) > 5000
    assert all(wordpiece(word, vocabulary) == tokenizer.tokenize(word) for word in distinct)


def test_a_separator_in_the_text_is_a_command_unless_special_tokens_are_split(tokenizer):
    ids = tokenizer("one [SEP] two")["input_ids"]
    assert ids[2] == tokenizer.sep_token_id == 102
    plain = tokenizer("one [SEP] two", split_special_tokens=True)
    assert plain.tokens()[2:5] == ["[", "sep", "]"]


def test_hashtags_split_by_space_or_underscore(tokenizer):
    assert tokenizer.tokenize("#Puppy Love") == ["#", "puppy", "love"]
    assert tokenizer.tokenize("#puppy_love") == ["#", "puppy", "_", "love"]


def test_few_words_and_many_tokens_in_the_public_tweets(tokenizer):
    texts = public_texts(TWEETS)
    assert len(texts) == 2931
    assert max(len(text.split()) for text in texts) <= 36
    assert sum(len(ids) > 36 for ids in tokenizer(texts)["input_ids"]) == 371


def test_emoji_swallow_words_in_the_public_tweets(tokenizer):
    swallowed = [
        word
        for text in public_texts(TWEETS)
        for word in words_of(tokenizer, text)
        if any(letter.isascii() and letter.isalpha() for letter in word) and tokenizer.tokenize(word) == ["[UNK]"]
    ]
    assert len(swallowed) == 64


def test_one_film_review_in_six_is_longer_than_the_limit(tokenizer):
    texts = public_texts(REVIEWS)
    assert len(texts) == 2500
    longer = sum(len(ids) > 512 for ids in tokenizer(texts, verbose=False)["input_ids"])
    assert longer / len(texts) == pytest.approx(0.16, abs=0.005)


def test_the_gap_in_hard_opinions_can_be_luck():
    stance = load_dataset(*sources.dataset("stance", "laptop"), split="test").to_pandas()
    gone = stance["text"].str.split().str.len() > 36
    hard, other = (
        [int((stance["hard"] & group).sum()), int((~stance["hard"] & group).sum())] for group in (gone, ~gone)
    )
    assert fisher_exact([hard, other]).pvalue > 0.1


def test_the_filter_changes_which_method_is_ahead_on_cefr():
    train, test = (
        load_dataset(*sources.dataset("cefr", "laptop"), split=part).to_pandas() for part in ("train", "test")
    )
    gone = test["text"].str.split().str.len() > 36
    right = []
    for method in (LogisticRegression(solver="newton-cg"), MultinomialNB()):
        counter = make_pipeline(TfidfVectorizer(), method).fit(train["text"], train["label"])
        right.append(counter.predict(test["text"]) == test["label"])
        table = [[int((right[-1] & group).sum()), int((~right[-1] & group).sum())] for group in (gone, ~gone)]
        assert fisher_exact(table).pvalue < 0.05
    regression, bayes = right
    assert regression[gone].mean() > regression[~gone].mean()
    assert bayes[gone].mean() < bayes[~gone].mean()
    assert regression.mean() > bayes.mean()
    assert regression[~gone].mean() < bayes[~gone].mean()


def test_accents_are_letters_elsewhere(tokenizer):
    normalize = tokenizer.backend_tokenizer.normalizer.normalize_str
    assert normalize("má") == normalize("mà") == "ma"
    assert normalize("が") == normalize("か")
    assert len(normalize("कैसे")) < len("कैसे")
    assert len(normalize("खुश")) < len("खुश")


def test_the_vocabulary_cannot_write_telugu(tokenizer):
    """The lesson says: change each word of its Telugu text, and the ids stay the same."""
    letters = [chr(code) for code in range(0x0C05, 0x0C3A)]
    assert all(tokenizer.tokenize(letter) in (["[UNK]"], []) for letter in letters)
