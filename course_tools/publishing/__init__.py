"""What goes out: the site, slides, quizzes, the glossary, plans, handouts."""
