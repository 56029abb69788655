"""The checks of `tokenization`'s sheet."""

import random
import re
import unicodedata
from collections.abc import Callable
from functools import cache, partial
from itertools import combinations

from course_utils import sources
from course_utils.checks.cases import judge
from course_utils.checks.sheet import Sheet
from course_utils.checks.values import Part, as_function, as_list, as_number, as_text, call, predict
from course_utils.checks.wrong import Said, WrongAnswer, WrongForm, shown_call

sheet = Sheet("tokenization")


@cache
def tokenizer(**settings):
    """Return the tokenizer of the offline checkpoint."""
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(sources.offline_checkpoint(), **settings)


def _three_lengths(value: object, name: str) -> list[int]:
    return [as_number(row, name, whole=True, low=0) for row in as_list(value, name, length=3)]


@sheet.exercise(
    section="Why do the short messages get zeros?",
    hints=[
        "`padding=True` makes rows longer, `truncation=True` makes rows shorter. Which of the two does each line have?",
        '`max_length` alone does nothing here. It needs `truncation=True`, or `padding="max_length"`.',
    ],
    form_point=False,
)
def lengths(lengths) -> str:
    unpadded, uncut, only_max = [5, 8, 5], [8, 8, 8], [6, 6, 6]
    only_cut, filled = [5, 6, 5], [6, 8, 6]
    no_padding = "that is without any padding, and this line pads"
    to_the_model = "up to 512? Only `padding='max_length'` fills up so far, and only where no `max_length` is given"
    inner = "are [CLS] and [SEP] counted, too? They have a place in each row"
    parts = {
        "a": (uncut, {no_padding: unpadded, "padding shortens nothing": [5, 5, 5], to_the_model: [512] * 3}),
        "b": (only_cut, {"who fills up the short ones? There is no padding": only_max, inner: [3, 6, 3]}),
        "c": (
            uncut,
            {
                "is there anything in this line that cuts?": only_max,
                no_padding: unpadded,
                "nothing cuts in this line, and something pads": only_cut,
                "`padding=True` fills up to the longest row, not to `max_length`": filled,
            },
        ),
        "d": (
            only_max,
            {"this line also pads, and up to what?": only_cut, "this line also cuts": uncut, "what cuts here?": filled},
        ),
    }
    predict(
        lengths,
        "lengths",
        {letter: Part(right, slips, _three_lengths) for letter, (right, slips) in parts.items()},
    )
    return "Padding goes up to the longest row, and `max_length` cuts only where truncation is on."


WRITTEN = ["Überraschung", "WORDPIECES", "sO", "Cafés", "naïve", "Antidisestablishmentarianism", "İzmir", "2ND", "Fuß"]
DECOMPOSED = "Zu\u0308rich"  # the two dots are a character of their own, which the normaliser takes away


def _asked(hidden: bool) -> list[tuple]:
    """Return (text, number of a word): first and last words, many pieces, the same again, odd signs, more than 512."""
    dice = random.Random(31 if hidden else 30)
    cases = [("AGAIN", 0), ("Sleepless in Zürich", 0), ("Sleepless in Zürich", 2), ("Again again AGAIN", 2)]
    cases += [("so happy😂 NOW", 1), ("so happy😂 NOW", 2), ("A snake_case name", 1), ("A snake_case name", 2)]
    cases += [("Well, don't PANIC!", word) for word in (3, 5, 6)]
    cases += [("Tea at  Émile's\tand Zoë's", 2), ("a 東京 TOWER view", 2)]
    cases += [(f"Go {DECOMPOSED} to Köln", 1), (f"Go {DECOMPOSED} to Köln", 3)]
    for count in (7, 12, 230):
        text = " ".join(dice.choice(WRITTEN) for _ in range(count))
        cases += [(text, dice.randrange(count)), (text, count - 1)]
    return cases


def _spelled(text: str, word: int) -> str:
    span = tokenizer()(text).word_to_chars(word)
    return text[span.start : span.end]


def _pieces_of(text: str, word: int) -> list[int]:
    return [place for place, number in enumerate(tokenizer()(text).word_ids()) if number == word]


def _piece(text: str, place: int) -> str:
    start, end = tokenizer()(text, return_offsets_mapping=True)["offset_mapping"][place]
    return text[start:end]


def _decoded(text: str, word: int) -> str:
    ids = tokenizer()(text)["input_ids"]
    return tokenizer().decode([ids[place] for place in _pieces_of(text, word)])


def _place_in_the_changed(text: str, word: int) -> str:
    normal = tokenizer().backend_tokenizer.normalizer.normalize_str(text)
    start, end = tokenizer().backend_tokenizer.pre_tokenizer.pre_tokenize_str(normal)[word][1]
    return text[start:end]


def _without_normaliser(text: str, word: int) -> str:
    return tokenizer().backend_tokenizer.pre_tokenizer.pre_tokenize_str(text)[word][0]


def _first_place(text: str, word: int) -> str:
    letters = _spelled(text, word).lower()
    start = text.lower().index(letters)
    return text[start : start + len(letters)]


def _by_a_pattern(text: str, word: int) -> str:
    return re.findall(r"\w+|[^\w\s]", text)[word]


def _one_more(text: str, word: int) -> str:
    span = tokenizer()(text).word_to_chars(word)
    return text[span.start : span.end + 1]


SPELLING_SLIPS = {
    "only the first piece? A word may have more": lambda text, word: _piece(text, _pieces_of(text, word)[0]),
    "only the last piece? A word may have more": lambda text, word: _piece(text, _pieces_of(text, word)[-1]),
    "the token with this number? A word may have many tokens": lambda text, word: _piece(text, word + 1),
    "the token with this number? `[CLS]` has the number 0, and a word may have many tokens": _piece,
    "made of the tokens? They are changed; cut it out of the text": _decoded,
    "in small letters? Cut it out of the text": lambda text, word: _spelled(text, word).lower(),
    "cut at spaces? The tokenizer cuts in other places, too": lambda text, word: text.split()[word],
    "a rule of your own for words? The tokenizer has another one": _by_a_pattern,
    "places in the normalised text? They are not those of the writer's text": _place_in_the_changed,
    "the words before the tokenizer normalises the text? Then some of them are others": _without_normaliser,
    "the first place where these letters stand? The word may come again, written in another way": _first_place,
    "a space between the pieces? In the text there is none": lambda text, word: " ".join(
        _piece(text, place) for place in _pieces_of(text, word)
    ),
    "one character too many? The second offset is one past the last character": _one_more,
    "one character too few? The second offset is one past the last already": lambda t, w: _spelled(t, w)[:-1],
}


def _a_text(value: object) -> str:
    if not isinstance(value, str):
        raise WrongForm("a text: a slice of the one that comes in", value)
    return str(value)


@sheet.exercise(
    section="Where in my text was this token?",
    hints=[
        "Ask the tokenizer for `return_offsets_mapping=True`. Print the offsets of *Homesick in Zürich*.",
        "`word_ids()` gives the same number to all pieces of one word. A word can have many pieces.",
        "From the start of the first piece to the end of the last piece: one slice of the text.",
    ],
)
def spelling(spelling, hidden=False) -> str:
    judge(spelling, "spelling", _asked(hidden), _spelled, slips=SPELLING_SLIPS, read=_a_text)
    return "The tokens forget capitals and accents; the offsets lead back to them."


SHORT = ["Oh no.", "Fine", "So happy😂", ""]
LONG = ["We waited for three hours, and then they cancelled it.", "sleepless " * 4, "no " * 600]


def _batches(hidden: bool) -> list[tuple]:
    """Return lists of texts: with 5, 8, 9 and many tokens, one and several, in any order."""
    dice = random.Random(81 if hidden else 80)
    six, seven = "one two three four five six", "one two three four five six seven"
    batches = [SHORT[:1], [six], [seven], LONG[:1], [SHORT[0], LONG[0]], [LONG[0], SHORT[0], six], SHORT]
    batches += [dice.choices([six, seven, *SHORT, *LONG], k=count) for count in (2, 5)]
    return [(batch,) for batch in [*batches, LONG]]


def _rows(ids: list[list[int]], mask: list[list[int]]) -> Said:
    """Describe a batch whole: its tokens and its mask, row by row."""
    columns = len(ids[0]) if ids else 0
    tokens = [" ".join(map(str, tokenizer().convert_ids_to_tokens(row))) for row in ids]
    masks = ["".join(map(str, row)) for row in mask]
    return Said(f"{columns} columns, mask {' / '.join(masks)}, tokens {' / '.join(tokens)}")


def _as_rows(made: object) -> Said:
    """Describe what came, or say why a model cannot use it."""
    import torch

    try:
        batch = dict(made)
        ids, mask = batch["input_ids"], batch["attention_mask"]
    except (KeyError, TypeError, ValueError):
        raise WrongForm("what the tokenizer returns, with `input_ids` and `attention_mask`", made) from None
    for name, values in (("input_ids", ids), ("attention_mask", mask)):
        if not isinstance(values, torch.Tensor) or values.dim() != 2:
            raise WrongForm(f"a tensor of PyTorch with rows and columns in `{name}`", values)
    if ids.is_floating_point() or ids.dtype == torch.bool:
        raise WrongForm("whole numbers in `input_ids`: the model looks them up in a table", ids)
    shapes = {name: tuple(batch[name].shape) for name in tokenizer().model_input_names if name in batch}
    if len(set(shapes.values())) > 1:
        raise WrongForm("tensors of one shape", Said(shapes))
    return _rows(ids.tolist(), mask.int().tolist())


def _padded(texts: list[str], cut_on="right", **settings) -> Said:
    settings = {"padding": True, "truncation": True, "max_length": 8, **settings}
    made = tokenizer(truncation_side=cut_on)(texts, return_tensors="pt", **settings)
    return _rows(made["input_ids"].tolist(), made["attention_mask"].tolist())


def _sliced(texts: list[str]) -> Said:
    made = tokenizer()(texts, padding=True, return_tensors="pt")
    return _rows(made["input_ids"][:, :8].tolist(), made["attention_mask"][:, :8].tolist())


def _other_mask(texts: list[str], change: Callable) -> Said:
    made = tokenizer()(texts, padding=True, truncation=True, max_length=8, return_tensors="pt")
    return _rows(made["input_ids"].tolist(), change(made["attention_mask"]).tolist())


RECTANGLE_SLIPS = {
    "nothing cuts: which argument is missing?": partial(_padded, truncation=False),
    "short texts alone need no 8 columns": partial(_padded, padding="max_length"),
    "cut with a slice? Then a long text loses its `[SEP]`": _sliced,
    "the padding stands on the left now": partial(_padded, padding_side="left"),
    "the beginning of a long text is cut off, not its end": partial(_padded, cut_on="left"),
    "`[CLS]` and `[SEP]` are left out": partial(_padded, add_special_tokens=False),
    "8, and two more for `[CLS]` and `[SEP]`? The limit counts them already": partial(_padded, max_length=10),
    "8 without `[CLS]` and `[SEP]`? The limit counts them already": partial(_padded, max_length=6),
    "cut at the model's own limit? Which one is asked for?": partial(_padded, max_length=None),
    "7 columns? 8 are allowed": partial(_padded, max_length=7),
    "9 columns? 8 are allowed": partial(_padded, max_length=9),
    "nothing cuts, and short texts alone need no 8 columns": partial(_padded, padding="max_length", truncation=False),
    "the mask has a 1 for the padding, too": partial(_other_mask, change=lambda mask: mask * 0 + 1),
    "the mask is turned round: a 1 stands for a real token": partial(_other_mask, change=lambda mask: 1 - mask),
}


@sheet.exercise(
    section="Why do the short messages get zeros?",
    hints=[
        "Try it with one long text alone, and with a short and a long one. Print the shapes.",
        "`max_length` is there. What else must be there, so that something is cut?",
    ],
    form_point=False,
)
def rectangle(rectangle, hidden=False) -> str:
    judge(rectangle, "rectangle", _batches(hidden), lambda texts: _padded(texts), slips=RECTANGLE_SLIPS, read=_as_rows)
    return "Padding and truncation are two switches, and each needs its own."


SAID = ["no", "Unbelievably,", "internationalization", "#PuppyLove", "happy😂", "I", "miss", "flat.", "don't", "Zürich"]


def _posts(hidden: bool) -> list[tuple]:
    """Return (texts, limit): each text count exactly at a limit, the same text again, an empty one, a very long one."""
    dice = random.Random(41 if hidden else 40)
    fine, flat = "Fine.", "I miss my old flat and the people in it."
    cases = [
        ([fine, flat], 4),
        ([fine, flat], 12),
        ([fine], 4),
        ([fine], 3),
        ([fine, flat, flat], 11),
        (["", flat], 2),
        (["So happy😂", flat, fine], 3),
    ]
    cases += [(["#PuppyLove #homesick", flat, fine], 5), (["no " * 600, fine, flat], 512)]
    for count in (5, 7, 11):
        texts = [" ".join(dice.choices(SAID, k=dice.randrange(1, 12))) for _ in range(count)]
        lengths = sorted(len(ids) for ids in tokenizer()(texts)["input_ids"])
        cases += [(texts, lengths[count // 2]), (texts, lengths[-1] - 1), (texts, lengths[-1])]
    return cases


def _share(longer: Callable[[str, int], bool]) -> Callable[[list[str], int], float]:
    """Return a function that counts the texts for which `longer(text, limit)` holds."""
    return lambda texts, limit: sum(longer(text, limit) for text in texts) / len(texts)


@cache
def _tokens(text: str) -> int:
    return len(tokenizer()(text)["input_ids"])


_cut = _share(lambda text, limit: _tokens(text) > limit)


def _rounded(texts: list[str], limit: int, digits: int) -> float:
    return round(_cut(texts, limit), digits)


CUT_SLIPS = {
    "words are counted; the tokenizer counts tokens": _share(lambda text, limit: len(text.split()) > limit),
    "characters are counted; the tokenizer counts tokens": _share(lambda text, limit: len(text) > limit),
    "[CLS] and [SEP] take two places of the limit": _share(lambda text, limit: _tokens(text) - 2 > limit),
    "the special tokens are counted twice": _share(lambda text, limit: _tokens(text) + 2 > limit),
    "a text of exactly this length loses nothing: > or >=?": _share(lambda text, limit: _tokens(text) >= limit),
    "the share that is kept? The card asks for the other one": _share(lambda text, limit: _tokens(text) <= limit),
    "cut at the model's limit before they are counted?": _share(lambda text, limit: min(_tokens(text), 512) > limit),
    "36 in place of the argument `limit`": lambda texts, limit: _cut(texts, 36),
    "each text counts, also one that comes again": lambda texts, limit: _cut(list(set(texts)), limit),
    "padded before they are counted? Then all are as long as the longest": lambda texts, limit: float(
        any(_tokens(text) > limit for text in texts)
    ),
    "the share of the tokens that are lost? Count texts": lambda texts, limit: (
        sum(max(0, _tokens(text) - limit) for text in texts) / sum(map(_tokens, texts))
    ),
    "[CLS] and [SEP] take two places of the limit, not one": _share(lambda text, limit: _tokens(text) - 1 > limit),
    "words are counted, and two more for [CLS] and [SEP]": _share(lambda text, limit: len(text.split()) + 2 > limit),
    "is a text cut before it is counted? Then none is longer": lambda texts, limit: 0.0,
    **{
        f"rounded to {digits} digits? Give the share as it comes": partial(_rounded, digits=digits)
        for digits in (2, 3, 4)
    },
    "a percentage? Give the share, from 0 to 1": lambda texts, limit: 100 * _cut(texts, limit),
    "a number of texts? Divide by the number of all texts": lambda texts, limit: _cut(texts, limit) * len(texts),
}


@sheet.exercise(
    section="36 words or 36 tokens?",
    hints=[
        "In which unit does the tokenizer count? In which unit does `text.split()` count?",
        "Ask the tokenizer for the ids of each text. Do `[CLS]` and `[SEP]` need a place, too?",
        "A text with exactly as many tokens as the limit loses nothing.",
    ],
    form_point=False,
)
def share_cut(share_cut, hidden=False) -> str:
    read = partial(as_number, name="share_cut(texts, limit)")
    judge(share_cut, "share_cut", _posts(hidden), _cut, slips=CUT_SLIPS, read=read)
    return "A limit is spent in tokens, [CLS] and [SEP] included."


EMOJI = list("😂😡🔥👍❤💔🎉😋😱😍😄☀🌧👎☺✨☕❌🙏🚀🎪🐧🐼🐷")
EMOJI_HIDDEN = list("😭😢💔❤🙄😅☹☂⚡🐶🐱🌹🍕⛔💯🎈😘😆")
PLAIN = [
    "A plain text, with a comma.",
    f"Café, {DECOMPOSED}, straße, Привет und 漢字!",
    "नमस्ते दुनिया, مرحبا ١٢٣, ¿qué tal?, สวัสดี",
    "It’s “half” past 9:45 – (nearly) 100% #true, isn't it?",
    "  Two  spaces,\na line\tand an end ",
]
PLAIN_HIDDEN = ["Nothing: 3 cats & 2 dogs; @you/me_too…", "Żółw, Zoë, μῆνιν.", f"«Ça va»?\n\n  {DECOMPOSED} * 50%"]


def _with_emoji(hidden: bool) -> list[str]:
    """Return texts in which words and emoji touch on either side, in small letters and others."""
    dice = random.Random(51 if hidden else 50)
    emoji = EMOJI_HIDDEN if hidden else EMOJI
    texts = [f"so happy{emoji[0]}", f"car{emoji[1]}", f"{emoji[1]}happy again", "❤️thanks"]
    shapes = [
        "{0}{2}",
        "{2}{1} today",
        "{0}{2}{2}{1}",
        "{0}{2}{3}{1}",
        "so {0} {2}{1}!",
        "({0}{2}), {3}",
        "{0}{2}\n{1}",
    ]
    words = ["car", "Zürich", "AGAIN", "happy", "calm", "Thanks", "in", "homesick", "carp", "u"]
    return texts + [shape.format(*dice.sample(words, 2), *dice.sample(emoji, 2)) for shape in shapes for _ in range(3)]


def _words(text: str) -> list[str]:
    """Return the words that the tokenizer makes of a text, before it looks them up."""
    backend = tokenizer().backend_tokenizer
    return [word for word, _ in backend.pre_tokenizer.pre_tokenize_str(backend.normalizer.normalize_str(text))]


def _freed(free, text: str) -> str:
    return as_text(call(free, text, name="free"), "free(text)")


_composed = partial(unicodedata.normalize, "NFC")


def _require_as_it_is(free, text: str) -> None:
    made = _freed(free, text)
    if made == text:
        return
    pairs = enumerate(zip(text, made, strict=False))
    same = next((at for at, (old, new) in pairs if old != new), min(len(text), len(made)))
    slip = "spaces or line ends are changed" if made.split() == text.split() else ""
    slip = "capital letters are changed" if made == text.lower() else slip
    slip = (
        "accents are written with other characters, which look the same" if _composed(made) == _composed(text) else slip
    )
    received = Said(f"from {text[same : same + 12]!r} on: {made[same : same + 60]!r}")
    raise WrongAnswer("the same text, character by character", received, slip, given=shown_call("free", (text,)))


def _require_words(free, text: str, emoji: list[str]) -> None:
    made, found = _freed(free, text), 0
    after = _words(made)
    for word in _words("".join(" " if each in emoji else each for each in text)):
        if not word.isalpha():
            continue
        if word not in after[found:]:
            break
        found = after.index(word, found) + 1
    else:
        return
    marks = "".join(emoji)
    slip = ""
    if re.search(rf"[^\W\d_][{marks}]|[{marks}]\ufe0f?[^\W\d_]", made):
        slip = "an emoji still stands beside a letter"
    elif any(word in each for each in after):
        slip = "no space between the word and what stands for the emoji? Look on both sides"
    received = Said(f"{made!r}, with the tokens {tokenizer().tokenize(made)}")
    raise WrongAnswer(f"that `{word}` is a word of its own", received, slip, given=shown_call("free", (text,)))


def _require_others(free, frame: str, emoji: list[str]) -> None:
    tokens = {each: tokenizer().tokenize(_freed(free, frame.format(each))) for each in emoji}
    for one, other in combinations(emoji, 2):
        if tokens[one] == tokens[other]:
            slip = "the tokenizer knows neither of the two: write what it knows" if "[UNK]" in tokens[one] else ""
            slip = (
                "both are taken away: the model cannot tell one from the other"
                if tokens[one] == tokenizer().tokenize(frame.format(""))
                else slip
            )
            texts = [frame.format(each) for each in (one, other)]
            raise WrongAnswer(
                f"other tokens for {texts[0]!r} than for {texts[1]!r}", Said(f"twice {tokens[one]}"), slip
            )
    for each in reversed(emoji):
        again = tokenizer().tokenize(_freed(free, frame.format(each)))
        if again != tokens[each]:
            said = Said(f"first {tokens[each]}, then {again}")
            raise WrongAnswer(
                "the same tokens for the same text", said, given=shown_call("free", (frame.format(each),))
            )


@sheet.exercise(
    section="What became of the emoji?",
    hints=[
        "`tokenizer.tokenize` shows what is left of a text. Try *so happy😂*, and *so happy 😂*.",
        "`unicodedata.category(character)` is `So` for nearly every emoji. A space beside it frees the word.",
        "The last rule: 😂 and 😡 are both `[UNK]`. What could you write in their places? Each has a name.",
    ],
)
def free(free, hidden=False) -> str:
    as_function(free, "free")
    emoji = EMOJI_HIDDEN if hidden else EMOJI
    for text in PLAIN_HIDDEN if hidden else PLAIN:
        _require_as_it_is(free, text)
    for text in _with_emoji(hidden):
        _require_words(free, text, emoji)
    for frame in ("so happy{}", "so happy {}", "{} now"):
        _require_others(free, frame, emoji)
    return "Your words survive their emoji, and the emoji still mean something."
