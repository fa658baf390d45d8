"""When planned things come, told from what became of earlier plans of the same kind. Plain values, no database.

`curves` has the arithmetic of plans that came, that never will and that nobody knows of yet, `reference` the classes of
earlier plans and the forecast, `courses` how a thing's plan went and when it was looked at, `coverage` what became
of forecasts of the past, `measuring` how good chances were, `words` what a forecast says.
"""
