"""canter.datasets"""
