"""The capstone: a project on the learner's own texts, its template, its samples, and what its notebook calls."""
