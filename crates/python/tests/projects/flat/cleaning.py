"""Odds and ends that make tables usable."""
import re

import pandas as pd

from numerals import number


def tidy_names(frame):
    frame = frame.copy()
    frame.columns = [re.sub(r"\W+", "_", name.strip().lower()) for name in frame.columns]
    return frame


def as_numbers(column):
    return pd.Series([number(text) for text in column], index=column.index)


def never_called(frame):
    return frame.describe()
