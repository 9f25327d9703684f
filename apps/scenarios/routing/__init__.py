"""Routing: each query to the model that is worth its energy, within a budget (the method of PEARL).

A light model learns from labelled queries how likely each candidate is to answer well; an exact assignment spends the budget where it
buys most quality. No framework, no database.
"""
