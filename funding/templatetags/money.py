"""Amounts and shares as our pages write them; the ways of writing are funding.amounts'."""

from django import template

from funding import amounts

register = template.Library()
register.filter("yuan", amounts.yuan)
register.filter("percent", amounts.percent)
register.filter("signed", amounts.signed)
