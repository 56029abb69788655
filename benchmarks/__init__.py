"""What speed costs: `course bench` writes README.md here; the other scripts chose the settings of lessons."""
