"""The public journey, in the order in which people take it."""

from django.urls import path

from signatures.views import (
    downloads,
    feeds,
    guide,
    letters,
    privacy,
    private,
    responses,
    rights,
    signing,
    versions,
)

urlpatterns = [
    path("", letters.home, name="home"),
    path("feed.atom", feeds.letters, name="letters-feed"),
    path("privacy/", privacy.privacy, name="privacy"),
    path("guide/", guide.signing, name="guide"),
    path("campaigns/<slug:slug>/", letters.campaign, name="campaign"),
    path("letters/<slug:slug>/", letters.letter, name="letter"),
    path("letters/<slug:slug>/signatories/", letters.signatories, name="signatories"),
    path("letters/<slug:slug>/signatories.csv", downloads.signatories_csv, name="signatories-csv"),
    path("letters/<slug:slug>/count.json", downloads.count_json, name="count-json"),
    path("letters/<slug:slug>/share.png", downloads.share_png, name="share-picture"),
    path("letters/<slug:slug>/versions/", versions.versions, name="versions"),
    path(
        "letters/<slug:slug>/versions/<int:number>.json",
        versions.version_json,
        name="version-json",
    ),
    path("letters/<slug:slug>/feed.atom", feeds.letter, name="letter-feed"),
    path("letters/<slug:slug>/responses/<uuid:entry>/", responses.response, name="response"),
    path(
        "letters/<slug:slug>/responses/<uuid:entry>/<slug:digest>.<slug:kind>",
        responses.file,
        name="response-file",
    ),
    path("letters/<slug:slug>/sign/", signing.sign, name="sign"),
    path("letters/<slug:slug>/sign/sent/", signing.sent, name="sign-sent"),
    path("private/<str:token>/", private.letter, name="private"),
    path("private/<str:token>/letters/<slug:slug>/", private.letter, name="private-letter"),
    path("private/<str:token>/sign/", private.sign, name="private-sign"),
    path("private/<str:token>/sign/sent/", private.sent, name="private-sent"),
    path("confirm/<str:token>/", signing.confirm, name="confirm"),
    path("confirm-address/<str:token>/", signing.confirm_address, name="confirm-address"),
    path("sign-on/<str:token>/", signing.sign_on, name="sign-on"),
    path("sign-on/<str:token>/held.json", rights.held_json, name="held-json"),
    path("sign-on/<str:token>/erase/", rights.erase, name="erase"),
]
