"""The modules of the look-ups that answer one question in one call."""

from __future__ import annotations

from api import evidence, lineage, linked, series, stages

MODULES = (evidence, lineage, linked, series, stages)
