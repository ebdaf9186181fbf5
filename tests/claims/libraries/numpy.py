"""NumPy's examples."""

import numpy

try:
    # `show_runtime` would import it, which sets a variable of the environment.
    import threadpoolctl
except ImportError:
    pass

PACKAGES = ["numpy"]
MODULES = {"numpy": numpy, "np": numpy}
SPELLED: dict = {}
SKIPPED = {
    "*.test": "it runs NumPy's own tests",
    "numpy.random.set_bit_generator": "only by hand, with a generator of the kind that the world looks at",
}
CALLS = {"numpy.printoptions": ["precision=3"], "numpy.testing.assert_warns": ["UserWarning"], "numpy.fft.?*2": ["m"], "numpy.choose": ["numpy.array([0, 1]), [a[:2], b[:2]]"], "numpy.einsum": ["'i->i', a"], "numpy.busday_*": ["'2020-01-02', '2020-01-09'"], "numpy.datetime_as_string": ["numpy.datetime64('2020-01-02')"]}
MAKERS = {
    "a": lambda: numpy.array([3.0, 1.0, 2.0, 5.0]),
    "b": lambda: numpy.array([1.0, 4.0, 0.5, 2.0]),
    "m": lambda: numpy.array([[4.0, 1.0], [2.0, 3.0]]),
    "k": lambda: numpy.array([3, 1, 2, 5]),
    "t": lambda: numpy.array([True, False, True, True]),
    "text": lambda: numpy.array(["b", "a"]),
    "rng": lambda: numpy.random.default_rng(0),
    "state": lambda: numpy.random.RandomState(0),
    "masked": lambda: numpy.ma.array([3.0, 1.0, 2.0], mask=[0, 1, 0]),
    "poly": lambda: numpy.poly1d([1.0, 2.0]),
    "chebyshev": lambda: numpy.polynomial.Chebyshev([1.0, 2.0, 3.0]),
    "ufunc": lambda: numpy.add, "npy": lambda: (numpy.save("i.npy", numpy.eye(2)), "i.npy")[1], "npz": lambda: (numpy.savez("i.npz", a=numpy.eye(2)), "i.npz")[1],
    "txt": lambda: (numpy.savetxt("i.txt", numpy.eye(2)), "i.txt")[1], "archive": lambda: numpy.load((numpy.savez("i.npz", a=numpy.eye(2)), "i.npz")[1]), "mapped": lambda: numpy.memmap("i.bin", "f8", "w+", shape=(3,)),
    "flat": lambda: numpy.array([1.0, 2.0]).flat, "enumerated": lambda: numpy.ndenumerate(numpy.array([1.0])), "indexes": lambda: numpy.ndindex(2), "nditer": lambda: numpy.nditer(numpy.array([1.0, 2.0])),
    "matrix": lambda: numpy.matrix([[1.0, 2.0], [3.0, 4.0]]), "records": lambda: numpy.rec.array([(1, 2.0), (3, 4.0)], dtype=[("x", "i4"), ("y", "f8")]), "quiet": lambda: numpy.testing.suppress_warnings(),
    "kind": lambda: type("Kind", (), {"test_it": lambda self: None}), "info": lambda: numpy.__array_namespace_info__(),
    "vectorized": lambda: numpy.vectorize(abs), "errstate": lambda: numpy.errstate(divide="raise"), "bits": lambda: numpy.random.PCG64(1), "mt": lambda: numpy.random.MT19937(1), "seeds": lambda: numpy.random.SeedSequence(1),
    "own_ufunc": lambda: numpy.frompyfunc(abs, 1, 1), "objects": lambda: numpy.empty(4, dtype=object),
    "record": lambda: numpy.array([(1, 2.0)], dtype=[("x", "i4"), ("y", "f8")]), "void": lambda: numpy.array([(1, 2.0)], dtype=[("x", "i4"), ("y", "f8")])[0],
}
ARGUMENTS = {
    "a": "a", "x": "a", "arr": "a", "ary": "m", "array": "a", "m": "m", "v": "a", "p": "a", "c": "a",
    "x1": "a", "x2": "b", "y": "b", "b": "b", "A": "m", "obj": "1", "values": "9.0", "axis": "0",
    "shape": "(2, 2)", "newshape": "(2, 2)", "indices": "[0, 1]", "indices_or_sections": "2", "n": "3",
    "N": "3", "condition": "t", "choices": "[a, b]", "repeats": "2", "reps": "2", "pad_width": "1",
    "q": "0.5", "arrays": "[a, b]", "tup": "[a, b]", "axis1": "0", "axis2": "1", "source": "0",
    "destination": "1", "shift": "1", "fill_value": "1.0", "dtype": "'f8'", "object": "[1, 2]",
    "start": "0", "stop": "4", "num": "3", "val": "9.0", "vals": "9.0", "mask": "t", "dst": "a", "src": "b",
    "ind": "[0]", "sorter": "None", "xp": "numpy.sort(a)", "fp": "b", "bins": "numpy.sort(b)", "deg": "1",
    "element": "a", "test_elements": "b", "ar": "a", "ar1": "a", "ar2": "b", "filt": "a", "z": "a", "*args": "a",
    "*arys": "a", "*arrays": "a, b", "actual": "a", "desired": "a", "value": "9.0", "roots": "a", "seq_of_zeros": "a",
    "prototype": "a", "function": "lambda *i: i[0]", "func1d": "sum", "low": "5", "size": "2", "seed": "0",
    "off": "1", "scl": "2", "x0": "1", "pol": "a", "domain": "[0, 1]", "old": "[0, 1]", "new": "[2, 3]",
    "c1": "a", "c2": "b", "pow": "2", "window_shape": "2", "copy": "True", "dim": "3", "M": "3",
}
FALLBACKS = ["", "a", "a, b", "m", "m, m", "k", "k, k", "text", "text, 'a'", "text, text", "0.5", "0.5, 0.5", "5, 0.5", "2, 1, 2", "1, 2, 3", "text, 'a', 'b'", "t", "a, 0"]
VARIANTS = {"out": ["OUT"], "copy": ["False"], "overwrite_input": ["True"], "inplace": ["True"]}
RECEIVERS = {
    "numpy.ndarray": ["a", "m"],
    "numpy.ufunc": ["ufunc"],
    "numpy.poly1d": ["poly"],
    "numpy.dtype": ["a.dtype"],
    "numpy.generic": ["numpy.float64(2)"],
    "numpy.random.Generator": ["rng"],
    "numpy.random.RandomState": ["state"],
    "numpy.random.BitGenerator": ["rng.bit_generator"],
    "numpy.random.PCG64": ["rng.bit_generator"],
    "numpy.random.SeedSequence": ["numpy.random.SeedSequence(1)"],
    "numpy.random.MT19937": ["numpy.random.MT19937(1)"],
    "numpy.ma.MaskedArray": ["masked"],
    "numpy.polynomial.Chebyshev": ["chebyshev"],
}
SETTINGS = {
    "module:numpy": lambda: (numpy.get_printoptions(), numpy.geterr(), numpy.getbufsize(), str(numpy.polynomial.Polynomial([1, 2])))
}
PRINT, ERRORS, HIDDEN = numpy.get_printoptions(), numpy.geterr(), numpy.random.get_bit_generator()

EXAMPLES = """
numpy.put(a, [0], 9.0)
numpy.copyto(a, b)
numpy.place(a, t, 9.0)
numpy.putmask(a, t, 9.0)
numpy.put_along_axis(a, numpy.array([0]), 9.0, 0)
numpy.fill_diagonal(m, 0.0)
numpy.sort(a)
numpy.nan_to_num(numpy.array([numpy.nan]), copy=False)
numpy.fromiter(iter([1.0, 2.0]), 'f8')
numpy.add(a, b, a)
numpy.sin(a, a)
numpy.add.at(a, [0, 0], 1.0)
numpy.add.accumulate(a, 0, None, b)
numpy.sum(m, 0, None, a[:2])
numpy.array(a, copy=False)
numpy.asarray(a)
numpy.astype(a, 'f8', copy=False)
numpy.meshgrid(a, b, copy=False)
numpy.save('x.npy', a)
numpy.savetxt('x.txt', a)
numpy.savez('x.npz', a)
numpy.memmap('y.bin', 'f8', 'w+', shape=(3,))
numpy.set_printoptions(precision=3)
numpy.seterr(divide='raise')
numpy.random.shuffle(a)
numpy.random.seed(1)
rng.shuffle(a)
rng.permuted(a, out=a)
state.shuffle(a)
a.sort()
a.partition(1)
a.fill(0.0)
a.put([0], 9.0)
a.resize((6,), refcheck=False)
a.setfield(1, 'i4')
a.setflags(write=False)
numpy.ndarray.__setitem__(a, 0, 9.0)
numpy.ndarray.__iadd__(a, 1)
a.__getitem__(slice(1, 3))
a.byteswap(True)
a.view('i8')
a.astype('f8', copy=False)
a.dump('a.pickle')
a.tofile('a.bin')
a.cumsum(0, None, b)
numpy.ma.masked_where(t, a, False)
masked.harden_mask()
masked.put([0], 9.0)
masked.__setitem__(0, 9.0)
masked.sort()
numpy.trace(m)
numpy.trace(m, 0, 0, 1, None, numpy.array(0.0))
numpy.add.outer(a, b)
numpy.add.reduceat(a, [0, 2])
numpy.add.reduce(a)
numpy.modf(a, b, numpy.empty(4))
numpy.divmod(a, b, numpy.empty(4), numpy.empty(4))
own_ufunc(a)
own_ufunc(a, objects)
own_ufunc(a, out=objects)
ufunc.resolve_dtypes((numpy.dtype('f8'), numpy.dtype('f8'), None))
numpy.median(a, overwrite_input=True)
numpy.percentile(a, 50, overwrite_input=True)
numpy.nditer(a)
numpy.nested_iters(m, [[0], [1]])
numpy.load(npy)
numpy.load(npy, mmap_mode='r')
numpy.fromfile(npy)
numpy.fromregex(txt, '([0-9])', [('x', 'i4')])
numpy.loadtxt(txt)
numpy.genfromtxt(txt)
mapped.flush()
numpy.errstate(divide='raise')
errstate.__enter__()
numpy.ndarray.__repr__(a)
a.itemset(0, 9.0)  # allows nothing: NumPy 2 has it no more
a.dump(open('d.pickle', 'wb'))
numpy.void.__setitem__(void, 'x', 9)
poly.__setitem__(0, 9.0)
enumerated.__next__()
enumerated.__iter__()
indexes.__next__()
numpy.flatiter.__next__(flat)
numpy.flatiter.__setitem__(flat, 0, 9.0)
flat.copy()
nditer.iternext()
vectorized.__call__(a)
numpy.polynomial.set_default_printstyle('ascii')
numpy.polynomial.Chebyshev([1.0, 2.0])
numpy.lib.recfunctions.assign_fields_by_name(record, record.copy())
numpy.lib.recfunctions.recursive_fill_fields(record, record.copy())
archive.__getitem__('a')
archive.keys()
archive.close()
numpy.ctypeslib.as_ctypes(a)
numpy.ctypeslib.ndpointer('f8')
numpy.ctypeslib.load_library('_umath_linalg', numpy.linalg.__file__)
numpy.random.get_state()
numpy.random.set_state(numpy.random.get_state())
numpy.random.get_bit_generator()
numpy.random.set_bit_generator(mt)
numpy.random.default_rng(1)
numpy.random.default_rng(bits)
numpy.random.Generator(bits)
numpy.random.RandomState(1)
numpy.random.PCG64(1)
rng.spawn(2)
state.get_state()
bits.random_raw()
bits.jumped()
bits.advance(3)
mt.jumped()
seeds.generate_state(2)
seeds.spawn(2)
numpy.ma.array([1.0, 2.0])
numpy.ma.add(a, b, out=a)
numpy.ma.harden_mask(masked)
numpy.ma.masked_equal(a, 3.0, copy=False)
numpy.ma.masked_invalid(a, copy=False)
masked.unshare_mask()
numpy.linalg.diagonal(m)
numpy.float64(2.5).as_integer_ratio()
numpy.float64(2.5).is_integer()
numpy.float64(2.5)
numpy.void(5)
numpy.int64(5).bit_count()
numpy.uint8(5).is_integer()
records[0].pprint()
info.capabilities()
info.default_device()
info.default_dtypes()
info.devices()
info.dtypes()
matrix.getA()
matrix.getA1()
matrix.getH()
matrix.getI()
matrix.getT()
matrix.ptp()
records.field('x')
records.field(0)
records.field('x', 9)
records.field('x', val=9)
numpy.testing.break_cycles()
numpy.testing.build_err_msg([a, b], 'm')
numpy.testing.check_support_sve()
numpy.testing.jiffies()
numpy.testing.memusage()
numpy.testing.print_assert_equal('m', a.tolist(), a.tolist())
numpy.testing.decorate_methods(kind, lambda method: method, 'test')
numpy.testing.suppress_warnings()
quiet.filter(UserWarning)
quiet.record(UserWarning)
"""
EXAMPLES = "\n".join(line for line in EXAMPLES.splitlines() if "allows nothing" not in line)


def restore():
    numpy.polynomial.set_default_printstyle("unicode")
    numpy.set_printoptions(**PRINT)
    numpy.seterr(**ERRORS)
    if numpy.random.get_bit_generator() is not HIDDEN:
        numpy.random.set_bit_generator(HIDDEN)


def is_no_view(result, value):
    return isinstance(value, (numpy.dtype, numpy.ufunc))


NAMESPACES = ["numpy", "numpy.linalg", "numpy.fft", "numpy.random", "numpy.ma", "numpy.strings", "numpy.polynomial", "numpy.lib.stride_tricks", "numpy.testing"]
