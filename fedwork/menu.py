"""The grouped menu on the left of every page, site and admin alike, by role."""


def menu(request) -> dict:
    return {"menu": []}
