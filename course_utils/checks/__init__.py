"""What the checks of all exercise sheets share. Each lesson's own checks lie in its folder: lessons/SLUG/checks.py."""
