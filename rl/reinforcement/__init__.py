"""Fine-tuning of the vision-language-action model by what succeeds: ``canter train vla-rl``."""
