"""The locomotion environment for training: commands, rewards, Gymnasium and SB3 interfaces."""
