"""The checks of the exercise sheets: one module for each sheet, named as its lesson is."""
