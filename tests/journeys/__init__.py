"""One story a user group, in a real browser and through the JSON API. (Being written now by helper journeys; demo: leave it.)"""
