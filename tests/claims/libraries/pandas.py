"""pandas' examples."""

import importlib.util
import io
import sqlite3

import matplotlib

matplotlib.use("Agg")

# It says how it shows dates when it is first imported.
import matplotlib.dates
import matplotlib.pyplot
import numpy
import pandas


def written(name, text):
    with open(name, "w") as file:
        file.write(text)
    return name


def made(write, name):
    """A file that a method of a frame's wrote."""
    getattr(pandas.DataFrame({"a": [1.0]}), write)(name, **({"key": "a"} if write == "to_hdf" else {}))
    return name


def excel_writer():
    """A workbook with a sheet in it, for one without cannot be closed."""
    writer = pandas.ExcelWriter("n.xlsx")
    pandas.DataFrame({"a": [1.0]}).to_excel(writer)
    return writer


def database():
    connection = sqlite3.connect(":memory:")
    connection.execute("create table t (a)")
    return connection


PACKAGES = ["pandas"]
MODULES = {"pandas": pandas, "pd": pandas, "numpy": numpy}
SPELLED: dict = {}
SKIPPED = dict.fromkeys(
    ["pandas.test", "pandas.show_versions", "pandas.read_clipboard", "df.to_clipboard", "ser.to_clipboard", "df.to_gbq", "pandas.read_gbq"],
    "it asks for the network or the desktop",
)
CALLS = {"*.astype": ["'object'"], "pandas.api.types.is_dtype_equal": ["'f8', 'i8'"]}
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
    "out": io.StringIO, "csv_file": lambda: written("x.csv", "a,b\n1,2\n3,4\n"), "json_file": lambda: written("x.json", '{"a": {"0": 1}}'),
    "pickle_file": lambda: (pandas.Series([1]).to_pickle("x.pkl"), "x.pkl")[1], "db": database, "axes": lambda: matplotlib.pyplot.figure().add_subplot(),
    "moments": lambda: pandas.Series(pandas.date_range("2020-01-01", periods=2)), "cats": lambda: pandas.Series(["a", "b"], dtype="category"),
    "kinds": lambda: pandas.CategoricalIndex(["a", "b"]), "days": lambda: pandas.DatetimeIndex(["2020-01-01", "2020-01-03"]),
    "zoned": lambda: pandas.DatetimeIndex(["2020-01-01"], tz="UTC"), "spans": lambda: pandas.TimedeltaIndex(["1D", "2D"]), "months": lambda: pandas.period_range("2020-01", periods=2, freq="M"),
    "ranges": lambda: pandas.IntervalIndex.from_breaks([0, 1, 2]), "levels": lambda: pandas.MultiIndex.from_arrays([["a", "b"], [1, 2]], names=["x", "y"]),
    "parquet_file": lambda: made("to_parquet", "i.parquet"), "excel_file": lambda: made("to_excel", "i.xlsx"), "excel": lambda: pandas.ExcelFile(made("to_excel", "i.xlsx")),
    "excel_writer": excel_writer, "store": lambda: pandas.HDFStore(made("to_hdf", "i.h5")), "Styler": lambda: type(pandas.DataFrame().style),
    "xml_text": lambda: io.StringIO("<a><b><c>1</c></b></a>"), "html_text": lambda: io.StringIO("<table><tr><td>1</td></tr></table>"), "bytes_out": io.BytesIO,
    "chunks": lambda: pandas.read_csv(written("x.csv", "a,b\n1,2\n3,4\n"), chunksize=1),
}
ARGUMENTS = {
    "other": "df2", "by": "'b'", "on": "'b'", "right": "df2", "left": "df", "column": "'c'", "value": "9.0", "loc": "0",
    "func": "abs", "arg": "ser", "key": "'a'", "n": "2", "columns": "'a'", "item": "'a'", "window": "2", "cond": "df2 > 7",
    "keys": "'b'", "labels": "[0, 1]", "expr": "'a > 1'", "dtype": "'object'", "values": "[1]", "periods": "1", "axis": "0",
    "objs": "[df, df2]", "data": "df", "x": "ser", "bins": "2", "q": "2", "frame": "df", "id_vars": "'b'", "index": "'b'",
    "obj": "ser", "lower": "0", "names": "['x']", "name": "'x'", "i": "0", "j": "0", "target": "index", "label": "1", "where": "0", "indexer": "[0]", "indices": "[0]", "mapper": "abs",
}
FALLBACKS = ["", "ser", "'a'", "0", "1.0", "df2", "[0]", "df2 > 0", "ser > 0", "'b', 'a'", "arr", "index", "texts"]
VARIANTS = {"inplace": ["True"], "copy": ["False"], "ax": ["axes"], "random_state": ["None", "state"]}
RECEIVERS = {
    "pandas.DataFrame": ["df", "dates"], "pandas.Series": ["ser"], "pandas.Index": ["index"],
    "pandas.CategoricalIndex": ["kinds"], "pandas.DatetimeIndex": ["days"], "pandas.TimedeltaIndex": ["spans"], "pandas.PeriodIndex": ["months"],
    "pandas.IntervalIndex": ["ranges"], "pandas.MultiIndex": ["levels"], "pandas.Categorical": ["cat"], "pandas.Timestamp": ["pandas.Timestamp('2020-01-01')"],
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
OPTIONS = ("display.float_format", "display.max_rows", "display.precision", "display.width")
SETTINGS = {"module:pandas": lambda: list(map(pandas.get_option, OPTIONS))}
# What writes its file when it is closed.
HANDLES = ("OpenpyxlWriter",)
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
pandas.reset_option(pandas.set_option('display.precision', 3) or 'display.precision')
pandas.read_csv(csv_file)
pandas.read_csv(csv_file, chunksize=1)
pandas.read_csv(csv_file, iterator=True)
pandas.read_table(csv_file)
pandas.read_fwf(csv_file)
pandas.read_pickle(pickle_file)
pandas.read_json(json_file)
pandas.read_sql('select * from t', db)
pandas.to_pickle(df, 'n.pkl')
pandas.describe_option('display.precision')
pandas.get_option('display.precision')
pandas.option_context('display.precision', 3)
pandas.options.display.__setattr__('precision', 3)  # allows self: it is the options
pandas.show_versions()
pandas.set_eng_float_format()
pandas.eval('df.a + 1', target=df, local_dict={'df': df})
df.to_sql('u', db)
df.to_stata('x.dta')
df.to_json(out)
df.to_html(out)
df.to_html()
df.__repr__()
df.__iter__()
df.items()
df.groupby('b').__getitem__('a')
df.groupby('b').get_group(1)
df.groupby('b').sample(1)
df.groupby('b').sample(1, random_state=state)
df.groupby('b').transform('sum')
df.groupby('b').agg('sum')
df.groupby('b').apply(len)
df.plot()
df.hist()
ser.hist()
df.boxplot()
df.plot.line()
df.plot(ax=axes)
df.groupby('b')['a'].plot()
cat.__setitem__(0, 'b')
cat.rename_categories(['x', 'y'])
pandas.Timestamp.now()
pandas.Timestamp.today()
pandas.Period.now('D')
pandas.array([1, 2]).__setitem__(0, 9)
pandas.array([1, 2]).unique()
df.loc.__getitem__(0)
df.iloc.__getitem__(0)
df.at.__setitem__((0, 'a'), 9.0)
df.iat.__setitem__((0, 0), 9.0)
df.at.__getitem__((0, 'a'))
df.loc.__call__(axis=0)
dates.resample('D').__getitem__('v')
ser.rolling(2).__getitem__('s')  # allows nothing: a series has no columns
df.rolling(2).__getitem__('a')
moments.dt.year.__add__(1)
moments.dt.normalize()
moments.dt.strftime('%Y')
cats.cat.rename_categories(['x', 'y'])
pandas.plotting.scatter_matrix(df2)
pandas.plotting.register_matplotlib_converters()
pandas.api.extensions.take(arr, [0])
chunks.__next__()
chunks.get_chunk(1)
chunks.read()
chunks.close()
chunks.__enter__()
chunks.__iter__()
pandas.tseries.offsets.Day(1).__add__(pandas.Timestamp('2020-01-01'))
pandas.tseries.offsets.MonthEnd().rollforward(pandas.Timestamp('2020-01-01'))
pandas.date_range('2020-01-01', periods=2)
pandas.period_range('2020-01-01', periods=2, freq='D')
pandas.json_normalize([{'a': {'b': 1}}])
pandas.merge_asof(df2.sort_values('a'), df2.sort_values('a'), on='a')
pandas.crosstab(df.a, df.b)
pandas.pivot_table(df, values='a', index='b')
kinds.add_categories('c')
kinds.as_ordered()
kinds.as_unordered()
kinds.remove_categories('a')
kinds.remove_unused_categories()
kinds.rename_categories(['c', 'd'])
kinds.reorder_categories(['b', 'a'])
kinds.set_categories(['a', 'b', 'c'])
days.as_unit('ns')
days.ceil('D')
days.day_name()
days.floor('D')
days.indexer_at_time('00:00')
days.indexer_between_time('00:00', '01:00')
days.isocalendar()
days.mean()
days.month_name()
days.normalize()
days.snap('D')
days.std()
days.strftime('%Y')
days.to_julian_date()
days.to_period('M')
days.to_pydatetime()
days.tz_localize('UTC')
zoned.tz_convert('Europe/Paris')
spans.as_unit('ns')
spans.ceil('h')
spans.mean()
spans.median()
spans.std()
spans.sum()
spans.to_pytimedelta()
spans.total_seconds()
months.asfreq('D')
months.to_timestamp('D')
months.strftime('%Y')
months.to_timestamp()
pandas.PeriodIndex.from_fields(year=[2020], quarter=[1])
pandas.PeriodIndex.from_ordinals(numpy.array([1, 2]), freq='D')
pandas.RangeIndex.from_range(range(3))
ranges.contains(0.5)
ranges.overlaps(pandas.Interval(0, 1))
ranges.set_closed('left')
ranges.to_tuples()
pandas.IntervalIndex.from_arrays(arr, arr + 1)
pandas.IntervalIndex.from_breaks(arr.cumsum())
pandas.IntervalIndex.from_tuples([(0, 1)])
levels.equal_levels(levels)
levels.get_loc_level('a')
levels.get_locs(['a'])
levels.remove_unused_levels()
levels.reorder_levels([1, 0])
levels.set_codes([1, 0], level=0)
levels.set_levels(['c', 'd'], level=0)
levels.swaplevel()
levels.truncate('a', 'b')
pandas.MultiIndex.from_arrays(iter([arr, arr]))
pandas.MultiIndex.from_arrays([index, kinds.repeat(2)[:3]])
pandas.MultiIndex.from_frame(df)
pandas.MultiIndex.from_product(iter([[1], [2]]))
pandas.MultiIndex.from_tuples(iter([(1, 2)]))
pandas.Int64Dtype().construct_array_type()
pandas.Int64Dtype().construct_from_string('Int64')
pandas.Int64Dtype().empty(2)
pandas.Int64Dtype().from_numpy_dtype(numpy.dtype('int64'))
pandas.Int64Dtype().is_dtype('Int64')
pandas.CategoricalDtype(['a']).update_dtype(pandas.CategoricalDtype(['b']))
pandas.CategoricalDtype.validate_categories(index)
pandas.CategoricalDtype.validate_ordered(True)
pandas.SparseDtype('f8').update_dtype('f4')
pandas.PeriodDtype.reset_cache()
pandas.io.excel._openpyxl.OpenpyxlWriter.check_extension('xlsx')
df.hist()
df.hist(ax=axes)
df.boxplot()
ser.hist()
df.groupby('b').boxplot()
pandas.testing.assert_frame_equal(df, df)
pandas.reset_option('display.precision')
pandas.set_option('display.precision', 3, 'display.width', 70)
pandas.set_eng_float_format()
"""
# What asks for one more library, where that is installed.
FURTHER = {
    "jinja2": """
    Styler(df)
    df.style.export()
    df.style.format('x')
    df.style.from_custom_template('.')
    df.style.to_html()
    df.style.to_html(out)
    df.style.to_html('x.html')
    """,
    "lxml": """
    df.to_xml()
    df.to_xml(bytes_out)
    df.to_xml('x.xml')
    pandas.read_html(html_text, flavor='lxml')
    pandas.read_xml(xml_text)
    """,
    "openpyxl": """
    df.to_excel('x.xlsx')
    df.to_excel(excel_writer)
    excel.__enter__()
    excel.close()
    excel.parse()
    excel_writer.__enter__()
    excel_writer.__exit__(None, None, None)
    pandas.ExcelFile(excel_file)
    pandas.ExcelWriter('n.xlsx')
    pandas.read_excel(excel_file)
    """,
    "pyarrow": """
    df.to_feather('x.feather')
    df.to_orc()
    df.to_parquet()
    df.to_parquet('x.parquet')
    pandas.read_parquet(parquet_file)
    """,
    "tables": """
    df.to_hdf('x.h5', key='a')
    pandas.HDFStore('n.h5')
    pandas.read_hdf(store)
    store.__enter__()
    store.close()
    store.keys()
    store.put('b', df)
    """,
}
if importlib.util.find_spec("openpyxl"):
    FURTHER["jinja2"] += "df.style.to_excel('x.xlsx')\n"
EXAMPLES += "".join(lines for name, lines in FURTHER.items() if importlib.util.find_spec(name))
EXAMPLES = "\n".join(line for line in EXAMPLES.splitlines() if "allows nothing" not in line)


def restore():
    matplotlib.pyplot.close("all")
    pandas.reset_option("display.float_format")
    pandas.reset_option("display.precision")


def is_no_view(result, value):
    from content import pairs_with_frames

    return pairs_with_frames(result, value)


# What was grouped, rolled or sampled: the parts that are worked out when they are first asked for.
CACHES = {
    "pandas.core.base.PandasObject": {"_cache", "_grouper", "binner", "exclusions", "_indexer", "ax"},
    "pandas.core.window.rolling.BaseWindow": {"_cache"},
    "pandas.core.resample.TimeGrouper": {"_gpr_index", "_grouper", "_indexer", "binner", "ax", "obj", "_arrow_dtype"},
}
NAMESPACES = ["pandas", "pandas.api.types", "pandas.api.extensions", "pandas.testing", "pandas.plotting"]


def content(value):
    """Databases by what is in them, `loc` and its kind by whose they are."""
    if isinstance(value, sqlite3.Connection):
        return [value.total_changes, list(value.iterdump())]
    if isinstance(value, (pandas.core.indexing._LocationIndexer, pandas.core.indexing._ScalarAccessIndexer)):
        return [value.obj]
    return None
