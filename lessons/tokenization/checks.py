"""The checks of `tokenization`'s sheet."""

from functools import cache

from course_utils import sources
from course_utils.checks.sheet import Sheet
from course_utils.checks.values import as_function, as_list, as_number, as_text, call, suspect
from course_utils.checks.wrong import Said, WrongAnswer

sheet = Sheet("tokenization")


@cache
def tokenizer():
    """Return the tokenizer of the offline checkpoint."""
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(sources.offline_checkpoint())


@sheet.exercise(
    section="Why do the short messages get zeros?",
    hints=[
        "`padding=True` makes rows longer, `truncation=True` makes rows shorter. Which of the two does each line have?",
        '`max_length` alone does nothing here. It needs `truncation=True`, or `padding="max_length"`.',
    ],
)
def lengths(lengths) -> str:
    if not isinstance(lengths, dict) or not {"a", "b", "c", "d"} <= set(lengths):
        raise WrongAnswer('a dict with the keys "a", "b", "c" and "d"', lengths)
    answers = {
        "a": ([8, 8, 8], {"that is without any padding": [5, 8, 5]}),
        "b": ([5, 6, 5], {"who fills up the short ones? There is no padding": [6, 6, 6]}),
        "c": ([8, 8, 8], {"is there anything in this line that cuts?": [6, 6, 6]}),
        "d": ([6, 6, 6], {"this line also pads, and up to what?": [5, 6, 5], "this line also cuts": [8, 8, 8]}),
    }
    for letter, (right, slips) in answers.items():
        rows = [as_number(row, letter, whole=True, low=0) for row in as_list(lengths[letter], letter, length=3)]
        if rows != right:
            slip = suspect(rows, slips) or "begin with 5, 8 and 5: what is added, what is cut off?"
            raise WrongAnswer(f"other lengths for `{letter}`", rows, slip)
    return "Padding goes up to the longest row, and `max_length` cuts only where truncation is on."


@sheet.exercise(
    section="Where in my text was this token?",
    hints=[
        "Ask the tokenizer for `return_offsets_mapping=True`. Print the offsets of *Homesick in Zürich*.",
        "`word_ids()` gives the same number to all pieces of one word. A word can have many pieces.",
        "From the start of the first piece to the end of the last piece: one slice of the text.",
    ],
)
def spelling(spelling, hidden=False) -> str:
    as_function(spelling, "spelling")
    text = "Überraschung: WORDPIECES don't sleep" if hidden else "Homesick in Zürich, sleepless AGAIN"
    words = text.replace("don't", "don ' t").replace(":", " :").replace(",", " ,").split()
    for number, word in enumerate(words):
        found = call(spelling, text, number)
        if found == word:
            continue
        slip = "which word of the text is meant?"
        if not isinstance(found, str):
            slip = "a slice of the text is asked for"
        elif found.lower() == word.lower() or found in tokenizer().decode(tokenizer()(text)["input_ids"]):
            slip = "taken from the tokens? They are changed; cut it out of the text"
        if isinstance(found, str) and word.startswith(found) and found:
            slip = "only the first piece? A word may have more"
        if isinstance(found, str) and found.strip() == word:
            slip = "a space too many"
        raise WrongAnswer(f"word {number} of {text!r}, as the writer wrote it", found, slip)
    return "The tokens forget capitals and accents; the offsets lead back to them."


@sheet.exercise(
    section="Why do the short messages get zeros?",
    hints=[
        "Try it with one long text alone, and with a short and a long one. Print the shapes.",
        "`max_length` is there. What else must be there, so that something is cut?",
    ],
)
def rectangle(rectangle, hidden=False) -> str:
    as_function(rectangle, "rectangle")
    short, long = "Oh no.", "We waited for three long hours, and then they cancelled it."
    batches = [[long], [short, long, long], [short]] if hidden else [[short, long], [long, short], [short]]
    for texts in batches:
        made = call(rectangle, texts)
        try:
            ids, mask = made["input_ids"], made["attention_mask"]
            shape, mask_shape = tuple(ids.shape), tuple(mask.shape)
        except Exception:
            raise WrongAnswer("what the tokenizer returns: tensors of ids and mask", made) from None
        width = 8 if long in texts else 5
        if shape[0] != len(texts):
            raise WrongAnswer(f"{len(texts)} rows for {len(texts)} texts", ids)
        if shape[1] > 8:
            raise WrongAnswer("at most 8 columns", ids, "nothing cuts: which argument is missing?")
        if shape[1] != width:
            slip = "no more than needed: short texts alone need no 8 columns" if width == 5 else "cut at 8, not below"
            raise WrongAnswer(f"{width} columns for {texts}", ids, slip)
        wanted = tokenizer()(texts, padding=True, truncation=True, max_length=8, return_tensors="pt")
        if mask_shape != shape or not (mask == wanted["attention_mask"]).all():
            raise WrongAnswer("a mask with 1 for each real token, in the shape of the ids", mask)
        if not (ids == wanted["input_ids"]).all():
            raise WrongAnswer("each text cut behind its first tokens, with [SEP] at the end", ids[0])
    return "Padding and truncation are two switches, and each needs its own."


@sheet.exercise(
    section="36 words or 36 tokens?",
    hints=[
        "In which unit does the tokenizer count? In which unit does `text.split()` count?",
        "Ask the tokenizer for the ids of each text. Do `[CLS]` and `[SEP]` need a place, too?",
        "A text with exactly as many tokens as the limit loses nothing.",
    ],
)
def share_cut(share_cut, hidden=False) -> str:
    as_function(share_cut, "share_cut")
    texts = [
        "Fine.",
        "Unbelievably, internationalization again!",
        "I miss my old flat and the people in it.",
        "#PuppyLove #homesick",
    ]
    ids = tokenizer()(texts)["input_ids"]
    counts = {
        "": [len(row) for row in ids],
        "words are counted here; the tokenizer counts tokens": [len(text.split()) for text in texts],
        "characters are counted here; the tokenizer counts tokens": [len(text) for text in texts],
        "[CLS] and [SEP] take two places of the limit": [len(row) - 2 for row in ids],
        "a text of exactly this length loses nothing: > or >=?": [len(row) + 1 for row in ids],
    }
    limits = [count - hidden for count in sorted(counts[""])]
    shares = {
        slip: [sum(count > limit for count in each) / len(texts) for limit in limits] for slip, each in counts.items()
    }
    right = shares.pop("")
    shares["the share that is kept? The card asks for the other one"] = [1 - share for share in right]
    found = [as_number(call(share_cut, texts, limit), "share_cut(texts, limit)", low=0, high=1) for limit in limits]
    for limit, share, wanted in zip(limits, found, right, strict=True):
        if abs(share - wanted) > 1e-6:
            slip = suspect(found, shares) or "count the ids of each text, special tokens included"
            raise WrongAnswer(f"the share of {len(texts)} short texts that a limit of {limit} tokens cuts", share, slip)
    return "A limit is spent in tokens, [CLS] and [SEP] included."


@sheet.exercise(
    section="What became of the emoji?",
    hints=[
        "`tokenizer.tokenize` shows what is left of a text. Try *so happy😂*, and *so happy 😂*.",
        "`unicodedata.category(character)` is `So` for an emoji. A space beside it frees the word.",
        "The second rule: 😂 and 😡 are both `[UNK]`. What could you write in their places? Each has a name.",
    ],
)
def free(free, hidden=False) -> str:
    as_function(free, "free")
    plain = "Nothing to see here: 3 cats, 2 dogs!" if hidden else "A plain text, with a comma."
    word, symbols = ("calm", "🎉🔥") if hidden else ("happy", "😂😡")
    if as_text(call(free, plain), "free(text)") != plain:
        raise WrongAnswer(f"{plain!r} stays as it is", call(free, plain), "it has no symbol: change symbols only")
    pieces = []
    for symbol in symbols:
        for text in (f"so {word}{symbol}", f"{symbol}{word} again", f"{word}{symbol}{symbol}{word}"):
            made = as_text(call(free, text), "free(text)")
            tokens = tokenizer().tokenize(made)
            if tokens.count(word) < text.count(word):
                raise WrongAnswer(
                    f"that `{word}` in {text!r} becomes the token `{word}`",
                    Said(f"{made!r}, with the tokens {tokens}"),
                    "is there a space between the word and what stands for the symbol, on both sides?",
                )
        pieces.append(tokenizer().tokenize(as_text(call(free, f"so {word}{symbol}"), "free(text)")))
    if pieces[0] == pieces[1]:
        raise WrongAnswer(
            f"other tokens for {symbols[0]} than for {symbols[1]}",
            Said(f"twice {pieces[0]}"),
            "[UNK] for both, or both removed: the model cannot tell laughing from raging",
        )
    return "Your words survive their emoji, and the emoji still mean something."
