"""canter.vla"""
