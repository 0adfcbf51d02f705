"""canter.sim"""
