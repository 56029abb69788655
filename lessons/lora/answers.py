# Right and wrong answers to the sheet of `lora`. `says` is a part of what the check must reply.

# %% exercise="six_numbers" right="as tensors and floats"
import torch

six_numbers = {"a": torch.tensor(256), "b": 0.0, "c": torch.tensor([4]), "d": 2.0, "e": 1.0, "f": 10.0}

# %% exercise="six_numbers" right="computed"
import numpy as np

r, alpha, side = 4, 8, 32
six_numbers = {"a": r * side + side * r, "b": np.int64(0), "c": r, "d": alpha / r, "e": alpha / (2 * r), "f": r + 6}

# %% exercise="six_numbers" wrong="the whole update counted" says="how many numbers stand behind it"
six_numbers = {"a": 1024, "b": 0, "c": 4, "d": 2, "e": 1, "f": 10}

# %% exercise="six_numbers" wrong="A alone" says="A alone"
six_numbers = {"a": 128, "b": 0, "c": 4, "d": 2, "e": 1, "f": 10}

# %% exercise="six_numbers" wrong="rank 4 from the start" says="how does B begin"
six_numbers = {"a": 256, "b": 4, "c": 4, "d": 2, "e": 1, "f": 10}

# %% exercise="six_numbers" wrong="a full rank after training" says="a product of two thin ones"
six_numbers = {"a": 256, "b": 0, "c": 32, "d": 2, "e": 1, "f": 10}

# %% exercise="six_numbers" wrong="the scale upside down" says="upside down"
six_numbers = {"a": 256, "b": 0, "c": 4, "d": 0.5, "e": 1, "f": 10}

# %% exercise="six_numbers" wrong="twice the rank, twice the scale" says="does the multiplier grow"
six_numbers = {"a": 256, "b": 0, "c": 4, "d": 2, "e": 4, "f": 10}

# %% exercise="six_numbers" wrong="the mean of both ranks" says="they change no rank"
six_numbers = {"a": 256, "b": 0, "c": 4, "d": 2, "e": 1, "f": 5}

# %% exercise="six_numbers" wrong="the larger rank" says="of the smaller one"
six_numbers = {"a": 256, "b": 0, "c": 4, "d": 2, "e": 1, "f": 6}

# %% exercise="six_numbers" right="exact numbers, and one key more"
from decimal import Decimal
from fractions import Fraction

import numpy as np

six_numbers = {"a": Decimal(256), "b": Fraction(0), "c": 4, "d": Fraction(8, 4), "e": np.float16(1), "f": 10, "g": 0}

# %% exercise="six_numbers" wrong="the matrix counted as well" says="the matrix with its adapter"
six_numbers = {"a": 1280, "b": 0, "c": 4, "d": 2, "e": 1, "f": 10}

# %% exercise="six_numbers" wrong="another number" says="I do not recognise this slip"
six_numbers = {"a": 257, "b": 0, "c": 4, "d": 2, "e": 1, "f": 10}

# %% exercise="six_numbers" wrong="the larger one of both" says="I do not recognise this slip"
six_numbers = {"a": 256, "b": 0, "c": 4, "d": 2, "e": 1, "f": 8}

# %% exercise="six_numbers" wrong="the scale as before" says="One of the two numbers behind it has changed"
six_numbers = {"a": 256, "b": 0, "c": 4, "d": 2, "e": 2, "f": 10}

# %% exercise="six_numbers" wrong="alpha" says="divided by something"
six_numbers = {"a": 256, "b": 0, "c": 4, "d": 8, "e": 8, "f": 10}

# %% exercise="six_numbers" wrong="a shape" says="many values"
import torch

six_numbers = {"a": torch.zeros(2, 4), "b": 0, "c": 4, "d": 2, "e": 1, "f": 10}

# %% exercise="six_numbers" wrong="one letter is missing" says="a dict with the keys"
six_numbers = {"a": 256, "b": 0, "c": 4, "d": 2, "e": 1}


# %% exercise="adapter_price" right="a dict, from the weights' shapes"
def adapter_price(model, rank, targets):
    shapes = [
        part.weight.shape
        for name, part in model.named_modules()
        if any(name.endswith("." + target) for target in targets)
    ]
    weights = sum(rank * sum(shape) for shape in shapes)
    return {"weights": weights, "megabytes": weights * 4 / 10**6}


# %% exercise="adapter_price" right="from the parameters, as an array"
def adapter_price(model, rank, targets):
    import numpy as np

    weights = 0
    for name, weight in model.named_parameters():
        *_, last, kind = name.split(".")
        if last in targets and kind == "weight":
            weights += rank * (weight.size(0) + weight.size(1))
    return np.array([weights, weights * 32 / 8 / 1e6])


# %% exercise="adapter_price" right="PEFT counts a copy"
def adapter_price(model, rank, targets):
    import copy

    made = get_peft_model(copy.deepcopy(model), LoraConfig(r=rank, target_modules=targets))
    weights, _ = made.get_nb_trainable_parameters()
    return weights, weights * 4e-6


# %% exercise="adapter_price" wrong="PEFT counts, and the model is changed" says="leaves `model` as it is"
def adapter_price(model, rank, targets):
    weights = get_peft_model(model, LoraConfig(r=rank, target_modules=targets)).get_nb_trainable_parameters()[0]
    return [weights, weights * 4 / 1_000_000]


# %% exercise="adapter_price" wrong="a square matrix taken for granted" says="inputs and outputs differ"
def adapter_price(model, rank, targets):
    weights = 0
    for name, part in model.named_modules():
        if name.split(".")[-1] in targets:
            weights += 2 * rank * part.in_features
    return weights, 4 * weights / 1e6


# %% exercise="adapter_price" wrong="megabytes first" says="the weights first, the megabytes second"
def adapter_price(model, rank, targets):
    weights = 0
    for name, part in model.named_modules():
        if name.split(".")[-1] in targets:
            weights += rank * (part.in_features + part.out_features)
    return 4 * weights / 1e6, weights


# %% exercise="adapter_price" wrong="rank times the matrix" says="the rank times the whole matrix"
def adapter_price(model, rank, targets):
    weights = 0
    for name, part in model.named_modules():
        if name.split(".")[-1] in targets:
            weights += rank * part.in_features * part.out_features
    return weights, 4 * weights / 1e6


# %% exercise="adapter_price" wrong="the weights of the matrices" says="the adapter's are A and B"
def adapter_price(model, rank, targets):
    weights = 0
    for name, part in model.named_modules():
        if name.split(".")[-1] in targets:
            weights += part.weight.numel()
    return weights, 4 * weights / 1e6


# %% exercise="adapter_price" wrong="one byte for each weight" says="4 bytes"
def adapter_price(model, rank, targets):
    weights = 0
    for name, part in model.named_modules():
        if name.split(".")[-1] in targets:
            weights += rank * (part.in_features + part.out_features)
    return weights, weights / 1e6


# %% exercise="adapter_price" wrong="mebibytes" says="1024 times 1024"
def adapter_price(model, rank, targets):
    weights = 0
    for name, part in model.named_modules():
        if name.split(".")[-1] in targets:
            weights += rank * (part.in_features + part.out_features)
    return weights, 4 * weights / 1024**2


# %% exercise="adapter_price" wrong="only the first layer" says="I do not recognise this slip"
def adapter_price(model, rank, targets):
    layer = model.encoder.layer[0].attention.self.query
    weights = rank * (layer.in_features + layer.out_features)
    return weights, 4 * weights / 1e6


# %% exercise="adapter_price" wrong="the full name compared" says="no layer was found"
def adapter_price(model, rank, targets):
    weights = 0
    for name, part in model.named_modules():
        if name in targets:
            weights += rank * (part.in_features + part.out_features)
    return weights, 4 * weights / 1e6


# %% exercise="adapter_price" wrong="the encoder only, without the pooler" says="The pooler"
def adapter_price(model, rank, targets):
    weights = 0
    for name, part in getattr(model, "encoder", model).named_modules():
        if name.split(".")[-1] in targets:
            weights += rank * (part.in_features + part.out_features)
    return weights, 4 * weights / 1e6


# %% exercise="adapter_price" wrong="the megabytes forgotten" says="two numbers"
def adapter_price(model, rank, targets):
    weights = 0
    for name, part in model.named_modules():
        if name.split(".")[-1] in targets:
            weights += rank * (part.in_features + part.out_features)
    return weights


# %% exercise="adapter_price" wrong="return inside the loop" says="one layer only?"
def adapter_price(model, rank, targets):
    weights = 0
    for name, part in model.named_modules():
        if name.split(".")[-1] in targets:
            weights += rank * (part.in_features + part.out_features)
            return weights, 4 * weights / 1e6


# %% exercise="adapter_price" wrong="all that the finished model would train" says="I do not recognise this slip"
def adapter_price(model, rank, targets):
    weights = sum(weight.numel() for weight in model.parameters() if weight.requires_grad)
    return weights, 4 * weights / 1e6


# %% exercise="adapter_price" right="a sum over the parts of each target"
def adapter_price(model, rank, targets):
    linear = [(name.rpartition(".")[2], part) for name, part in model.named_modules() if type(part).__name__ == "Linear"]
    sides = [sum(part.weight.shape) for name, part in linear if name in set(targets)]
    return [float(rank * sum(sides)), rank * sum(sides) * 4e-6]


# %% exercise="adapter_price" right="one tensor with both"
def adapter_price(model, rank, targets):
    import re

    of_targets = re.compile(r"(^|.*\.)(" + "|".join(map(re.escape, targets)) + ")")
    total = torch.tensor(0.0, dtype=torch.float64)
    for name, part in model.named_modules():
        if isinstance(part, torch.nn.Linear) and of_targets.fullmatch(name):
            total += torch.zeros(rank, part.in_features).numel() + torch.zeros(part.out_features, rank).numel()
    return torch.stack([total, total / 250_000])


# %% exercise="adapter_price" right="from the state of the model"
def adapter_price(model, rank, targets):
    found = {name: weight for name, weight in model.state_dict().items() if name.endswith(".weight")}
    weights = sum(rank * sum(weight.shape) for name, weight in found.items() if name.split(".")[-2] in targets)
    return weights, weights * torch.finfo(torch.float32).bits / 8 / 1_000_000


# %% exercise="adapter_price" wrong="names that end alike" says="a name that ends like this" old='name.split(".")[-1] in targets' new="name.endswith(tuple(targets))"

# %% exercise="adapter_price" wrong="a target anywhere in the name" says="somewhere in their name" old='name.split(".")[-1] in targets' new="any(target in name for target in targets)"

# %% exercise="adapter_price" wrong="the first target only" says="only the first name" old='name.split(".")[-1] in targets' new='name.split(".")[-1] == targets[0]'

# %% exercise="adapter_price" wrong="the last target only" says="only the last name" old='name.split(".")[-1] in targets' new='name.split(".")[-1] == targets[-1]'

# %% exercise="adapter_price" wrong="each linear layer" says="is each linear layer counted?" old='name.split(".")[-1] in targets' new="True"

# %% exercise="adapter_price" wrong="inputs for outputs" says="a layer may not be square: inputs" old="part.in_features + part.out_features" new="part.in_features + part.in_features"

# %% exercise="adapter_price" wrong="outputs for inputs" says="a layer may not be square: outputs" old="part.in_features + part.out_features" new="part.out_features + part.out_features"

# %% exercise="adapter_price" wrong="A alone" says="B has its weights, too" old="part.in_features + part.out_features" new="part.in_features"

# %% exercise="adapter_price" wrong="B alone" says="A has its weights, too" old="part.in_features + part.out_features" new="part.out_features"

# %% exercise="adapter_price" wrong="the rank is missing" says="the rank is missing" old="rank * (" new="1 * ("

# %% exercise="adapter_price" wrong="the rank of the example" says="only the rank of this cell" old="rank * (" new="8 * ("

# %% exercise="adapter_price" wrong="a bias for each" says="A and B have no bias" old="rank * (part.in_features + part.out_features)" new="rank * (part.in_features + part.out_features) + part.out_features"

# %% exercise="adapter_price" wrong="the larger side only" says="I do not recognise this slip" old="(part.in_features + part.out_features)" new="max(part.in_features, part.out_features)"

# %% exercise="adapter_price" wrong="half precision" says="half precision" old="4 * weights" new="2 * weights"

# %% exercise="adapter_price" wrong="double precision" says="A weight takes 4" old="4 * weights" new="8 * weights"

# %% exercise="adapter_price" wrong="bits" says="the bits of a weight" old="4 * weights" new="32 * weights"

# %% exercise="adapter_price" wrong="bytes" says="those are bytes" old="4 * weights / 1e6" new="4 * weights"

# %% exercise="adapter_price" wrong="kilobytes" says="those are kilobytes" old="1e6" new="1e3"

# %% exercise="adapter_price" wrong="whole megabytes" says="rounded to 0 digits?" old="4 * weights / 1e6" new="4 * weights // 1e6"

# %% exercise="adapter_price" wrong="rounded" says="rounded to 2 digits?" old="4 * weights / 1e6" new="round(4 * weights / 1e6, 2)"

# %% exercise="adapter_price" wrong="a text" says="write the number without quotes" old="4 * weights / 1e6" new='f"{4 * weights / 1e6} MB"'

# %% exercise="adapter_price" wrong="the parts of BERT's encoder" says="I do not recognise this slip" old="model.named_modules()" new="model.encoder.layer.named_modules()"

# %% exercise="adapter_price" wrong="with the head" says="the head does not count" old="weights = 0" new='weights = sum(each.numel() for name, each in model.named_parameters() if name.startswith("classifier"))'

# %% exercise="adapter_price" wrong="the targets are used up" says="leaves `targets` as it is" old="return weights" new="targets.clear(); return weights"

# %% exercise="adapter_price" wrong="the model is frozen" says="leaves `model` as it is" old="return weights" new="model.requires_grad_(False); return weights"


# %% exercise="merged_weight" right="the rank from B, torch functions"
def merged_weight(weight, A, B, alpha):
    return torch.add(weight, torch.matmul(B, A), alpha=alpha / B.size(1))


# %% exercise="merged_weight" right="a copy, changed in place, as NumPy"
def merged_weight(weight, A, B, alpha):
    merged = weight.clone()
    merged += alpha * (B @ A) / len(A)
    return merged.numpy()


# %% exercise="merged_weight" right="doubled precision, the other way round"
def merged_weight(weight, A, B, alpha):
    return (weight.double().T + A.double().T @ B.double().T * (alpha / A.shape[0])).T


# %% exercise="merged_weight" wrong="the copy mended, the scale not" says="how loud should it be"
def merged_weight(weight, A, B, alpha):
    return weight + B @ A


# %% exercise="merged_weight" wrong="the scale mended, still in place" says="leaves `weight` as it is"
def merged_weight(weight, A, B, alpha):
    weight += alpha / A.shape[0] * B @ A
    return weight


# %% exercise="merged_weight" wrong="alpha alone" says="too loud"
def merged_weight(weight, A, B, alpha):
    return weight + alpha * B @ A


# %% exercise="merged_weight" wrong="the scale upside down" says="upside down"
def merged_weight(weight, A, B, alpha):
    return weight + A.shape[0] / alpha * B @ A


# %% exercise="merged_weight" wrong="the scale of the lesson" says="where does it come from"
def merged_weight(weight, A, B, alpha):
    return weight + 2 * B @ A


# %% exercise="merged_weight" wrong="divided by the wide side of A" says="you divide by the wide one"
def merged_weight(weight, A, B, alpha):
    return weight + alpha / A.shape[1] * B @ A


# %% exercise="merged_weight" wrong="everything scaled" says="only the update is scaled"
def merged_weight(weight, A, B, alpha):
    return alpha / A.shape[0] * (weight + B @ A)


# %% exercise="merged_weight" wrong="the update lies on its side" says="the update is turned"
def merged_weight(weight, A, B, alpha):
    return weight + alpha / A.shape[0] * (B @ A).T


# %% exercise="merged_weight" wrong="A times B" says="not `A @ B`"
def merged_weight(weight, A, B, alpha):
    return weight + alpha / A.shape[0] * A @ B


# %% exercise="merged_weight" wrong="the update alone" says="what is it added to"
def merged_weight(weight, A, B, alpha):
    return alpha / A.shape[0] * B @ A


# %% exercise="merged_weight" wrong="a second name for the weight" says="leaves `weight` as it is"
def merged_weight(weight, A, B, alpha):
    merged = weight
    merged.add_(B @ A, alpha=alpha / A.shape[0])
    return merged


# %% exercise="merged_weight" right="sums of single products"
def merged_weight(weight, A, B, alpha):
    merged = weight.clone()
    for a, b in zip(A, B.T):
        merged += torch.outer(b, a) * alpha / len(A)
    return merged


# %% exercise="merged_weight" right="einsum, and a scale of whole numbers' Fraction"
def merged_weight(weight, A, B, alpha):
    from fractions import Fraction

    scale = float(Fraction(alpha, min(B.shape[1], A.shape[0])))
    return torch.einsum("or,ri->oi", B, A).mul(scale).add(weight)


# %% exercise="merged_weight" right="a low-rank layer of PEFT"
def merged_weight(weight, A, B, alpha):
    layer = torch.nn.Sequential(torch.nn.Linear(weight.shape[1], weight.shape[0], bias=False))
    layer[0].weight.data = weight.clone()
    adapted = get_peft_model(layer, LoraConfig(r=len(A), lora_alpha=alpha, target_modules=["0"]))
    part = adapted.base_model.model[0]
    part.lora_A["default"].weight.data, part.lora_B["default"].weight.data = A.clone(), B.clone()
    return adapted.merge_and_unload()[0].weight


# %% exercise="merged_weight" wrong="a whole number for a scale" says="cuts the scale to a whole number" old="alpha / rank" new="alpha // rank"

# %% exercise="merged_weight" wrong="a rounded scale" says="the scale is rounded" old="alpha / rank" new="round(alpha / rank)"

# %% exercise="merged_weight" wrong="alpha times rank" says="Divide" old="alpha / rank" new="alpha * rank"

# %% exercise="merged_weight" wrong="a root" says="without a root" old="alpha / rank" new="alpha / rank**0.5"

# %% exercise="merged_weight" wrong="no alpha" says="`alpha` is missing" old="alpha / rank" new="1 / rank"

# %% exercise="merged_weight" wrong="another rank" says="I do not recognise this slip" old="alpha / rank" new="alpha / 2"

# %% exercise="merged_weight" wrong="the rank of the cell" says="the rank is not always 4" old="alpha / rank" new="alpha / 4"

# %% exercise="merged_weight" wrong="the alpha of the cell" says="alpha is not always 8" old="alpha / rank" new="8 / rank"

# %% exercise="merged_weight" wrong="the long side of B" says="the narrow side of B" old="A.shape[0]" new="B.shape[0]"

# %% exercise="merged_weight" wrong="subtracted" says="The update is added" old="weight + alpha / rank * B @ A" new="weight - alpha / rank * B @ A"

# %% exercise="merged_weight" wrong="added twice" says="added twice?" old="weight + alpha / rank * B @ A" new="weight + 2 * alpha / rank * B @ A"

# %% exercise="merged_weight" wrong="the weight alone" says="without an update" old="weight + alpha / rank * B @ A" new="weight.clone()"

# %% exercise="merged_weight" wrong="the weight scaled, too" says="and not the weight" old="weight + alpha / rank * B @ A" new="alpha / rank * weight + B @ A"

# %% exercise="merged_weight" wrong="rounded numbers" says="I do not recognise this slip" old="weight + alpha / rank * B @ A" new="(weight + alpha / rank * B @ A).round(decimals=2)"

# %% exercise="merged_weight" wrong="A is scaled in place" says="leaves `A` as it is" old="return weight + alpha / rank * B @ A" new="A *= alpha / rank; return weight + B @ A"

# %% exercise="merged_weight" wrong="B is scaled in place" says="leaves `B` as it is" old="return weight + alpha / rank * B @ A" new="B.mul_(alpha / rank); return weight + B @ A"

# %% exercise="merged_weight" wrong="through `data`" says="leaves `weight` as it is" old="return weight + alpha / rank * B @ A" new="weight.data += alpha / rank * B @ A; return weight.clone()"

# %% exercise="merged_weight" wrong="the rank taken from the weight" says="I do not recognise this slip" old="A.shape[0]" new="torch.linalg.matrix_rank(weight)"

# %% exercise="merged_weight" wrong="nothing is returned" says="does it end with `return`?" old="return weight + alpha / rank * B @ A" new="weight = weight + alpha / rank * B @ A"

# %% exercise="merged_weight" wrong="a whole layer" says="Return the merged weight alone" old="return weight + alpha / rank * B @ A" new="layer = torch.nn.Linear(2, 2); layer.weight.data = weight; return layer"


# %% exercise="load_adapted" right="the number, then the names"
def load_adapted(base_folder, adapter_folder, names):
    base = BertForSequenceClassification.from_pretrained(base_folder, num_labels=len(names))
    base.config.id2label = dict(enumerate(names))
    base.config.label2id = {name: number for number, name in base.config.id2label.items()}
    return PeftModel.from_pretrained(base, adapter_folder)


# %% exercise="load_adapted" right="the config first, merged at the end"
def load_adapted(base_folder, adapter_folder, names):
    from transformers import AutoConfig, AutoModelForSequenceClassification

    config = AutoConfig.from_pretrained(base_folder, id2label={n: name for n, name in enumerate(names)})
    base = AutoModelForSequenceClassification.from_pretrained(base_folder, config=config)
    return PeftModel.from_pretrained(base, adapter_folder).merge_and_unload().eval()


# %% exercise="load_adapted" right="PEFT's own loader"
def load_adapted(base_folder, adapter_folder, names):
    from peft import AutoPeftModelForSequenceClassification

    names = dict(enumerate(names))
    return AutoPeftModelForSequenceClassification.from_pretrained(adapter_folder, id2label=names)


# %% exercise="load_adapted" wrong="three labels written into the code" says="3 labels, whatever `names` says"
def load_adapted(base_folder, adapter_folder, names):
    labels = {0: "oppose", 1: "neutral", 2: "support"}
    base = BertForSequenceClassification.from_pretrained(base_folder, id2label=labels)
    return PeftModel.from_pretrained(base, adapter_folder, ignore_mismatched_sizes=True)


# %% exercise="load_adapted" wrong="no names" says="the names are still unknown"
def load_adapted(base_folder, adapter_folder, names):
    base = BertForSequenceClassification.from_pretrained(base_folder, num_labels=len(names))
    return PeftModel.from_pretrained(base, adapter_folder)


# %% exercise="load_adapted" wrong="the argument taken out, and nothing else" says="what must the base model know"
def load_adapted(base_folder, adapter_folder, names):
    base = BertForSequenceClassification.from_pretrained(base_folder)
    return PeftModel.from_pretrained(base, adapter_folder)


# %% exercise="load_adapted" wrong="the argument moved to the base model" says="what must the base model know"
def load_adapted(base_folder, adapter_folder, names):
    base = BertForSequenceClassification.from_pretrained(base_folder, ignore_mismatched_sizes=True)
    return PeftModel.from_pretrained(base, adapter_folder)


# %% exercise="load_adapted" wrong="the number set in the config afterwards" says="size mismatch"
def load_adapted(base_folder, adapter_folder, names):
    base = BertForSequenceClassification.from_pretrained(base_folder)
    base.config.num_labels = len(names)
    base.config.id2label = dict(enumerate(names))
    return PeftModel.from_pretrained(base, adapter_folder)


# %% exercise="load_adapted" wrong="names in alphabetical order, backwards" says="sorted backwards?"
def load_adapted(base_folder, adapter_folder, names):
    labels = dict(enumerate(sorted(names, reverse=True)))
    base = BertForSequenceClassification.from_pretrained(base_folder, id2label=labels)
    return PeftModel.from_pretrained(base, adapter_folder)


# %% exercise="load_adapted" wrong="only the base model" says="a head of random numbers answers"
def load_adapted(base_folder, adapter_folder, names):
    return BertForSequenceClassification.from_pretrained(base_folder, id2label=dict(enumerate(names)))


# %% exercise="load_adapted" wrong="a new adapter, not the saved one" says="a head of random numbers answers"
def load_adapted(base_folder, adapter_folder, names):
    base = BertForSequenceClassification.from_pretrained(base_folder, id2label=dict(enumerate(names)))
    return get_peft_model(base, LoraConfig.from_pretrained(adapter_folder)).eval()


# %% exercise="load_adapted" wrong="ready to train" says="dropout is on"
def load_adapted(base_folder, adapter_folder, names):
    base = BertForSequenceClassification.from_pretrained(base_folder, id2label=dict(enumerate(names)))
    return PeftModel.from_pretrained(base, adapter_folder, is_trainable=True).train()

# %% exercise="load_adapted" right="the folders as texts" old="PeftModel.from_pretrained(base, adapter_folder)" new="PeftModel.from_pretrained(base, str(adapter_folder))"

# %% exercise="load_adapted" right="an adapter that may be trained on, ready to answer" old="PeftModel.from_pretrained(base, adapter_folder)" new="PeftModel.from_pretrained(base, adapter_folder, is_trainable=True)"

# %% exercise="load_adapted" right="the argument stays, and is not needed" old="PeftModel.from_pretrained(base, adapter_folder)" new="PeftModel.from_pretrained(base, adapter_folder, ignore_mismatched_sizes=True)"

# %% exercise="load_adapted" right="a loop for the names" old="id2label=dict(enumerate(names))" new="id2label={at: names[at] for at in range(len(names))}"

# %% exercise="load_adapted" right="the adapter is added by its name"
def load_adapted(base_folder, adapter_folder, names):
    from peft import PeftConfig

    base = BertForSequenceClassification.from_pretrained(base_folder, num_labels=len(names))
    base.config.id2label, base.config.label2id = dict(enumerate(names)), dict(zip(names, range(len(names))))
    model = PeftModel(base, PeftConfig.from_pretrained(adapter_folder))
    model.load_adapter(adapter_folder, "default")
    return model.eval()


# %% exercise="load_adapted" wrong="the names turned round" says="turned round" old="id2label=dict(enumerate(names))" new="id2label=dict(enumerate(reversed(names)))"

# %% exercise="load_adapted" wrong="the names sorted" says="sorted? The order" old="id2label=dict(enumerate(names))" new="id2label=dict(enumerate(sorted(names)))"

# %% exercise="load_adapted" wrong="counted from 1" says="labels are counted from 0" old="id2label=dict(enumerate(names))" new="id2label=dict(enumerate(names, 1))"

# %% exercise="load_adapted" wrong="the names of the cell" says="what must the base model know" old="id2label=dict(enumerate(names))" new='id2label=dict(enumerate(["support", "neutral", "oppose"]))'

# %% exercise="load_adapted" wrong="the numbers of the names turned round" says="in `config.label2id`" old="label2id={name: number for number, name in enumerate(names)}" new="label2id={name: -number for number, name in enumerate(names)}"

# %% exercise="load_adapted" wrong="number to name twice" says="in `config.label2id`" old="label2id={name: number for number, name in enumerate(names)}" new="label2id=dict(enumerate(names))"

# %% exercise="load_adapted" wrong="the last layer in training" says="dropout is on" old="return PeftModel.from_pretrained(base, adapter_folder).eval()" new="model = PeftModel.from_pretrained(base, adapter_folder).eval(); model.base_model.model.dropout.train(); return model"

# %% exercise="load_adapted" wrong="the names are sorted in place" says="leaves `names` as it is" old="return PeftModel.from_pretrained(base, adapter_folder).eval()" new="names.sort(); return PeftModel.from_pretrained(base, adapter_folder).eval()"

# %% exercise="load_adapted" wrong="the base folder is written" says="both folders stay as they are" old="return PeftModel.from_pretrained(base, adapter_folder).eval()" new="base.save_pretrained(base_folder); return PeftModel.from_pretrained(base, adapter_folder).eval()"

# %% exercise="load_adapted" wrong="the adapter folder is written" says="both folders stay as they are" old="return PeftModel.from_pretrained(base, adapter_folder).eval()" new="model = PeftModel.from_pretrained(base, adapter_folder).eval(); model.save_pretrained(adapter_folder); (adapter_folder / 'names.txt').write_text(str(names)); return model"

# %% exercise="load_adapted" wrong="a tuple" says="a model with its adapter" old="return PeftModel.from_pretrained(base, adapter_folder).eval()" new="return PeftModel.from_pretrained(base, adapter_folder).eval(), names"

# %% exercise="load_adapted" wrong="the config" says="a model with its adapter" old="return PeftModel.from_pretrained(base, adapter_folder).eval()" new="return base.config"

# %% exercise="load_adapted" wrong="folders swapped" says="that `load_adapted` returns something" old="from_pretrained(base, adapter_folder)" new="from_pretrained(base, base_folder)"

# %% exercise="load_adapted" wrong="the adapter without its base: only numbers" says="a head of random numbers answers" old="return PeftModel.from_pretrained(base, adapter_folder).eval()" new="return base.eval()"

# %% exercise="load_adapted" wrong="the update stays out" says="without the update of the adapter"
def load_adapted(base_folder, adapter_folder, names):
    base = BertForSequenceClassification.from_pretrained(base_folder, id2label=dict(enumerate(names)))
    model = PeftModel.from_pretrained(base, adapter_folder)
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            weight.data.zero_()
    return model.eval()


# %% exercise="load_adapted" wrong="twice as loud" says="I do not recognise this slip"
def load_adapted(base_folder, adapter_folder, names):
    base = BertForSequenceClassification.from_pretrained(base_folder, id2label=dict(enumerate(names)))
    model = PeftModel.from_pretrained(base, adapter_folder)
    for part in model.modules():
        if hasattr(part, "scale_layer"):
            part.scale_layer(2)
    return model.eval()


# %% exercise="load_adapted" wrong="name to number only" says="the names are still unknown"
def load_adapted(base_folder, adapter_folder, names):
    numbers = {name: number for number, name in enumerate(names)}
    base = BertForSequenceClassification.from_pretrained(base_folder, num_labels=len(names), label2id=numbers)
    return PeftModel.from_pretrained(base, adapter_folder)


# %% exercise="load_adapted" wrong="the numbers as texts" says="the numbers are texts here"
def load_adapted(base_folder, adapter_folder, names):
    base = BertForSequenceClassification.from_pretrained(base_folder, num_labels=len(names))
    base.config.id2label = {str(number): name for number, name in enumerate(names)}
    return PeftModel.from_pretrained(base, adapter_folder)


# %% exercise="load_adapted" wrong="a list in place of a dict" says="in `config.id2label`"
def load_adapted(base_folder, adapter_folder, names):
    base = BertForSequenceClassification.from_pretrained(base_folder, num_labels=len(names))
    base.config.id2label = names
    return PeftModel.from_pretrained(base, adapter_folder)


# %% exercise="adapter_price" wrong="one layer for each name" says="one layer only for each name"
def adapter_price(model, rank, targets):
    linear = [(name, part) for name, part in model.named_modules() if isinstance(part, torch.nn.Linear)]
    found = {name.split(".")[-1]: part for name, part in linear if name.split(".")[-1] in targets}
    weights = sum(rank * (part.in_features + part.out_features) for part in found.values())
    return weights, 4 * weights / 1e6


# %% exercise="load_adapted" equivalent="the card asks for `id2label`, which also says how many labels there are; `label2id` is free"
# - base = BertForSequenceClassification.from_pretrained(base_folder, id2label=dict(enumerate(names)), label2id={name: number for number, name in enumerate(names)})
# + base = BertForSequenceClassification.from_pretrained(base_folder, id2label=dict(enumerate(names)))

# %% exercise="six_numbers" wrong="the doubled rank, mixed" says="only `e` doubles `r`"
six_numbers = {"a": 256, "b": 0, "c": 4, "d": 2, "e": 1, "f": 14}

# %% exercise="six_numbers" wrong="the mix has every direction" says="side by side is thin"
six_numbers = {"a": 256, "b": 0, "c": 4, "d": 2, "e": 1, "f": 32}

# %% exercise="adapter_price" right="a table of pandas"
def adapter_price(model, rank, targets):
    import pandas as pd

    layers = [(name.split(".")[-1], sum(part.weight.shape)) for name, part in model.named_modules() if isinstance(part, torch.nn.Linear)]
    table = pd.DataFrame(layers, columns=["name", "sizes"])
    weights = rank * table[table["name"].isin(targets)]["sizes"].sum()
    return weights, weights * 4e-6

# %% exercise="adapter_price" wrong="names that begin alike" says="a name that begins like this"
def adapter_price(model, rank, targets):
    weights = 0
    for name, part in model.named_modules():
        if any(f".{target}" in name for target in targets) and isinstance(part, torch.nn.Linear):
            weights += rank * (part.in_features + part.out_features)
    return weights, 4 * weights / 1e6

# %% exercise="adapter_price" wrong="the targets of the cell" says="only the targets of this cell" old="in targets and" new='in ["query", "value"] and'

# %% exercise="adapter_price" wrong="each size once" says="I do not recognise this slip"
def adapter_price(model, rank, targets):
    layers = [part for name, part in model.named_modules() if name.split(".")[-1] in targets and isinstance(part, torch.nn.Linear)]
    weights = sum({rank * (part.in_features + part.out_features) for part in layers})
    return weights, 4 * weights / 1e6

# %% exercise="adapter_price" wrong="a rank that fits the layer" says="I do not recognise this slip" old="weights += rank *" new="weights += min(rank, part.in_features, part.out_features) *"

# %% exercise="merged_weight" right="inside of a layer of its own"
def merged_weight(weight, A, B, alpha):
    layer = torch.nn.Linear(*reversed(weight.shape), bias=False)
    with torch.no_grad():
        layer.weight.copy_(weight)
        layer.weight += alpha / A.shape[0] * B @ A
    return layer.weight

# %% exercise="merged_weight" wrong="a list of rows" says="Return one tensor" old="return weight + alpha / rank * B @ A" new="return list(weight + alpha / rank * B @ A)"

# %% exercise="merged_weight" wrong="before and after" says="Return one tensor" old="return weight + alpha / rank * B @ A" new="return weight, weight + alpha / rank * B @ A"

# %% exercise="merged_weight" wrong="the shorter side of A" says="where its other side is shorter" old="A.shape[0]" new="min(A.shape)"

# %% exercise="merged_weight" wrong="the result lies on its side" says="the result is turned" old="weight + alpha / rank * B @ A" new="(weight + alpha / rank * B @ A).T"

# %% exercise="merged_weight" wrong="half the digits" says="bfloat16 has about three digits" old="weight + alpha / rank * B @ A" new="(weight + alpha / rank * B @ A).bfloat16()"

# %% exercise="load_adapted" wrong="number to name for both" says="name to number is wanted" old="label2id={name: number for number, name in enumerate(names)}" new="label2id=dict(enumerate(names))"

# %% exercise="load_adapted" wrong="a note in the adapter's folder" says="adapter/labels.txt" old="return PeftModel.from_pretrained(base, adapter_folder).eval()" new='(adapter_folder / "labels.txt").write_text(str(names)); return PeftModel.from_pretrained(base, adapter_folder).eval()'

# %% exercise="load_adapted" wrong="a base without a head" says="where is its head"
def load_adapted(base_folder, adapter_folder, names):
    base = BertModel.from_pretrained(base_folder)
    return PeftModel.from_pretrained(base, adapter_folder).eval()

# %% exercise="load_adapted" right="merged, and the adapter stays beside it"
def load_adapted(base_folder, adapter_folder, names):
    base = BertForSequenceClassification.from_pretrained(base_folder, id2label=dict(enumerate(names)))
    model = PeftModel.from_pretrained(base, adapter_folder)
    model.merge_adapter()
    return model.eval()
