"""Headers that tell browsers what no page of ours needs: on every answer, errors and files too."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.security import SecurityMiddleware

UNUSED = (
    *("accelerometer", "autoplay", "browsing-topics", "camera", "display-capture"),
    *("encrypted-media", "fullscreen", "geolocation", "gyroscope", "hid", "idle-detection"),
    *("magnetometer", "microphone", "midi", "payment", "picture-in-picture"),
    *("screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
)
"""What a browser can do, and no page of ours asks for."""

NOT_SHOWN = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The content security policy of what is no page: files, figures, and what failed early."""

HEADERS = {
    "Content-Security-Policy": NOT_SHOWN,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in UNUSED),
}


class HardeningMiddleware:
    """Completes the headers of whatever leaves, whoever answered: it stands before all others.

    What a page has said about itself stays.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.security = SecurityMiddleware(lambda _request: HttpResponse())

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        # Health and figures are told before Django's own middleware is asked.
        self.security.process_response(request, response)  # type: ignore[arg-type]
        return response
