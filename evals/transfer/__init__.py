"""The transfer suite: controllers in bodies, worlds and engines that they were not made for."""
