"""Large vision-language models, opened from local folders by `transformers`, as policies."""
