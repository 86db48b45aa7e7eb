"""Whom each address is for: whoever adds a page says so here."""

import pytest

# Who: e editor, m moderator, a administrator; a superuser wherever anybody may. ROOT is superusers
# alone, NOBODY not even they, ALL everybody in the world.
STAFF = "ema"
ALL = "*"
ROOT = ""
NOBODY = None
Who = str | None

MODELS: dict[str, tuple[Who, Who, Who, Who]] = {
    # page:                        view   add     change  delete
    "auth_user": ("a", "a", "a", NOBODY),
    "staff_staffact": ("a", NOBODY, NOBODY, NOBODY),
    "signatures_apikey": ("a", "a", NOBODY, NOBODY),
    "signatures_campaign": (STAFF, "ea", "ea", "ea"),
    "signatures_edition": (STAFF, NOBODY, NOBODY, NOBODY),
    "signatures_export": ("a", STAFF, NOBODY, NOBODY),
    "signatures_letter": (STAFF, "ea", "ea", NOBODY),  # the one here is public
    "signatures_organization": (STAFF, "ma", "ma", ROOT),
    "signatures_outgoingmail": ("ma", NOBODY, NOBODY, NOBODY),
    "signatures_signatoryimport": ("ea", "ea", "ea", NOBODY),
    "signatures_signature": (STAFF, NOBODY, STAFF, NOBODY),
    "signatures_signon": ("ma", "ma", NOBODY, NOBODY),  # by the steps below
    "signatures_signonevent": ("ma", NOBODY, NOBODY, NOBODY),
    "signatures_switches": ("ma", "a", NOBODY, NOBODY),
    "signatures_update": (STAFF, "ea", "ea", "ea"),  # the one here is a draft
    "signatures_updatemail": ("ma", NOBODY, NOBODY, NOBODY),
}
"""What Django's admin asks of every model."""

PAGES: dict[str, tuple[Who, Who]] = {
    # page:                        see     send
    "admin:index": (STAFF, STAFF),
    "admin:app_list": (STAFF, STAFF),
    "admin:autocomplete": (STAFF, NOBODY),
    "admin:jsi18n": (STAFF, NOBODY),
    "admin:view_on_site": (STAFF, STAFF),
    "admin:password_change": (STAFF, STAFF),
    "admin:password_change_done": (STAFF, NOBODY),
    "admin:security": (STAFF, NOBODY),
    "admin:guide_start": (STAFF, NOBODY),
    "admin:guide": (STAFF, NOBODY),
    "admin:make_codes": (NOBODY, STAFF),
    "admin:remove_factor": (NOBODY, STAFF),
    "admin:staff_language": (NOBODY, STAFF),
    "admin:auth_user_invite": (NOBODY, "a"),
    "admin:auth_user_reset": ("a", "a"),
    "admin:signatures_letter_preview": (STAFF, NOBODY),
    "admin:signatures_letter_from_document": ("ea", "ea"),
    "admin:signatures_letter_links": ("ea", "ea"),
    "admin:signatures_letter_extend": ("ea", "ea"),
    "admin:signatures_letter_collect_privately": (NOBODY, "ea"),
    "admin:signatures_letter_stop_collecting": (NOBODY, "ea"),
    "admin:signatures_letter_publish": (NOBODY, "ea"),
    "admin:signatures_letter_lift_embargo": (NOBODY, "ea"),
    "admin:signatures_letter_close": (NOBODY, "ea"),
    "admin:signatures_letter_reopen": (NOBODY, "ea"),
    "admin:signatures_letter_unpublish": (NOBODY, "ea"),
    "admin:signatures_letter_deliver": ("ea", "ea"),
    "admin:signatures_letter_translate": ("ea", "ea"),
    "admin:signatures_letter_responses": (STAFF, NOBODY),
    "admin:signatures_letter_respond": ("ea", "ea"),
    "admin:signatures_letter_response": (STAFF, "ea"),
    "admin:signatures_letter_response_file": (STAFF, NOBODY),
    "admin:signatures_letter_note": ("ea", "ea"),
    "admin:signatures_letter_correct_note": (STAFF, "ea"),
    "admin:signatures_campaign_translate": ("ea", "ea"),
    "admin:signatures_letter_delete_translation": ("ea", "ea"),
    "admin:signatures_campaign_delete_translation": ("ea", "ea"),
    "admin:signatures_organization_merge": ("ma", "ma"),
    "admin:signatures_organization_undo_merge": ("ma", "ma"),
    "admin:signatures_organization_split": ("ma", "ma"),
    "admin:signatures_signatoryimport_columns": ("ea", "ea"),
    "admin:signatures_signatoryimport_analysis": ("ea", NOBODY),
    "admin:signatures_signatoryimport_rows": ("ea", NOBODY),
    "admin:signatures_signatoryimport_decide": (NOBODY, "ea"),
    "admin:signatures_signatoryimport_countries": (NOBODY, "ea"),
    "admin:signatures_signatoryimport_commit": (NOBODY, "ea"),
    "admin:signatures_signatoryimport_undo": (NOBODY, "ea"),
    "admin:signatures_signatoryimport_discard": (NOBODY, "ea"),
    "admin:signatures_signatoryimport_done": ("ea", NOBODY),
    "admin:signatures_apikey_revoke": (NOBODY, "a"),
    "admin:signatures_signature_withdraw": (NOBODY, STAFF),
    "admin:signatures_signature_withhold": (NOBODY, STAFF),
    "admin:signatures_signature_reaffirm": (NOBODY, STAFF),
    "admin:signatures_signon_approve": (NOBODY, "ma"),
    "admin:signatures_signon_reject": (NOBODY, "ma"),
    "admin:signatures_signon_reopen": (NOBODY, "ma"),
    "admin:signatures_signon_tell_apart": (NOBODY, "ma"),
    "admin:signatures_signon_take_back": (NOBODY, "ma"),
    "admin:signatures_signon_withdraw": (NOBODY, "ma"),
    "admin:signatures_signon_correction": (NOBODY, "ma"),
    "admin:signatures_signon_withhold": (NOBODY, "ma"),
    "admin:signatures_signon_show_name": (NOBODY, "ma"),
    "admin:signatures_signon_erase": (NOBODY, "a"),
    "admin:signatures_signon_desk": ("ma", "ma"),
    "admin:signatures_signon_note": (NOBODY, "ma"),
    "admin:signatures_signon_bulk_approve": (NOBODY, "ma"),
    "admin:signatures_signon_bulk_reject": (NOBODY, "ma"),
    "admin:signatures_signon_batches": ("ma", "ma"),
    "admin:signatures_signon_clean_up": ("ma", "ma"),
    "admin:signatures_signon_undo": ("ma", "ma"),
    "admin:signatures_update_translate": ("ea", "ea"),
    "admin:signatures_update_delete_translation": ("ea", "ea"),
    "admin:signatures_update_preview": (STAFF, NOBODY),
    "admin:signatures_update_preview_file": (STAFF, NOBODY),
    "admin:signatures_update_test": (NOBODY, STAFF),
    "admin:signatures_update_send": ("ma", "ma"),
    "admin:signatures_update_stop": (NOBODY, "ma"),
    "admin:signatures_update_resume": (NOBODY, "ma"),
    # The ways in: what they show and take depends on how far somebody is: tests/staff/.
    "admin:login": (ALL, ALL),
    "admin:logout": (ALL, ALL),
    "admin:forgotten": (ALL, ALL),
    "admin:set_password": (ALL, ALL),
    "admin:confirm": (ALL, ALL),
    "admin:second_step": (ALL, ALL),
    "admin:add_app": (ALL, ALL),
    "admin:add_passkey": (ALL, NOBODY),
    "admin:passkey_begin": (ALL, ALL),
    "admin:passkey_complete": (ALL, ALL),
    "admin:add_passkey_begin": (ALL, ALL),
    "admin:add_passkey_complete": (ALL, ALL),
    # The public
    "colours": (ALL, NOBODY),
    "logo": (ALL, NOBODY),
    "home": (ALL, NOBODY),
    "campaign": (ALL, NOBODY),
    "letter": (ALL, NOBODY),
    "signatories": (ALL, NOBODY),
    "signatories-csv": (ALL, NOBODY),
    "letter-pdf": (ALL, NOBODY),
    "letter-docx": (ALL, NOBODY),
    "count-json": (ALL, NOBODY),
    "share-picture": (ALL, NOBODY),
    "versions": (ALL, NOBODY),
    "version-json": (ALL, NOBODY),
    "badge": (ALL, NOBODY),
    "frame": (ALL, NOBODY),
    "qr": (ALL, NOBODY),
    "oembed": (ALL, NOBODY),
    "editions": (ALL, NOBODY),
    "edition": (ALL, NOBODY),
    "edition-json": (ALL, NOBODY),
    "edition-csv": (ALL, NOBODY),
    "edition-pdf": (ALL, NOBODY),
    "edition-docx": (ALL, NOBODY),
    "edition-verify": (ALL, ALL),
    "verify": (ALL, ALL),
    "letters-feed": (ALL, NOBODY),
    "letter-feed": (ALL, NOBODY),
    "response": (ALL, NOBODY),
    "response-file": (ALL, NOBODY),
    "sign": (ALL, ALL),
    "sign-sent": (ALL, NOBODY),
    "private": (ALL, NOBODY),
    "private-letter": (ALL, NOBODY),
    "private-sign": (ALL, ALL),
    "private-sent": (ALL, NOBODY),
    "confirm": (ALL, ALL),
    "confirm-address": (ALL, ALL),
    "sign-on": (ALL, ALL),
    "held-json": (ALL, NOBODY),
    "erase": (NOBODY, ALL),
    "unsubscribe": (ALL, ALL),
    "privacy": (ALL, NOBODY),
    "guide": (ALL, NOBODY),
    "security-txt": (ALL, NOBODY),
    # Programs
    "api-description": (ALL, NOBODY),
    "api-documentation": (ALL, NOBODY),
    "api:letters": (ALL, NOBODY),
    "api:letter": (ALL, NOBODY),
    "api:letter-count": (ALL, NOBODY),
    "api:signatories": (ALL, NOBODY),
    "api:versions": (ALL, NOBODY),
    "api:version": (ALL, NOBODY),
    "api:timeline": (ALL, NOBODY),
    "api:editions": (ALL, NOBODY),
    "api:edition": (ALL, NOBODY),
    "api:campaigns": (ALL, NOBODY),
    "api:campaign": (ALL, NOBODY),
    "api:declaration": (ALL, NOBODY),
    # With a key: tests/api/test_signing.py.
    "api:campaign-sign-ons": (NOBODY, NOBODY),
    "api:letter-sign-ons": (NOBODY, NOBODY),
    "api:api-root": (NOBODY, NOBODY),  # there is nothing
}
"""Everything else."""

NAMELESS = {
    # Django's admin sends an address without its last part on to the form, and answers 404 to
    # whatever it does not know: to staff only.
    "<path:object_id>/": STAFF,
    "(?P<url>.*)$": STAFF,
}


def rule(name: str) -> tuple[Who, Who]:
    """Return who may see an address, and who may send something to it."""
    if name in NAMELESS:
        return NAMELESS[name], NAMELESS[name]
    if name in PAGES:
        return PAGES[name]
    model, _under, page = name.removeprefix("admin:").rpartition("_")
    view, add, change, delete = MODELS.get(model, (NOBODY,) * 4)
    pages = {
        "changelist": (view, view),
        "add": (add, add),
        "history": (view, view),
        "delete": (delete, delete),
        "change": (view, change),
    }
    if model not in MODELS or page not in pages:
        pytest.fail(f"{name} is in no table of this file: say whom it is for.")
    return pages[page]


def may(who: str, allowed: Who) -> bool:
    if allowed is NOBODY:
        return False
    return allowed == ALL or who == "s" or who in allowed


def is_door(name: str) -> bool:
    """Whether a page is a way in, which sends on whoever need not, or may not, stand there."""
    return name.startswith("admin:") and ALL in PAGES.get(name, ())
