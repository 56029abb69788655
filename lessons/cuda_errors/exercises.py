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
# # {{ number }} · Exercises: CUDA errors
#
# {{ badges }}
#
# {{ intro }}

# %% tags=["start"]
from course_utils import start
from lessons.cuda_errors import checks as check

course = start("cuda_errors_exercises", "laptop")
check.sheet.begin()

# %% [markdown]
# Everything here runs on the CPU. For the first exercise we build a very small imitation of a GPU. It notes an order
# and goes on. It works only when somebody waits. After an error it is broken.


# %%
class SmallGPU:
    def __init__(self, blocking=False):
        self.orders, self.blocking, self.broken = [], blocking, False

    def order(self, work, *values):
        self.orders.append((work, values))
        if self.blocking or self.broken:
            self.wait()

    def wait(self):
        if self.broken:
            raise RuntimeError("this GPU no longer answers")
        self.broken = True  # until all orders went well
        while self.orders:
            work, values = self.orders.pop(0)
            result = work(*values)
        self.broken = False
        return result


# %%
import torch

table, logits = torch.nn.Embedding(100, 8), torch.zeros(1, 4)


def program(gpu, token, label):
    gpu.order(table, torch.tensor([token]))  # line 1
    gpu.order(torch.nn.functional.cross_entropy, logits, torch.tensor([label]))  # 2
    gpu.order(torch.argmax, logits)  # line 3
    print("everything is ordered")  # line 4
    print("the answer:", gpu.wait())  # line 5


# %% [markdown]
# The table has the rows 0 to 99. There are four classes. You will run this program six times.
#
# ## 1 · Which line gets the blame?
#
# ★★☆ · 8 minutes · predict
#
# Run nothing yet. Which line of `program` raises the error? Write 1 to 5, or 0 where there is no error.
#
# - `a`: `gpu = SmallGPU()`, then `program(gpu, 7, 4)`
# - `b`: the same `gpu` once more, with the label mended: `program(gpu, 7, 3)`
# - `c`: `program(SmallGPU(), 7, 3)`
# - `d`: `program(SmallGPU(blocking=True), 7, 4)`
# - `e`: `program(SmallGPU(), 100, 3)`
# - `f`: `program(SmallGPU(blocking=True), 100, 4)`

# %% answer="blamed_lines"
blamed_lines = {"a": ..., "b": ..., "c": ..., "d": ..., "e": ..., "f": ...}
### BEGIN SOLUTION
blamed_lines = {"a": 5, "b": 1, "c": 0, "d": 2, "e": 5, "f": 1}
### END SOLUTION

# %% check="blamed_lines"
check.blamed_lines(blamed_lines)

# %% [markdown]
# Now see it for yourself. In `a`, `b` and `e`, the line that gets the blame is innocent.


# %%
def blame(gpu, token, label):
    try:
        program(gpu, token, label)
    except (IndexError, RuntimeError) as error:
        line = error.__traceback__.tb_next.tb_lineno
        return line - program.__code__.co_firstlineno, str(error)
    return 0, "no error"


gpu = SmallGPU()
print("a", blame(gpu, 7, 4))
print("b", blame(gpu, 7, 3))
print("c", blame(SmallGPU(), 7, 3))
print("d", blame(SmallGPU(blocking=True), 7, 4))
print("e", blame(SmallGPU(), 100, 3))
print("f", blame(SmallGPU(blocking=True), 100, 4))

# %% [markdown]
# (A real GPU works while Python goes on. So there the error may also come at line 3, or at any later line.)
#
# ## 2 · The error that was only silenced
#
# ★☆☆ · 6 minutes · bug hunt
#
# Guests of a library gave 1 to 5 stars. -1 means: no stars were given. The training stopped with a device-side
# assert. A colleague added `clamp`, and the message went away. Now four and five stars are one class.
#
# Mend `star_targets`. It gets a list of stars, and leaves it as it is. It returns a tensor with one target for each
# guest, of the type that `cross_entropy` takes. One star is class 0, five stars are class 4. The loss must leave out
# the guests without stars.


# %% answer="star_targets"
def star_targets(stars):
    """Return the stars as a tensor of targets for `cross_entropy` with five classes."""
    return torch.tensor(stars).clamp(min=0, max=4)


### BEGIN SOLUTION
def star_targets(stars):
    """Return the stars as a tensor of targets for `cross_entropy` with five classes."""
    given = torch.tensor(stars)
    return torch.where(given == -1, -100, given - 1)


### END SOLUTION


star_targets([5, 1, -1, 4])

# %% check="star_targets"
check.star_targets(star_targets)
### BEGIN HIDDEN TESTS
check.star_targets(star_targets, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 3 · Look before you start
#
# ★★☆ · 15 minutes · write code
#
# A training waits all night for a free GPU, and then stops at its first batch. You want to know before. Write
# `before_the_gpu(model, batch, targets)`. It returns one of these words, just as it stands here. It is the first that
# is true:
#
# - `"device"`: a tensor of the batch, or the targets, are not where the model is
# - `"ids"`: an id in `batch["input_ids"]` has no row in the model's table
# - `"labels"`: a target is no class of the model, and the loss does not leave it out
# - `"fine"`: none of them
#
# `model` is any model that classifies texts, BERT or another. `batch` is what its tokenizer returns: names and tensors.
# One bad number in one text is enough. A second device is `meta` here. Its tensors hold no numbers, so look at the
# devices before you look at numbers. Change nothing that you are handed.

# %%
from transformers import AutoModelForSequenceClassification, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
model = AutoModelForSequenceClassification.from_pretrained(
    course.checkpoint, num_labels=4
)
batch = tokenizer(["Too loud.", "A quiet place!"], padding=True, return_tensors="pt")
targets = torch.tensor([1, 4])


# %% answer="before_the_gpu"
def before_the_gpu(model, batch, targets):
    """Return "device", "ids", "labels" or "fine"."""
    ### BEGIN SOLUTION
    tensors = [*batch.values(), targets]
    if any(tensor.device != model.device for tensor in tensors):
        return "device"
    ids, rows = batch["input_ids"], model.get_input_embeddings().num_embeddings
    if ids.min() < 0 or ids.max() >= rows:
        return "ids"
    used = targets[targets != -100]
    if ((used < 0) | (used >= model.config.num_labels)).any():
        return "labels"
    return "fine"
    ### END SOLUTION


before_the_gpu(model, batch, targets)

# %% check="before_the_gpu"
check.before_the_gpu(before_the_gpu)
### BEGIN HIDDEN TESTS
check.before_the_gpu(before_the_gpu, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · In pieces, and something is different
#
# ★★★ · 12 minutes · bug hunt
#
# A batch was too big for the GPU. In four pieces it fits. But now the model learns in another way, with steps that are
# far too large. Mend `gradient_in_pieces`, so that it returns the gradient of the **whole** batch.
#
# It must still work in so many pieces, and keep only one of them at once for the way back. Ten rows in four pieces must
# be right, too: `chunk` makes pieces of 3, 3, 3 and 1 of them. Nothing is trained here: the weights of the layer, the
# inputs and the targets stay as they are.

# %%
torch.manual_seed(course.seed)
layer = torch.nn.Linear(2, 3)
inputs, goals = torch.randn(10, 2), torch.randint(0, 3, (10,))
whole = torch.nn.functional.cross_entropy(layer(inputs), goals)
(wanted,) = torch.autograd.grad(whole, layer.weight)


# %% answer="gradient_in_pieces"
def gradient_in_pieces(layer, inputs, targets, pieces):
    """Return the gradient of `layer.weight` for the mean loss of all rows."""
    layer.zero_grad()
    parts = zip(inputs.chunk(pieces), targets.chunk(pieces), strict=True)
    for some, goals in parts:
        loss = torch.nn.functional.cross_entropy(layer(some), goals)
        loss.backward()
    return layer.weight.grad


### BEGIN SOLUTION
def gradient_in_pieces(layer, inputs, targets, pieces):
    """Return the gradient of `layer.weight` for the mean loss of all rows."""
    layer.zero_grad()
    parts = zip(inputs.chunk(pieces), targets.chunk(pieces), strict=True)
    for some, goals in parts:
        loss = torch.nn.functional.cross_entropy(layer(some), goals)
        share = len(goals) / len(targets)
        (loss * share).backward()
    return layer.weight.grad


### END SOLUTION


print("the whole batch:", wanted, sep="\n")
print("in four pieces:", gradient_in_pieces(layer, inputs, goals, 4), sep="\n")

# %% check="gradient_in_pieces"
check.gradient_in_pieces(gradient_in_pieces)
### BEGIN HIDDEN TESTS
check.gradient_in_pieces(gradient_in_pieces, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## Done?
#
# You can say which line an error will blame, and why that line may be innocent. You know a mended error from a silenced
# one. And you can make a batch smaller without changing what the model learns.
