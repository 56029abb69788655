# Right and wrong answers to the sheet of `cuda_errors`. `says` is a part of what the check must reply.

# %% exercise="blamed_lines" right="seen on the small GPU"
import torch


def line_of(gpu, token, label):
    try:
        program(gpu, token, label)
    except (IndexError, RuntimeError) as error:
        return error.__traceback__.tb_next.tb_lineno - program.__code__.co_firstlineno
    return 0


used = SmallGPU()
blamed_lines = {"a": line_of(used, 7, 4), "b": line_of(used, 7, 3), "c": line_of(SmallGPU(), 7, 3)}
blamed_lines["d"] = line_of(SmallGPU(blocking=True), 7, 4)
blamed_lines["e"] = line_of(SmallGPU(), 100, 3)
blamed_lines["f"] = line_of(SmallGPU(blocking=True), 100, 4)

# %% exercise="blamed_lines" right="floats, and another order"
blamed_lines = dict(zip("fedcba", [1.0, 5.0, 2.0, 0.0, 1.0, 5.0]))

# %% exercise="blamed_lines" right="NumPy numbers"
import numpy as np

blamed_lines = {letter: np.int64(line) for letter, line in zip("abcdef", (5, 1, 0, 2, 5, 1))}

# %% exercise="blamed_lines" wrong="always the guilty line" says="only notes the order"
blamed_lines = {"a": 2, "b": 1, "c": 0, "d": 2, "e": 1, "f": 1}

# %% exercise="blamed_lines" wrong="the broken GPU is forgotten" says="is this GPU still whole"
blamed_lines = {"a": 5, "b": 0, "c": 0, "d": 2, "e": 5, "f": 1}

# %% exercise="blamed_lines" wrong="every GPU is broken afterwards" says="a new GPU"
blamed_lines = {"a": 5, "b": 1, "c": 1, "d": 2, "e": 5, "f": 1}

# %% exercise="blamed_lines" wrong="blocking changes nothing" says="who waits, and when"
blamed_lines = {"a": 5, "b": 1, "c": 0, "d": 5, "e": 5, "f": 5}

# %% exercise="blamed_lines" wrong="row 100 of 100 exists" says="the rows 0 to 99"
blamed_lines = {"a": 5, "b": 1, "c": 0, "d": 2, "e": 0, "f": 2}

# %% exercise="blamed_lines" wrong="the second fault first" says="which is met first"
blamed_lines = {"a": 5, "b": 1, "c": 0, "d": 2, "e": 5, "f": 2}

# %% exercise="blamed_lines" wrong="the broken GPU still takes orders" says="does a broken GPU even take an order"
blamed_lines = {"a": 5, "b": 5, "c": 0, "d": 2, "e": 5, "f": 1}

# %% exercise="blamed_lines" wrong="a list" says="a dict"
blamed_lines = [5, 1, 0, 2, 5, 1]

# %% exercise="blamed_lines" wrong="a line that is not there" says="at most 5"
blamed_lines = {"a": 6, "b": 1, "c": 0, "d": 2, "e": 5, "f": 1}


# %% exercise="star_targets" right="a list comprehension"
def star_targets(stars):
    return torch.tensor([star - 1 if star > 0 else -100 for star in stars])


# %% exercise="star_targets" right="NumPy"
def star_targets(stars):
    import numpy as np

    stars = np.array(stars)
    return torch.from_numpy(np.where(stars == -1, -100, stars - 1))


# %% exercise="star_targets" right="assigned in place"
def star_targets(stars):
    targets = torch.tensor(stars) - 1
    targets[targets == -2] = -100
    return targets


# %% exercise="star_targets" right="pandas, with a dict"
def star_targets(stars):
    import pandas as pd

    return torch.tensor(pd.Series(stars).map({-1: -100, 1: 0, 2: 1, 3: 2, 4: 3, 5: 4}).to_numpy())


# %% exercise="star_targets" right="masked_fill"
def star_targets(stars):
    given = torch.as_tensor(stars)
    return (given - 1).masked_fill(given < 0, torch.nn.CrossEntropyLoss().ignore_index)


# %% exercise="star_targets" right="a table to look up in"
star_targets = lambda stars: torch.tensor([0, 0, 1, 2, 3, 4, -100])[torch.tensor(stars)]

# %% exercise="star_targets" right="floats on the way, whole numbers at the end"
def star_targets(stars):
    given = torch.tensor(stars, dtype=torch.float32)
    return torch.where(given.eq(-1), torch.full_like(given, -100), given.sub(1)).long()


# %% exercise="star_targets" wrong="a list: the loss takes no list" says="make a tensor of it"
def star_targets(stars):
    return [star - 1 if star > 0 else -100 for star in stars]


# %% exercise="star_targets" wrong="a list of floats" says="received: a list of 1: [2.0]"
def star_targets(stars):
    return [star - 1.0 if star > 0 else -100.0 for star in stars]


# %% exercise="star_targets" wrong="a tuple" says="make a tensor of it"
def star_targets(stars):
    return tuple(star - 1 if star > 0 else -100 for star in stars)


# %% exercise="star_targets" wrong="NumPy" says="a tensor of targets"
def star_targets(stars):
    import numpy as np

    return np.where(np.array(stars) == -1, -100, np.array(stars) - 1)


# %% exercise="star_targets" wrong="the list is overwritten" says="leaves `stars` as it is"
def star_targets(stars):
    for at, star in enumerate(stars):
        stars[at] = star - 1 if star > 0 else -100
    return torch.tensor(stars)


# %% exercise="star_targets" wrong="each in a row of its own" says="in a row of its own"
def star_targets(stars):
    return torch.tensor([[star - 1] if star > 0 else [-100] for star in stars])


# %% exercise="star_targets" wrong="the order turned round" says="turned round"
def star_targets(stars):
    return torch.tensor([5 - star if star > 0 else -100 for star in stars])


# %% exercise="star_targets" wrong="one added to all, after -100 was put in" says="the loss refuses -101"
def star_targets(stars):
    given = torch.tensor(stars)
    given[given == -1] = -100
    return given - 1


# %% exercise="star_targets" wrong="one, after clamp" says="I do not recognise this slip"
def star_targets(stars):
    given = torch.tensor(stars)
    return torch.where(given == -1, -100, given.clamp(max=4) - 1)


# %% exercise="star_targets" wrong="the numbers of the card's list" says="I do not recognise this slip"
def star_targets(stars):
    return torch.tensor([4, 0, -100, 3])


# %% exercise="star_targets" wrong="one row of probabilities each" says="a target is one number"
def star_targets(stars):
    return torch.nn.functional.one_hot(torch.tensor(stars).clamp(1) - 1, 5).float()


# %% exercise="star_targets" wrong="only the last one is the silent guest" says="I do not recognise this slip"
def star_targets(stars):
    targets = torch.tensor(stars) - 1
    targets[-1] = -100
    return targets


# %% exercise="star_targets" wrong="as it was" says="only silenced"
def star_targets(stars):
    return torch.tensor(stars).clamp(min=0, max=4)


# %% exercise="star_targets" wrong="one less, then clamped" says="counts as one star"
def star_targets(stars):
    return (torch.tensor(stars) - 1).clamp(min=0)


# %% exercise="star_targets" wrong="one less for all" says="-2 is refused"
def star_targets(stars):
    return torch.tensor(stars) - 1


# %% exercise="star_targets" wrong="minus one stays" says="refuses -1, too"
def star_targets(stars):
    return torch.tensor([star - 1 if star != -1 else -1 for star in stars])


# %% exercise="star_targets" wrong="the rows without stars are dropped" says="no longer match"
def star_targets(stars):
    return torch.tensor([star - 1 for star in stars if star != -1])


# %% exercise="star_targets" wrong="only -100, not one less" says="counted from 0"
def star_targets(stars):
    given = torch.tensor(stars)
    return torch.where(given == -1, -100, given)


# %% exercise="star_targets" wrong="modulo" says="which class do five stars have"
def star_targets(stars):
    return torch.tensor([star % 5 if star > 0 else -100 for star in stars])


# %% exercise="star_targets" wrong="a sixth class" says="a class of its own"
def star_targets(stars):
    return torch.tensor([star - 1 if star > 0 else 5 for star in stars])


# %% exercise="star_targets" wrong="floats" says="it refuses the type torch.float32"
def star_targets(stars):
    return torch.tensor([star - 1.0 if star > 0 else -100.0 for star in stars])


# %% exercise="star_targets" wrong="int32, which the loss refuses" says="it refuses the type torch.int32"
def star_targets(stars):
    return torch.tensor([star - 1 if star > 0 else -100 for star in stars], dtype=torch.int32)


# %% exercise="star_targets" wrong="printed, not returned" says="does it end with `return`?"
def star_targets(stars):
    print([star - 1 if star > 0 else -100 for star in stars])


# %% exercise="before_the_gpu" right="plain loops and the configuration"
def before_the_gpu(model, batch, targets):
    place = next(model.parameters()).device
    for tensor in list(batch.values()) + [targets]:
        if str(tensor.device) != str(place):
            return "device"
    for row in batch["input_ids"].tolist():
        for number in row:
            if not 0 <= number < model.config.vocab_size:
                return "ids"
    for target in targets.tolist():
        if target != -100 and target not in range(model.num_labels):
            return "labels"
    return "fine"


# %% exercise="before_the_gpu" right="a set of devices, the shapes of the weights"
def before_the_gpu(model, batch, targets):
    if len({model.device, targets.device, *(t.device for t in batch.values())}) > 1:
        return "device"
    rows = model.get_input_embeddings().weight.shape[0]
    if not torch.isin(batch.input_ids, torch.arange(rows)).all():
        return "ids"
    allowed = torch.tensor([-100, *range(model.classifier.out_features)])
    return "fine" if torch.isin(targets, allowed).all() else "labels"


# %% exercise="before_the_gpu" right="the model is asked"
def before_the_gpu(model, batch, targets):
    places = {tensor.device for tensor in batch.values()} | {targets.device, model.device}
    if len(places) != 1:
        return "device"
    try:
        model.get_input_embeddings()(batch["input_ids"])
    except IndexError:
        return "ids"
    try:
        torch.nn.functional.cross_entropy(torch.zeros(len(targets), model.num_labels), targets)
    except IndexError:
        return "labels"
    return "fine"


# %% exercise="before_the_gpu" right="sets of numbers, and the words at the end"
def before_the_gpu(model, batch, targets):
    word = "fine"
    if {str(each.device) for each in (*batch.values(), targets)} != {str(model.device)}:
        word = "device"
    elif set(batch["input_ids"].flatten().tolist()) - set(range(len(model.get_input_embeddings().weight))):
        word = "ids"
    elif set(targets.tolist()) - {-100} - set(model.config.id2label):
        word = "labels"
    return word


# %% exercise="before_the_gpu" right="with NumPy"
def before_the_gpu(model, batch, targets):
    import numpy as np

    for tensor in (targets, *batch.data.values()):
        if tensor.device != next(model.parameters()).device:
            return "device"
    ids, targets = np.asarray(batch["input_ids"]), np.asarray(targets)
    if not ((ids >= 0) & (ids < model.config.vocab_size)).all():
        return "ids"
    return "fine" if np.isin(targets, [-100, *range(model.config.num_labels)]).all() else "labels"


# %% exercise="before_the_gpu" right="things of its own are changed, after a copy"
def before_the_gpu(model, batch, targets):
    batch, targets = dict(batch), targets.clone()
    ids = batch.pop("input_ids")
    if any(tensor.device != model.device for tensor in [ids, targets, *batch.values()]):
        return "device"
    targets[targets == -100] = 0
    if (ids < 0).any() or (ids >= model.get_input_embeddings().num_embeddings).any():
        return "ids"
    return "labels" if (targets < 0).any() or (targets >= model.num_labels).any() else "fine"


# %% exercise="before_the_gpu" wrong="the last row counted as missing" says="the last row of the table is allowed" old="ids.max() >= rows" new="ids.max() >= rows - 1"

# %% exercise="before_the_gpu" wrong="greater in place of greater or equal, for ids" says="their count is no row" old="ids.max() >= rows" new="ids.max() > rows"

# %% exercise="before_the_gpu" wrong="greater in place of greater or equal, for targets" says="their count is no class" old=">= model.config.num_labels" new="> model.config.num_labels"

# %% exercise="before_the_gpu" wrong="the last class counted as missing" says="the last class is allowed" old=">= model.config.num_labels" new=">= model.config.num_labels - 1"

# %% exercise="before_the_gpu" wrong="the tokenizer's length" says="A tokenizer may know more" old="model.get_input_embeddings().num_embeddings" new="len(tokenizer)"

# %% exercise="before_the_gpu" wrong="the width of the table" says="the width of the table" old="get_input_embeddings().num_embeddings" new="get_input_embeddings().embedding_dim"

# %% exercise="before_the_gpu" wrong="the first text only" says="I do not recognise this slip" old="ids.max() >= rows" new="ids[0].max() >= rows"

# %% exercise="before_the_gpu" wrong="one text only" says="only the first text" old='ids, rows = batch["input_ids"],' new='ids, rows = batch["input_ids"][0],'

# %% exercise="before_the_gpu" wrong="the last text only" says="only the last text" old='ids, rows = batch["input_ids"],' new='ids, rows = batch["input_ids"][-1],'

# %% exercise="before_the_gpu" wrong="the last column only" says="only the last id of each text" old='ids, rows = batch["input_ids"],' new='ids, rows = batch["input_ids"][:, -1],'

# %% exercise="before_the_gpu" wrong="negative ids forgotten" says="an id can also be too small" old="ids.min() < 0 or " new=""

# %% exercise="before_the_gpu" wrong="the ids never looked at" says="the ids are not looked at" old="ids.min() < 0 or ids.max() >= rows" new="False"

# %% exercise="before_the_gpu" wrong="the row 0 counted as missing" says="the first row of the table" old="ids.min() < 0" new="ids.min() < 1"

# %% exercise="before_the_gpu" wrong="four classes, as in the example" says="read from this model" old="model.config.num_labels" new="4"

# %% exercise="before_the_gpu" wrong="-100 refused" says="leaves -100 out, on purpose" old="targets[targets != -100]" new="targets"

# %% exercise="before_the_gpu" wrong="negative targets forgotten" says="no other negative number" old="(used < 0) | (used >= model.config.num_labels)" new="used >= model.config.num_labels"

# %% exercise="before_the_gpu" wrong="-1 left out, too" says="refuses -1" old="used < 0" new="used < -1"

# %% exercise="before_the_gpu" wrong="the first target only" says="I do not recognise this slip" old="targets[targets != -100]" new="targets[:1]"

# %% exercise="before_the_gpu" wrong="too big targets forgotten" says="a target can also be too big" old="(used < 0) | (used >= model.config.num_labels)" new="used < 0"

# %% exercise="before_the_gpu" wrong="only ids and targets compared" says="more tensors than its ids" old="[*batch.values(), targets]" new='[batch["input_ids"], targets]'

# %% exercise="before_the_gpu" wrong="ids, mask and targets compared" says="than its ids and its mask" old="[*batch.values(), targets]" new='[batch["input_ids"], batch["attention_mask"], targets]'

# %% exercise="before_the_gpu" wrong="devices first, but the targets are forgotten" says="Is the place of `targets` looked at before?" old="[*batch.values(), targets]" new="[*batch.values()]"

# %% exercise="before_the_gpu" wrong="compared with the CPU" says="the place of this model" old="tensor.device != model.device" new='tensor.device.type != "cpu"'

# %% exercise="before_the_gpu" wrong="compared with each other, not with the model" says="compare each with the model" old="any(tensor.device != model.device for tensor in tensors)" new="len({tensor.device for tensor in tensors}) > 1"

# %% exercise="before_the_gpu" wrong="compared with the first tensor, the targets' device alone" says="Is the place of `input_ids` looked at before?" old="any(tensor.device != model.device for tensor in tensors)" new="targets.device != model.device"

# %% exercise="before_the_gpu" wrong="devices never looked at" says="Is the place of `input_ids` looked at before?" old="any(tensor.device != model.device for tensor in tensors)" new="False"

# %% exercise="before_the_gpu" wrong="a name of BERT's" says="has no attribute 'bert'" old="model.get_input_embeddings()" new="model.bert.embeddings.word_embeddings"

# %% exercise="before_the_gpu" wrong="a tensor that DistilBERT has not" says="KeyError" old="[*batch.values(), targets]" new='[batch["input_ids"], batch["token_type_ids"], batch["attention_mask"], targets]'

# %% exercise="before_the_gpu" wrong="written otherwise" says="exactly as on the card" old='return "fine"' new='return "Fine"'

# %% exercise="before_the_gpu" wrong="with a space" says="exactly as on the card" old='return "ids"' new='return "ids "'

# %% exercise="before_the_gpu" wrong="two words" says="exactly as on the card" old='return "labels"' new='return "ids", "labels"'

# %% exercise="before_the_gpu" wrong="the silent guests become class 0" says="leaves `targets` as it is" old="used = targets[targets != -100]" new="targets[targets == -100] = 0; used = targets"

# %% exercise="before_the_gpu" wrong="the ids are clamped" says="leaves `batch` as it is" old="used = targets[targets != -100]" new="ids.clamp_(0, 10); used = targets[targets != -100]"

# %% exercise="before_the_gpu" wrong="the mask is taken out" says="leaves `batch` as it is" old="used = targets[targets != -100]" new='batch.pop("attention_mask"); used = targets[targets != -100]'

# %% exercise="before_the_gpu" wrong="the model is left in training" says="leaves `model` as it is" old="used = targets[targets != -100]" new="model.train(); used = targets[targets != -100]"

# %% exercise="before_the_gpu" wrong="the head is changed" says="leaves `model` as it is" old="used = targets[targets != -100]" new="model.classifier.weight.data.zero_(); used = targets[targets != -100]"

# %% exercise="before_the_gpu" wrong="all ids must be wrong" says="I do not recognise this slip" old="ids.min() < 0 or ids.max() >= rows" new="ids.max() < 0 or ids.min() >= rows"

# %% exercise="before_the_gpu" wrong="the devices last" says="numbers cannot be read there"
def before_the_gpu(model, batch, targets):
    if not all(0 <= number < model.config.vocab_size for number in batch["input_ids"].flatten()):
        return "ids"
    if not all(-100 == target or 0 <= target < model.config.num_labels for target in targets):
        return "labels"
    devices = {tensor.device for tensor in [*batch.values(), targets]}
    return "fine" if devices == {model.device} else "device"


# %% exercise="before_the_gpu" wrong="true or false" says="exactly as on the card"
def before_the_gpu(model, batch, targets):
    return all(tensor.device == model.device for tensor in [*batch.values(), targets])


# %% exercise="before_the_gpu" wrong="always fine" says="nothing is looked at"
def before_the_gpu(model, batch, targets):
    return "fine"


# %% exercise="before_the_gpu" wrong="labels before ids" says="comes before a target"
def before_the_gpu(model, batch, targets):
    if any(tensor.device != model.device for tensor in [*batch.values(), targets]):
        return "device"
    if any(target != -100 and not 0 <= target < model.num_labels for target in targets.tolist()):
        return "labels"
    ids = batch["input_ids"]
    return "ids" if ids.min() < 0 or ids.max() >= model.config.vocab_size else "fine"


# %% exercise="before_the_gpu" wrong="only too big numbers are looked for" says="numbers can also be too small"
def before_the_gpu(model, batch, targets):
    if any(tensor.device != model.device for tensor in [*batch.values(), targets]):
        return "device"
    if batch["input_ids"].max() >= model.config.vocab_size:
        return "ids"
    return "labels" if targets.max() >= model.config.num_labels else "fine"


# %% exercise="before_the_gpu" wrong="printed" says="does it end with `return`?"
def before_the_gpu(model, batch, targets):
    print("fine")


# %% exercise="before_the_gpu" equivalent="numbers are read after the devices are compared, in either order of the lines"
# + ids, rows = (batch['input_ids'], model.get_input_embeddings().num_embeddings)
# - ids, rows = (batch['input_ids'], model.get_input_embeddings().num_embeddings)

# + used = targets[targets != -100]
# - used = targets[targets != -100]

# %% exercise="before_the_gpu" equivalent="any of them is any of them, in whichever order"
# - tensors = [*batch.values(), targets]
# + tensors = [targets, *batch.values()]


# %% exercise="gradient_in_pieces" right="sums, divided by all rows"
def gradient_in_pieces(layer, inputs, targets, pieces):
    layer.zero_grad()
    for some, goals in zip(inputs.chunk(pieces), targets.chunk(pieces)):
        loss = torch.nn.functional.cross_entropy(layer(some), goals, reduction="sum") / len(inputs)
        loss.backward()
    return layer.weight.grad


# %% exercise="gradient_in_pieces" right="autograd, added by hand, as NumPy"
def gradient_in_pieces(layer, inputs, targets, pieces):
    total = 0
    for some, goals in zip(torch.tensor_split(inputs, pieces), torch.tensor_split(targets, pieces)):
        loss = torch.nn.CrossEntropyLoss()(layer(some), goals)
        total = total + torch.autograd.grad(loss, layer.weight)[0] * len(some) / len(inputs)
    return total.numpy()


# %% exercise="gradient_in_pieces" right="in double precision"
def gradient_in_pieces(layer, inputs, targets, pieces):
    import copy

    layer = copy.deepcopy(layer).double()
    layer.zero_grad()
    for rows in torch.arange(len(inputs)).chunk(pieces):
        loss = torch.nn.functional.cross_entropy(layer(inputs[rows].double()), targets[rows])
        (loss * len(rows) / len(inputs)).backward()
    return layer.weight.grad.clone()


# %% exercise="gradient_in_pieces" wrong="as it was" says="like a whole batch"
def gradient_in_pieces(layer, inputs, targets, pieces):
    layer.zero_grad()
    for some, goals in zip(inputs.chunk(pieces), targets.chunk(pieces)):
        torch.nn.functional.cross_entropy(layer(some), goals).backward()
    return layer.weight.grad


# %% exercise="gradient_in_pieces" wrong="divided by the number of pieces" says="right for equal pieces"
def gradient_in_pieces(layer, inputs, targets, pieces):
    layer.zero_grad()
    for some, goals in zip(inputs.chunk(pieces), targets.chunk(pieces)):
        loss = torch.nn.functional.cross_entropy(layer(some), goals) / pieces
        loss.backward()
    return layer.weight.grad


# %% exercise="gradient_in_pieces" wrong="zero_grad for each piece" says="only the last piece is left"
def gradient_in_pieces(layer, inputs, targets, pieces):
    for some, goals in zip(inputs.chunk(pieces), targets.chunk(pieces)):
        layer.zero_grad()
        torch.nn.functional.cross_entropy(layer(some), goals).backward()
    return layer.weight.grad


# %% exercise="gradient_in_pieces" wrong="zero_grad for each piece, and divided" says="only the last piece is left, divided by"
def gradient_in_pieces(layer, inputs, targets, pieces):
    for some, goals in zip(inputs.chunk(pieces), targets.chunk(pieces)):
        layer.zero_grad()
        loss = torch.nn.functional.cross_entropy(layer(some), goals) / pieces
        loss.backward()
    return layer.weight.grad


# %% exercise="gradient_in_pieces" wrong="no zero_grad at all" says="the step before"
def gradient_in_pieces(layer, inputs, targets, pieces):
    for some, goals in zip(inputs.chunk(pieces), targets.chunk(pieces)):
        loss = torch.nn.functional.cross_entropy(layer(some), goals) * len(goals) / len(targets)
        loss.backward()
    return layer.weight.grad


# %% exercise="gradient_in_pieces" wrong="the sum of the rows" says="this is the sum"
def gradient_in_pieces(layer, inputs, targets, pieces):
    layer.zero_grad()
    for some, goals in zip(inputs.chunk(pieces), targets.chunk(pieces)):
        torch.nn.functional.cross_entropy(layer(some), goals, reduction="sum").backward()
    return layer.weight.grad


# %% exercise="gradient_in_pieces" wrong="the whole batch at once" says="rows kept at once"
def gradient_in_pieces(layer, inputs, targets, pieces):
    layer.zero_grad()
    torch.nn.functional.cross_entropy(layer(inputs), targets).backward()
    return layer.weight.grad


# %% exercise="gradient_in_pieces" wrong="one backward behind the loop" says="rows kept at once"
def gradient_in_pieces(layer, inputs, targets, pieces):
    layer.zero_grad()
    loss = 0
    for some, goals in zip(inputs.chunk(pieces), targets.chunk(pieces)):
        loss = loss + torch.nn.functional.cross_entropy(layer(some), goals) * len(goals) / len(targets)
    loss.backward()
    return layer.weight.grad


# %% exercise="gradient_in_pieces" wrong="the loss returned" says="is that the loss?"
def gradient_in_pieces(layer, inputs, targets, pieces):
    layer.zero_grad()
    for some, goals in zip(inputs.chunk(pieces), targets.chunk(pieces)):
        loss = torch.nn.functional.cross_entropy(layer(some), goals) * len(goals) / len(targets)
        loss.backward()
    return loss


# %% exercise="gradient_in_pieces" right="without autograd"
def gradient_in_pieces(layer, inputs, targets, pieces):
    total = torch.zeros_like(layer.weight)
    with torch.no_grad():
        for some, goals in zip(inputs.chunk(pieces), targets.chunk(pieces)):
            off = layer(some).softmax(-1) - torch.nn.functional.one_hot(goals, layer.out_features)
            total += off.T @ some
    return total / len(targets)


# %% exercise="gradient_in_pieces" right="a DataLoader"
def gradient_in_pieces(layer, inputs, targets, pieces):
    from torch.utils.data import DataLoader, TensorDataset

    layer.zero_grad()
    size = -(-len(targets) // pieces)
    for some, goals in DataLoader(TensorDataset(inputs, targets), batch_size=size):
        loss = torch.nn.functional.cross_entropy(layer(some), goals)
        (loss * len(goals) / len(targets)).backward()
    return layer.weight.grad


# %% exercise="gradient_in_pieces" right="divided at the end, the layer as a formula"
def gradient_in_pieces(layer, inputs, targets, pieces):
    layer.weight.grad = None
    for some, goals in zip(inputs.chunk(pieces), targets.chunk(pieces)):
        logits = torch.nn.functional.linear(some, layer.weight, layer.bias)
        torch.nn.CrossEntropyLoss(reduction="sum")(logits, goals).backward()
    layer.weight.grad /= len(inputs)
    return layer.weight.grad


# %% exercise="gradient_in_pieces" right="with torch.func"
def gradient_in_pieces(layer, inputs, targets, pieces):
    def loss(weight, some, goals):
        return torch.nn.functional.cross_entropy(some @ weight.T + layer.bias, goals, reduction="sum")

    pairs = zip(inputs.chunk(pieces), targets.chunk(pieces))
    parts = [torch.func.grad(loss)(layer.weight.detach(), some, goals) for some, goals in pairs]
    return sum(parts) / len(targets)


# %% exercise="gradient_in_pieces" right="the loss of the whole batch is shown first, and nothing of it is kept"
def gradient_in_pieces(layer, inputs, targets, pieces):
    with torch.no_grad():
        print(torch.nn.functional.cross_entropy(layer(inputs), targets))
    layer.zero_grad()
    for some, goals in zip(inputs.chunk(pieces), targets.chunk(pieces)):
        loss = torch.nn.functional.cross_entropy(layer(some), goals)
        print(loss.item())
        (loss * len(goals) / len(targets)).backward()
    return layer.weight.grad.tolist()


# %% exercise="gradient_in_pieces" wrong="the rows at the end are lost, in whole pieces" says="the last rows are in none"
def gradient_in_pieces(layer, inputs, targets, pieces):
    layer.zero_grad()
    size = len(inputs) // pieces
    for start in range(0, size * pieces, size):
        some, goals = inputs[start : start + size], targets[start : start + size]
        (torch.nn.functional.cross_entropy(layer(some), goals) / pieces).backward()
    return layer.weight.grad


# %% exercise="gradient_in_pieces" wrong="the last short piece is dropped" says="the last, shorter piece is left out, but"
def gradient_in_pieces(layer, inputs, targets, pieces):
    from torch.utils.data import DataLoader, TensorDataset

    layer.zero_grad()
    size = -(-len(targets) // pieces)
    for some, goals in DataLoader(TensorDataset(inputs, targets), batch_size=size, drop_last=True):
        (torch.nn.functional.cross_entropy(layer(some), goals) * len(goals) / len(targets)).backward()
    return layer.weight.grad


# %% exercise="gradient_in_pieces" wrong="the whole batch, without a call of the layer" says="rows kept at once"
def gradient_in_pieces(layer, inputs, targets, pieces):
    logits = torch.nn.functional.linear(inputs, layer.weight, layer.bias)
    return torch.autograd.grad(torch.nn.functional.cross_entropy(logits, targets), layer.weight)[0]


# %% exercise="gradient_in_pieces" wrong="every graph is kept" says="rows kept at once"
def gradient_in_pieces(layer, inputs, targets, pieces):
    layer.zero_grad()
    kept = []
    for some, goals in zip(inputs.chunk(pieces), targets.chunk(pieces)):
        loss = torch.nn.functional.cross_entropy(layer(some), goals) * len(goals) / len(targets)
        loss.backward(retain_graph=True)
        kept.append(loss)
    return layer.weight.grad


# %% exercise="gradient_in_pieces" wrong="row by row, whatever `pieces` says" says="at most 2 pieces"
def gradient_in_pieces(layer, inputs, targets, pieces):
    layer.zero_grad()
    for some, goals in zip(inputs.split(1), targets.split(1)):
        (torch.nn.functional.cross_entropy(layer(some), goals) / len(targets)).backward()
    return layer.weight.grad


# %% exercise="gradient_in_pieces" wrong="it trains as well" says="leaves `layer.weight` as it is" old="return layer.weight.grad" new="torch.optim.SGD(layer.parameters(), lr=1.0).step(); return layer.weight.grad"

# %% exercise="gradient_in_pieces" wrong="the bias is trained" says="leaves `layer.bias` as it is" old="return layer.weight.grad" new="layer.bias.data.sub_(layer.bias.grad); return layer.weight.grad"

# %% exercise="gradient_in_pieces" wrong="the inputs are used up" says="leaves `inputs` as it is" old="(loss * share).backward()" new="(loss * share).backward(); some.zero_()"

# %% exercise="gradient_in_pieces" wrong="the targets are used up" says="leaves `targets` as it is" old="(loss * share).backward()" new="(loss * share).backward(); goals.zero_()"

# %% exercise="gradient_in_pieces" wrong="the layer is left in double precision" says="stays torch.float32" old="layer(some), goals)" new="layer.double()(some.double()), goals)"

# %% exercise="gradient_in_pieces" wrong="the layer is returned" says="the layer itself" old="return layer.weight.grad" new="return layer"

# %% exercise="gradient_in_pieces" wrong="the gradient of the bias" says="the shape (3, 2)" old="return layer.weight.grad" new="return layer.bias.grad"

# %% exercise="gradient_in_pieces" wrong="one piece more" says="I do not recognise this slip" old="inputs.chunk(pieces), targets.chunk(pieces)" new="inputs.chunk(pieces + 1), targets.chunk(pieces + 1)"

# %% exercise="gradient_in_pieces" wrong="divided by the number of the pieces that came" says="averaged over the pieces" old="len(goals) / len(targets)" new="1 / len(targets.chunk(pieces))"

# %% exercise="gradient_in_pieces" wrong="the sign is turned round" says="the sign is turned round" old="(loss * share)" new="(-loss * share)"

# %% exercise="gradient_in_pieces" wrong="multiplied by its rows only" says="and this is the sum" old="len(goals) / len(targets)" new="len(goals)"

# %% exercise="gradient_in_pieces" wrong="divided by its rows" says="mean over them already" old="len(goals) / len(targets)" new="1 / len(goals)"

# %% exercise="gradient_in_pieces" wrong="the card's ten rows" says="I do not recognise this slip" old="len(goals) / len(targets)" new="len(goals) / 10"

# %% exercise="gradient_in_pieces" wrong="with weights outside of the call" says="I do not recognise this slip" old="return layer.weight.grad" new="return layer.weight"

# %% exercise="gradient_in_pieces" wrong="transposed" says="the shape (3, 2)" old="return layer.weight.grad" new="return layer.weight.grad.T"

# %% exercise="gradient_in_pieces" wrong="the layer is left in another mode" says="leaves `layer.training` as it is" old="layer.zero_grad()" new="layer.zero_grad(); layer.eval()"

# %% exercise="gradient_in_pieces" equivalent="neither line needs what the other one does"
# + parts = zip(inputs.chunk(pieces), targets.chunk(pieces), strict=True)
# - parts = zip(inputs.chunk(pieces), targets.chunk(pieces), strict=True)

# + share = len(goals) / len(targets)
# - share = len(goals) / len(targets)

# %% exercise="gradient_in_pieces" equivalent="there is a target for each input, so there are as many pieces of both"
# - parts = zip(inputs.chunk(pieces), targets.chunk(pieces), strict=True)
# + parts = zip(inputs.chunk(pieces), targets.chunk(pieces))

# - parts = zip(inputs.chunk(pieces), targets.chunk(pieces), strict=True)
# + parts = zip(inputs.chunk(pieces), targets.chunk(pieces), strict=False)

# %% exercise="before_the_gpu" wrong="only ids that the mask shows" says="with a 0 in the mask, too" old='ids, rows = batch["input_ids"],' new='ids, rows = batch["input_ids"][batch["attention_mask"] == 1],'

# %% exercise="gradient_in_pieces" wrong="the bias is frozen for good" says="leaves `layer.bias.requires_grad` as it is" old="layer.zero_grad()" new="layer.zero_grad(); layer.bias.requires_grad_(False)"

# %% exercise="gradient_in_pieces" wrong="pieces of a rounded length, so one too many" says="at most" old="inputs.chunk(pieces), targets.chunk(pieces)" new="inputs.split(len(inputs) // pieces), targets.split(len(inputs) // pieces)"

# %% exercise="blamed_lines" wrong="the line that prints" says="line 4 only prints"
blamed_lines = {"a": 4, "b": 1, "c": 0, "d": 2, "e": 5, "f": 1}

# %% exercise="blamed_lines" wrong="the last class is none" says="3 is one of them"
blamed_lines = {"a": 5, "b": 1, "c": 2, "d": 2, "e": 5, "f": 1}

# %% exercise="star_targets" right="one target, stacked to the next"
def star_targets(stars, ignored=-100):
    return torch.stack([torch.tensor(ignored if star == -1 else star - 1) for star in stars])

# %% exercise="star_targets" wrong="only the clamp is gone" says="the numbers are as they were" old="torch.where(given == -1, -100, given - 1)" new="given"

# %% exercise="star_targets" wrong="-100, then one more" says="refuses -99" old="-100, given - 1" new="-99, given - 1"

# %% exercise="star_targets" wrong="a table of one row" says="in one row of a table" old="torch.where(given == -1, -100, given - 1)" new="torch.where(given == -1, -100, given - 1)[None]"

# %% exercise="star_targets" wrong="bytes" says="does not fit into the type torch.uint8" old="torch.where(given == -1, -100, given - 1)" new="torch.where(given == -1, -100, given - 1).to(torch.uint8)"

# %% exercise="star_targets" wrong="the loss" says="is that the loss?"
def star_targets(stars):
    targets = torch.tensor([star - 1 if star > 0 else -100 for star in stars])
    return torch.nn.functional.cross_entropy(torch.zeros(len(stars), 5), targets)

# %% exercise="star_targets" wrong="the targets and who gave stars" says="several tensors" old="return torch.where(given == -1, -100, given - 1)" new="return torch.where(given == -1, -100, given - 1), given > 0"

# %% exercise="star_targets" wrong="an array" says="takes no ndarray" old="torch.where(given == -1, -100, given - 1)" new="torch.where(given == -1, -100, given - 1).numpy()"

# %% exercise="star_targets" wrong="only the first guest without stars" says="I do not recognise this slip"
def star_targets(stars):
    targets = torch.tensor(stars) - 1
    if -1 in stars:
        targets[stars.index(-1)] = -100
    return targets

# %% exercise="before_the_gpu" wrong="the smallest of no targets" says="RuntimeError: min()" old="((used < 0) | (used >= model.config.num_labels)).any()" new="used.min() < 0 or used.max() >= model.config.num_labels"

# %% exercise="before_the_gpu" wrong="no target at all is an error" says="I do not recognise this slip" old="((used < 0) | (used >= model.config.num_labels)).any()" new="len(used) == 0 or ((used < 0) | (used >= model.config.num_labels)).any()"

# %% exercise="before_the_gpu" wrong="fine at the first -100" says="behind the first -100"
def before_the_gpu(model, batch, targets):
    if any(tensor.device != model.device for tensor in [*batch.values(), targets]):
        return "device"
    if not all(0 <= number < model.get_input_embeddings().num_embeddings for number in batch["input_ids"].flatten()):
        return "ids"
    for target in targets.tolist():
        if target == -100:
            return "fine"
        if not 0 <= target < model.config.num_labels:
            return "labels"
    return "fine"

# %% exercise="before_the_gpu" wrong="the first target" says="only the first target" old="used = targets[targets != -100]" new="used = targets[:1]; used = used[used != -100]"

# %% exercise="before_the_gpu" wrong="the last target" says="only the last target" old="used = targets[targets != -100]" new="used = targets[-1:]; used = used[used != -100]"

# %% exercise="before_the_gpu" wrong="the mask may be anywhere" says="the mask has a device, too" old="*batch.values()" new='*(batch[name] for name in batch if name != "attention_mask")'

# %% exercise="before_the_gpu" wrong="a place of its own name" says="the place of this model" old="tensor.device != model.device" new="tensor.is_meta"

# %% exercise="before_the_gpu" wrong="the model is made ready to answer" says="leaves `model` as it is" old="used = targets" new="model.eval(); used = targets"

# %% exercise="before_the_gpu" wrong="a gradient is left in the model" says="leaves `model` as it is" old='return "fine"' new='model(**batch, labels=targets).loss.backward(); return "fine"'

# %% exercise="gradient_in_pieces" right="with another mode for a while" old="return layer.weight.grad" new="was = layer.training; layer.eval(); layer.train(was); return layer.weight.grad"

# %% exercise="gradient_in_pieces" right="a copy, and nothing is left in the layer" old="return layer.weight.grad" new="gradient = layer.weight.grad.clone(); layer.zero_grad(); return gradient"

# %% exercise="gradient_in_pieces" wrong="the inputs want a gradient from now on" says="leaves `inputs.requires_grad` as it is" old="layer.zero_grad()" new="layer.zero_grad(); inputs.requires_grad_()"

# %% exercise="gradient_in_pieces" wrong="the rows of the first piece for each" says="the rows of the first one" old="len(goals) / len(targets)" new="-(-len(targets) // pieces) / len(targets)"

# %% exercise="gradient_in_pieces" wrong="the gradient of the bias" says="the gradient of the bias" old="return layer.weight.grad" new="return layer.bias.grad"

# %% exercise="gradient_in_pieces" wrong="turned" says="rows and columns are exchanged" old="return layer.weight.grad" new="return layer.weight.grad.T"

# %% exercise="gradient_in_pieces" wrong="both gradients" says="that of `layer.weight`" old="return layer.weight.grad" new="return layer.weight.grad, layer.bias.grad"

# %% exercise="gradient_in_pieces" wrong="no piece goes back" says="has a piece gone back" old="(loss * share).backward()" new="loss * share"

# %% exercise="gradient_in_pieces" wrong="all losses first" says="the whole batch is kept at once"
def gradient_in_pieces(layer, inputs, targets, pieces):
    layer.zero_grad()
    parts = list(zip(inputs.chunk(pieces), targets.chunk(pieces)))
    losses = [torch.nn.functional.cross_entropy(layer(some), goals) * len(goals) / len(targets) for some, goals in parts]
    for loss in losses:
        loss.backward()
    return layer.weight.grad
