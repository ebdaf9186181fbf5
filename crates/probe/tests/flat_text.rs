//! A flat text has the same code, at the same places, whether its probes are written into the text or put
//! into its syntax tree; a long text of which some statements are flat does the same.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

/// Prints the first difference between the two codes of each text, by the module of `examples/unheard.rs`.
/// What a program sees of a code object is that without probes, so CPython's C API is asked.
const COMPARE: &str = r##"
import ctypes, dis, sys, unheard

api = ctypes.pythonapi
api.PyCode_GetCode.restype = ctypes.py_object
where = api.PyCode_Addr2Location

def instructions(code):
    units = api.PyCode_GetCode(ctypes.py_object(code))
    for offset in range(0, len(units), 2):
        place = [ctypes.c_int() for _ in range(4)]
        where(ctypes.py_object(code), offset, *map(ctypes.byref, place))
        name, argument = dis.opname[units[offset]], units[offset + 1]
        # The probes are other ones of the constants, and what does nothing is kept or not.
        if name not in ("EXTENDED_ARG", "NOP"):
            constant = name in ("LOAD_CONST", "KW_NAMES", "RETURN_CONST")
            yield name, constant or argument, [number.value for number in place]

def statements(i):
    yield f"v{i} = v{i - 1} + {i}"
    yield f"words.a{i % 200}.append(str({i}), k=v{i}).upper"
    yield f"'text {i}'"
    yield "x = f(\n  1)"

long = "\n".join(line for i in range(300) for line in statements(i))
texts = open("texts", encoding="utf-8", newline="").read().split("\n---\n")
for text in [*texts, long, "# A line.\n\n" + long + "\nlast(1)"]:
    by_text, by_tree = map(list, map(instructions, unheard.both_ways(text)))
    probes = sum(name == "UNARY_NEGATIVE" for name, *_ in by_text)
    assert probes, text[:500]
    for one, other in zip(by_text, by_tree):
        if one != other:
            print(repr(text[:500]), one, "is", other)
            break
    if len(by_text) != len(by_tree):
        print(repr(text[:500]), len(by_text), "instructions are", len(by_tree))
"##;

/// Divided by lines of three hyphens.
const TEXTS: &str = include_str!("flat_texts.txt");

/// Runs each text by the two codes, between flat statements, and prints the first difference in what a trace
/// function is told, where an exception says that it comes from, and which variables there are.
const RUN: &str = r##"
import sys, unheard

def flat(name, count):
    yield f"{name}0 = 0"
    for i in range(1, count):
        yield f"{name}{i} = {name}{i - 1} + 2"
        yield f"str({name}{i}).upper()"

def places(error):
    while error is not None:
        traceback = error.__traceback__
        while traceback is not None:
            code, offset = traceback.tb_frame.f_code, traceback.tb_lasti
            positions = code.co_positions()
            yield type(error), str(error), code.co_name, traceback.tb_lineno
            traceback = traceback.tb_next
        error = error.__context__

def run(code):
    events = []
    def trace(frame, event, argument):
        if frame.f_code.co_filename != "text.py":
            return None
        events.append((frame.f_code.co_name, frame.f_code.co_firstlineno, event, frame.f_lineno))
        return trace
    namespace = {"__name__": "__main__"}
    sys.settrace(trace)
    try:
        exec(code, namespace)
    except BaseException as error:
        sys.settrace(None)
        events.extend(places(error))
    sys.settrace(None)
    kept = {name: value for name, value in namespace.items() if isinstance(value, (int, str, list, tuple))}
    return [*events, sorted(kept.items(), key=str)]

blocks = open("texts", encoding="utf-8", newline="").read().split("\n---\n")
before, after = "\n".join(flat("v", 200)), "\n".join(flat("w", 200))
few = "\n".join(flat("u", 4))
joined = [f"{before}\n{block}\n{after}\n" for block in blocks]
# What is compiled in stretches has read a name at their ends. Nothing comes behind some of the blocks, and
# annotations of variables are set up where a module begins.
alone = [text for text in joined if "<end of part>" not in unheard.both_ways(text)[0].co_names]
if len(alone) != 3:
    print("in one piece:", alone)
joined += [f"{before}\n{block}" for block in blocks]
joined += [f"v3 = 6\n{block}\n# A line.\n\n{few}\n{block}\n{before}\n\n{block}\n{after}" for block in blocks]
joined += [f"from __future__ import annotations\n{before}\ndef f(a: no.such) -> b: return a\nx = f(1)\n{after}"]
joined += ["\n".join(f"{before}\n{block}" for block in blocks[:6])]
for text in joined:
    by_text, by_tree = unheard.both_ways(text)
    one, other = run(by_text), run(by_tree)
    if one != other:
        at = next((at for at, pair in enumerate(zip(one, other)) if pair[0] != pair[1]), -1)
        print(repr(text[-900:]), one[at], "is", other[at])
"##;

/// Divided by lines of three hyphens.
const BLOCKS: &str = include_str!("block_texts.txt");

#[test]
fn probes_are_where_a_tree_has_them() {
    assert_eq!(printed(COMPARE, TEXTS), "");
}

#[test]
fn blocks_between_flat_statements_do_the_same() {
    assert_eq!(printed(RUN, BLOCKS), "");
}

/// What a Python program prints that has the texts beside it, and the module of `examples/unheard.rs`.
fn printed(program: &str, texts: &str) -> String {
    // Cargo builds the examples of a package before it runs its tests.
    let test = env::current_exe().expect("a test knows where it is");
    let profile = test.ancestors().nth(2).expect("tests are in `deps` of a profile");
    let library = format!("{}unheard{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
    let folder = tempfile::tempdir().expect("a folder for the module");
    let module = Path::new("unheard").with_extension(if cfg!(windows) { "pyd" } else { "so" });
    fs::copy(profile.join("examples").join(library), folder.path().join(module))
        .expect("the example `unheard` is built with the tests");
    fs::write(folder.path().join("texts"), texts).expect("the texts are written");
    let output = Command::new(env::var_os("PYO3_PYTHON").unwrap_or_else(|| "python3".into()))
        .args(["-W", "ignore", "-c", program])
        .current_dir(folder.path())
        .env("PYTHONPATH", folder.path())
        .output()
        .expect("the interpreter starts");
    let said = [output.stdout, output.stderr].concat();
    String::from_utf8_lossy(&said).into_owned()
}
