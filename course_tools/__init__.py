"""What an instructor and CI run: build, run, test, doctor. No lesson imports it."""
