"""The question page and its answers: form, cards, day timelines, what-if comparisons."""
