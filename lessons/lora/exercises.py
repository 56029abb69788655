# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # {{ number }} · Exercises: LoRA
#
# {{ badges }}
#
# {{ intro }}

# %% tags=["start"]
from course_utils import start
from lessons.lora import checks as check

course = start("lora_exercises", "laptop")
check.sheet.begin()

# %% [markdown]
# ## 1 · Six numbers before you run
#
# ★☆☆ · 6 minutes · predict
#
# Run nothing yet. A matrix has the shape (32, 32). It gets an adapter with `r=4` and `lora_alpha=8`. Write one number
# for each.
#
# - `a`: how many weights does the adapter add to this matrix?
# - `b`: which rank has the update before training?
# - `c`: which rank has it after training, at most?
# - `d`: by which number is B @ A multiplied?
# - `e`: the same number, if you double `r` and leave `lora_alpha`.
# - `f`: with `r=4`, it is mixed by `cat` with another trained adapter, of `r=6`. Which rank has the mix, at most?

# %% answer="six_numbers"
six_numbers = {"a": ..., "b": ..., "c": ..., "d": ..., "e": ..., "f": ...}
### BEGIN SOLUTION
six_numbers = {"a": 256, "b": 0, "c": 4, "d": 2, "e": 1, "f": 10}
### END SOLUTION

# %% check="six_numbers"
check.six_numbers(six_numbers)

# %% [markdown]
# Now see it for yourself, on a tiny model with random weights. In place of a training, B gets random numbers.

# %%
import torch
from peft import LoraConfig, get_peft_model
from transformers import BertConfig, BertModel, logging

logging.set_verbosity_error()
logging.disable_progress_bar()
torch.manual_seed(course.seed)
sizes = {"hidden_size": 32, "num_hidden_layers": 2, "intermediate_size": 64}
tiny = BertConfig(vocab_size=60, num_attention_heads=2, **sizes)
targets = ["query"]
plan = LoraConfig(r=4, lora_alpha=8, target_modules=targets)
adapted = get_peft_model(BertModel(tiny), plan, adapter_name="first")
for name, rank in {"second": 6, "doubled": 8}.items():
    plan = LoraConfig(r=rank, lora_alpha=8, target_modules=targets)
    adapted.add_adapter(name, plan)
query = adapted.base_model.model.encoder.layer[0].attention.self.query
added = query.lora_A["first"].weight.numel() + query.lora_B["first"].weight.numel()
print("a:", added)
print("b:", torch.linalg.matrix_rank(query.get_delta_weight("first")).item())

# %%
for name, weight in adapted.named_parameters():
    if "lora_B" in name:
        torch.nn.init.normal_(weight)
pair = ["first", "second"]
adapted.add_weighted_adapter(pair, [0.5, 0.5], "mix", combination_type="cat")
for letter, name in {"c": "first", "f": "mix"}.items():
    print(f"{letter}:", torch.linalg.matrix_rank(query.get_delta_weight(name)).item())
print("d:", query.scaling["first"], "e:", query.scaling["doubled"])

# %% [markdown]
# ## 2 · What will the adapter weigh?
#
# ★★☆ · 10 minutes · write code
#
# The town's server has little disk. You want the price of an adapter **before** you make it. Write
# `adapter_price(model, rank, targets)`. It returns two numbers: how many weights A and B have, in all layers together,
# and how many megabytes they take. Do not round them.
#
# `model` is any model without adapter, and `targets` is a list of names such as `"query"`. A linear layer gets an
# adapter if its name ends with a dot and one of them: `encoder.layer.0.attention.self.query`. So `"o"` is not `"wo"`.
# If the model has a head, it is trained as well, but here it does not count.
#
# A weight takes 4 bytes, and a megabyte (MB) is 1,000,000 bytes. Do it without PEFT: ask each linear layer for its
# sizes. Do not change the model.


# %% answer="adapter_price"
def adapter_price(model, rank, targets):
    """Return how many weights the adapter has, and how many megabytes they take."""
    ### BEGIN SOLUTION
    weights = 0
    for name, part in model.named_modules():
        if name.split(".")[-1] in targets and isinstance(part, torch.nn.Linear):
            weights += rank * (part.in_features + part.out_features)
    return weights, 4 * weights / 1e6
    ### END SOLUTION


adapter_price(BertModel(tiny), 8, ["query", "value"])

# %% check="adapter_price"
check.adapter_price(adapter_price)
### BEGIN HIDDEN TESTS
check.adapter_price(adapter_price, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 3 · Merged by hand
#
# ★★☆ · 6 minutes · bug hunt
#
# A colleague merges without PEFT. `merged_weight` gets the weight of a linear layer, A, B and `lora_alpha`. Their
# shapes are (outputs, inputs), (rank, inputs) and (outputs, rank). It returns the merged weight, one tensor. The
# merged layer answers, but not as it did before. And the base model, which nobody wanted to touch, has changed as well.
#
# Mend `merged_weight`. It must be right for any rank and any alpha, and leave the weight, A and B as they are. The cell
# below takes them from `query`, which still has its adapter.

# %%
base, bias = (each.detach() for each in query.base_layer.parameters())
A, B = (each["first"].weight.detach() for each in (query.lora_A, query.lora_B))
texts = torch.randn(1, 32)
answer = query(texts).detach()


# %% answer="merged_weight"
def merged_weight(weight, A, B, alpha):
    """Return the weight with the update added. `alpha` is `lora_alpha`."""
    weight += B @ A
    return weight


### BEGIN SOLUTION
def merged_weight(weight, A, B, alpha):
    """Return the weight with the update added. `alpha` is `lora_alpha`."""
    rank = A.shape[0]
    return weight + alpha / rank * B @ A


### END SOLUTION


matrix = base.clone()
merged = merged_weight(matrix, A, B, alpha=8)
print("with its adapter:", answer[0, :3])
print("merged:          ", (texts @ merged.T + bias)[0, :3])
print("the base is as it was:", torch.equal(matrix, base))

# %% check="merged_weight"
check.merged_weight(merged_weight)
### BEGIN HIDDEN TESTS
check.merged_weight(merged_weight, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · The error that went away
#
# ★★★ · 12 minutes · bug hunt
#
# Somebody loads an adapter for three labels. First there was an error about a *size mismatch*. Then they found an
# argument that makes it go away. Since then the model answers at random, and only two labels ever come.
#
# Mend `load_adapted`. It gets the folder of the base model, the folder of the adapter, and the names of the labels in
# their order: two, three or more. It returns the model that was saved, ready to answer. Its `config.id2label` gives the
# name for each number. If you set `config.label2id` too, it gives the number for each name. Leave both folders as they
# are.

# %%
from transformers import BertForSequenceClassification

names = ["support", "neutral", "oppose"]
base_folder, adapter_folder = course.workdir / "base", course.workdir / "adapter"
BertModel(tiny).save_pretrained(base_folder)
model = BertForSequenceClassification.from_pretrained(base_folder, num_labels=3)
saved = get_peft_model(model, LoraConfig(task_type="SEQ_CLS", target_modules=targets))
saved.save_pretrained(adapter_folder)
ids = torch.tensor([[2, 7, 9, 3]])
print("saved: ", saved.eval()(ids).logits)

# %%
from peft import PeftModel


# %% answer="load_adapted"
def load_adapted(base_folder, adapter_folder, names):
    """Return the base model with its adapter. `names` are the labels in their order."""
    base = BertForSequenceClassification.from_pretrained(base_folder)
    return PeftModel.from_pretrained(base, adapter_folder, ignore_mismatched_sizes=True)


### BEGIN SOLUTION
def load_adapted(base_folder, adapter_folder, names):
    """Return the base model with its adapter. `names` are the labels in their order."""
    base = BertForSequenceClassification.from_pretrained(
        base_folder,
        id2label=dict(enumerate(names)),
        label2id={name: number for number, name in enumerate(names)},
    )
    return PeftModel.from_pretrained(base, adapter_folder).eval()


### END SOLUTION


print("loaded:", load_adapted(base_folder, adapter_folder, names)(ids).logits)

# %% check="load_adapted"
check.load_adapted(load_adapted)
### BEGIN HIDDEN TESTS
check.load_adapted(load_adapted, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## Done?
#
# You know the price of an adapter before you make it, you can merge one by hand, and you have mended two models that
# answered wrongly without an error. {{ Lesson:evaluation }} asks what a single number hides.
