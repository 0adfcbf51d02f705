"""The brain: a large vision-language model that plans, checks and answers over the fast policy."""
