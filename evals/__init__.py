"""canter.evals"""
