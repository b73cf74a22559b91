"""Before any page: what the database can't store is refused."""

from django.core.exceptions import BadRequest

NUL = "\0"


def refuse_nul(get_response):
    """PostgreSQL has no text with a NUL in it, and no browser sends one of itself."""

    def check(request):
        values = (
            value for data in (request.GET, request.POST) for pair in data.lists() for value in [pair[0], *pair[1]]
        )
        if NUL in request.path_info or any(NUL in value for value in values):
            raise BadRequest("NUL")
        return get_response(request)

    return check
