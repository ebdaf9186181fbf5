"""Examples of the standard library's modules, all but the built-in types and `collections`."""

import abc
import argparse
import array
import ast
import asyncio
import atexit
import base64
import binascii
import bisect
import bz2
import calendar
import cmath
import codecs
import colorsys
import concurrent.futures
import configparser
import contextlib
import contextvars
import copy
import copyreg
import csv
import dataclasses
import datetime
import decimal
import difflib
import dis
import email.message
import enum
import fnmatch
import fractions
import functools
import glob
import graphlib
import gzip
import hashlib
import heapq
import hmac
import html.parser
import inspect
import io
import itertools
import json
import keyword
import linecache
import logging
import logging.config
import logging.handlers
import lzma
import marshal
import math
import mimetypes
import operator
import os
import pathlib
import pickle
import platform
import pprint
import queue
import random
import re
import reprlib
import secrets
import shelve
import shutil
import sqlite3
import statistics
import string
import struct
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import textwrap
import threading
import time
import timeit
import tokenize
import tomllib
import traceback
import types
import typing
import unicodedata
import urllib.error
import urllib.parse
import urllib.request
import uuid
import warnings
import weakref
import xml.dom.minidom
import xml.etree.ElementTree
import zipfile
import zlib
import zoneinfo

PACKAGES = [
    "_csv", "_hashlib", "_queue", "_thread", "abc", "argparse", "array", "ast", "asyncio", "atexit", "base64", "binascii", "bisect",
    "bz2", "calendar", "cmath", "codecs", "colorsys", "concurrent", "configparser", "contextlib", "contextvars", "copy", "copyreg",
    "csv", "dataclasses", "datetime", "decimal", "difflib", "dis", "email", "enum", "fnmatch", "fractions", "functools", "glob",
    "graphlib", "gzip", "hashlib", "heapq", "hmac", "html", "inspect", "io", "itertools", "json", "keyword", "linecache", "logging",
    "lzma", "marshal", "math", "mimetypes", "operator", "os", "pathlib", "pickle", "platform", "pprint", "queue", "random", "re",
    "reprlib", "secrets", "shelve", "shutil", "sqlite3", "statistics", "string", "struct", "subprocess", "sys", "sysconfig",
    "tarfile", "tempfile", "textwrap", "threading", "time", "timeit", "tokenize", "tomllib", "traceback", "types", "typing",
    "unicodedata", "urllib", "uuid", "warnings", "weakref", "xml", "zipfile", "zlib", "zoneinfo",
]
MODULES = {name: sys.modules[name] for name in PACKAGES if name in sys.modules} | {"ET": xml.etree.ElementTree}
HOMES = ("builtins", "io", "sre", "posix", "nt", "genericpath", "posixpath", "functools", "decimal", "pickle", "json", "struct", "datetime")
NAMESPACES = [
    "array", "bisect", "collections", "copy", "csv", "datetime", "functools", "heapq", "io", "itertools", "json", "logging", "math",
    "operator", "os", "os.path", "pathlib", "pickle", "random", "re", "shutil", "sqlite3", "statistics", "string", "subprocess",
    "tempfile", "textwrap", "time", "urllib.parse", "urllib.request", "zipfile",
]
# What ends the process, waits, or asks for more than this folder; some of it is called by hand.
SKIPPED = dict.fromkeys(
    [
        "os.*", "sys.*", "_thread.*", "asyncio.*", "atexit.*", "concurrent.*", "subprocess.*", "threading.*", "shutil.*", "tempfile.*",
        "urllib.request.*", "time.sleep", "time.clock_settime*", "time.pthread_getcpuclockid", "timeit.*", "platform.*", "webbrowser.*", "queue.*", "_queue.*",
        "logging.shutdown", "logging.config.*", "logging.raiseExceptions", "shelve.*", "io.open*", "copyreg.*", "time.tzset", "abc.*",
        "thread.*", "random.SystemRandom", "codecs.register*", "codecs.unregister", "inspect.currentframe", "lock.*",
        "itertools.repeat", "itertools.cycle", "itertools.count", "base64.test", "base64.main", "*.detach", "db.deserialize", "db.set_authorizer", "db.set_progress_handler", "logger.addHandler",
    ],
    "only by hand",
)


def written(name, text="b,a\n1,2\n"):
    with open(name, "w") as file:
        file.write(text)
    return name


def zipped():
    with zipfile.ZipFile("z.zip", "w") as archive:
        archive.writestr("in.txt", "inside")
    return "z.zip"


def tarred():
    with tarfile.open("t.tar", "w") as archive:
        archive.add(written("f.txt"))
    return "t.tar"


def tied(handler):
    """A handler that has its opener."""
    urllib.request.build_opener(handler)
    return handler


def database():
    connection = sqlite3.connect(":memory:")
    connection.execute("create table t (a, b blob)")
    connection.execute("insert into t values (1, zeroblob(4))")
    connection.commit()
    return connection


def cursor():
    return database().execute("select * from t")


def config():
    parser = configparser.ConfigParser()
    parser.read_string("[a]\nx = 1\n")
    return parser


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--x", default="1")
    return parser


def message():
    told = email.message.EmailMessage()
    told["Subject"] = "s"
    told.set_content("text")
    return told


def tree():
    return xml.etree.ElementTree.fromstring("<a x='1'><b/>t</a>")


def deck():
    stack = contextlib.ExitStack()
    stack.push(lambda *words: None)
    return stack


def logger():
    own = logging.getLogger("claims")
    own.setLevel(logging.INFO)
    return own


def sorter():
    return graphlib.TopologicalSorter({"a": {"b"}})


def prepared():
    ready = sorter()
    ready.prepare()
    return ready


class Colour(enum.Enum):
    """A name for each of two values."""

    RED = 1
    BLUE = 2


@dataclasses.dataclass
class Point:
    """Two fields, of which one can change."""

    x: int = 1
    y: list = dataclasses.field(default_factory=list)


class Patient(argparse.ArgumentParser):
    """A parser that lets the program go on."""

    def exit(self, status=0, message=None):
        pass


class Plain:
    """Anything."""

    def meet(self, other=None):
        return self


def attributed():
    """A file with an extended attribute."""
    os.setxattr(written("f.txt"), "user.x", b"1")
    return "f.txt"


def downloaded():
    """What the address of a temporary file that was made for a URL is passed by: nothing."""
    urllib.request.urlretrieve("data:,a")
    return ()


# Threads that wait for work are told to go home before anything else is looked at.
POOLS = []


def pool():
    POOLS.append(concurrent.futures.ThreadPoolExecutor(1))
    return POOLS[-1]


def future():
    promised = concurrent.futures.Future()
    promised.set_result([1])
    return promised


def waiting():
    """An event loop's own queue with one thing in it."""
    line = asyncio.Queue()
    line.put_nowait([1])
    return line


def error_handler():
    try:
        return codecs.lookup_error("claims")
    except LookupError:
        return None


def used_pickler():
    """A pickler that knows what it wrote."""
    pickler = pickle.Pickler(io.BytesIO())
    pickler.dump([[1]])
    return pickler


def zone_file():
    """The smallest file that tells a time zone: one that is always the same hour."""
    return io.BytesIO(b"TZif" + bytes(16) + struct.pack(">6llBB4s", 0, 0, 0, 0, 1, 4, 0, 0, 0, b"UTC"))


def held():
    lock = threading.Lock()
    lock.acquire()
    return lock


def cached():
    @functools.lru_cache
    def twice(x):
        return 2 * x

    twice(1)
    return twice


MAKERS = {
    "xs": lambda: [1, 2, 3], "rows": lambda: [[3], [1]], "words": lambda: ["b", "a"], "d": lambda: {"a": [1], "b": [2]},
    "it": lambda: iter([3, 1, 2]), "by": lambda: bytearray(b"abcdefgh"), "view": lambda: memoryview(bytearray(b"abcdefgh")),
    "text": lambda: "ab", "numbers": lambda: array.array("i", [3, 1, 2]), "rnd": lambda: random.Random(0),
    "buffer": lambda: io.StringIO("b,a\n1,2\n"), "bytes_io": lambda: io.BytesIO(b"abc\ndef\n"), "out": io.StringIO, "bytes_out": io.BytesIO,
    "file": lambda: written("f.txt"), "folder": lambda: (os.mkdir("folder"), "folder")[1], "opened": lambda: open(written("f.txt")),
    "binary": lambda: open(written("f.txt"), "rb"), "raw": lambda: open(written("f.txt"), "rb", buffering=0),
    "writing": lambda: open("w.txt", "w"), "writing_binary": lambda: open("w.bin", "wb"), "both": lambda: open(written("f.txt"), "r+b"),
    "path": lambda: pathlib.Path(written("f.txt")), "directory": lambda: (os.mkdir("folder"), pathlib.Path("folder"))[1],
    "pure": lambda: pathlib.PurePath("a/b.txt"), "new": lambda: pathlib.Path("new.txt"), "broken": lambda: (os.symlink("f.txt", "link"), "link")[1],
    "zip_file": zipped, "archive": lambda: zipfile.ZipFile(zipped()), "open_zip": lambda: zipfile.ZipFile("n.zip", "w"),
    "member": lambda: zipfile.ZipFile(zipped()).open("in.txt"), "zip_path": lambda: zipfile.Path(zipped()), "info": lambda: zipfile.ZipInfo("x"),
    "tar_file": tarred, "tar": lambda: tarfile.open(tarred()), "open_tar": lambda: tarfile.open("n.tar", "w"),
    "gzip_file": lambda: gzip.open("g.gz", "wb"), "bz2_file": lambda: bz2.open("b.bz2", "wb"), "lzma_file": lambda: lzma.open("l.xz", "wb"),
    "db": database, "cursor": cursor, "row": lambda: sqlite3.Row(cursor(), (1, b"")), "db2": lambda: sqlite3.connect(":memory:"),
    "blob": lambda: database().blobopen("t", "b", 1), "reader": lambda: csv.reader(io.StringIO("b,a\n1,2\n")), "writer": lambda: csv.writer(io.StringIO()),
    "dict_reader": lambda: csv.DictReader(io.StringIO("b,a\n1,2\n")), "dict_writer": lambda: csv.DictWriter(io.StringIO(), ["a"]),
    "pattern": lambda: re.compile("(a)(b)?"), "match": lambda: re.match("(a)(b)?", "ab"), "day": lambda: datetime.date(2020, 1, 2),
    "moment": lambda: datetime.datetime(2020, 1, 2, 3), "span": lambda: datetime.timedelta(1), "clock": lambda: datetime.time(3),
    "zone": lambda: datetime.timezone.utc, "decimal_": lambda: decimal.Decimal("1.5"), "context": decimal.Context,
    "fraction": lambda: fractions.Fraction(1, 2), "config": config, "parser": arguments, "message": message, "tree": tree,
    "whole": lambda: xml.etree.ElementTree.ElementTree(tree()), "deck": deck, "logger": logger, "handler": lambda: logging.StreamHandler(io.StringIO()),
    "record": lambda: logging.makeLogRecord({"msg": "m", "levelno": 30, "levelname": "WARNING", "args": ()}),
    "formatter": logging.Formatter, "filter_": lambda: logging.Filter("x"), "adapter": lambda: logging.LoggerAdapter(logger()),
    "file_handler": lambda: logging.FileHandler("log.txt"), "sorter": sorter, "prepared": prepared, "point": Point, "Point": lambda: Point,
    "Colour": lambda: Colour, "plain": Plain, "Plain": lambda: type("Mine", (), {"__lt__": lambda one, other: True}), "cached": cached,
    "f": lambda: lambda *words: words[0] if words else None, "g": lambda: lambda one, other=0: one + other,
    "digest": lambda: hashlib.sha256(b"a"), "blake": lambda: hashlib.blake2b(b"a"), "mac": lambda: hmac.new(b"k", b"m", "sha256"),
    "q": lambda: (lambda made: (made.put(1), made)[1])(queue.Queue()), "simple_q": lambda: (lambda made: (made.put(1), made)[1])(queue.SimpleQueue()),
    "normal": lambda: statistics.NormalDist(0, 1), "template": lambda: string.Template("$a"), "string_formatter": string.Formatter,
    "packer": lambda: struct.Struct("i"), "wrapper": textwrap.TextWrapper, "matcher": lambda: difflib.SequenceMatcher(None, "ab", "ac"),
    "differ": difflib.Differ, "compress": zlib.compressobj, "decoder": json.JSONDecoder, "encoder": json.JSONEncoder,
    "pickler": lambda: pickle.Pickler(io.BytesIO()), "unpickler": lambda: pickle.Unpickler(io.BytesIO(pickle.dumps([1]))),
    "pickle_buffer": lambda: pickle.PickleBuffer(bytearray(b"ab")), "event": threading.Event, "semaphore": lambda: threading.Semaphore(2),
    "thread": lambda: threading.Thread(target=lambda: None), "ref": lambda: weakref.ref(Plain), "weak_set": lambda: weakref.WeakSet([Plain]),
    "request": lambda: urllib.request.Request("http://a.invalid/"), "opener": urllib.request.build_opener,
    "passwords": lambda: (lambda made: (made.add_password("r", "http://a.invalid/", "u", "p"), made)[1])(urllib.request.HTTPPasswordMgrWithPriorAuth()),
    "basic": lambda: tied(urllib.request.HTTPBasicAuthHandler()), "digests": lambda: tied(urllib.request.HTTPDigestAuthHandler()), "cookies": lambda: tied(urllib.request.HTTPCookieProcessor()), "redirects": lambda: tied(urllib.request.HTTPRedirectHandler()),
    "http_handler": lambda: tied(urllib.request.HTTPHandler()), "ftp": lambda: tied(urllib.request.CacheFTPHandler()), "proxies": lambda: tied(urllib.request.ProxyHandler({"http": "http://p.invalid"})), "files": lambda: tied(urllib.request.FileHandler()),
    "old_opener": lambda: urllib.request.FancyURLopener({}), "file_request": lambda: urllib.request.Request("file://" + os.path.abspath(written("f.txt"))), "data_request": lambda: urllib.request.Request("data:,a"), "headers": email.message.Message,
    "buffering": lambda: logging.BufferingFormatter(logging.Formatter("%(asctime)s %(message)s")), "newlines": lambda: io.IncrementalNewlineDecoder(codecs.getincrementaldecoder("utf-8")(), True), "by_decoder": lambda: codecs.getincrementaldecoder("utf-8")(),
    "module_zip": lambda: zipfile.PyZipFile("m.zip", "w"),
    "gzip_reading": lambda: gzip.GzipFile(fileobj=io.BytesIO(gzip.compress(b"a"))), "bz2_reading": lambda: bz2.BZ2File(io.BytesIO(bz2.compress(b"a"))),
    "lzma_reading": lambda: lzma.LZMAFile(io.BytesIO(lzma.compress(b"a"))), "recoded": lambda: codecs.open(written("f.txt"), "r+", "utf-8"),
    "patient": Patient, "attributed": attributed, "downloaded": downloaded, "pool": pool, "future": future,
    "promised": concurrent.futures.Future, "waiting": waiting, "held": held, "ini_file": lambda: written("c.ini", "[z]\ny = 2\n"),
    "caller": lambda: operator.methodcaller("append", 1), "signature": lambda: inspect.signature(lambda one, other=[]: one),
    "parameter": lambda: inspect.Parameter("a", inspect.Parameter.POSITIONAL_ONLY, default=[1]), "summary": lambda: traceback.FrameSummary("f", 1, "n", line="l"),
    "summaries": lambda: traceback.StackSummary.from_list([("f", 1, "n", "l")]), "told": lambda: traceback.TracebackException(ValueError, ValueError("x"), None),
    "timer": lambda: threading.Timer(9, int), "finalizer": lambda: weakref.finalize(Plain, int), "html_diff": difflib.HtmlDiff, "printer": pprint.PrettyPrinter,
    "large": lambda: os.urandom(1 << 20), "used_pickler": used_pickler, "zone_file": zone_file,
    "temporary": tempfile.TemporaryDirectory, "spooled": lambda: tempfile.SpooledTemporaryFile(mode="w+"),
    "named": lambda: tempfile.NamedTemporaryFile("w+"), "shelf": lambda: shelve.open("shelf"), "var": lambda: contextvars.ContextVar("v", default=[1]),
    "catching": warnings.catch_warnings, "closing": lambda: contextlib.closing(io.StringIO()), "redirect": lambda: contextlib.redirect_stdout(io.StringIO()),
    "moving": lambda: (os.mkdir("folder"), contextlib.chdir("folder"))[1], "suppress": lambda: contextlib.suppress(ValueError),
    "nothing": lambda: contextlib.nullcontext([1]), "chain": lambda: itertools.chain([1], [2]), "counting": lambda: itertools.count(1),
    "pairs": lambda: itertools.pairwise([1, 2, 3]), "groups": lambda: itertools.groupby([1, 1, 2]), "product": lambda: itertools.product([1], [2]),
    "environ": lambda: os.environ, "source": lambda: written("s.py", "x = 1\n"), "method": lambda: functools.singledispatchmethod(lambda one, other: None),
    "code": lambda: ast.parse("x = 1"), "namespace": lambda: types.SimpleNamespace(a=[1]), "proxy": lambda: types.MappingProxyType({"a": [1]}),
    "generator": lambda: (each for each in [1, 2]), "ended": lambda: subprocess.CompletedProcess(["x"], 0), "PYTHON": lambda: sys.executable,
    "html_parser": html.parser.HTMLParser, "month": calendar.TextCalendar, "ip": lambda: "127.0.0.1", "id_": lambda: uuid.UUID(int=1),
    "getter": lambda: operator.attrgetter("y"), "item": lambda: operator.itemgetter(0), "entry": lambda: next(os.scandir(os.path.dirname(os.path.abspath(written("f.txt"))))),
}
ARGUMENTS = {
    "obj": "xs", "object": "xs", "iterable": "xs", "x": "2", "y": "3", "key": "'a'", "string": "'ab'", "text": "'ab'", "s": "'ab'", "data": "xs",
    "pattern": "'a'", "repl": "'b'", "a": "xs", "b": "words", "seq": "xs", "path": "file", "filename": "file", "name": "'a'", "n": "2", "k": "2",
    "value": "1", "default": "None", "fmt": "'%Y'", "format": "'i'", "width": "10", "prefix": "'> '", "url": "'http://a.invalid/b?c=1'", "func": "f",
    "fp": "buffer", "file": "file", "stream": "buffer", "msg": "'m'", "level": "30", "other": "xs", "mu": "0", "sigma": "1", "alpha": "1", "beta": "1",
    "lambd": "1", "year": "2020", "month": "1", "day": "2", "code": "'x = 1'", "source": "'x = 1'", "element": "tree", "r": "0.1", "v": "0.3",
    "cls": "Point", "class_or_instance": "point", "node": "code", "word": "'a'", "possibilities": "words", "base": "'http://a.invalid/'", "names": "words",
    "qs": "'a=1'", "query": "{'a': 1}", "arr": "xs", "function": "f", "wrapper": "g", "wrapped": "f",
}
FALLBACKS = [
    "", "xs", "'ab'", "b'ab'", "2", "0.5", "2, 3", "0.5, 0.5", "xs, 1", "xs, words", "'a', 'ab'", "f", "f, xs", "1, xs", "xs, xs", "'a', 'b', 'ab'", "b'ab', b'ab'",
    "buffer", "d", "0, 1, 2", "file", "'i', 1", "by, by", "xs, 0, 9", "plain", "moment", "'%Y', (2020, 1, 2, 0, 0, 0, 0, 1, 0)", "'2020', '%Y'", "1, 'ab'", "tree", "code",
    "'x', b'a'", "'2020-01-02'", "record", "xs, it",
]
RECEIVERS = {
    "array.array": ["numbers"], "random.Random": ["rnd"], "re.Pattern": ["pattern"], "re.Match": ["match"], "datetime.date": ["day"],
    "datetime.datetime": ["moment"], "datetime.timedelta": ["span"], "datetime.time": ["clock"], "datetime.timezone": ["zone"],
    "decimal.Decimal": ["decimal_"], "decimal.Context": ["context"], "fractions.Fraction": ["fraction"], "pathlib.PurePath": ["pure"],
    "io.StringIO": ["buffer"], "io.BytesIO": ["bytes_io"], "io.TextIOWrapper": ["opened", "writing"], "io.BufferedReader": ["binary"],
    "io.BufferedWriter": ["writing_binary"], "io.FileIO": ["raw"], "io.BufferedRandom": ["both"], "zipfile.ZipFile": ["archive", "open_zip"],
    "zipfile.ZipInfo": ["info"], "zipfile.ZipExtFile": ["member"], "zipfile.Path": ["zip_path"], "tarfile.TarFile": ["tar", "open_tar"],
    "gzip.GzipFile": ["gzip_file"], "bz2.BZ2File": ["bz2_file"], "lzma.LZMAFile": ["lzma_file"], "sqlite3.Connection": ["db"],
    "sqlite3.Cursor": ["cursor"], "sqlite3.Row": ["row"], "sqlite3.Blob": ["blob"], "_csv.reader": ["reader"], "_csv.writer": ["writer"],
    "_csv.Reader": ["reader"], "_csv.Writer": ["writer"], "csv.DictReader": ["dict_reader"], "csv.DictWriter": ["dict_writer"], "csv.Sniffer": ["csv.Sniffer()"],
    "configparser.RawConfigParser": ["config"], "configparser.ConfigParser": ["config"], "argparse.ArgumentParser": ["parser"],
    "email.message.Message": ["message"], "email.message.EmailMessage": ["message"], "xml.etree.ElementTree.Element": ["tree"],
    "xml.etree.ElementTree.ElementTree": ["whole"], "contextlib.ExitStack": ["deck"], "logging.Logger": ["logger"], "logging.Handler": ["handler"],
    "logging.Formatter": ["formatter"], "logging.LoggerAdapter": ["adapter"], "logging.Filter": ["filter_"], "graphlib.TopologicalSorter": ["sorter", "prepared"],
    "hashlib.blake2b": ["blake"], "_hashlib.HASH": ["digest"], "hmac.HMAC": ["mac"], "queue.Queue": ["q"], "queue.SimpleQueue": ["simple_q"],
    "_queue.SimpleQueue": ["simple_q"], "statistics.NormalDist": ["normal"], "string.Template": ["template"], "string.Formatter": ["string_formatter"],
    "struct.Struct": ["packer"], "textwrap.TextWrapper": ["wrapper"], "difflib.SequenceMatcher": ["matcher"], "difflib.Differ": ["differ"],
    "json.JSONDecoder": ["decoder"], "json.JSONEncoder": ["encoder"], "pickle.Pickler": ["pickler"], "pickle.Unpickler": ["unpickler"],
    "pickle.PickleBuffer": ["pickle_buffer"], "threading.Event": ["event"], "threading.Semaphore": ["semaphore"], "threading.Thread": ["thread"],
    "weakref.WeakSet": ["weak_set"], "functools._lru_cache_wrapper": ["cached"], "functools.singledispatchmethod": ["method"],
    "warnings.catch_warnings": ["catching"], "contextlib.closing": ["closing"], "contextlib.suppress": ["suppress"], "contextlib.nullcontext": ["nothing"],
    "contextlib.redirect_stdout": ["redirect"], "contextlib.chdir": ["moving"], "itertools.chain": ["chain"], "itertools.count": ["counting"],
    "itertools.pairwise": ["pairs"], "itertools.groupby": ["groups"], "itertools.product": ["product"], "os._Environ": ["environ"],
    "types.MappingProxyType": ["proxy"], "types.GeneratorType": ["generator"], "contextvars.ContextVar": ["var"], "enum.Enum": ["Colour.RED"],
    "enum.EnumType": ["Colour"], "uuid.UUID": ["id_"], "calendar.Calendar": ["month"], "calendar.TextCalendar": ["month"],
    "html.parser.HTMLParser": ["html_parser"], "operator.attrgetter": ["getter"], "operator.itemgetter": ["item"], "os.DirEntry": ["entry"],
    "subprocess.CompletedProcess": ["ended"], "tempfile.SpooledTemporaryFile": ["spooled"], "tempfile._TemporaryFileWrapper": ["named"],
    "tempfile.TemporaryDirectory": ["temporary"], "urllib.request.Request": ["request"], "urllib.request.OpenerDirector": ["opener"],
    "zoneinfo.ZoneInfo": ["zoneinfo.ZoneInfo('UTC')"],
}
# Who holds a logger's parents and what it told last is no part of it.
CACHES = {"logging.Logger": {"manager", "parent", "_cache"}, "difflib.SequenceMatcher": {"matching_blocks", "opcodes", "fullbcount"}}
HANDLES = ("ZipFile", "TarFile", "FileHandler", "RotatingFileHandler", "DbfilenameShelf")
# Where the common arguments make no sense.
CALLS = {
    "glob.*": ["'*'"], "io.text_encoding": ["None"], "formatter.formatStack": ["'x'"], "string.Template": ["'$a'"], "typing.NewType": ["'N', int"],
    "xml.etree.ElementTree.PI": ["'x'"], "xml.etree.ElementTree.ProcessingInstruction": ["'x'"], "xml.etree.ElementTree.Comment": ["'x'"],
    "array.array": ["'i', xs"], "zoneinfo.ZoneInfo": ["'UTC'"], "tomllib.loads": ["'a = 1'"], "tomllib.load": ["io.BytesIO(b'a = 1')"], "uuid.uuid3": ["id_, 'a'"], "uuid.uuid5": ["id_, 'a'"],
    "marshal.loads": ["marshal.dumps([1])"], "marshal.load": ["io.BytesIO(marshal.dumps([1]))"], "marshal.dump": ["[1], bytes_out"], "pprint.pprint": ["xs, out", "xs"],
    "traceback.walk_*": ["None"],
}
SETTINGS = {
    "module:codecs": error_handler,
    "module:csv": lambda: (csv.field_size_limit(), csv.list_dialects()),
    # The flags, which every operation sets, are left out on purpose: the rules do so too.
    "module:decimal": lambda: [(now.prec, now.rounding, now.Emin, now.Emax, now.capitals, now.clamp) for now in [decimal.getcontext()]],
    "module:difflib": lambda: difflib.HtmlDiff._default_prefix,
    "module:shutil": lambda: (shutil.get_archive_formats(), shutil.get_unpack_formats()),
}
EXAMPLES = """
array.array('i', it)
numbers.append(4)
numbers.extend(xs)
numbers.extend(iter(xs))
numbers.insert(0, 9)
numbers.pop()
numbers.remove(3)
numbers.reverse()
numbers.byteswap()
numbers.frombytes(b'abcd')
numbers.fromlist(xs)
array.array.fromfile(numbers, binary, 1)
array.array.tofile(numbers, writing_binary)
array.array.__setitem__(numbers, 0, 9)
array.array.__delitem__(numbers, 0)
array.array.__iadd__(numbers, numbers)
array.array.__imul__(numbers, 2)
array.array.__iter__(numbers)
numbers.tolist()
heapq.heapify(rows)
heapq.heappush(rows, [0])
heapq.heappop(rows)
heapq.heappushpop(rows, [0])
heapq.heapreplace(rows, [0])
heapq.merge(xs, it)
heapq.nlargest(2, it)
heapq.nsmallest(2, it)
bisect.bisect(xs, 2)
bisect.insort(rows, [9])
bisect.insort_left(xs, 2)
random.random()
random.seed(3)
random.choice(rows)
random.choices(xs, k=2)
random.sample(xs, 2)
random.shuffle(xs)
random.getstate()
random.setstate(rnd.getstate())
random.randint(1, 2)
random.Random(3)
random.SystemRandom()
rnd.random()
rnd.choice(rows)
rnd.shuffle(xs)
rnd.getstate()
rnd.seed(3)
io.StringIO('ab')
io.TextIOWrapper(bytes_io)
io.BufferedReader(raw)
io.FileIO(file)
io.FileIO('n.bin', 'w')
io.open_code(os.path.abspath(file))
buffer.read()
buffer.write('ab')
buffer.writelines(iter(words))
buffer.seek(1)
buffer.truncate(1)
buffer.close()
buffer.readline()
buffer.readlines()
buffer.__next__()
buffer.__iter__()
buffer.__enter__()
buffer.getvalue()
buffer.tell()
bytes_io.getbuffer()
bytes_io.readinto(by)
bytes_io.read1()
opened.read()
opened.readline()
opened.readlines()
opened.__next__()
opened.__iter__()
opened.__enter__()
opened.seek(1)
opened.tell()
opened.close()
opened.detach()
opened.reconfigure(newline='')
opened.fileno()
binary.peek()
binary.readinto(by)
binary.read1(1)
raw.readall()
raw.readinto(by)
writing.write('ab')
writing.writelines(iter(words))
writing.flush()
writing.close()
writing.__exit__(None, None, None)
writing_binary.write(b'ab')
both.truncate(1)
pathlib.Path('a')
path.read_text()
path.read_bytes()
path.write_text('x')
path.write_bytes(b'x')
path.exists()
path.is_file()
path.stat()
path.resolve()
path.absolute()
path.unlink()
path.rename('g.txt')
path.replace('g.txt')
path.touch()
path.chmod(0o600)
path.open()
path.open('w')
path.open('a')
path.__enter__()
path.with_suffix('.x')
path.joinpath('x')
path.__truediv__('x')
path.as_posix()
path.samefile(path)
path.expanduser()
pathlib.Path.home()
pathlib.Path.cwd()
new.mkdir()
new.symlink_to('f.txt')
new.hardlink_to(file)
directory.iterdir()
directory.glob('*')
directory.rglob('*')
directory.rmdir()
pure.relative_to('a')
pure.match('*.txt')
os.getcwd()
os.chdir(folder)
os.getenv('HOME')
os.getenvb(b'HOME')
os.get_exec_path()
os.putenv('X', '1')  # allows environment: nothing but `getenv` of C sees it
os.listdir('.')
os.listdir(folder)
os.scandir(folder)
os.stat(file)
os.lstat(file)
os.access(file, 4)
os.readlink(broken)
os.walk(folder)
os.chmod(file, 0o600)
os.mkdir('n')
os.makedirs('n/m')
os.remove(file)
os.unlink(file)
os.rmdir(folder)
os.removedirs(folder)
os.truncate(file, 1)
os.utime(file, (1, 1))
os.rename(file, 'g.txt')
os.replace(file, 'g.txt')
os.renames(file, 'n/g.txt')
os.link(file, 'g.txt')
os.symlink('f.txt', 'g.txt')
os.open(file, os.O_RDONLY)
os.open('n.txt', os.O_WRONLY | os.O_CREAT)
os.fdopen(os.open(file, os.O_RDONLY))
os.read(os.open(file, os.O_RDONLY), 1)
os.write(os.open('n.txt', os.O_WRONLY | os.O_CREAT), b'a')
os.close(os.open(file, os.O_RDONLY))
os.fstat(os.open(file, os.O_RDONLY))
os.lseek(os.open(file, os.O_RDONLY), 1, 0)
os.copy_file_range(os.open(file, os.O_RDONLY), os.open('n.txt', os.O_WRONLY | os.O_CREAT), 4)
os.pipe()
os.umask(0o22)
os.getpid()
os.cpu_count()
os.uname()
os.urandom(2)
os.fspath(path)
os.fsencode('a')
os.strerror(1)
os.get_terminal_size(0)  # allows nothing: it may fail
os.getpgid(0)
os.nice(0)
os.sched_yield()
os.system('true')
os.path.join('a', 'b')
os.path.basename('a/b')
os.path.splitext('a.b')
os.path.normpath('a/../b')
os.path.commonpath(iter(['a/b', 'a/c']))
os.path.abspath('a')
os.path.relpath('a')
os.path.exists(file)
os.path.isfile(file)
os.path.isdir(folder)
os.path.getsize(file)
os.path.getmtime(file)
os.path.realpath(broken)
os.path.samefile(file, file)
os.path.sameopenfile(0, 1)
os.path.expanduser('~')
os.path.expandvars('$HOME')
environ.get('HOME')
environ.__getitem__('HOME')
environ.__setitem__('X', '1')
environ.__delitem__('HOME')
environ.pop('HOME')
environ.setdefault('X', '1')
environ.update({'X': '1'})
environ.copy()
environ.keys()
environ.clear()
shutil.copy(file, 'g.txt')
shutil.copy2(file, 'g.txt')
shutil.copyfile(file, 'g.txt')
shutil.copymode(file, zip_file)
shutil.copystat(file, zip_file)
shutil.copytree(folder, 'g')
shutil.move(file, 'g.txt')
shutil.rmtree(folder)
shutil.copyfileobj(buffer, out)
shutil.copyfileobj(opened, writing)
shutil.make_archive('a', 'zip', folder)
shutil.unpack_archive(zip_file, 'u')
shutil.disk_usage('.')
shutil.which('true')
shutil.get_archive_formats()
shutil.get_terminal_size()
shutil.ignore_patterns('*.x')
shutil.unregister_archive_format('zip')
json.dumps(d)
json.loads('[1]')
json.dump(d, out)
json.dump(d, writing)
json.load(io.StringIO('[1]'))
json.load(open(file)) if False else json.loads('1')  # allows nothing: it is no call
json.JSONEncoder()
encoder.encode(d)
decoder.decode('[1]')
pickle.dumps(d)
pickle.loads(pickle.dumps(d))
pickle.dump(d, bytes_out)
pickle.dump(d, writing_binary)
pickle.load(io.BytesIO(pickle.dumps(d)))
pickle.Pickler(bytes_out)
pickle.Unpickler(bytes_io)
pickle.PickleBuffer(by)
pickler.dump(d)
pickle.Pickler(writing_binary).dump(large)
used_pickler.clear_memo()
unpickler.load()
unpickler.find_class('builtins', 'list')
pickle_buffer.raw()
pickle_buffer.release()
csv.reader(buffer)
csv.writer(out)
csv.DictReader(buffer)
csv.DictWriter(out, words)
csv.field_size_limit(9)
csv.register_dialect('mine', delimiter=';')
csv.get_dialect('excel')
csv.list_dialects()
csv.Sniffer()
type(reader).__next__(reader)
type(reader).__iter__(reader)
writer.writerow(it)
writer.writerows([it])
dict_reader.__next__()
dict_reader.__iter__()
dict_writer.writeheader()
dict_writer.writerow({'a': 1})
dict_writer.writerows(iter([{'a': 1}]))
sqlite3.connect(':memory:')
sqlite3.connect('f.db')
sqlite3.Connection(':memory:')
sqlite3.Cursor(db)
sqlite3.Row(cursor, (1, 2))
sqlite3.complete_statement('select 1;')
sqlite3.register_adapter(complex, str)
sqlite3.enable_callback_tracebacks(False)
db.execute('select * from t')
db.execute('insert into t values (2, 3)')
db.executemany('insert into t values (?, ?)', iter([(1, 2)]))
db.executescript('create table u (a)')
db.commit()
db.rollback()
db.close()
db.cursor()
db.__enter__()
db.__exit__(None, None, None)
db.iterdump()
db.serialize()
db2.deserialize(db.serialize())
db.backup(db2)
db.blobopen('t', 'b', 1)
db.create_function('f', 1, f)
db.set_trace_callback(f)
db.getlimit(0)
cursor.execute('select 1')
cursor.execute('insert into t values (2, 3)')
cursor.executemany('insert into t values (?, ?)', iter([(1, 2)]))
cursor.fetchone()
cursor.fetchall()
cursor.fetchmany(1)
sqlite3.Cursor.__next__(cursor)
sqlite3.Cursor.__iter__(cursor)
cursor.close()
blob.read()
blob.seek(1)
blob.write(b'ab')
blob.close()
blob.__enter__()
row.keys()
re.compile('a')
re.sub('a', 'b', 'ab')
re.finditer('a', 'ab')
re.purge()
itertools.chain(xs, it)
itertools.islice(it, 1)
itertools.product(it, it)
itertools.permutations(it)
itertools.tee(it)
itertools.groupby(it)
itertools.count(1)
itertools.cycle(it)
itertools.repeat(xs)
itertools.zip_longest(xs, it)
itertools.accumulate(it)
itertools.chain.from_iterable(rows)
itertools.chain.__next__(chain)
itertools.chain.__iter__(chain)
pairs.__next__()
counting.__next__()
groups.__next__()
product.__next__()
functools.reduce(g, it)
functools.reduce(g, xs, 1)
functools.partial(f, xs)
functools.lru_cache(f)
functools.cache(f)
functools.cmp_to_key(g)
functools.singledispatch(f)
functools.update_wrapper(g, f)
functools.update_wrapper(plain, f)
functools.wraps(f)
functools.total_ordering(Plain)
functools.cached_property(f)
method.register(int, f)
cached(2)
cached.cache_clear()
cached.cache_info()
copy.copy(d)
copy.deepcopy(d)
logging.info('m')
logging.warning('m')
logging.error('m')
logging.getLogger('claims.new')
logging.getLevelName(30)
logging.getLoggerClass()
logging.basicConfig(level=10)
logging.basicConfig(filename='log.txt')
logging.disable(10)
logging.addLevelName(5, 'FINE')
logging.makeLogRecord({})
logging.FileHandler('log.txt')
logging.StreamHandler(out)
logging.Formatter()
logging.LoggerAdapter(logger)
logging.handlers.RotatingFileHandler('log.txt')
logging.handlers.MemoryHandler(1, target=handler)
logger.info('m')
logger.warning('m')
logger.log(30, 'm')
logger.handle(record)
logger.getEffectiveLevel()
logger.isEnabledFor(30)
logger.hasHandlers()
logger.getChild('x')
logger.setLevel(10)
logger.addHandler(handler)
logger.removeHandler(handler)
logger.addFilter(filter_)
handler.setLevel(10)
handler.setFormatter(formatter)
handler.emit(record)
handler.handle(record)
handler.flush()
handler.acquire()
handler.close()
handler.format(record)
file_handler.emit(record)
formatter.format(record)  # allows 0: a record keeps its message
time.time()
time.sleep(0)
time.monotonic()
time.localtime()
time.localtime(0)
time.strftime('%Y')
time.strftime('%Y', (2020, 1, 2, 0, 0, 0, 0, 1, 0))
time.mktime((2020, 1, 2, 0, 0, 0, 0, 1, 0))
time.get_clock_info('time')
time.tzset()
datetime.datetime.now()
datetime.date.today()
datetime.datetime(2020, 1, 2)
moment.strftime('%Y')
moment.replace(year=1)
subprocess.run([PYTHON, '-I', '-c', ''])
subprocess.check_output([PYTHON, '-I', '-c', ''])
subprocess.run([PYTHON, '-I', '-c', ''], stdout=writing)
subprocess.list2cmdline(['a b'])
subprocess.Popen([PYTHON, '-I', '-c', '']).wait()
subprocess.Popen([PYTHON, '-I', '-c', '']).__enter__()
subprocess.Popen([PYTHON, '-I', '-c', ''])
ended.check_returncode()
urllib.parse.urlparse('http://a.invalid/b')
urllib.parse.urlencode({'a': 1})
urllib.parse.quote('a b')
urllib.parse.parse_qs('a=1')
urllib.request.Request('http://a.invalid/')
urllib.request.build_opener()
urllib.request.install_opener(opener)
urllib.request.getproxies()
urllib.request.parse_http_list('a, b')
urllib.request.urlcleanup()
urllib.request.urlcleanup(*downloaded)
urllib.request.urlopen(file_request)
urllib.request.urlopen('data:,a')
urllib.request.urlretrieve(file_request.full_url, 'n.txt')
opener.open(file_request)
opener.open('data:,a')
urllib.request.ProxyHandler({'http': 'x'})
urllib.error.URLError('x')
request.add_header('a', 'b')
request.get_header('a')
request.get_full_url()
opener.add_handler(urllib.request.HTTPHandler())
tempfile.gettempdir()
tempfile.mktemp()
tempfile.mkdtemp()
tempfile.mkstemp()
tempfile.NamedTemporaryFile()
tempfile.TemporaryFile()
tempfile.SpooledTemporaryFile()
tempfile.TemporaryDirectory()
temporary.__enter__()
temporary.cleanup()
temporary.__exit__(None, None, None)
spooled.write('ab')
spooled.read()
spooled.seek(0)
spooled.rollover()
spooled.close()
spooled.__enter__()
spooled.tell()
named.write('ab')
named.read()
named.__enter__()
named.flush()
zipfile.ZipFile(zip_file)
zipfile.ZipFile('n.zip', 'w')
zipfile.ZipFile(bytes_out, 'w')
zipfile.is_zipfile(zip_file)
zipfile.Path(zip_file)
archive.namelist()
archive.getinfo('in.txt')
archive.read('in.txt')
archive.testzip()
archive.open('in.txt')
archive.extract('in.txt', 'u')
archive.extractall('u')
archive.printdir()
archive.close()
archive.__enter__()
archive.__exit__(None, None, None)
archive.setpassword(b'x')
open_zip.writestr('a', 'b')
open_zip.write(file)
open_zip.open('a', 'w')
open_zip.mkdir('m')
open_zip.close()
zipfile.ZipInfo.from_file(file)
member.read()
member.peek()
member.__enter__()
member.close()
zip_path.iterdir()
zip_path.joinpath('in.txt').read_text()
zip_path.joinpath('in.txt').open()
tarfile.open(tar_file)
tarfile.open('n.tar', 'w')
tar.getnames()
tar.extractall('u', filter='data')
tar.extractfile('f.txt')
tar.close()
open_tar.add(file)
open_tar.close()
gzip.open('g.gz', 'wb')
gzip.compress(b'a')
gzip_file.write(b'a')
gzip_file.close()
gzip_reading.readinto(by)
gzip.GzipFile(fileobj=io.BytesIO(gzip.compress(b'a')))
bz2_file.write(b'a')
bz2_file.write(large)
bz2_reading.read()
bz2_reading.readinto(by)
bz2.BZ2Compressor().compress(b'a')
bz2.BZ2Decompressor().decompress(bz2.compress(b'a'))
lzma_file.write(b'a')
lzma_file.write(large)
lzma_reading.read()
lzma_reading.readinto(by)
lzma.LZMAFile(io.BytesIO(lzma.compress(b'a')))
lzma.LZMACompressor().compress(b'a')
lzma.LZMADecompressor().decompress(lzma.compress(b'a'))
config.read_string('[b]')
config.read(ini_file)
config.set('a', 'x', '2')
config.add_section('b')
config.write(out)
parser.parse_args([])
patient.error('m')
parser.add_argument('--y')
contextlib.ExitStack()
contextlib.contextmanager(f)
contextlib.closing(buffer)
contextlib.suppress(ValueError)
contextlib.redirect_stdout(out)
contextlib.chdir('.')
deck.callback(f)
deck.push(f)
deck.enter_context(closing)
deck.pop_all()
deck.close()
deck.__enter__()
deck.__exit__(None, None, None)
closing.__enter__()
closing.__exit__(None, None, None)
suppress.__enter__()
nothing.__enter__()
redirect.__enter__()
moving.__enter__()
catching.__enter__()
warnings.warn('x')
warnings.warn(warnings.simplefilter('always') or 'x')
warnings.simplefilter('error')
warnings.filterwarnings('error')
warnings.resetwarnings()
warnings.catch_warnings()
warnings.showwarning('m', UserWarning, 'f', 1)
dataclasses.asdict(point)
dataclasses.astuple(point)
dataclasses.replace(point, x=2)
dataclasses.fields(point)
dataclasses.field(default=1)
dataclasses.make_dataclass('P', iter(['x']))
dataclasses.dataclass(Plain)
decimal.getcontext()
decimal.localcontext()
decimal.setcontext(context)
decimal.setcontext(decimal.Context(prec=3))
decimal.Context()
context.clear_flags()
context.copy()
context.divide(1, 3)
base64.encode(bytes_io, bytes_out)
base64.b64encode(b'a')
html_diff.make_table(iter(words), words)
hashlib.file_digest(bytes_io, 'md5')
hashlib.sha256(b'a')
digest.update(b'b')
digest.hexdigest()
blake.update(b'b')
blake.digest()
mac.update(b'b')
uuid.uuid4()
uuid.UUID(int=1)
id_.__int__()
glob.glob('*')
glob.iglob('*')
fnmatch.filter(iter(words), '*')
# Before the rules of `queue`, which speak of the same class, are read for the first time.
simple_q.put(xs)
simple_q.qsize()
type(simple_q).get(simple_q)
queue.Queue()
q.put(xs)
q.task_done()
q.get()
q.qsize()
operator.setitem(rows, 0, xs)
operator.delitem(rows, 0)
operator.getitem(rows, 0)
operator.iadd(xs, it)
operator.contains(it, 1)
operator.itemgetter(0)
item(rows)
getter(point)
caller(xs)
statistics.mean(it)
statistics.median(xs)
statistics.linear_regression([1, 2], [2, 3])
statistics.NormalDist.from_samples(iter([1.0, 2.0]))
normal.samples(2)
normal.samples(2, seed=1)
math.fsum(it)
math.prod(it)
struct.pack_into('i', by, 0, 1)
packer.pack_into(by, 0, 1)
threading.current_thread()
threading.Event()
threading.Lock()
threading.Thread(target=f)
thread.start()
thread.is_alive()
thread.setName('n')
timer.cancel()
event.set()
event.is_set()
semaphore.acquire()
types.SimpleNamespace(a=xs)
types.MappingProxyType(d)
types.new_class('C')
proxy.get('a')
generator.__next__()
generator.send(None)
generator.close()
types.GeneratorType.__iter__(generator)
enum.unique(Colour)
weakref.ref(Plain)
type(ref).__call__(ref)
tree.append(ET.Element('c'))
tree.set('x', '2')
tree.find('b')
tree.iter()
tree.clear()
ET.parse(io.StringIO('<a/>'))
ET.fromstring('<a/>')
ET.tostring(tree)
whole.write('x.xml')
whole.getroot()
message.add_header('a', 'b')
message.get_content()
message.as_string()
sorter.add('c', 'a')
sorter.prepare()
sorter.static_order()
prepared.get_ready()
shelf.close()
var.get()
var.set(1)
linecache.getline(source, 1)
tokenize.open(source)
traceback.format_exc()
sys.getsizeof(xs)
sys.getrecursionlimit()
sys.intern('a')
queue.SimpleQueue()
io.BufferedReader(raw).peek()
ast.parse('x = 1')
ast.literal_eval('[1]')
ast.walk(code)
ast.copy_location(ast.Name('x'), code.body[0])
codecs.lookup('utf-8')
codecs.open(file)
codecs.open('n.txt', 'w')
codecs.open(file, 'a')
codecs.register_error('claims', f)
codecs.unregister(f)
codecs.EncodedFile(bytes_io, 'utf-8')
recoded.__enter__()
recoded.__iter__()
recoded.read()
recoded.write('ab' * 9999)
recoded.writelines(iter(words))
codecs.encode('a')
concurrent.futures.ThreadPoolExecutor(1)
concurrent.futures.wait([future])
concurrent.futures.as_completed(iter([future]))
pool.submit(f, xs)
pool.map(f, rows)
pool.__enter__()
pool.shutdown()
pool.__exit__(None, None, None)
future.done()
future.result()
promised.set_result(xs)
promised.add_done_callback(f)
promised.cancel()
config.read_file(io.StringIO('[c]'))
config.__getitem__('a')
config['a'].__setitem__('x', '2')
config['a'].clear()
copyreg.pickle(Point, str)
Colour.__getitem__('RED')
Colour.__call__(1)
Colour.RED.__deepcopy__({})
enum.global_enum(Colour)
gzip.open('g.gz', 'rt') if False else gzip.decompress(gzip.compress(b'a'))  # allows nothing: it is no call
gzip.GzipFile('g.gz', 'wb')
gzip.GzipFile(fileobj=bytes_out, mode='wb')
bz2.open('b.bz2', 'wb')
bz2.BZ2File('b.bz2', 'w')
lzma.open('l.xz', 'wb')
lzma.LZMAFile('l.xz', 'w')
hmac.new(b'k', b'm', 'sha256')
hmac.HMAC(b'k', b'm', 'sha256')
hmac.digest(b'k', b'm', 'sha256')
hmac.compare_digest(b'a', b'b')
inspect.signature(f)
inspect.Signature.from_callable(g)
signature.replace(parameters=iter([]))
signature.bind(xs)
signature.bind(1).apply_defaults()
parameter.replace(name='b')
inspect.getmembers(point)
inspect.stack()
keyword.iskeyword('if')
logging.handlers.TimedRotatingFileHandler('log.txt')
logging.config.valid_ident('a')
logging.config.dictConfig({'version': 1})
platform.system()
pprint.pformat(xs)
printer.pprint(xs)
printer.pformat(xs)
pprint.pprint(xs, out)
pprint.pprint(xs)
reprlib.repr(xs)
reprlib.Repr().repr(xs)
secrets.token_hex(2)
secrets.choice(rows)
shelve.open('n')
shelf.__setitem__('a', xs)
shelf.keys()
shelf.__contains__('a')
statistics.correlation([1, 2], [2, 3])
struct.pack('i', 1)
struct.Struct('i')
packer.pack(1)
sys.exc_info()
sys.getrefcount(xs)
sys._getframe()
sys.audit('claims')
sys.displayhook(1)
sys.excepthook(ValueError, ValueError('x'), None)
sys.getdefaultencoding()
sys.setrecursionlimit(2000)
tar.getmember('f.txt')
tar.getmember('f.txt').isfile()
tar.__enter__()
tar.__iter__()
tarfile.is_tarfile(tar_file)
tarfile.TarFile(tar_file)
tarfile.TarFile('n.tar', 'w')
tarfile.TarFile.open(tar_file)
tarfile.TarFile.open('n.tar', 'w')
open_tar.gettarinfo(file)
tarfile.TarInfo('x')
open_tar.addfile(tarfile.TarInfo('x'))
threading.Lock()
threading.active_count()
threading.setprofile(None)
threading.Lock().locked()
threading.Lock().acquire()
threading.RLock().acquire()
held.release()
threading.Barrier(1)
thread.run()
thread.join()  # allows nothing: it was not started
timeit.timeit('1', number=1)
timeit.default_timer()
timeit.Timer('1')
timeit.Timer('1').timeit(1)
tokenize.generate_tokens(io.StringIO('x').readline)
tokenize.tokenize(io.BytesIO(b'x').readline)
tokenize.untokenize(iter([(1, 'x')]))
tomllib.loads('a = 1')
tomllib.load(io.BytesIO(b'a = 1'))
traceback.TracebackException(ValueError, ValueError('x'), None)
traceback.clear_frames(None)
traceback.StackSummary.extract(iter([]))
traceback.StackSummary.from_list([summary])
summaries.format()
told.format()
told.print()
told.print(file=out)
types.ModuleType('m')
types.MethodType(f, xs)
urllib.parse.urljoin('http://a.invalid/', 'b')
opener.add_handler(urllib.request.HTTPHandler())
uuid.uuid1()
uuid.uuid5(id_, 'a')
warnings.formatwarning('m', UserWarning, 'f', 1)
weakref.proxy(plain)
weakref.WeakValueDictionary()
weakref.finalize(plain, f)
finalizer.__call__()
finalizer.detach()
finalizer.peek()
weak_set.add(Plain)
ET.SubElement(tree, 'c')
ET.dump(tree)
ET.indent(tree)
ET.iterparse(io.StringIO('<a/>'))
ET.ElementTree(tree)
ET.register_namespace('p', 'http://a.invalid/')
ET.fromstringlist(iter(['<a/>']))
whole.parse(io.StringIO('<a/>'))
whole._setroot(tree)
whole._setroot(ET.Element('c'))
xml.dom.minidom.parse(io.BytesIO(b'<a/>'))
xml.dom.minidom.parseString('<a/>')
zoneinfo.ZoneInfo('UTC')
zoneinfo.available_timezones()
zoneinfo.ZoneInfo.no_cache('UTC')
zoneinfo.ZoneInfo.from_file(zone_file)
zoneinfo.ZoneInfo('UTC').utcoffset(moment)
marshal.dump([1], bytes_out)
marshal.load(io.BytesIO(marshal.dumps([1])))
path.hardlink_to(path)  # allows nothing: it is there
path.iterdir()  # allows nothing: it is no folder
pathlib.Path.home()
subprocess.getoutput('true')
atexit.register(f)
atexit.unregister(f)
abc.abstractmethod(f)
abc.abstractmethod(plain)
abc.abstractproperty(f)
abc.ABC.register(Plain)
abc.update_abstractmethods(Plain)
abc.ABC()
abc.get_cache_token()
asyncio.Queue()
asyncio.Event()
asyncio.iscoroutinefunction(f)
asyncio.run(asyncio.sleep(0))
asyncio.sleep(0, xs)
asyncio.Event().set()
asyncio.Queue().put_nowait(xs)
asyncio.Queue().qsize()
waiting.get_nowait()
os.get_blocking(0)
os.getxattr(attributed, 'user.x')
os.fwalk(folder)
csv.unregister_dialect('excel-tab')
multiple.__iter__()  # allows nothing: it is not there
urllib.parse.urlparse('http://a.invalid/b').geturl()
urllib.parse.urlparse('http://a.invalid/b').encode()
urllib.parse.urlparse(b'http://a.invalid/b').decode()
urllib.parse.urldefrag('http://a.invalid/b').geturl()
urllib.parse.urlsplit(b'http://a.invalid/b').decode()
urllib.request.OpenerDirector()
urllib.request.HTTPPasswordMgr()
urllib.request.HTTPPasswordMgrWithPriorAuth()
urllib.request.CacheFTPHandler()
urllib.request.AbstractBasicAuthHandler(passwords)
urllib.request.ProxyBasicAuthHandler(passwords)
urllib.request.HTTPDigestAuthHandler(passwords)
urllib.request.ProxyHandler()
urllib.request.FancyURLopener()
urllib.request.URLopener({'http': 'http://p.invalid'})
opener.close()
passwords.add_password('r', ['http://b.invalid/'], 'u', 'p')
passwords.find_user_password('r', 'http://a.invalid/')
passwords.is_authenticated('http://a.invalid/')
passwords.is_suburi(('a', '/'), ('a', '/b'))
passwords.reduce_uri('http://a.invalid/')
passwords.update_authenticated('http://a.invalid/', True)
basic.add_parent(opener)
basic.close()
basic.http_request(request)
basic.http_error_auth_reqed('www-authenticate', 'a.invalid', request, headers)
cookies.http_request(request)
digests.reset_retry_count()
digests.get_algorithm_impls('MD5')
digests.get_cnonce('n')
digests.get_entity_digest(None, {})
digests.get_authorization(request, {'realm': 'r', 'nonce': 'n'})
digests.http_error_auth_reqed('www-authenticate', 'a.invalid', request, headers)
redirects.redirect_request(request, buffer, 302, 'm', headers, 'http://b.invalid/')
redirects.http_error_302(request, buffer, 302, 'm', headers)
http_handler.set_http_debuglevel(1)
http_handler.http_request(request)
ftp.setTimeout(1)
ftp.setMaxConns(1)
ftp.clear_cache()
proxies.proxy_open(request, 'http://u:p@p.invalid', 'http')
files.open_local_file(file_request)
files.file_open(file_request)
urllib.request.DataHandler().data_open(data_request)
old_opener.addheader('a', 'b')
old_opener.open(file_request.full_url)
old_opener.open_data('text/plain,a')
old_opener.open_local_file(os.path.abspath(file))
old_opener.retrieve(file_request.full_url, 'n.txt')
old_opener.cleanup()
old_opener.close()
old_opener.http_error_default('u', buffer, 404, 'm', headers)
logging.BufferingFormatter(formatter)
logging.Logger('n')
buffering.format([record])
buffering.formatHeader([record])
buffering.formatFooter([record])
filter_.filter(logging.makeLogRecord({'name': 'a'}))
record.getMessage()
io.IncrementalNewlineDecoder(by_decoder, True)
newlines.decode(b'ab\\xc3')
newlines.getstate()
newlines.reset()
newlines.setstate((b'', 1))
sqlite3.DateFromTicks(0)
sqlite3.TimestampFromTicks(0)
subprocess.CompletedProcess(xs, 0)
archive.printdir(out)
module_zip.writepy(source)
"""
EXAMPLES = "\n".join(line for line in EXAMPLES.splitlines() if "allows nothing" not in line)


def restore():
    root = logging.getLogger()
    for own in (root, logging.getLogger("claims")):
        for each in list(own.handlers):
            own.removeHandler(each)
            each.close()
        own.filters.clear()
    root.setLevel(logging.WARNING)
    logging.root.manager.loggerDict.pop("claims.new", None)
    csv.field_size_limit(131072)
    if "mine" in csv.list_dialects():
        csv.unregister_dialect("mine")
    decimal.setcontext(decimal.Context(prec=28))
    if "zip" not in dict(shutil.get_archive_formats()):
        shutil.register_archive_format("zip", shutil._make_zipfile, [], "ZIP file")
    while POOLS:
        POOLS.pop().shutdown()
    if "excel-tab" not in csv.list_dialects():
        csv.register_dialect("excel-tab", csv.excel_tab)
    urllib.request._opener = None
    linecache.clearcache()


def is_no_view(result, value):
    # A copy of a container is none, though both hold the same items; nor is what was drawn from an iterator.
    kinds = (list, dict, set, tuple, array.array)
    return result is not value and isinstance(result, kinds) and (isinstance(value, kinds) or hasattr(value, "__next__"))


def content(value):
    """Databases by what is in them, queues and events by what they show."""
    if isinstance(value, sqlite3.Connection):
        try:
            return [value.in_transaction, value.total_changes, list(value.iterdump())]
        except sqlite3.ProgrammingError:
            return ["closed"]
    if isinstance(value, pathlib.PurePath):
        return [str(value)]
    if isinstance(value, array.array):
        return [value.typecode, value.tobytes()]
    if isinstance(value, (bz2.BZ2Decompressor, lzma.LZMADecompressor)):
        return [value.eof, value.needs_input]
    if isinstance(value, functools.singledispatchmethod):
        return list(value.dispatcher.registry)
    if isinstance(value, functools._lru_cache_wrapper):
        return list(value.cache_info())
    if isinstance(value, pickle.Pickler):
        return [len(value.memo.copy())]
    if isinstance(value, (type(threading.Lock()), type(threading.RLock()))):
        # How often it is held stands nowhere else.
        return [repr(value).partition(" object at ")[0], repr(value).partition("count=")[2].partition(" ")[0]]
    if isinstance(value, tempfile.SpooledTemporaryFile):
        return [value.closed or (value._rolled, value.tell())]
    if isinstance(value, weakref.finalize):
        return [value.alive]
    if isinstance(value, queue.Queue):
        return [*value.queue, value.unfinished_tasks]
    if isinstance(value, queue.SimpleQueue):
        return [value.qsize()]
    if isinstance(value, threading.Event):
        return [value.is_set()]
    if isinstance(value, threading.Thread):
        return [value.name, value.daemon, value.ident is not None, getattr(value, "finished", None)]
    if isinstance(value, zipfile.ZipFile):
        return [value.fp is None, [each.filename for each in value.filelist], value.pwd]
    if isinstance(value, (xml.etree.ElementTree.Element,)):
        return [value.tag, dict(value.attrib), value.text, value.tail, list(value)]
    if isinstance(value, sqlite3.Blob):
        try:
            return [value.tell()]
        except sqlite3.ProgrammingError:
            return ["closed"]
    if hasattr(value, "hexdigest") and not isinstance(value, type):
        return [value.digest(1) if "shake" in value.name else value.hexdigest()]
    if isinstance(value, random.Random) and not isinstance(value, random.SystemRandom):
        return [value.getstate()]
    return None
