"""The site's addresses, with those of the demonstration."""

from django.urls import path

from openletters.urls import handler404, handler500, urlpatterns
from signatures.views import demo

__all__ = ["handler404", "handler500", "urlpatterns"]

urlpatterns = [path("demo/mailbox/", demo.mailbox, name="demo-mailbox"), *urlpatterns]
