"""Ten words with two meanings: a sentence, the same meaning in other words, another meaning."""

MEANINGS = {
    "bank": (
        "They sat on the bank of the river.",
        "Reeds grow along the muddy bank.",
        "She keeps her savings in a bank.",
    ),
    "bat": (
        "He hit the ball with a wooden bat.",
        "Swing the bat a little earlier.",
        "A bat sleeps upside down in caves.",
    ),
    "spring": (
        "The garden wakes up in spring.",
        "Last spring we planted two trees.",
        "The mattress has a broken spring.",
    ),
    "match": (
        "Our team lost the match on Sunday.",
        "The match ended without a goal.",
        "He lit the candle with a match.",
    ),
    "bark": (
        "The bark of the old oak is rough.",
        "Beetles live under the bark of trees.",
        "I heard a dog bark all night.",
    ),
    "seal": (
        "A seal was lying on the rocks.",
        "The seal dived and caught a fish.",
        "The letter carried a red wax seal.",
    ),
    "ring": (
        "He bought her a gold ring.",
        "The ring was too small for her finger.",
        "I heard the phone ring twice.",
    ),
    "letter": (
        "She wrote a long letter to her aunt.",
        "The letter arrived in a blue envelope.",
        "The first letter of the alphabet is A.",
    ),
    "light": (
        "The light in the kitchen is too bright.",
        "Please turn off the light.",
        "The empty suitcase is very light.",
    ),
    "fan": (
        "The fan cools the room a little.",
        "Switch on the fan, it is hot.",
        "Every fan of the band was singing.",
    ),
}
