"""Whether a batch comes from where the model's training data came from: one test a column, corrected for their number."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from scipy.stats import chi2_contingency, ks_2samp

from flightserve.schema import Schema

RARE = 40  # codes seen less often in the reference are counted together
LEAST_ROWS = 30


@dataclass(frozen=True)
class Finding:
    """The result of one test: `p` is how likely a difference like this is without drift."""

    column: str
    test: str
    p: float


class DriftDetector:
    """Compares batches with a reference; `level` is the share of good batches that may be called drifted."""

    def __init__(self, reference: pd.DataFrame, schema: Schema, level: float = 0.01) -> None:
        if not 0 < level < 1:
            raise ValueError("level must lie between 0 and 1")
        self.reference, self.level = reference, level
        self.codes, self.numbers = schema.of_type("code"), schema.of_type("integer", "number")
        self.optional = [name for name in self.numbers if not schema.rules[name]["required"]]

    def compare(self, rows: pd.DataFrame) -> list[Finding]:
        """Test every column, the least likely difference first."""
        if len(rows) < LEAST_ROWS:
            return []
        found = [self._numbers(rows, name) for name in self.numbers if rows[name].notna().sum() >= LEAST_ROWS]
        found += [self._codes(rows, name) for name in self.codes]
        found += [self._missing(rows, name) for name in self.optional]
        return sorted(found, key=lambda finding: finding.p)

    def has_drifted(self, findings: list[Finding]) -> bool:
        """Whether any test speaks against the same source, all tests counted."""
        return bool(findings) and findings[0].p < self.level / len(findings)

    def _numbers(self, rows: pd.DataFrame, name: str) -> Finding:
        test = ks_2samp(rows[name].dropna(), self.reference[name].dropna())
        return Finding(name, "kolmogorov-smirnov", float(test.pvalue))

    def _codes(self, rows: pd.DataFrame, name: str) -> Finding:
        counts = self.reference[name].value_counts()
        common = counts.index[counts >= RARE]
        pooled = [frame[name].where(frame[name].isin(common), "other") for frame in (rows, self.reference)]
        return Finding(name, "chi-squared", same_shares(*pooled))

    def _missing(self, rows: pd.DataFrame, name: str) -> Finding:
        return Finding(name, "chi-squared of missing cells", same_shares(rows[name].isna(), self.reference[name].isna()))


def same_shares(found: pd.Series, expected: pd.Series) -> float:
    """Return the p value of both having the same shares of values."""
    table = pd.concat([found.value_counts(), expected.value_counts()], axis=1).fillna(0)
    return float(chi2_contingency(table.to_numpy()).pvalue) if len(table) > 1 else 1.0
