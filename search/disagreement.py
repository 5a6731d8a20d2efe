from __future__ import annotations
def differing(question, found, answering, quotes):
    return ()
