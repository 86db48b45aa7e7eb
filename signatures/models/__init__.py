"""The two worlds: public facts (letters, organizations) and private claims (sign_ons, mail)."""

from signatures.models.api_keys import ApiKey
from signatures.models.corrections import Correction
from signatures.models.demand_notes import DemandNote
from signatures.models.distinctions import Distinction
from signatures.models.editions import Edition, EditionFile, EditionSignatory, OwedFile
from signatures.models.erasures import Erasure
from signatures.models.exports import Export
from signatures.models.extensions import Extension
from signatures.models.flags import Flag
from signatures.models.history import SignOnEvent
from signatures.models.import_rows import ImportRow
from signatures.models.imports import SignatoryImport
from signatures.models.letters import Addressee, Campaign, Demand, Letter
from signatures.models.limits import Allowance, ClientKey
from signatures.models.logos import Logo
from signatures.models.mail import OutgoingMail
from signatures.models.merges import OrganizationMerge
from signatures.models.name_index import KnownWord, NameKey
from signatures.models.notes import Note
from signatures.models.organizations import Organization, OrganizationName
from signatures.models.presence import Presence
from signatures.models.reminders import Reminder
from signatures.models.responses import Response, ResponseAddressee, ResponseFile
from signatures.models.secret_links import SecretLink
from signatures.models.sign_on_letters import SignOnLetter
from signatures.models.sign_ons import SignOn
from signatures.models.signatures import Signature
from signatures.models.silences import AnswerReminder
from signatures.models.splits import OrganizationSplit
from signatures.models.switches import Switches
from signatures.models.update_mails import UpdateMail
from signatures.models.updates import Update
from signatures.models.versions import TextVersion
from signatures.models.withheld import WithheldSignature

__all__ = [
    "Addressee",
    "Allowance",
    "AnswerReminder",
    "ApiKey",
    "Campaign",
    "ClientKey",
    "Correction",
    "Demand",
    "DemandNote",
    "Distinction",
    "Edition",
    "EditionFile",
    "EditionSignatory",
    "Erasure",
    "Export",
    "Extension",
    "Flag",
    "ImportRow",
    "KnownWord",
    "Letter",
    "Logo",
    "NameKey",
    "Note",
    "Organization",
    "OrganizationMerge",
    "OrganizationName",
    "OrganizationSplit",
    "OutgoingMail",
    "OwedFile",
    "Presence",
    "Reminder",
    "Response",
    "ResponseAddressee",
    "ResponseFile",
    "SecretLink",
    "SignOn",
    "SignOnEvent",
    "SignOnLetter",
    "SignatoryImport",
    "Signature",
    "Switches",
    "TextVersion",
    "Update",
    "UpdateMail",
    "WithheldSignature",
]
