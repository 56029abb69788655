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
# # {{ number }} · A case study: does it speak my trade?
#
# {{ badges }}
#
# **You will be able to**
#
# - **...**
#
# {{ times }}

# %% tags=["parameters"]
PROFILE = "auto"  # @param ["auto", "laptop", "full", "smoke"]

# %% tags=["start"]
from course_utils import start

course = start("case_textbook", PROFILE)

# %% [markdown]
# ## In this notebook we have
#
# ## Where it breaks
#
# **Next:** the sheet for this lesson, and then {{ lesson:privacy }}.
