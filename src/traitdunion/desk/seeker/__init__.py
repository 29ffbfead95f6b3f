"""The question and its answers for who looks for a job: easy to read, in their language."""
