"""What happens before a lesson can run: the set-up, the lock, and the look at a machine."""
