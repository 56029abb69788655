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
# # {{ number }} · The recipe: which setting matters, and which is superstition?
#
# {{ badges }}
#
# {{ times }}

# %% tags=["parameters"]
PROFILE = "auto"  # or "laptop", "full", "smoke"

# %% tags=["start"]
from course_utils import record, start

course = start("recipe", PROFILE)
