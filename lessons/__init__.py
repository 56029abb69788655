"""What the course is made from: one folder a lesson. See docs/authors.md."""
