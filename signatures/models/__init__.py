"""The two worlds: public facts (letters, organizations) and private claims (sign_ons, mail)."""

from signatures.models.corrections import Correction
from signatures.models.exports import Export
from signatures.models.history import SignOnEvent
from signatures.models.import_rows import ImportRow
from signatures.models.imports import SignatoryImport
from signatures.models.letters import Addressee, Campaign, Demand, Letter
from signatures.models.mail import OutgoingMail
from signatures.models.organizations import Organization, OrganizationName, Signature
from signatures.models.sign_on_letters import SignOnLetter
from signatures.models.sign_ons import SignOn

__all__ = [
    "Addressee",
    "Campaign",
    "Correction",
    "Demand",
    "Export",
    "ImportRow",
    "Letter",
    "Organization",
    "OrganizationName",
    "OutgoingMail",
    "SignOn",
    "SignOnEvent",
    "SignOnLetter",
    "SignatoryImport",
    "Signature",
]
