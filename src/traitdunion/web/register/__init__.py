"""The register of processing (GDPR, article 30): its treatments, and the document made of them."""

from .table import NOBODY, in_markdown, treatments

__all__ = ["NOBODY", "in_markdown", "treatments"]
