"""`course grade`: grades a folder of submissions with nbgrader, each one shut away in a process of its own."""
