"""Importing sign-ons that were collected elsewhere, step by step."""

from signatures.admin.imports.steps import SignatoryImportAdmin

__all__ = ["SignatoryImportAdmin"]
