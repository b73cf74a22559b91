from django.http import HttpRequest

from fedwork import views


class MethodNotAllowedMiddleware:
    """Somebody who opens the address of a button (from the history, or after signing in) reads a page, not nothing."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest):
        response = self.get_response(request)
        if response.status_code != 405 or response.streaming or response.content or not request.accepts("text/html"):
            return response
        return views.method_not_allowed(request, response["Allow"])
