"""canter.rl"""
