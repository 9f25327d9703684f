"""The filter through which a document's own words reach a report."""

from django import template

from apps.disclosures.report.language import term

register = template.Library()
register.filter("term", term)
