"""A Hub on loopback: as much of the Hugging Face Hub's HTTP protocol as its client libraries use, with faults on order.

olah, the one package of this kind, is a proxy in front of the real Hub; it serves no folder and has no faults.
"""
