"""The public journey, in the order in which people take it."""

from django.urls import path

from signatures.views import downloads, guide, letters, privacy, rights, signing, versions

urlpatterns = [
    path("", letters.home, name="home"),
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
    path("letters/<slug:slug>/sign/", signing.sign, name="sign"),
    path("letters/<slug:slug>/sign/sent/", signing.sent, name="sign-sent"),
    path("confirm/<str:token>/", signing.confirm, name="confirm"),
    path("confirm-address/<str:token>/", signing.confirm_address, name="confirm-address"),
    path("sign-on/<str:token>/", signing.sign_on, name="sign-on"),
    path("sign-on/<str:token>/held.json", rights.held_json, name="held-json"),
    path("sign-on/<str:token>/erase/", rights.erase, name="erase"),
]
