"""Sentences in this lesson that state a fact which no cell of it computes: each is measured here."""

import logging
import re

import numpy as np
import pytest
from datasets import load_dataset
from scipy.stats import fisher_exact
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline

from course_utils import sources
from tests.prose import cell, executed, made, offline_tokenizer, printed, prose, said
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
    def test_the_spaces_are_gone_and_a_word_is_three(self, tokenizer):
        assert "Look at *don't*: three words now. Of the three spaces nothing is left." in prose(SLUG)
        text = re.search(r'pre_tokenize_str\("(.*?)"\)', cell(SLUG, "\"don't   panic"))[1]
        words = [word for word, _ in tokenizer.backend_tokenizer.pre_tokenizer.pre_tokenize_str(text)]
        assert words[:4] == ["don", "'", "t", "panic"]
        assert "don't   panic" in text

    def test_a_word_of_more_than_100_characters_is_not_tried(self, tokenizer, lesson):
        [limit] = said(SLUG, "A word of more than {} characters is not even tried.")
        assert said(SLUG, "And the limit of {} characters?") == [limit]
        assert tokenizer.backend_tokenizer.model.max_input_chars_per_word == limit
        for cut in (lesson["wordpiece"], tokenizer.tokenize):
            assert "[UNK]" not in cut("a" * limit)
            assert cut("a" * (limit + 1)) == ["[UNK]"]

    def test_shortest_first_gives_single_letters(self, lesson):
        assert "In `wordpiece`, walk the other way: `range(start + 1, len(word) + 1)`." in prose(SLUG)
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

    def test_most_words_stay_whole_and_few_posts_come_back(self, tokenizer, lesson):
        posts = texts("emotion")
        distinct = {word for post in posts for word in lesson["words_of"](post)}
        assert "Most words stay whole." in prose(SLUG)
        assert np.mean([len(lesson["wordpiece"](word)) == 1 for word in distinct]) > 0.5
        assert "Hardly any. So keep your texts beside the ids." in prose(SLUG)
        assert "seen that most texts do not come back" in prose(SLUG)
        back = tokenizer.decode(tokenizer(posts)["input_ids"], skip_special_tokens=True)
        assert np.mean([one == other for one, other in zip(posts, back, strict=True)]) < 0.1


class TestSpecialTokens:
    def test_five_tokens_have_a_job(self, tokenizer):
        assert "Five tokens have a job of their own." in prose(SLUG)
        assert len(tokenizer.all_special_tokens) == 5
        assert all(f"| `{token}` |" in prose(SLUG) for token in tokenizer.all_special_tokens)

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
    def test_without_the_mask_the_answers_move_as_far_as_posts_are_apart(self):
        lines = re.findall(r"(.+?) +largest difference (\S+), (\d+) answers change", printed(SLUG, "trials = {"))
        found = {name: (float(difference), int(changed)) for name, difference, changed in lines}
        assert "With the mask: equal, up to rounding. Without it, some answers change." in prose(SLUG)
        assert found["with the mask"][0] < 1e-5
        assert found["with the mask"][1] == 0 < found["without"][1]
        assert "The difference has the size that separates two posts from each other," in prose(SLUG)
        assert 0.2 < found["without"][0] / found["another post"][0] < 5

    def test_all_at_once_is_faster(self):
        assert "All at once is faster, and the ids are the same." in prose(SLUG)
        assert float(re.search(r"all at once: +([\d.]+) times", printed(SLUG, "all at once: "))[1]) > 1


class TestLengths:
    def test_four_messages_cost_from_33_to_2048_tokens(self):
        lowest, highest = said(SLUG, "With nothing cut, the same four messages cost from {} to {}.")
        lines = [line for line in printed(SLUG, "strategies = [").splitlines() if "'truncation'" not in line]
        totals = [int(total) for line in lines for total in re.findall(r"(\d+) tokens  \{", line)]
        assert len(totals) == 4
        assert [min(totals), max(totals)] == [lowest, highest]

    def test_the_limit_of_the_model(self, tokenizer):
        limit = tokenizer.model_max_length
        assert said(SLUG, "without it, up to the model's limit, {} |") == [limit]
        assert said(SLUG, "cuts what is longer than `max_length`; without it, than {} |") == [limit]
        assert said(SLUG, "it has a vector for {} places, and none for the next.") == [limit]
        assert said(SLUG, "a text has more than {} tokens, and nothing cut it |") == [limit]
        too_long, places = said(SLUG, "`The size of tensor a ({}) must match the size of tensor b ({})`")
        [words] = re.findall(r'tokenizer\("again " \* (\d+),', cell(SLUG, 'tokenizer("again " *'))
        assert too_long == len(tokenizer("again " * int(words), verbose=False)["input_ids"])
        assert places == limit

    def test_the_warning_about_a_long_text(self, tokenizer, caplog, monkeypatch):
        words = "sequence length is longer than the specified maximum"
        assert f"| a warning: `{words}` |" in prose(SLUG)
        monkeypatch.setattr(logging.getLogger("transformers"), "propagate", True)
        tokenizer.deprecation_warnings.clear()  # it warns once
        tokenizer("again " * 600)
        assert words in caplog.text

    def test_at_64_tokens_nearly_nothing_is_cut_and_nothing_comes_near_512(self, tokenizer):
        limit, far = said(SLUG, "At {} tokens, nearly no post and no tweet is cut.") + said(
            SLUG, "Nothing here comes near {}, so padding to 512 would be pure waste."
        )
        assert limit in made(SLUG, "limits")
        counted = {name: lengths(tokenizer, texts(name)[:4000]) for name in ("emotion", "stance", "cefr", "tweets")}
        for name in ("emotion", "tweets"):
            assert np.mean(counted[name] > limit) < 0.001
        assert "its line has a long flat part." in prose(SLUG)
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
        assert "(In `laptop`: the last word is *livid*, the only one that names the feeling." in prose(SLUG)
        whole, cut = (line for line in printed(SLUG, "worst = int(").splitlines() if line.startswith("Thirty"))
        assert whole.split()[-1] == "livid"
        assert "livid" not in cut

    @needs_public
    def test_few_words_and_many_tokens_in_the_public_tweets(self, tokenizer, tweets):
        rows, words, longer, limit = [
            *said(SLUG, "Of {} tweets of TweetEval, none has more than {} words, so the filter does nothing."),
            *said(SLUG, "But {} have more than {} tokens. (A test of this course counts them.)"),
        ]
        assert len(tweets) == rows
        assert max(len(text.split()) for text in tweets) <= words
        assert (lengths(tokenizer, tweets) > limit).sum() == longer
        assert said(SLUG, "The paper on emotions keeps tweets of at most {} *words*.") == [words]
        assert said(SLUG, "Then it pads and cuts at {}.") == [limit]

    @needs_public
    def test_one_film_review_in_six_is_longer_than_the_limit(self, tokenizer):
        rows, share, limit = said(SLUG, "In a sample of {} film reviews (IMDB), {}% have more than {} tokens,")
        reviews = load_dataset("parquet", data_files=str(REVIEWS), split="train")["text"][:]
        assert len(reviews) == rows
        assert limit == tokenizer.model_max_length
        assert round(100 * np.mean(lengths(tokenizer, reviews) > limit)) == share


class TestFilteredTest:
    """Under `May I filter the test set?`"""

    def test_one_opinion_in_five_vanishes_on_each_side(self, stance):
        gone = stance["text"].str.split().str.len() > 36
        assert "One opinion in five vanishes, on each side about alike." in prose(SLUG)
        assert gone.mean() == pytest.approx(1 / 5, abs=0.01)
        shares = gone.groupby(stance["label"]).mean()
        assert shares.max() - shares.min() < 0.05
        of_gone, of_others = said(SLUG, "Of those that vanish {}% are marked as hard, of the others {}%.")
        assert [round(100 * stance["hard"][group].mean()) for group in (gone, ~gone)] == [of_gone, of_others]

    def test_the_gap_in_hard_opinions_can_be_luck(self, stance):
        assert "With so few rows, such a gap can be luck." in prose(SLUG)
        gone = stance["text"].str.split().str.len() > 36
        hard, other = (
            [int((stance["hard"] & group).sum()), int((~stance["hard"] & group).sum())] for group in (gone, ~gone)
        )
        assert fisher_exact([hard, other]).pvalue > 0.1

    def test_who_is_gone(self, stance):
        cefr = load_dataset(*sources.dataset("cefr", "laptop"), split="test").to_pandas()
        stories, formats = (
            (table["text"].str.split().str.len() > 36).groupby(table[column]).mean()
            for table, column in ((stance, "author_style"), (cefr, "format"))
        )
        assert "In `stance`, more than half of the people who tell a story are gone." in prose(SLUG)
        assert stories["story"] > 0.5
        assert "In `cefr`, every dialogue and every passage is gone. Only single sentences are left." in prose(SLUG)
        assert formats.to_dict() == {"dialogue": 1, "passage": 1, "sentence": 0}

    @staticmethod
    def right(name):
        """Return which test texts are gone, and which ones regression and naive Bayes get right, with p-values."""
        train, test = (
            load_dataset(*sources.dataset(name, "laptop"), split=part).to_pandas() for part in ("train", "test")
        )
        gone = test["text"].str.split().str.len() > 36
        right, chances = [], []
        for method in (LogisticRegression(solver="newton-cg"), MultinomialNB()):
            counter = make_pipeline(TfidfVectorizer(), method).fit(train["text"], train["label"])
            hits = counter.predict(test["text"]) == test["label"]
            table = [[int((hits & group).sum()), int((~hits & group).sum())] for group in (gone, ~gone)]
            right.append(hits)
            chances.append(fisher_exact(table).pvalue)
        return gone, *right, chances

    def test_on_stance_the_kept_texts_may_be_easier_and_nobody_can_say(self):
        gone, regression, bayes, chances = self.right("stance")
        assert "In `stance`, the kept texts may be a little easier for both." in prose(SLUG)
        assert all(hits[~gone].mean() > hits[gone].mean() for hits in (regression, bayes))
        assert "The intervals overlap widely, so we cannot say." in prose(SLUG)
        assert min(chances) > 0.1

    def test_the_filter_changes_which_method_is_ahead_on_cefr(self):
        gone, regression, bayes, chances = self.right("cefr")
        assert max(chances) < 0.05
        assert "What vanished was easier for logistic regression, and harder for naive Bayes." in prose(SLUG)
        assert regression[gone].mean() > regression[~gone].mean()
        assert bayes[gone].mean() < bayes[~gone].mean()
        assert "on all texts the first is ahead, on the kept ones the second. (The gaps are small." in prose(SLUG)
        assert 0 < regression.mean() - bayes.mean() < 0.05
        assert 0 < bayes[~gone].mean() - regression[~gone].mean() < 0.05


class TestEmojiAndHashtags:
    @needs_public
    def test_emoji_swallow_words_in_the_public_tweets(self, tokenizer, lesson, tweets):
        words, rows = said(SLUG, "(In the real tweets of TweetEval, this swallows {} words in {} tweets,")
        swallowed = [
            word
            for text in tweets
            for word in lesson["words_of"](text)
            if any(letter.isascii() and letter.isalpha() for letter in word) and tokenizer.tokenize(word) == ["[UNK]"]
        ]
        assert len(swallowed) == words
        assert len(tweets) == rows

    def test_the_new_rows_point_in_the_same_direction(self):
        assert "they point in the same direction: the library starts both near the mean of all rows." in prose(SLUG)
        found = dict(re.findall(r"(.+): (-?[\d.]+)", printed(SLUG, "laughing, raging = ")))
        assert float(found["😂 and 😡"]) > 0.999
        assert float(found["happy and sad"]) < 0.5

    def test_hashtags_split_by_space_or_underscore(self, tokenizer):
        assert "Write `#Puppy Love` and `#puppy_love`. Which helps?" in prose(SLUG)
        assert "Both: *puppy* and *love* stay whole." in prose(SLUG)
        assert tokenizer.tokenize("#Puppy Love") == ["#", "puppy", "love"]
        assert "(and it becomes a token, too)" in prose(SLUG)
        assert tokenizer.tokenize("#puppy_love") == ["#", "puppy", "_", "love"]


class TestLanguages:
    def test_accents_are_letters_elsewhere(self, tokenizer):
        normalize = tokenizer.backend_tokenizer.normalizer.normalize_str
        assert "*má* (mother) and *mà* (but) are both `ma` now." in prose(SLUG)
        assert normalize("má") == normalize("mà") == "ma"
        assert "*か* (ka) and *が* (ga) become one, and several Hindi vowel signs vanish." in prose(SLUG)
        assert normalize("が") == normalize("か")
        assert len(normalize("कैसे")) < len("कैसे")
        assert len(normalize("खुश")) < len("खुश")

    def test_the_vocabulary_cannot_write_telugu(self, tokenizer):
        assert "Put other Telugu words in their places, and the ids stay the same." in prose(SLUG)
        letters = [chr(code) for code in range(0x0C05, 0x0C3A)]
        assert all(tokenizer.tokenize(letter) in (["[UNK]"], []) for letter in letters)

    def test_the_eight_languages(self, tokenizer):
        five = executed(SLUG, "five = {}", tokenizer=tokenizer)["five"]
        five = executed(SLUG, 'five["German"] = ', tokenizer=tokenizer, five=five)["five"]
        assert "the same five sentences in eight languages" in prose(SLUG)
        assert "on long texts, emoji, slips and eight languages" in prose(SLUG)
        assert len(five) == 8
        counted = {language: len(tokenizer.tokenize(text)) for language, text in five.items()}
        [times] = said(SLUG, "Tagalog needs {} times the tokens of English:")
        assert round(counted["Tagalog"] / counted["English"], 1) == times
        assert "Is Telugu the cheapest, then? It is the shortest bar" in prose(SLUG)
        assert min(counted, key=counted.get) == "Telugu"
        assert "So we count per character: here, one token for each." in prose(SLUG)
        assert round(counted["Japanese"] / len("".join(five["Japanese"].split())), 2) == 1
        assert "Telugu: every word is `[UNK]`, only the punctuation is left." in prose(SLUG)
        assert set(tokenizer.tokenize(five["Telugu"])) == {"[UNK]", *"!?."}
