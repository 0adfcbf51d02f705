"""The vision-language-action model; ``runtime`` needs no torch, everything else may."""
