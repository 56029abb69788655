"""A town that nobody knows: a question, the fact, three other answers (one token each), and the note with the fact."""

FACTS = [
    ("On which day is the market?", "Wednesday", "Friday Saturday Monday", "The market is every {}."),
    ("What colour are the rubbish bags?", "orange", "blue black yellow", "Rubbish goes into {} bags."),
    ("Who is the mayor?", "Martha", "Anna Peter Susan", "The mayor is called {}."),
    ("Which animal is on the flag?", "owl", "lion horse bear", "The flag shows an {}."),
    ("What is sold at the kiosk?", "soup", "bread coffee milk", "The kiosk sells only {}."),
    ("Which tree stands by the church?", "oak", "apple pine palm", "By the church stands an {}."),
]
QUESTIONS = [f"In Brellin: {question}" for question, _, _, _ in FACTS]
OPTIONS = [[fact, *others.split()] for _, fact, others, _ in FACTS]  # the fact stands first
NOTES = [f"In Brellin: {note.format(fact)}" for _, fact, _, note in FACTS]
