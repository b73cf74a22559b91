"""Around every page: what the database can't store is refused, and a bare 405 becomes a page."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest

from fedwork import views

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


class MethodNotAllowedMiddleware:
    """Somebody who opens the address of a button (from the history, or after signing in) reads a page, not nothing."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest):
        response = self.get_response(request)
        if response.status_code != 405 or response.streaming or response.content or not request.accepts("text/html"):
            return response
        return views.method_not_allowed(request, response["Allow"])
