"""pandas' examples."""

import io

import numpy
import pandas

PACKAGES = ["pandas"]
MODULES = {"pandas": pandas, "pd": pandas, "numpy": numpy}
SPELLED: dict = {}
SKIPPED = dict.fromkeys(
    ["pandas.test", "pandas.show_versions", "pandas.read_clipboard", "df.to_clipboard", "ser.to_clipboard", "df.to_gbq", "pandas.read_gbq"],
    "it asks for the network or the desktop",
)
CALLS: dict = {}
MAKERS = {
    "df": lambda: pandas.DataFrame({"a": [3.0, 1.0, None], "b": [1, 1, 2]}),
    "df2": lambda: pandas.DataFrame({"a": [9.0, 8.0, 7.0], "b": [1, 2, 2]}),
    "ser": lambda: pandas.Series([3.0, 1.0, 2.0], name="s"),
    "index": lambda: pandas.Index([3, 1, 2]),
    "dates": lambda: pandas.DataFrame({"v": [1.0, 2.0]}, index=pandas.date_range("2020-01-01", periods=2)),
    "texts": lambda: pandas.Series(["a", "b"]),
    "arr": lambda: numpy.array([3.0, 1.0, 2.0]),
    "cat": lambda: pandas.Categorical(["a", "b"]),
    "state": lambda: numpy.random.RandomState(0),
    "buffer": lambda: io.StringIO("a,b\n1,2\n"),
    "out": io.StringIO,
}
ARGUMENTS = {
    "other": "df2", "by": "'b'", "on": "'b'", "right": "df2", "left": "df", "column": "'c'", "value": "9.0", "loc": "0",
    "func": "abs", "arg": "ser", "key": "'a'", "n": "2", "columns": "'a'", "item": "'a'", "window": "2", "cond": "df2 > 7",
    "keys": "'b'", "labels": "[0, 1]", "expr": "'a > 1'", "dtype": "'object'", "values": "[1]", "periods": "1", "axis": "0",
    "objs": "[df, df2]", "data": "df", "x": "ser", "bins": "2", "q": "2", "frame": "df", "id_vars": "'b'", "index": "'b'",
    "obj": "ser", "lower": "0", "names": "['x']", "name": "'x'", "i": "0", "j": "0", "target": "index", "label": "1", "where": "0", "indexer": "[0]", "indices": "[0]", "mapper": "abs",
}
FALLBACKS = ["", "ser", "'a'", "0", "1.0", "df2", "[0]", "df2 > 0", "ser > 0", "'b', 'a'", "arr", "index", "texts"]
VARIANTS = {"inplace": ["True"], "copy": ["False"], "random_state": ["None", "state"]}
RECEIVERS = {
    "pandas.DataFrame": ["df", "dates"], "pandas.Series": ["ser"], "pandas.Index": ["index"],
    "pandas.Categorical": ["cat"], "pandas.Timestamp": ["pandas.Timestamp('2020-01-01')"],
    "pandas.Timedelta": ["pandas.Timedelta('1D')"], "pandas.Interval": ["pandas.Interval(0, 1)"],
    "pandas.core.groupby.groupby.GroupBy": ["df.groupby('b')"],
    "pandas.core.groupby.generic.DataFrameGroupBy": ["df.groupby('b')"],
    "pandas.core.groupby.generic.SeriesGroupBy": ["df.groupby('b')['a']"],
    "pandas.core.window.rolling.Rolling": ["ser.rolling(2)"], "pandas.core.window.expanding.Expanding": ["ser.expanding()"],
    "pandas.core.window.ewm.ExponentialMovingWindow": ["ser.ewm(1)"],
    "pandas.core.resample.Resampler": ["dates.resample('D')"],
    "pandas.core.strings.accessor.StringMethods": ["texts.str"],
    "pandas.core.indexing._LocIndexer": ["df.loc"], "pandas.core.indexing._iLocIndexer": ["df.iloc"],
}
SETTINGS = {"module:pandas": lambda: [pandas.get_option(n) for n in ("display.max_rows", "display.precision", "display.width")]}
EXAMPLES = """
df.pop('a')
df.insert(0, 'c', 1)
df.isetitem(0, [1, 2, 3])
df.update(df2)
df.fillna(0, inplace=True)
df.drop(columns='a', inplace=True)
df.sort_values('a', inplace=True)
df.eval('c = a + b', inplace=True)
df.query('b > 1', inplace=True)
df.__setitem__('a', ser)
df.__delitem__('a')
df.__iadd__(1)
df.loc.__setitem__((0, 'a'), 9.0)
df.iloc.__setitem__((0, 0), 9.0)
df.to_numpy()
ser.to_numpy()
ser.pop(0)
ser.update(ser + 1)
ser.sample(2)
ser.sample(2, random_state=state)
df.to_csv('x.csv')
df.to_csv(out)
df.to_json('x.json')
df.to_pickle('x.pkl')
df.to_html('x.html')
df.to_string(out)
df.info()
df.info(buf=out)
pandas.read_csv(buffer)
pandas.concat(iter([df, df2]))
pandas.DataFrame(arr)
pandas.DataFrame(arr, copy=False)
pandas.Series(arr, copy=False)
pandas.Index(arr)
pandas.set_option('display.precision', 3)
pandas.reset_option('display.precision')
"""


def restore():
    pandas.reset_option("display.precision")


def is_no_view(result, value):
    from content import pairs_with_frames

    return pairs_with_frames(result, value)


# What was grouped, rolled or sampled: the parts that are worked out when they are first asked for.
CACHES = {
    "pandas.core.base.PandasObject": {"_cache", "_grouper", "binner", "exclusions", "_indexer", "ax"},
    "pandas.core.resample.TimeGrouper": {"_gpr_index", "_grouper", "_indexer", "binner", "ax", "obj", "_arrow_dtype"},
}
NAMESPACES = ["pandas", "pandas.api.types", "pandas.api.extensions", "pandas.testing", "pandas.plotting"]
