# Right and wrong answers to the sheet of `case_emotion`. `says` is a part of what the check must reply.

# %% exercise="sure_or_right" right="in capital letters"
sure_or_right = {"most_right": "Modest", "lowest_loss": "Careful", "highest_loss": "Sure"}
sure_or_right |= {"softer_accuracy": "Same", "softer_loss": "Down"}

# %% exercise="sure_or_right" right="computed"
losses = {"sure": [0.03] * 3 + [4.61], "modest": [0.92] * 4, "careful": [0.51] * 3 + [1.20]}
by_loss = sorted(losses, key=lambda name: sum(losses[name]))
sure_or_right = {
    "lowest_loss": by_loss[0],
    "highest_loss": by_loss[-1],
    "most_right": "modest",
    "softer_accuracy": "same",
    "softer_loss": "down",
}

# %% exercise="sure_or_right" wrong="the surest is the best" says="is its fourth answer right"
sure_or_right = {"most_right": "sure", "lowest_loss": "sure", "highest_loss": "modest"}
sure_or_right |= {"softer_accuracy": "same", "softer_loss": "up"}

# %% exercise="sure_or_right" wrong="always right, so the lowest loss" says="never sure"
sure_or_right = {"most_right": "modest", "lowest_loss": "modest", "highest_loss": "sure"}
sure_or_right |= {"softer_accuracy": "same", "softer_loss": "down"}

# %% exercise="sure_or_right" wrong="the least sure has the highest loss" says="a higher mean"
sure_or_right = {"most_right": "modest", "lowest_loss": "careful", "highest_loss": "modest"}
sure_or_right |= {"softer_accuracy": "same", "softer_loss": "down"}

# %% exercise="sure_or_right" wrong="a temperature changes the answers" says="The order in each row stays"
sure_or_right = {"most_right": "modest", "lowest_loss": "careful", "highest_loss": "sure"}
sure_or_right |= {"softer_accuracy": "down", "softer_loss": "down"}

# %% exercise="sure_or_right" wrong="softer means more loss" says="the one of 4.61"
sure_or_right = {"most_right": "modest", "lowest_loss": "careful", "highest_loss": "sure"}
sure_or_right |= {"softer_accuracy": "same", "softer_loss": "up"}

# %% exercise="sure_or_right" wrong="a temperature changes nothing" says="The chances do not"
sure_or_right = {"most_right": "modest", "lowest_loss": "careful", "highest_loss": "sure"}
sure_or_right |= {"softer_accuracy": "same", "softer_loss": "same"}

# %% exercise="sure_or_right" wrong="numbers" says="one of"
sure_or_right = {"most_right": 1.0, "lowest_loss": 0.68, "highest_loss": 1.17}
sure_or_right |= {"softer_accuracy": "same", "softer_loss": "down"}


# %% exercise="ready_parts" right="a DatasetDict, made of three"
def ready_parts(posts, limit):
    from datasets import DatasetDict

    train = posts["train"].filter(lambda text: len(text.split()) <= limit, input_columns="text")
    return DatasetDict(train=train, validation=posts["validation"], test=posts["test"])


# %% exercise="ready_parts" right="selected by row numbers"
def ready_parts(posts, limit):
    rows = [i for i, text in enumerate(posts["train"]["text"]) if not len(text.split()) > limit]
    return {name: part.select(rows) if name == "train" else part for name, part in posts.items()}


# %% exercise="ready_parts" right="with pandas"
def ready_parts(posts, limit):
    parts = {name: part.to_pandas() for name, part in posts.items()}
    parts["train"] = parts["train"][parts["train"]["text"].str.split().str.len() <= limit]
    return parts


# %% exercise="ready_parts" wrong="validation is still filtered" says="validation chooses"
def ready_parts(posts, limit):
    parts = posts.filter(lambda row: len(row["text"].split()) <= limit)
    parts["test"] = posts["test"]
    return parts


# %% exercise="ready_parts" wrong="no filter at all" says="nothing is filtered now"
def ready_parts(posts, limit):
    return posts


# %% exercise="ready_parts" wrong="written into what came in" says="leaves `posts` as it is"
def ready_parts(posts, limit):
    posts["train"] = posts["train"].filter(lambda row: len(row["text"].split()) <= limit)
    return posts


# %% exercise="ready_parts" wrong="only the test part is filtered" says="the other way round"
def ready_parts(posts, limit):
    parts = dict(posts)
    parts["test"] = posts["test"].filter(lambda row: len(row["text"].split()) <= limit)
    return parts


# %% exercise="ready_parts" wrong="long test posts are cut, not dropped" says="are the texts whole"
def ready_parts(posts, limit):
    return posts.map(lambda row: {"text": " ".join(row["text"].split()[:limit])})


# %% exercise="ready_parts" wrong="only the training part is returned" says="with the keys"
def ready_parts(posts, limit):
    return posts["train"].filter(lambda row: len(row["text"].split()) <= limit)


# %% exercise="ready_parts" wrong="less than the limit" says="<= and not <"
def ready_parts(posts, limit):
    parts = dict(posts)
    parts["train"] = posts["train"].filter(lambda row: len(row["text"].split()) < limit)
    return parts


# %% exercise="ready_parts" wrong="characters counted" says="not characters"
def ready_parts(posts, limit):
    parts = dict(posts)
    parts["train"] = posts["train"].filter(lambda row: len(row["text"]) <= limit)
    return parts


# %% exercise="tidied" right="word by word"
def tidied(text):
    out = []
    for word in text.split():
        start, word = ("(", word[1:]) if word[:1] == "(" else ("", word)
        if re.match(r"@\w", word):
            word = re.sub(r"^@\w+", "@user", word)
            if word.startswith("@user") and out and out[-1] == "@user":
                out.pop()
        if re.match(r"#\w", word):
            word = re.sub("([a-z])([A-Z])", r"\1 \2", word[1:])
        out.append(start + word)
    return " ".join(out)


# %% exercise="tidied" right="hashtags first, more spaces"
def tidied(text):
    text = re.sub(r"\B#(\w+)", lambda m: " " + re.sub(r"([a-z])(?=[A-Z])", r"\1 ", m.group(1)) + " ", text)
    text = re.sub(r" +([,!.])", r"\1", text)
    return re.sub(r"((?<=[\s(])|^)@\w+(\s+@\w+)*", "@user", text).strip()


# %% exercise="tidied" right="a long row of ifs, sign by sign"
def tidied(text):
    out, place = "", 0
    while place < len(text):
        end = place + 1
        while end < len(text) and re.match(r"\w", text[end]):
            end += 1
        whole = end > place + 1 and (place == 0 or not re.match(r"\w", text[place - 1]))
        if text[place] == "@" and whole:
            out += "" if re.search(r"@user\s+$", out) else "@user"
        elif text[place] == "#" and whole:
            for number in range(place + 1, end):
                out += " " if text[number].isupper() and text[number - 1].islower() else ""
                out += text[number]
        else:
            out, end = out + text[place], place + 1
        place = end
    return out


# %% exercise="tidied" wrong="one space between names" says="only one space between two names"
def tidied(text):
    text = re.sub(r"(?<!\w)@\w+", "@user", text)
    while "@user @user" in text:
        text = text.replace("@user @user", "@user")
    return re.sub(r"(?<!\w)#(\w+)", lambda m: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", m[1]), text)


# %% exercise="tidied" wrong="a single @ is a name" says="something must stand behind it" old="r\"(?<!\\w)@\\w+\"" new="r\"(?<!\\w)@\\w*\""

# %% exercise="tidied" wrong="a single # goes" says="a `#` with nothing behind it" old="return re.sub(r\"(?<!\\w)#(\\w+)\", as_words, text)" new="return re.sub(r\"(?<!\\w)#(\\w+)\", as_words, text).replace(\"#\", \"\")"

# %% exercise="tidied" wrong="capitals in a row cut before the last" says="after a capital" old="r\"(?<=[a-z])(?=[A-Z])\"" new="r\"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])\""

# %% exercise="tidied" wrong="only behind a space" says="a bracket may stand before"
def tidied(text):
    text = re.sub(r"(?<!\S)@\w+(\s+@\w+)*", "@user", text)
    return re.sub(r"(?<!\S)#(\w+)", lambda m: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", m[1]), text)


# %% exercise="tidied" wrong="names replaced one by one" says="@usera"
def tidied(text):
    for name in re.findall(r"(?<!\w)@\w+", text):
        text = text.replace(name, "@user")
    text = re.sub(r"@user(\s+@user\b)+", "@user", text)
    return re.sub(r"(?<!\w)#(\w+)", lambda m: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", m[1]), text)


# %% exercise="tidied" wrong="the address is hit" says="an address is no name"
def tidied(text):
    text = re.sub(r"@\w+", "@user", text)
    text = re.sub(r"@user(\s+@user)+", "@user", text)
    return re.sub(r"#(\w+)", lambda m: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", m[1]), text)


# %% exercise="tidied" wrong="a row of names stays a row" says="two names in a row"
def tidied(text):
    text = re.sub(r"(?<!\w)@\w+", "@user", text)
    return re.sub(r"#(\w+)", lambda m: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", m[1]), text)


# %% exercise="tidied" wrong="a comma taken for a space" says="they are no row"
def tidied(text):
    text = re.sub(r"(?<!\w)@\w+", "@user", text)
    text = re.sub(r"@user([, ]+@user)+", "@user", text)
    return re.sub(r"#(\w+)", lambda m: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", m[1]), text)


# %% exercise="tidied" wrong="split everywhere" says="inside other words"
def tidied(text):
    text = re.sub(r"(?<!\w)@\w+", "@user", text)
    text = re.sub(r"@user(\s+@user)+", "@user", text)
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text.replace("#", ""))


# %% exercise="tidied" wrong="a space before each capital" says="capitals in a row"
def tidied(text):
    text = re.sub(r"(?<!\w)@\w+", "@user", text)
    text = re.sub(r"@user(\s+@user)+", "@user", text)
    return re.sub(r"#(\w+)", lambda m: re.sub(r"(?=[A-Z])", " ", m[1]), text)


# %% exercise="tidied" wrong="only letters in a name" says="digits and `_`"
def tidied(text):
    text = re.sub(r"(?<!\w)@[a-zA-Z]+", "@user", text)
    text = re.sub(r"@user(\s+@user)+", "@user", text)
    return re.sub(r"#(\w+)", lambda m: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", m[1]), text)


# %% exercise="tidied" wrong="up to the next space" says="before a comma"
def tidied(text):
    text = re.sub(r"(?<!\w)@\S+", "@user", text)
    text = re.sub(r"@user(\s+@user)+", "@user", text)
    return re.sub(r"#(\w+)", lambda m: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", m[1]), text)


# %% exercise="tidied" wrong="hashtags stick together" says="stick together"
def tidied(text):
    text = re.sub(r"(?<!\w)@\w+", "@user", text)
    return re.sub(r"@user(\s+@user)+", "@user", text).replace("#", "")


# %% exercise="tidied" wrong="hashtags removed" says="only the `#` goes"
def tidied(text):
    text = re.sub(r"(?<!\w)@\w+", "@user", text)
    return re.sub(r"#\w+", "", re.sub(r"@user(\s+@user)+", "@user", text))


# %% exercise="tidied" wrong="made small" says="became small"
def tidied(text):
    text = re.sub(r"(?<!\w)@\w+", "@user", text)
    text = re.sub(r"@user(\s+@user)+", "@user", text)
    return re.sub(r"#(\w+)", lambda m: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", m[1]), text).lower()


# %% exercise="mean_chances" right="with NumPy, in a loop"
def mean_chances(models, inputs):
    from scipy.special import softmax

    total = 0
    for model in models:
        model.eval()
        with torch.no_grad():
            total = total + softmax(model(inputs).numpy(), axis=1)
    return total / len(models)


# %% exercise="mean_chances" right="one post after the other, with its gradient, as a list"
def mean_chances(models, inputs):
    rows = []
    for row in inputs:
        said = [torch.softmax(model.train(False)(row), dim=0) for model in models]
        rows.append((sum(said) / len(said)).tolist())
    return rows


# %% exercise="mean_chances" right="gradients kept"
def mean_chances(models, inputs):
    [model.eval() for model in models]
    return torch.mean(torch.stack([model(inputs) for model in models]).softmax(2), dim=0)


# %% exercise="mean_chances" wrong="dropout still on" says="dropout is on"
def mean_chances(models, inputs):
    with torch.no_grad():
        return torch.stack([model(inputs).softmax(-1) for model in models]).mean(0)


# %% exercise="mean_chances" wrong="the mean of the logits" says="heard louder"
def mean_chances(models, inputs):
    with torch.no_grad():
        return torch.stack([model.eval()(inputs) for model in models]).mean(0).softmax(-1)


# %% exercise="mean_chances" wrong="no softmax" says="these are logits"
def mean_chances(models, inputs):
    with torch.no_grad():
        return sum(model.eval()(inputs) for model in models) / len(models)


# %% exercise="mean_chances" wrong="the mean of the weights" says="that is the lesson's way"
def mean_chances(models, inputs):
    mixed = copy.deepcopy(models[0]).eval()
    with torch.no_grad():
        for target, *parts in zip(mixed.parameters(), *(m.parameters() for m in models)):
            target.copy_(sum(parts) / len(parts))
        return mixed(inputs).softmax(-1)


# %% exercise="mean_chances" wrong="softmax over the posts" says="over the posts"
def mean_chances(models, inputs):
    with torch.no_grad():
        return torch.stack([model.eval()(inputs).softmax(0) for model in models]).mean(0)


# %% exercise="mean_chances" wrong="softmax over the models" says="over the models"
def mean_chances(models, inputs):
    with torch.no_grad():
        return torch.stack([model.eval()(inputs) for model in models]).softmax(0).mean(0)


# %% exercise="mean_chances" wrong="the mean over the posts" says="the mean over the posts?"
def mean_chances(models, inputs):
    with torch.no_grad():
        return torch.stack([model.eval()(inputs).softmax(-1) for model in models]).mean(1)


# %% exercise="mean_chances" wrong="a sum" says="divide by the number"
def mean_chances(models, inputs):
    with torch.no_grad():
        return sum(model.eval()(inputs).softmax(-1) for model in models)


# %% exercise="mean_chances" wrong="the labels" says="All four chances"
def mean_chances(models, inputs):
    with torch.no_grad():
        return sum(model.eval()(inputs).softmax(-1) for model in models).argmax(-1)


# %% exercise="sure_or_right" right="in quotes of all kinds, with a key more"
sure_or_right = dict(most_right="(modest)", lowest_loss=" careful", highest_loss='sure.', notes="by hand")
sure_or_right.update(softer_accuracy="SAME", softer_loss="down")

# %% exercise="sure_or_right" wrong="a name in a list" says="one text, not several in a list" old="\"most_right\": \"modest\"" new="\"most_right\": [\"modest\"]"

# %% exercise="sure_or_right" wrong="two names" says="one text, not several in a list" old="\"highest_loss\": \"sure\"" new="\"highest_loss\": (\"sure\", \"modest\")"

# %% exercise="ready_parts" wrong="the colleague's own limit" says="always at most 12 words" old="<= limit" new="<= 12"

# %% exercise="ready_parts" wrong="split at each space" says="with nothing in the brackets" old="split()" new="split(\" \")"

# %% exercise="ready_parts" wrong="posts without a word dropped" says="a post without a word" old="len(row[\"text\"].split())" new="0 < len(row[\"text\"].split())"

# %% exercise="ready_parts" wrong="signs counted" says="I do not recognise this slip"
def ready_parts(posts, limit):
    import re

    return {**posts, "train": posts["train"].filter(lambda row: len(re.findall(r"\w+", row["text"])) <= limit)}


# %% exercise="ready_parts" wrong="the loop ends at the first long post" says="does the loop end"
def ready_parts(posts, limit):
    found = []
    for place, text in enumerate(posts["train"]["text"]):
        if len(text.split()) > limit:
            break
        found.append(place)
    return {**posts, "train": posts["train"].select(found)}


# %% exercise="ready_parts" wrong="posts that come twice dropped" says="stays twice"
def ready_parts(posts, limit):
    first = {text: place for place, text in reversed([*enumerate(posts["train"]["text"])])}
    return {**posts, "train": posts["train"].select(sorted(first.values())).filter(lambda row: len(row["text"].split()) <= limit)}


# %% exercise="ready_parts" wrong="a column of word counts stays" says="and no other"
def ready_parts(posts, limit):
    counted = posts["train"].map(lambda row: {"words": len(row["text"].split())})
    return {**posts, "train": counted.filter(lambda row: row["words"] <= limit)}


# %% exercise="ready_parts" wrong="the labels are lost" says="with the columns"
def ready_parts(posts, limit):
    parts = dict(posts)
    parts["train"] = posts["train"].filter(lambda row: len(row["text"].split()) <= limit).select_columns("text")
    return parts


# %% exercise="ready_parts" wrong="sorted by length" says="I do not recognise this slip"
def ready_parts(posts, limit):
    rows = sorted(range(len(posts["train"])), key=lambda i: len(posts["train"]["text"][i]))
    rows = [i for i in rows if len(posts["train"]["text"][i].split()) <= limit]
    return {**posts, "train": posts["train"].select(rows)}


# %% exercise="ready_parts" equivalent="the two lines do not need each other"
# + parts = dict(posts)
# - parts = dict(posts)

# %% exercise="tidied" right="the lesson's own rule, with a space before each mark"
def tidied(text):
    text = re.sub(r"(?<!\w)@\w+", "@user", text)
    text = re.sub(r"(?<!\w)(@user\s*)+", "@user ", text)
    return re.sub(r"(?<!\w)#(\w+)", lambda m: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", m[1]), text)


# %% exercise="tidied" wrong="a space with each name, and the address is hit" says="an address is no name"
def tidied(text):
    text = re.sub(r"@\w+", "@user", text)
    text = re.sub(r"(@user\s*)+", "@user ", text)
    return re.sub(r"(?<!\w)#(\w+)", lambda m: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", m[1]), text)


# %% exercise="tidied" wrong="two names in a row, not three" says="more than two names" old="@user(\\s+@user\\b)+" new="@user\\s+@user\\b"

# %% exercise="tidied" wrong="a digit taken for a small letter" says="a digit is none" old="(?<=[a-z])(?=[A-Z])" new="(?<=[a-z0-9])(?=[A-Z])"

# %% exercise="tidied" wrong="the card's own example" says="I do not recognise this slip"
def tidied(text):
    return "@user my iPhone is back! Best Day Ever"


# %% exercise="mean_chances" wrong="for three models" says="divided by 3"
def mean_chances(models, inputs):
    with torch.no_grad():
        return sum(model.eval()(inputs).softmax(-1) for model in models) / 3


# %% exercise="mean_chances" wrong="percentages" says="percentages"
def mean_chances(models, inputs):
    with torch.no_grad():
        return 100 * torch.stack([model.eval()(inputs).softmax(-1) for model in models]).mean(0)


# %% exercise="mean_chances" wrong="the first model becomes the mean of all" says="models with the weights that they had"
def mean_chances(models, inputs):
    with torch.no_grad():
        said = torch.stack([model.eval()(inputs).softmax(-1) for model in models]).mean(0)
        for target, *parts in zip(*(m.parameters() for m in models)):
            target.copy_(sum(parts, target) / len(models))
    return said


# %% exercise="mean_chances" wrong="the inputs are made longer" says="leaves `inputs` as it is"
def mean_chances(models, inputs):
    with torch.no_grad():
        said = torch.stack([model.eval()(inputs).softmax(-1) for model in models]).mean(0)
    inputs *= 2
    return said


# %% exercise="mean_chances" equivalent="it saves memory, the numbers are the same"
# - with torch.inference_mode():
# - chances = [model.eval()(inputs).softmax(dim=-1) for model in models]
# + chances = [model.eval()(inputs).softmax(dim=-1) for model in models]

# %% exercise="mean_chances" equivalent="a table of posts and labels has two axes: 1 is the last one"
# - chances = [model.eval()(inputs).softmax(dim=-1) for model in models]
# + chances = [model.eval()(inputs).softmax(dim=1) for model in models]

# - chances = [model.eval()(inputs).softmax(dim=-1) for model in models]
# + chances = [model.eval()(inputs).softmax(dim=+1) for model in models]

# %% exercise="tidied" equivalent="rows of names and hashtags do not meet: either may come first"
# - text = re.sub('@user(\\s+@user\\b)+', '@user', text)
# + text = re.sub('@user(\\s+@user\\b)+', '@user', text)

# %% exercise="mean_chances" wrong="dropout killed for ever" says="the rate itself was changed"
def mean_chances(models, inputs):
    for model in models:
        for part in model.modules():
            if isinstance(part, torch.nn.Dropout):
                part.p = 0.0
    with torch.no_grad():
        return torch.stack([model(inputs).softmax(-1) for model in models]).mean(0)


# %% exercise="mean_chances" wrong="frozen" says="requires_grad"
def mean_chances(models, inputs):
    for model in models:
        model.eval().requires_grad_(False)
    return torch.stack([model(inputs).softmax(-1) for model in models]).mean(0)


# %% exercise="mean_chances" wrong="gradients left behind" says="`backward` was called"
def mean_chances(models, inputs):
    made = torch.stack([model.eval()(inputs).softmax(-1) for model in models]).mean(0)
    made.max().backward()
    return made.detach()


# %% exercise="mean_chances" wrong="models of another dtype" says="other weights"
def mean_chances(models, inputs):
    with torch.no_grad():
        return torch.stack([model.double().eval()(inputs.double()).softmax(-1) for model in models]).mean(0)


# %% exercise="mean_chances" wrong="the list is used up" says="changes the list itself"
def mean_chances(models, inputs):
    total, count = 0, len(models)
    with torch.no_grad():
        while models:
            total = total + models.pop().eval()(inputs).softmax(-1)
    return total / count


# %% exercise="mean_chances" wrong="the models of the notebook" says="given:    mean_chances(2 models" old="for model in models" new="for model in [gentle, bold]"

# %% exercise="mean_chances" right="the modes set back afterwards"
def mean_chances(models, inputs):
    total = torch.zeros(len(inputs), 4)
    for model in models:
        mode = model.training
        model.eval()
        with torch.no_grad():
            total += model(inputs).softmax(1)
        model.train(mode)
    return total / len(models)
