"""Sentences in this lesson that state a fact which no cell of it computes: each is measured here."""

import logging
import re
import unicodedata

import numpy as np
import pytest
from datasets import load_dataset

from course_utils import sources
from lessons.tokenization.languages import SENTENCES
from tests.prose import cell, made, offline_tokenizer, printed, prose, said, small_bert
from tests.public_data import PUBLIC, needs_public

SLUG = "tokenization"
TWEETS = PUBLIC / "datasets" / "cardiffnlp" / "tweet_eval" / "emotion" / "train-00000-of-00001.parquet"
REVIEWS = PUBLIC / "datasets" / "stanfordnlp" / "imdb" / "plain_text" / "train-00000-of-00001.parquet"
tokenizer = pytest.fixture(offline_tokenizer, scope="module")


@pytest.fixture(scope="module")
def lesson(tokenizer):
    """The lesson's own `words_of` and `wordpiece`."""
    backend = tokenizer.backend_tokenizer
    names = {"normalizer": backend.normalizer, "pre_tokenizer": backend.pre_tokenizer}
    names["vocabulary"] = tokenizer.get_vocab()
    return names | {name: made(SLUG, name, **names) for name in ("words_of", "wordpiece")}


@pytest.fixture(scope="module")
def tweets() -> list[str]:
    return load_dataset("parquet", data_files=str(TWEETS), split="train")["text"][:]


@pytest.fixture(scope="module")
def stance():
    return load_dataset(*sources.dataset("stance", "laptop"), split="test").to_pandas()


def texts(name: str, split: str = "train") -> list[str]:
    return load_dataset(*sources.dataset(name, "laptop"), split=split)["text"][:]


def lengths(tokenizer, rows: list[str]) -> np.ndarray:
    return np.array([len(ids) for ids in tokenizer(rows, verbose=False)["input_ids"]])


class TestWordPiece:
    def test_the_spaces_are_gone_and_a_word_is_three(self, lesson):
        assert "*Don't* is three words now, the spaces are gone, and the emoji is still here." in prose(SLUG)
        text = re.search(r'words_of\("(Don.*?)"\)', cell(SLUG, "def words_of("))[1]
        assert "   " in text
        assert lesson["words_of"](text)[:4] == ["don", "'", "t", "panic"]
        assert lesson["words_of"](text)[-1] == "😡"

    def test_a_word_of_more_than_100_characters_is_not_tried(self, tokenizer, lesson):
        [limit] = said(SLUG, "A word of more than {} characters is not even tried.")
        assert tokenizer.backend_tokenizer.model.max_input_chars_per_word == limit
        for cut in (lesson["wordpiece"], tokenizer.tokenize):
            assert len(cut("a" * limit)) == limit / 2
            assert cut("a" * (limit + 1)) == ["[UNK]"]

    def test_shortest_first_gives_single_letters(self, lesson):
        assert "call it `shortest_first`, and walk the other way: `range(start + 1, len(word) + 1)`." in prose(SLUG)
        turned = dict(lesson)
        forward = "range(len(word), start, -1)"
        assert forward in cell(SLUG, "def wordpiece(")
        exec(cell(SLUG, "def wordpiece(").replace(forward, "range(start + 1, len(word) + 1)"), turned)
        pieces = turned["wordpiece"]("happy")
        assert len(pieces) == len("happy")
        assert f"Into single letters: `{' '.join(pieces)}`." in prose(SLUG)

    @needs_public
    def test_the_rule_is_the_librarys_on_every_word_of_the_public_tweets(self, tokenizer, lesson, tweets):
        distinct = {word for text in tweets for word in lesson["words_of"](text)}
        assert "found it alike on thousands of words" in prose(SLUG)
        assert len(distinct) > 5000
        assert all(lesson["wordpiece"](word) == tokenizer.tokenize(word) for word in distinct)

    def test_few_posts_come_back(self, tokenizer):
        posts = texts("emotion")
        assert said(SLUG, "We take every different word of {} short posts.") == [len(posts)]
        assert "Hardly any. So keep your texts beside the ids." in prose(SLUG)
        assert "seen that most texts do not come back" in prose(SLUG)
        back = tokenizer.decode(tokenizer(posts)["input_ids"], skip_special_tokens=True)
        assert np.mean([one == other for one, other in zip(posts, back, strict=True)]) < 0.1


class TestCapitals:
    """Under `Cased or uncased?`"""

    def test_the_vocabulary_has_no_word_with_a_capital_letter(self, tokenizer):
        assert "this vocabulary has no word with a capital letter." in prose(SLUG)
        words = set(tokenizer.get_vocab()) - set(tokenizer.all_special_tokens)
        assert not [word for word in words if re.search("[A-Z]", word)]

    def test_who_shouts(self):
        rows = load_dataset(*sources.dataset("emotion", "laptop"), split="train")
        loud = [
            any(len(word) > 1 and word.isalpha() and word.isupper() for word in text.split()) for text in rows["text"]
        ]
        heated = np.isin(rows["label"][:], [rows.features["label"].str2int(name) for name in ("anger", "joy")])
        posts, share, of_all = said(SLUG, "Of the {} posts that shout a word, {}% are anger or joy; of all posts, {}%.")
        assert sum(loud) == posts
        assert [round(100 * heated[loud].mean()), round(100 * heated.mean())] == [share, of_all]

    def test_the_interval_holds_zero(self):
        found = re.findall(r"([+-][\d.]+)%", printed(SLUG, "cased minus uncased"))
        gain, low, high = map(float, found[:3])
        assert "The interval holds zero:" in prose(SLUG)
        assert low < 0 < high
        assert low < gain < high

    def test_a_fifth_more_words(self):
        assert "The cased method has a fifth more words to learn" in prose(SLUG)
        lines = re.findall(r"cased: ([\d,]+) words", printed(SLUG, 'for name in ("uncased", "cased")'))
        uncased, cased = (int(number.replace(",", "")) for number in lines)
        assert cased / uncased == pytest.approx(1.2, abs=0.03)
        assert "The interval holds zero: too few posts to tell." in prose(SLUG)


class TestSpecialTokens:
    def test_five_tokens_have_a_job(self, tokenizer):
        assert "Five tokens have a job of their own." in prose(SLUG)
        assert len(tokenizer.all_special_tokens) == 5
        special = zip(tokenizer.all_special_ids, tokenizer.all_special_tokens, strict=True)
        assert all(f"| {number} | `{token}` |" in prose(SLUG) for number, token in special)

    def test_a_separator_in_the_text_is_a_command_unless_special_tokens_are_split(self, tokenizer):
        assert '`tokenizer("one [SEP] two")["input_ids"]`. Is it text or a command?' in prose(SLUG)
        [number] = said(SLUG, "A command: the id {} stands in the middle, the real separator.")
        ids = tokenizer("one [SEP] two")["input_ids"]
        assert ids[2] == tokenizer.sep_token_id == number
        plain = tokenizer("one [SEP] two", split_special_tokens=True).tokens()[2:5]
        quoted = ", ".join(f"`{token}`" for token in plain)
        assert f"With `split_special_tokens=True` it is plain text: {quoted}, three words" in prose(SLUG)

    def test_a_word_in_two_pieces_has_one_number(self, tokenizer):
        word, first, second = re.search(r"The word (\d+) appears twice: `(\w+)` and `(##\w+)`", prose(SLUG)).groups()
        encoding = tokenizer("Homesick in Zürich, sleepless AGAIN 😂")
        places = [encoding.tokens().index(piece) for piece in (first, second)]
        assert [encoding.word_ids()[place] for place in places] == [int(word)] * 2
        assert "`None` marks the two added tokens." in prose(SLUG)
        assert encoding.word_ids().count(None) == 2


class TestPadding:
    def test_without_the_mask_the_answers_move_two_fifths_as_far_as_posts_are_apart(self):
        lines = re.findall(r"(.+?) +differs by (\S+), (\d+) answers change", printed(SLUG, "trials = {"))
        found = {name: (float(difference), int(changed)) for name, difference, changed in lines}
        assert "With the mask: equal, up to rounding. Without it, some answers change:" in prose(SLUG)
        assert found["with the mask"][0] < 1e-5
        assert found["with the mask"][1] == 0 < found["without it"][1]
        assert "the shift is about 40% of what separates two posts." in prose(SLUG)
        assert 0.35 < found["without it"][0] / found["another post"][0] < 0.45
        assert "the mask is right and the answers still move." in prose(SLUG)
        assert found["zeros in front"][0] > 1e-3

    def test_the_bill_of_one_padded_post(self):
        [times] = said(SLUG, "The bill is not: {} times the tokens.")
        short, padded = re.search(r"(\d+) tokens, padded to (\d+)", printed(SLUG, "short, logits, gradient")).groups()
        assert int(padded) / int(short) == times

    def test_all_at_once_is_faster(self):
        assert "The tokenizer likes many texts at once" in prose(SLUG)
        assert float(re.search(r"all at once: +([\d.]+) times", printed(SLUG, "all at once: "))[1]) > 1


class TestLengths:
    def test_four_messages_cost_from_60_to_2048_tokens(self):
        lowest, highest = said(SLUG, "With nothing cut, the same four messages cost from {} to {} tokens.")
        lines = [line for line in printed(SLUG, "strategies = [").splitlines() if "'truncation'" not in line]
        totals = [int(total) for line in lines for total in re.findall(r"(\d+) tokens  \{", line)]
        assert len(totals) == 2
        assert [min(totals), max(totals)] == [lowest, highest]

    def test_the_limit_of_the_model(self, tokenizer):
        limit = tokenizer.model_max_length
        assert said(SLUG, "Without a number both take the model's limit, {}.") == [limit]
        assert said(SLUG, "it has a vector for {} places, and none for the next.") == [limit]
        assert said(SLUG, "a text has more than {} tokens, and nothing cut it |") == [limit]
        too_long, places = said(SLUG, "`The size of tensor a ({}) must match the size of tensor b ({})`")
        model = small_bert(vocab_size=len(tokenizer))
        with pytest.raises(RuntimeError, match=rf"The size of tensor a \({too_long}\) must match"):
            model(**tokenizer("again " * (too_long - 2), return_tensors="pt"))
        assert places == limit

    def test_the_warning_about_a_long_text(self, tokenizer, caplog, monkeypatch):
        words = "sequence length is longer than the specified maximum"
        assert f"| a warning: `{words}` |" in prose(SLUG)
        monkeypatch.setattr(logging.getLogger("transformers"), "propagate", True)
        tokenizer.deprecation_warnings.clear()  # it warns once
        tokenizer("again " * 600)
        assert words in caplog.text

    def test_at_64_tokens_nearly_nothing_is_cut_and_nothing_comes_near_512(self, tokenizer):
        [limit] = said(SLUG, "At {} tokens, nearly no post and no tweet is cut.")
        [far] = said(SLUG, "Nothing here comes near {}.")
        counted = {name: lengths(tokenizer, texts(name)[:4000]) for name in ("emotion", "stance", "cefr", "tweets")}
        for name in ("emotion", "tweets"):
            assert np.mean(counted[name] > limit) < 0.001
        assert "`cefr` holds some whole passages, so its line has a long flat part." in prose(SLUG)
        assert (
            0.05
            < np.mean(counted["cefr"] > limit)
            < np.mean(counted["cefr"] > 36)
            < np.mean(counted["cefr"] > limit) + 0.05
        )
        assert far == tokenizer.model_max_length
        assert max(values.max() for values in counted.values()) < far / 2

    def test_what_padding_costs(self, tokenizer):
        assert "sixteen at a time, as in training." in prose(SLUG)
        assert "Padding everything to 512, as old notebooks do, computes some twenty tokens for each real one." in (
            prose(SLUG)
        )
        assert "Padding to the longest of the batch stays below two" in prose(SLUG)
        assert "With similar lengths together, next to nothing is wasted." in prose(SLUG)
        count = lengths(tokenizer, texts("emotion"))
        mixed, alike = (
            sum(len(part) * part.max() for part in np.split(order, range(16, len(order), 16))) / count.sum()
            for order in (count, np.sort(count))
        )
        assert 18 < 512 * len(count) / count.sum() < 22
        assert mixed < 2
        assert alike < 1.05

    def test_the_last_word_is_cut(self):
        assert "The last word is *livid*, the only one that names the feeling." in prose(SLUG)
        whole, cut = (line for line in printed(SLUG, "worst = int(").splitlines() if "Thirty" in line)
        assert whole.split()[-1] == "livid"
        assert "livid" not in cut

    @needs_public
    def test_few_words_and_many_tokens_in_the_public_tweets(self, tokenizer, tweets):
        rows, words, longer, limit = [
            *said(SLUG, "Of {} tweets of TweetEval, none has more than {} words, so the filter does nothing."),
            *said(SLUG, "But {} have more than {} tokens. Set your limit in tokens."),
        ]
        assert len(tweets) == rows
        assert max(len(text.split()) for text in tweets) <= words
        assert (lengths(tokenizer, tweets) > limit).sum() == longer
        assert said(SLUG, "Flores keeps tweets of at most {} *words*.") == [words]
        assert said(SLUG, "Then he pads and cuts at {}.") == [limit]

    @needs_public
    def test_one_film_review_in_six_is_longer_than_the_limit(self, tokenizer):
        rows, share, limit = said(SLUG, "of {} film reviews (IMDB), {}% have more than {} tokens.")
        reviews = load_dataset("parquet", data_files=str(REVIEWS), split="train")["text"][:]
        assert len(reviews) == rows
        assert limit == tokenizer.model_max_length
        assert round(100 * np.mean(lengths(tokenizer, reviews) > limit)) == share


def test_who_is_gone_from_a_filtered_test(stance):
    gone = stance["text"].str.split().str.len() > 36
    assert "more than half of those who tell a story." in prose(SLUG)
    assert gone.groupby(stance["author_style"]).mean()["story"] > 0.5


class TestEmojiAndHashtags:
    def test_names_leave_nothing_unknown_not_even_skin_tones(self, tokenizer):
        name_symbols = made(SLUG, "name_symbols", unicodedata=unicodedata)
        assert "No post holds `[UNK]` any more." in prose(SLUG)
        posts = [*map(name_symbols, texts("emotion")), *(name_symbols(f"done👍{tone}") for tone in "🏻🏼🏽🏾🏿")]
        assert not any(tokenizer.unk_token_id in ids for ids in tokenizer(posts)["input_ids"])

    def test_the_new_rows_point_in_the_same_direction(self):
        assert "nobody has trained the new rows: the library starts both near the mean of all rows." in prose(SLUG)
        found = dict(re.findall(r"(.+): (-?[\d.]+)", printed(SLUG, "bigger.add_tokens")))
        assert float(found["😂 and 😡"]) > 0.999
        assert float(found["happy and sad"]) < 0.5

    def test_hashtags_split_by_space_or_underscore(self, tokenizer):
        assert "Print the tokens of `#Puppy Love` and of `#puppy_love`. Which helps?" in prose(SLUG)
        assert "Both: *puppy* and *love* stay whole." in prose(SLUG)
        assert tokenizer.tokenize("#Puppy Love") == ["#", "puppy", "love"]
        assert "The underscore is punctuation, and becomes a token, too." in prose(SLUG)
        assert tokenizer.tokenize("#puppy_love") == ["#", "puppy", "_", "love"]


class TestLanguages:
    def test_accents_are_letters_elsewhere(self, tokenizer):
        normalize = tokenizer.backend_tokenizer.normalizer.normalize_str
        assert "*má* (mother) and *mà* (but) are both `ma` now." in prose(SLUG)
        assert normalize("má") == normalize("mà") == "ma"
        assert "Japanese and Hindi lose signs, too: the normaliser takes them for accents" in prose(SLUG)
        assert "so *か* (ka) and *が* (ga) become one." in prose(SLUG)
        assert normalize("が") == normalize("か")
        assert len(normalize("कैसे")) < len("कैसे")
        assert len(normalize("खुश")) < len("खुश")

    def test_the_vocabulary_cannot_write_telugu(self, tokenizer):
        assert "In Telugu, every word is `[UNK]`: other words in as many places give the same ids." in (prose(SLUG))
        letters = [chr(code) for code in range(0x0C05, 0x0C3A)]
        assert all(tokenizer.tokenize(letter) in (["[UNK]"], []) for letter in letters)

    def test_the_eight_languages(self, tokenizer):
        languages = said(SLUG, "Here is the late train again, in {} languages.")
        assert said(SLUG, "emoji, slips and {} languages.") == languages == [len(SENTENCES)]
        [each] = said(SLUG, "Now we count the tokens of {} sentences in each language.")
        assert {len(sentences) for sentences in SENTENCES.values()} == {each}
        counted = {name: len(tokenizer.tokenize(" ".join(lines))) for name, lines in SENTENCES.items()}
        [times] = said(SLUG, "Tagalog needs {} times the tokens of English for the same content")
        assert round(counted["Tagalog"] / counted["English"], 1) == times
        assert "Is Telugu the cheapest, then? It is the shortest bar" in prose(SLUG)
        assert min(counted, key=counted.get) == "Telugu"
        assert set(tokenizer.tokenize(" ".join(SENTENCES["Telugu"]))) == {"[UNK]", *"!?."}
        assert "It knows `tre` and `##n`" in prose(SLUG)
        assert tokenizer.tokenize("tren") == ["tre", "##n"]
        assert tokenizer.tokenize(SENTENCES["English"][2]) == ["the", "train", "is", "late", "again", "."]
