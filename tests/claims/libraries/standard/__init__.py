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

from libraries.standard import data, interpreter, services

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
EXAMPLES = data.EXAMPLES + services.EXAMPLES + interpreter.EXAMPLES
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
