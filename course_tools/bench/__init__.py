"""`course bench`: what the recipes of the source documents cost, beside the course's own, on this machine."""
