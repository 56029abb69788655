# Right and wrong answers to the sheet of `tokenization`. `says` is a part of what the check must reply.

# %% exercise="lengths" right="tuples for lists"
lengths = {"a": (8, 8, 8), "b": (5, 6, 5), "c": (8, 8, 8), "d": (6, 6, 6)}

# %% exercise="lengths" right="counted by the tokenizer"
kinds = {
    "a": {"padding": True},
    "b": {"truncation": True, "max_length": 6},
    "c": {"padding": True, "max_length": 6},
    "d": {"padding": "max_length", "truncation": True, "max_length": 6},
}
lengths = {name: [len(row) for row in tokenizer(messages, **kind)["input_ids"]] for name, kind in kinds.items()}

# %% exercise="lengths" right="arrays, tensors and floats"
import numpy as np
import torch

lengths = {"a": np.array([8, 8, 8]), "b": torch.tensor([5, 6, 5]), "c": [8.0, 8.0, 8.0], "d": [6] * 3, "e": None}

# %% exercise="lengths" wrong="max_length cuts by itself" says="anything in this line that cuts"
lengths = {"a": [8, 8, 8], "b": [5, 6, 5], "c": [6, 6, 6], "d": [6, 6, 6]}

# %% exercise="lengths" wrong="truncation also fills up" says="There is no padding"
lengths = {"a": [8, 8, 8], "b": [6, 6, 6], "c": [8, 8, 8], "d": [6, 6, 6]}

# %% exercise="lengths" wrong="padding forgotten" says="without any padding"
lengths = {"a": [5, 8, 5], "b": [5, 6, 5], "c": [8, 8, 8], "d": [6, 6, 6]}

# %% exercise="lengths" wrong="one number for each" says="a list"
lengths = {"a": 8, "b": 6, "c": 8, "d": 6}

# %% exercise="lengths" wrong="the numbers as texts" says="without quotes"
lengths = {"a": ["8", "8", "8"], "b": [5, 6, 5], "c": [8, 8, 8], "d": [6, 6, 6]}

# %% exercise="lengths" wrong="padded to max_length, but not cut" says="what cuts here?" old='"d": [6, 6, 6]' new='"d": [6, 8, 6]'

# %% exercise="lengths" wrong="up to the model's limit" says="up to 512" old='"a": [8, 8, 8]' new='"a": [512, 512, 512]'

# %% exercise="lengths" wrong="without the special tokens" says="have a place" old='"b": [5, 6, 5]' new='"b": [3, 6, 3]'

# %% exercise="lengths" wrong="an unknown slip" says="I do not recognise this slip" old='"c": [8, 8, 8]' new='"c": [8, 6, 8]'

# %% exercise="lengths" wrong="two numbers" says="3 entries" old='"c": [8, 8, 8]' new='"c": [8, 8]'

# %% exercise="lengths" wrong="dots in a list" says="replace the dots" old='"d": [6, 6, 6]' new='"d": ...'


# %% exercise="spelling" right="the smallest start and the largest end"
def spelling(text, word):
    encoding = tokenizer(text, return_offsets_mapping=True)
    spans = [span for span, of in zip(encoding["offset_mapping"], encoding.word_ids()) if of == word]
    return text[min(start for start, _ in spans) : max(end for _, end in spans)]


# %% exercise="spelling" right="the library's own word_to_chars"
def spelling(text, word):
    span = tokenizer(text).word_to_chars(word)
    return text[span.start : span.end]


# %% exercise="spelling" right="piece by piece, without special tokens, as an array"
def spelling(text, word):
    import numpy as np

    found = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    places = np.array(found["offset_mapping"])[np.array(found.word_ids()) == word]
    return np.array("".join(text[start:end] for start, end in places))[()]


# %% exercise="spelling" right="the library beneath, as a recursion"
def spelling(text, word):
    encoded = tokenizer.backend_tokenizer.encode(text)

    def grow(at):
        more = at + 1 < len(encoded.word_ids) and encoded.word_ids[at + 1] == word
        return grow(at + 1) if more else encoded.offsets[at][1]

    at = encoded.word_ids.index(word)
    return text[encoded.offsets[at][0] : grow(at)]


# %% exercise="spelling" wrong="only the first piece" says="only the first piece"
def spelling(text, word):
    encoding = tokenizer(text, return_offsets_mapping=True)
    start, end = encoding["offset_mapping"][encoding.word_ids().index(word)]
    return text[start:end]


# %% exercise="spelling" wrong="only the last piece" says="only the last piece" old="places[0][0]" new="places[-1][0]"

# %% exercise="spelling" wrong="decoded from the tokens" says="cut it out of the text"
def spelling(text, word):
    encoding = tokenizer(text)
    return tokenizer.decode([i for i, of in zip(encoding["input_ids"], encoding.word_ids()) if of == word])


# %% exercise="spelling" wrong="split at spaces" says="cut at spaces?"
def spelling(text, word):
    return text.split()[word]


# %% exercise="spelling" wrong="a pattern for words" says="a rule of your own"
def spelling(text, word):
    import re

    return re.findall(r"\w+|[^\w\s]", text)[word]


# %% exercise="spelling" wrong="places in the normalised text" says="They are not those of the writer's text"
def spelling(text, word):
    backend = tokenizer.backend_tokenizer
    a, b = backend.pre_tokenizer.pre_tokenize_str(backend.normalizer.normalize_str(text))[word][1]
    return text[a:b]


# %% exercise="spelling" wrong="cut without the normaliser: Chinese signs stay together" says="before the tokenizer normalises"
def spelling(text, word):
    a, b = tokenizer.backend_tokenizer.pre_tokenizer.pre_tokenize_str(text)[word][1]
    return text[a:b]


# %% exercise="spelling" wrong="no return" says="does it end with `return`?"
def spelling(text, word):
    text.split()[word]


# %% exercise="spelling" wrong="one character too many" says="one character too many"
def spelling(text, word):
    span = tokenizer(text).word_to_chars(word)
    return text[span.start : span.end + 1]


# %% exercise="spelling" wrong="one character too few" says="one character too few" old="places[-1][1]]" new="places[-1][1] - 1]"

# %% exercise="spelling" wrong="a token for a word" says="the token with this number"
def spelling(text, word):
    start, end = tokenizer(text, return_offsets_mapping=True)["offset_mapping"][word + 1]
    return text[start:end]


# %% exercise="spelling" wrong="the first place of these letters" says="the first place where these letters stand?"
def spelling(text, word):
    span = tokenizer(text).word_to_chars(word)
    letters = text[span.start : span.end].lower()
    start = text.lower().find(letters)
    return text[start : start + len(letters)]


# %% exercise="spelling" wrong="in small letters" says="in small letters"
def spelling(text, word):
    span = tokenizer(text).word_to_chars(word)
    return text[span.start : span.end].lower()


# %% exercise="spelling" wrong="stripped of its emoji" says="'happy😂'"
def spelling(text, word):
    span = tokenizer(text).word_to_chars(word)
    return "".join(each for each in text[span.start : span.end] if ord(each) < 0x2000 or each in "東京")


# %% exercise="spelling" wrong="a list of pieces" says="a text: a slice"
def spelling(text, word):
    encoding = tokenizer(text, return_offsets_mapping=True)
    return [text[a:b] for (a, b), of in zip(encoding["offset_mapping"], encoding.word_ids()) if of == word]


# %% exercise="spelling" wrong="the place, not the text" says="a text: a slice"
def spelling(text, word):
    return tokenizer(text).word_to_chars(word)


# %% exercise="spelling" wrong="long texts are cut off" says="Not yet"
def spelling(text, word):
    span = tokenizer(text, truncation=True, max_length=64).word_to_chars(word)
    return text[span.start : span.end]


# %% exercise="spelling" wrong="always the word of the card" says="I do not recognise"
def spelling(text, word):
    return "Homesick"


# %% exercise="spelling" equivalent="the tokenizer gives one place and one number for each token, so the lists are equally long"
# - offsets = zip(encoding['offset_mapping'], encoding.word_ids(), strict=True)
# + offsets = zip(encoding['offset_mapping'], encoding.word_ids())

# - offsets = zip(encoding['offset_mapping'], encoding.word_ids(), strict=True)
# + offsets = zip(encoding['offset_mapping'], encoding.word_ids(), strict=False)

# %% exercise="rectangle" right="positional names by a dict"
def rectangle(texts):
    settings = {"padding": "longest", "truncation": "longest_first", "max_length": 8}
    return tokenizer(list(texts), return_tensors="pt", **settings)


# %% exercise="rectangle" right="cut first, pad afterwards"
def rectangle(texts):
    return tokenizer.pad(tokenizer(texts, truncation=True, max_length=8), return_tensors="pt")


# %% exercise="rectangle" right="by hand: cut, close, fill"
def rectangle(texts):
    import torch

    rows = [tokenizer(text, add_special_tokens=False)["input_ids"][:6] for text in texts]
    rows = [torch.tensor([101, *row, 102]) for row in rows]
    ids = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
    return {"input_ids": ids, "attention_mask": (ids != 0).long()}


# %% exercise="rectangle" right="a slice that keeps [SEP], int32, a bool mask"
def rectangle(texts):
    batch = tokenizer(texts, padding=True, return_tensors="pt")
    ids, mask = batch["input_ids"][:, :8].clone(), batch["attention_mask"][:, :8].bool()
    ids[mask.sum(1) == 8, -1] = tokenizer.sep_token_id
    return {"input_ids": ids.int(), "attention_mask": mask}


# %% exercise="rectangle" right="with a collator"
def rectangle(texts):
    from transformers import DataCollatorWithPadding

    rows = [tokenizer(text, truncation=True, max_length=8) for text in texts]
    return DataCollatorWithPadding(tokenizer)(rows)


# %% exercise="rectangle" wrong="always eight columns" says="need no 8 columns"
def rectangle(texts):
    return tokenizer(texts, padding="max_length", truncation=True, max_length=8, return_tensors="pt")


# %% exercise="rectangle" wrong="up to a multiple of eight" says="need no 8" old="padding=True" new="padding=True, pad_to_multiple_of=8"

# %% exercise="rectangle" wrong="as it was: nothing cuts" says="nothing cuts: which argument" old="truncation=True, " new=""

# %% exercise="rectangle" wrong="sliced, so that [SEP] is lost" says="loses its `[SEP]`"
def rectangle(texts):
    batch = tokenizer(texts, padding=True, return_tensors="pt")
    return {name: values[:, :8] for name, values in batch.items()}


# %% exercise="rectangle" wrong="cut at the front" says="the beginning of a long text is cut off"
def rectangle(texts):
    from transformers import AutoTokenizer

    own = AutoTokenizer.from_pretrained(course.checkpoint, truncation_side="left")
    return own(texts, padding=True, truncation=True, max_length=8, return_tensors="pt")


# %% exercise="rectangle" wrong="padded on the left" says="stands on the left now" old="padding=True" new='padding=True, padding_side="left"'

# %% exercise="rectangle" wrong="without special tokens" says="are left out" old="padding=True" new="padding=True, add_special_tokens=False"

# %% exercise="rectangle" wrong="two more" says="two more for" old="max_length=8" new="max_length=10"

# %% exercise="rectangle" wrong="two less" says="8 without" old="max_length=8" new="max_length=6"

# %% exercise="rectangle" wrong="without a limit" says="cut at the model's own limit" old="max_length=8, " new=""

# %% exercise="rectangle" wrong="another limit" says="7 columns? 8 are allowed" old="max_length=8" new="max_length=7"

# %% exercise="rectangle" wrong="arrays of NumPy" says="a tensor of PyTorch" old='return_tensors="pt"' new='return_tensors="np"'

# %% exercise="rectangle" wrong="padding left out" says="ValueError"
def rectangle(texts):
    return tokenizer(texts, truncation=True, max_length=8, return_tensors="pt")


# %% exercise="rectangle" wrong="only the ids" says="with `input_ids` and `attention_mask`"
def rectangle(texts):
    return tokenizer(texts, padding=True, truncation=True, max_length=8, return_tensors="pt")["input_ids"]


# %% exercise="rectangle" wrong="floats" says="whole numbers in `input_ids`"
def rectangle(texts):
    batch = tokenizer(texts, padding=True, truncation=True, max_length=8, return_tensors="pt")
    return {name: values.float() for name, values in batch.items()}


# %% exercise="rectangle" wrong="a mask of ones" says="the mask has a 1 for the padding"
def rectangle(texts):
    batch = tokenizer(texts, padding=True, truncation=True, max_length=8, return_tensors="pt")
    batch["attention_mask"][:] = 1
    return batch


# %% exercise="rectangle" wrong="the mask is not cut" says="of one shape"
def rectangle(texts):
    batch = tokenizer(texts, padding=True, truncation=True, max_length=8, return_tensors="pt")
    return {**batch, "attention_mask": tokenizer(texts, padding=True, return_tensors="pt")["attention_mask"]}


# %% exercise="rectangle" wrong="sorted by length" says="I do not recognise"
def rectangle(texts):
    texts = sorted(texts, key=len)
    return tokenizer(texts, padding=True, truncation=True, max_length=8, return_tensors="pt")


# %% exercise="rectangle" wrong="the texts are cut in place" says="leaves `texts` as it is"
def rectangle(texts):
    for place, text in enumerate(texts):
        ids = tokenizer(text, truncation=True, max_length=8)["input_ids"]
        texts[place] = tokenizer.decode(ids, skip_special_tokens=True)
    return tokenizer(texts, padding=True, truncation=True, max_length=8, return_tensors="pt")


# %% exercise="rectangle" wrong="cut to six words" says="Not yet"
def rectangle(texts):
    return tokenizer([" ".join(text.split()[:6]) for text in texts], padding=True, return_tensors="pt")


# %% exercise="share_cut" right="with NumPy"
def share_cut(texts, limit):
    import numpy as np

    return np.mean([len(tokenizer(text)["input_ids"]) > limit for text in texts])


# %% exercise="share_cut" right="tokens without, limit less two"
def share_cut(texts, limit):
    return sum(len(tokenizer.tokenize(text)) > limit - 2 for text in texts) / len(texts)


# %% exercise="share_cut" right="what the tokenizer does: cut, and compare"
def share_cut(texts, limit):
    whole = tokenizer(texts)["input_ids"]
    cut = tokenizer(texts, truncation=True, max_length=limit)["input_ids"] if limit > 1 else [[]] * len(texts)
    return sum(a != b for a, b in zip(whole, cut)) / len(texts)


# %% exercise="share_cut" right="as an exact fraction"
def share_cut(texts, limit):
    from fractions import Fraction

    return Fraction(sum(len(ids) > limit for ids in tokenizer(texts)["input_ids"]), len(texts))


# %% exercise="share_cut" right="as a tensor, from the mask"
def share_cut(texts, limit):
    mask = tokenizer(texts, padding=True, return_tensors="pt")["attention_mask"]
    return (mask.sum(dim=1) > limit).double().mean()


# %% exercise="share_cut" wrong="special tokens forgotten" says="two places"
def share_cut(texts, limit):
    return sum(len(tokenizer.tokenize(text)) > limit for text in texts) / len(texts)


# %% exercise="share_cut" wrong="special tokens counted twice" says="counted twice" old="len(ids) > limit" new="len(ids) > limit - 2"

# %% exercise="share_cut" wrong="at the limit counted as cut" says="> or >="
def share_cut(texts, limit):
    return sum(len(tokenizer(text)["input_ids"]) >= limit for text in texts) / len(texts)


# %% exercise="share_cut" wrong="a percentage" says="a percentage"
def share_cut(texts, limit):
    return 100 * sum(len(tokenizer(text)["input_ids"]) > limit for text in texts) / len(texts)


# %% exercise="share_cut" wrong="a count" says="a number of texts?" old="sum(longer) / len(longer)" new="sum(longer)"

# %% exercise="share_cut" wrong="the share that is kept" says="kept"
def share_cut(texts, limit):
    return sum(len(tokenizer(text)["input_ids"]) <= limit for text in texts) / len(texts)


# %% exercise="share_cut" wrong="as it was: words" says="words are counted"
def share_cut(texts, limit):
    longer = [len(text.split()) > limit for text in texts]
    return sum(longer) / len(longer)


# %% exercise="share_cut" wrong="characters" says="characters are counted"
def share_cut(texts, limit):
    longer = [len(text) > limit for text in texts]
    return sum(longer) / len(longer)


# %% exercise="share_cut" wrong="36 for every limit" says="36 in place of" old="> limit" new="> 36"

# %% exercise="share_cut" wrong="rounded" says="rounded to 2 digits?" old="sum(longer) / len(longer)" new="round(sum(longer) / len(longer), 2)"

# %% exercise="share_cut" wrong="each text once" says="also one that comes again" old="tokenizer(texts)" new="tokenizer(list(set(texts)))"

# %% exercise="share_cut" wrong="padded" says="padded before" old="tokenizer(texts)" new="tokenizer(texts, padding=True)"

# %% exercise="share_cut" wrong="cut before they are counted" says="cut at the model's limit" old="tokenizer(texts)" new="tokenizer(texts, truncation=True)"

# %% exercise="share_cut" wrong="the posts of the sheet" says="I do not recognise" old="tokenizer(texts)" new="tokenizer(posts)"

# %% exercise="share_cut" wrong="the share of lost tokens" says="the share of the tokens"
def share_cut(texts, limit):
    counts = [len(ids) for ids in tokenizer(texts)["input_ids"]]
    return sum(max(0, count - limit) for count in counts) / sum(counts)


# %% exercise="share_cut" wrong="sorts the texts" says="leaves `texts` as it is"
def share_cut(texts, limit):
    texts.sort(key=len)
    return sum(len(ids) > limit for ids in tokenizer(texts)["input_ids"]) / len(texts)


# %% exercise="share_cut" wrong="the list itself" says="many values"
def share_cut(texts, limit):
    import numpy as np

    return np.array([len(ids) > limit for ids in tokenizer(texts)["input_ids"]])


# %% exercise="free" right="the code point as a word"
def free(text):
    import unicodedata

    return "".join(f" u{ord(c):x} " if unicodedata.category(c) == "So" else c for c in text)


# %% exercise="free" right="a small dictionary, and names for the rest"
def free(text):
    import unicodedata

    for character in set(text):
        if unicodedata.category(character) == "So":
            text = text.replace(character, " emoji " + unicodedata.name(character) + " ")
    return text


# %% exercise="free" right="as a messenger writes them, between colons"
def free(text):
    import re
    import unicodedata

    def name(found):
        return ":" + unicodedata.name(found[0]).lower().replace(" ", "_") + ":"

    return re.sub(r"[\u2600-\u27bf\U0001f000-\U0001faff]", name, text)


# %% exercise="free" right="the bytes, and the names at the end of the text"
def free(text):
    import unicodedata

    emoji = [c for c in text if unicodedata.category(c) == "So"]
    for each in emoji:
        text = text.replace(each, " ")
    return text + "".join(" " + each.encode().hex(" ") for each in emoji)


# %% exercise="free" right="the lesson's own function"
def free(text):
    import unicodedata

    parts = []
    for character in text:
        symbol = unicodedata.category(character) == "So"
        name = unicodedata.name(character, "symbol").lower()
        parts.append(f" {name} " if symbol else character)
    return "".join(parts)


# %% exercise="free" right="numbered as they are met, also skin tones"
seen = {}


def free(text):
    import unicodedata

    kinds = {each: unicodedata.category(each) for each in text}
    symbols = [each for each in text if kinds[each] == "So" or "🏻" <= each <= "🏿"]
    for each in symbols:
        seen.setdefault(each, f" emoji {len(seen)} ")
    return "".join(seen.get(each, each) for each in text)


# %% exercise="free" wrong="symbols removed" says="both are taken away"
def free(text):
    import unicodedata

    return "".join(" " if unicodedata.category(c) == "So" else c for c in text)


# %% exercise="free" wrong="only a space before" says="still stands beside a letter"
def free(text):
    import unicodedata

    return "".join(f" {c}" if unicodedata.category(c) == "So" else c for c in text)


# %% exercise="free" wrong="spaces on both sides, still unknown" says="knows neither of the two"
def free(text):
    import unicodedata

    return "".join(f" {c} " if unicodedata.category(c) == "So" else c for c in text)


# %% exercise="free" wrong="plain text lowered" says="capital letters are changed"
def free(text):
    import unicodedata

    return "".join(f" {unicodedata.name(c)} " if unicodedata.category(c) == "So" else c for c in text).lower()


# %% exercise="free" wrong="not a text" says="a text in"
def free(text):
    return tokenizer.tokenize(text)


# %% exercise="free" wrong="two emoji of the card" says="still stands beside a letter"
def free(text):
    return text.replace("😂", " laughing ").replace("😡", " angry ")


# %% exercise="free" wrong="the word of the card" says="beside a letter"
def free(text):
    return text.replace("happy", " happy ").replace("😂", " joy ").replace("😡", " anger ")


# %% exercise="free" wrong="a dictionary of four" says="beside a letter"
def free(text):
    for emoji, word in {"😂": "joy", "😡": "anger", "🔥": "fire", "👍": "good"}.items():
        text = text.replace(emoji, f" {word} ")
    return text


# %% exercise="free" wrong="one block of emoji" says="beside a letter"
def free(text):
    import re
    import unicodedata

    return re.sub("[\U0001f600-\U0001f64f]", lambda m: f" {unicodedata.name(m[0]).lower()} ", text)


# %% exercise="free" wrong="the first word of the name" says="'face'" old="unicodedata.name(character).lower()" new="unicodedata.name(character).lower().split()[0]"

# %% exercise="free" wrong="the last word of the name" says="twice ['so', 'happy'" old="unicodedata.name(character).lower()" new="unicodedata.name(character).lower().split()[-1]"

# %% exercise="free" wrong="one name for all" says="'smiley'" old="unicodedata.name(character).lower()" new="'smiley'"

# %% exercise="free" wrong="all that is not ASCII gets its name, by the library" says="from 'é"
def free(text):
    return text.encode("ascii", "namereplace").decode()


# %% exercise="free" wrong="all that is not ASCII gets its name" says="the same text, character by character"
def free(text):
    import unicodedata

    return "".join(c if c.isascii() else f" {unicodedata.name(c, 'symbol').lower()} " for c in text)


# %% exercise="free" wrong="all signs far up, quotes and Chinese letters too" says="character by character"
def free(text):
    return "".join(f" u{ord(c):x} " if ord(c) > 0x2000 else c for c in text)


# %% exercise="free" wrong="Chinese letters only" says="from '漢字!'"
def free(text):
    return "".join(f" u{ord(c):x} " if ord(c) > 0x2100 else c for c in text)


# %% exercise="free" wrong="punctuation is a symbol, too" says="character by character"
def free(text):
    import re
    import unicodedata

    return re.sub(r"[^\w\s]", lambda m: f" {unicodedata.name(m[0], '').lower()} ", text)


# %% exercise="free" wrong="spaces tidied" says="spaces or line ends are changed" old='"".join(parts)' new='" ".join("".join(parts).split())'

# %% exercise="free" wrong="the ends stripped" says="spaces or line ends are changed" old='"".join(parts)' new='"".join(parts).strip()'

# %% exercise="free" wrong="accents composed" says="which look the same" old='"".join(parts)' new='unicodedata.normalize("NFC", "".join(parts))'

# %% exercise="free" wrong="no space before the name" says="no space between the word and what stands" old='f" {unicodedata' new='f"{unicodedata'

# %% exercise="free" wrong="no space behind the name" says="no space between the word and what stands" old='.lower()} "' new='.lower()}"'

# %% exercise="free" wrong="only where they touch a letter" says="'so happy 😂'"
def free(text):
    import re
    import unicodedata

    E = r"[\u2600-\u27bf\U0001f000-\U0001faff]"

    def name(found):
        return f" {unicodedata.name(found[0]).lower()} "

    while (other := re.sub(r"(?<=[^\W\d_]){E}|{E}(?=\ufe0f?[^\W\d_])".replace("{E}", E), name, text)) != text:
        text = other
    return text


# %% exercise="free" wrong="another name each time" says="the same tokens for the same text"
counter = iter(range(10**9))


def free(text):
    import unicodedata

    return "".join(f" emoji {next(counter)} " if unicodedata.category(c) == "So" else c for c in text)


# %% exercise="free" wrong="numbered anew in each text" says="twice ['so', 'happy'"
def free(text):
    import unicodedata

    emoji = [c for c in dict.fromkeys(text) if unicodedata.category(c) == "So"]
    for place, each in enumerate(emoji):
        text = text.replace(each, f" emoji {place} ")
    return text


# %% exercise="free" equivalent="two lines that do not need each other"
# + parts = []
# - parts = []

# %% exercise="free" equivalent="a text of one character, or of many, is joined to the same text"
# - parts.append(character)
# + parts.extend(character)

# %% exercise="free" equivalent="how the emoji is named is up to the student"
# - character = f' {unicodedata.name(character).lower()} '
# + character = f' x{unicodedata.name(character).lower()} '

# %% exercise="spelling" wrong="signs are taken away at the end" says="received: '' (str)"
def spelling(text, word):
    span = tokenizer(text).word_to_chars(word)
    return text[span.start : span.end].strip(".,!?")


# %% exercise="spelling" wrong="a long text is cut" says="IndexError" old="return_offsets_mapping=True" new="return_offsets_mapping=True, truncation=True"

# %% exercise="spelling" wrong="the pieces with a space between" says="a space between the pieces?"
def spelling(text, word):
    encoding = tokenizer(text, return_offsets_mapping=True)
    pieces = zip(encoding["offset_mapping"], encoding.word_ids())
    return " ".join(text[start:end] for (start, end), number in pieces if number == word)


# %% exercise="spelling" right="the tokens of the word, from the first to the last"
def spelling(text, word):
    encoding = tokenizer([text])
    first, end = encoding.word_to_tokens(0, word)
    return text[encoding.token_to_chars(0, first).start : encoding.token_to_chars(0, end - 1).end]


# %% exercise="rectangle" wrong="a mask that is 0 for unknown words, too" says="[UNK]"
def rectangle(texts):
    made = tokenizer(texts, padding=True, truncation=True, max_length=8, return_tensors="pt")
    made["attention_mask"] = (made["input_ids"] > 100).long()
    return made


# %% exercise="rectangle" wrong="always filled up, never cut" says="nothing cuts, and short texts" old="padding=True, truncation=True" new="padding='max_length'"

# %% exercise="rectangle" wrong="the mask turned round" says="the mask is turned round"
def rectangle(texts):
    made = tokenizer(texts, padding=True, truncation=True, max_length=8, return_tensors="pt")
    made["attention_mask"] = 1 - made["attention_mask"]
    return made


# %% exercise="share_cut" right="the ids before and after the cut"
def share_cut(texts, limit):
    whole = tokenizer(texts)["input_ids"]
    cut = tokenizer(texts, truncation=True, max_length=limit)["input_ids"]
    return sum(one != other for one, other in zip(whole, cut)) / len(texts)


# %% exercise="share_cut" right="what overflows"
def share_cut(texts, limit):
    settings = {"truncation": True, "max_length": limit, "return_overflowing_tokens": True}
    return sum(len(tokenizer(text, **settings)["input_ids"]) > 1 for text in texts) / len(texts)


# %% exercise="share_cut" wrong="unknown words are not counted" says="Not yet"
def share_cut(texts, limit):
    rows = tokenizer(texts)["input_ids"]
    return sum(sum(number != tokenizer.unk_token_id for number in row) > limit for row in rows) / len(rows)


# %% exercise="share_cut" wrong="cut before it is counted" says="cut before it is counted?"
def share_cut(texts, limit):
    rows = tokenizer(texts, truncation=True, max_length=limit)["input_ids"]
    return sum(len(row) > limit for row in rows) / len(rows)


# %% exercise="share_cut" wrong="rounded to three digits" says="rounded to 3 digits?" old="sum(longer) / len(longer)" new="round(sum(longer) / len(longer), 3)"

# %% exercise="share_cut" wrong="one place for the special tokens" says="two places of the limit, not one"
def share_cut(texts, limit):
    return sum(len(tokenizer.tokenize(text)) + 1 > limit for text in texts) / len(texts)


# %% exercise="free" wrong="the last two digits of the number" says="other tokens for"
def free(text):
    import unicodedata

    return "".join(f" e{ord(c) % 100} " if unicodedata.category(c) == "So" else c for c in text)


# %% exercise="free" wrong="the first letters of the name" says="other tokens for"
def free(text):
    import unicodedata

    def short(sign):
        return "".join(word[0] for word in unicodedata.name(sign).lower().split())

    return "".join(f" {short(c)} " if unicodedata.category(c) == "So" else c for c in text)


# %% exercise="free" wrong="all that Python does not call a letter, a space or ASCII" says="the same text"
def free(text):
    import unicodedata

    return "".join(
        c if c.isalnum() or c.isspace() or c.isascii() else f" {unicodedata.name(c, 'sign').lower()} " for c in text
    )


# %% exercise="free" right="in brackets, without spaces"
def free(text):
    import unicodedata

    return "".join(f"({unicodedata.name(c).lower()})" if unicodedata.category(c) == "So" else c for c in text)
