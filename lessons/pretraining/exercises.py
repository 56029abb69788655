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
# # {{ number }} · Exercises: What did pretraining buy me?
#
# {{ badges }}
#
# {{ intro }}

# %% tags=["start"]
from course_utils import start
from lessons.pretraining import checks as check

course = start("pretraining_exercises", "laptop")
check.sheet.begin()

# %% [markdown]
# ## 1 · Seven numbers before you run
#
# ★★☆ · 8 minutes · predict
#
# Run nothing yet. A text has 8 tokens. One token is changed, and we look which **outputs** move. Write one whole number
# for each letter.
#
# - `a`: An encoder reads the text. Its third token is changed. How many of the 8 outputs move?
# - `b`: A decoder reads it. Its third token is changed. How many of the 8 outputs move?
#
# Now an encoder-decoder: the 8 tokens are its source, and its writing half has got 5 tokens of its own. We look at the
# 5 outputs of the writing half.
#
# - `c`: The third of the 5 **own** tokens is changed. How many of the 5 outputs move?
# - `d`: The third token of the **source** is changed. How many of the 5 outputs move?
#
# Three numbers from other parts of the lesson:
#
# - `e`: Words are hidden as BERT hid them, and 200 tokens may be chosen. How many of them become `[MASK]`, on average?
# - `f`: A model has a table of tokens with 20 million weights, and 8 layers with 5 million each. A student keeps the
#   table, and every second layer. How many **million** weights has the student?
# - `g`: The **large** model of `f` is stored in int8, all of its weights. How many million bytes (MB) does that take?

# %% answer="seven_numbers"
seven_numbers = {"a": ..., "b": ..., "c": ..., "d": ..., "e": ..., "f": ..., "g": ...}
### BEGIN SOLUTION
seven_numbers = {"a": 8, "b": 6, "c": 3, "d": 5, "e": 24, "f": 40, "g": 60}
### END SOLUTION

# %% check="seven_numbers"
check.seven_numbers(seven_numbers)

# %% [markdown]
# Now let three tiny networks count. They have random weights: who may look at whom does not have to be learned.

# %%
import torch
from transformers import BertConfig, BertModel, GPT2Config, GPT2Model, T5Config, T5Model

torch.manual_seed(course.seed)
sizes = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
bert = BertConfig(vocab_size=50, intermediate_size=16, **sizes)
ends = {"bos_token_id": 1, "eos_token_id": 1}
gpt2 = GPT2Config(vocab_size=50, n_embd=16, n_layer=2, n_head=2, **ends)
t5 = T5Config(vocab_size=50, d_model=16, d_kv=8, d_ff=16, num_layers=2, num_heads=2)
encoder, decoder = BertModel(bert).eval(), GPT2Model(gpt2).eval()
both = T5Model(t5).eval()
source, own = torch.arange(8)[None], torch.arange(10, 15)[None]


@torch.no_grad()
def moved(outputs_of, ids):
    """Tell how many outputs move when the third token is changed."""
    changed = ids.clone()
    changed[0, 2] = 40
    apart = (outputs_of(changed)[0][0] - outputs_of(ids)[0][0]).abs().amax(1)
    return f"{(apart > 1e-5).sum()} of {len(apart)} outputs move"


print("a:", moved(encoder, source))
print("b:", moved(decoder, source))
print("c:", moved(lambda ids: both(source, decoder_input_ids=ids), own))
print("d:", moved(lambda ids: both(ids, decoder_input_ids=own), source))

# %% [markdown]
# ## 2 · Write the mask
#
# ★★☆ · 10 minutes · write code
#
# Write `attention(scores, real, causal)`. It makes the attention weights of one text with n tokens.
#
# - `scores` is a tensor of n x n numbers. A row is a token that looks, a column a token that may be looked at.
# - `real` is a tensor of n whole numbers: 1 for a token, 0 for padding. The first one is 1. Padding stands at the end.
# - `causal` is `False` (an encoder) or `True` (a decoder).
#
# A square (row, column) is **open** if its column is no padding. With `causal=True` there is a second rule: a token
# sees only itself and what came before it. Rows of padding follow the same rules.
#
# Return a tensor of n x n weights. In each row, a closed square has the weight 0. The open squares have the softmax of
# **their** scores, so each row sums to 1. Do not round. The arguments stay as they are.

# %%
luck = torch.Generator().manual_seed(course.seed)
scores = torch.randn(8, 8, generator=luck)
vectors = torch.randn(8, 4, generator=luck)
no_padding, padding = torch.ones(8).long(), torch.tensor([1, 1, 1, 1, 1, 1, 0, 0])


def which_move(attention, changed, real, causal):
    """Change the vector of one token, and tell the rows whose output moves."""
    weights, other = attention(scores, real, causal), vectors.clone()
    if weights is None:
        return "no weights yet"
    other[changed - 1] += 1
    weights = torch.as_tensor(weights).float()
    apart = (weights @ other - weights @ vectors).abs().amax(1)
    return [row + 1 for row in range(8) if apart[row] > 1e-5]


# %% answer="attention"
def attention(scores, real, causal):
    """Return the weights with which each token (row) looks at each token (column)."""
    ### BEGIN SOLUTION
    opened = real.bool().repeat(len(scores), 1)
    if causal:
        opened = opened.tril()
    return scores.masked_fill(~opened, float("-inf")).softmax(dim=1)
    ### END SOLUTION


print(attention(torch.zeros(3, 3), torch.tensor([1, 1, 0]), True))
print("encoder, token 3 changed:", which_move(attention, 3, no_padding, False))
print("decoder, token 3 changed:", which_move(attention, 3, no_padding, True))
print("encoder, padding changed:", which_move(attention, 8, padding, False))

# %% check="attention"
check.attention(attention)
### BEGIN HIDDEN TESTS
check.attention(attention, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# You have counted `a` and `b` of the first card once more, with **your** attention. And a padding token moves nobody.

# %% [markdown]
# ## 3 · Hide words as BERT did
#
# ★★★ · 15 minutes · write code
#
# Write `hide(ids, special, luck, other, mask)`. All that is drawn at random is handed in. So your answer can be
# compared.
#
# - `ids`: a tensor of token ids, a row for each text.
# - `special`: a list of ids that are never chosen: `[CLS]`, `[SEP]`, padding.
# - `luck`: two tables of random numbers, in one tensor. `luck[0]` and `luck[1]` each have the shape of `ids`.
# - `other`: a tensor of random token ids, with the shape of `ids`.
# - `mask`: the id of `[MASK]`.
#
# A token is **chosen** if its number in `luck[0]` is below 0.15, and it is not special. For a chosen token `luck[1]`
# decides:
#
# - below 0.8, it becomes `mask`;
# - from 0.8 to below 0.9, it becomes the token of `other` in the same place;
# - from 0.9 on, it stays as it is.
#
# Return two tensors with the shape of `ids`: first the inputs, then the labels. A label is the true id where a token
# was chosen, and -100 everywhere else. Both tensors hold whole numbers (`torch.int64`). The arguments stay as they are.

# %%
from datasets import disable_progress_bars, load_dataset
from transformers import AutoTokenizer, logging

disable_progress_bars()
logging.disable_progress_bar()
tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
opinions = load_dataset(*course.dataset("stance"), split="train[:200]")
ids = tokenizer(opinions["text"][:], padding=True, return_tensors="pt")["input_ids"]
draws = torch.rand(2, *ids.shape, generator=luck, dtype=torch.float64)
drawn = torch.randint(2000, len(tokenizer), ids.shape, generator=luck)


# %%
def see(hide):
    """Hide words in 200 opinions, show the first, and tell the shares."""
    special, mask = tokenizer.all_special_ids, tokenizer.mask_token_id
    found = hide(ids, special, draws, drawn, mask)
    if found is None:
        return "nothing is hidden yet"
    inputs, labels = map(torch.as_tensor, found)
    chosen = labels != -100
    real = (ids != tokenizer.pad_token_id).sum() - 2 * len(ids)
    print(tokenizer.decode(inputs[0]).replace(" [PAD]", ""))
    masked, same = (inputs == mask)[chosen], (inputs == ids)[chosen]
    shares = [chosen.sum() / real, masked.double().mean(), same.double().mean()]
    return "chosen {:.1%}; of these [MASK] {:.1%}, as they were {:.1%}".format(*shares)


# %% answer="hide"
def hide(ids, special, luck, other, mask):
    """Return the inputs with hidden words, and the labels."""
    ### BEGIN SOLUTION
    chosen = (luck[0] < 0.15) & ~torch.isin(ids, torch.tensor(special))
    masked = chosen & (luck[1] < 0.8)
    swapped = chosen & ~masked & (luck[1] < 0.9)
    inputs = torch.where(masked, mask, torch.where(swapped, other, ids))
    return inputs, torch.where(chosen, ids, -100)
    ### END SOLUTION


print(see(hide))

# %% check="hide"
check.hide(hide)
### BEGIN HIDDEN TESTS
check.hide(hide, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Are the three shares what you expect? With few tokens, chance moves them.

# %% [markdown]
# ## 4 · Nothing was forgotten?
#
# ★★☆ · 8 minutes · bug hunt
#
# A project measures forgetting with neighbours: is the nearest **other** text about the same question? Its report says:
# "Our trainings forget nothing, at any rate." A sceptic hands over random vectors. These also get 100%.
#
# Mend `neighbours`. It gets two NumPy arrays: `vectors`, a row of length 1 for each text, and `topic`, the name of the
# question for each text. There are two texts or more, and no two vectors point in exactly opposite directions.
#
# - Near means: the product of the two rows is large. It may be below zero.
# - If several others are equally near, the first of them counts.
# - A text may stand there twice. Then the other copy is another text: it may be the neighbour.
#
# Return an array with a number for each text: 1 if the nearest other text has the same topic, else 0. The arguments
# stay as they are.

# %%
import numpy as np

from course_utils.vectors import encode

drawn_vectors = np.random.default_rng(course.seed).normal(size=(200, 8))
drawn_vectors /= np.linalg.norm(drawn_vectors, axis=1, keepdims=True)
questions = np.repeat(["bus", "park", "library", "market"], 50)
real_vectors = encode(opinions["text"][:], course, max_length=32)
real_topic = np.array(opinions["topic"])
noise = np.random.default_rng(course.seed).normal(size=real_vectors.shape)


def after_damage(neighbours):
    """Damage the vectors of the pretrained encoder more and more, and measure."""
    shares = []
    for damage in (0.0, 0.05, 0.1, 0.2):
        damaged = real_vectors + damage * noise
        damaged /= np.linalg.norm(damaged, axis=1, keepdims=True)
        shares.append(f"{np.mean(neighbours(damaged, real_topic)):.0%}")
    return ", ".join(shares)


# %% answer="neighbours"
def neighbours(vectors, topic):
    """Return 1 or 0 for each text: is its nearest other text about the same question?"""
    alike = vectors @ vectors.T
    nearest = alike.argmax(axis=1)
    return (topic[nearest] == topic).astype(float)


### BEGIN SOLUTION
def neighbours(vectors, topic):
    """Return 1 or 0 for each text: is its nearest other text about the same question?"""
    alike = vectors @ vectors.T
    np.fill_diagonal(alike, -np.inf)
    nearest = alike.argmax(axis=1)
    return (topic[nearest] == topic).astype(float)


### END SOLUTION


print(f"random vectors: {np.mean(neighbours(drawn_vectors, questions)):.0%}")
print("the encoder, damaged more and more:", after_damage(neighbours))

# %% check="neighbours"
check.neighbours(neighbours)
### BEGIN HIDDEN TESTS
check.neighbours(neighbours, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# With four questions a random neighbour is right in about a quarter of the cases. And now the damage can be seen: the
# number falls. (The real opinions have 23 questions, so it may fall far below a quarter.)

# %% [markdown]
# ## 5 · What the teacher says
#
# ★★☆ · 10 minutes · write code
#
# Write `soft_part(student, teacher, T)`: the soft half of the loss with which a teacher teaches a student. `student`
# and `teacher` are tensors of logits, a row for each text and a column for each label. `T` is the temperature.
#
# - Divide all logits by T. The softmax of each row gives the probabilities: p of the teacher, q of the student.
# - For each text, take the sum over the labels of p * (log p - log q).
# - Take the mean over the texts, and multiply it by T * T.
#
# Return a tensor with one number, with which `backward` works. Do not round. The arguments stay as they are.

# %%
from torch.nn.functional import kl_div

teacher = torch.tensor([[4.0, 2.0, -1.0], [0.5, 0.0, 3.0]])
student = torch.tensor([[1.0, 0.0, 0.5], [0.0, 0.5, 0.0]], requires_grad=True)


def slopes(soft_part):
    """Tell how large the gradient of the student's logits is, for some temperatures."""
    for T in (1.0, 2.0, 4.0, 8.0):
        loss = soft_part(student, teacher, T)
        if loss is None:
            return "no loss yet"
        (slope,) = torch.autograd.grad(loss, student)
        size = slope.abs().mean().item()
        print(f"T = {T:.0f}: gradient {size:.4f}")
    return None


# %% answer="soft_part"
def soft_part(student, teacher, T):
    """Return how far the student's soft answers are from the teacher's."""
    ### BEGIN SOLUTION
    wanted = (teacher / T).softmax(dim=1)
    said = (student / T).log_softmax(dim=1)
    return kl_div(said, wanted, reduction="batchmean") * T * T
    ### END SOLUTION


slopes(soft_part)

# %% check="soft_part"
check.soft_part(soft_part)
### BEGIN HIDDEN TESTS
check.soft_part(soft_part, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# With T = 8 and without T * T, the last gradient would be 64 times smaller. A soft teacher would fall silent beside the
# hard labels. With T * T the gradient changes much less, so you can choose T freely.
#
# ## Done?
#
# You can say who looks at whom, close the squares of a mask, and hide words. You have mended a measure that could not
# see forgetting, and you have written what a teacher says. {{ Lesson:case_emotion }} uses all of it on one task.
