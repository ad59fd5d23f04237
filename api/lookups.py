"""The modules of the look-ups that answer one question in one call."""

from __future__ import annotations

from api import evidence, lineage, series, stages

MODULES = (evidence, lineage, series, stages)
