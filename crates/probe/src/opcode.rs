//! Opcodes: the instructions that matter here, as each version of CPython numbers them.
//!
//! The numbers are those of CPython's `opcode.h` and `opcode_ids.h`. The module `opcode` is not
//! imported: the program's own folder is the first where modules are looked for by now.

pub(crate) use table::*;

/// The bits of a code object's flags that are `from __future__ import …`: `PyCF_MASK`.
pub(crate) const FUTURE: i32 = 0x01fe_0000;

/// What the argument of an instruction at module level is a number of.
pub(crate) enum Numbered {
    /// A name.
    Name,
    /// A name, and in the lowest bit something else.
    NameTwice,
    /// A constant.
    Constant,
    /// A local variable: of a comprehension, from 3.12 on.
    Local,
    /// Two local variables, four bits each.
    #[cfg_attr(not(Py_3_13), expect(dead_code, reason = "there are none before 3.13"))]
    LocalTwice,
    /// Nothing that stands in a table, or there is none.
    Other,
    /// What hardly stands at module level.
    Unusual,
}

/// What an instruction does with a local variable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Local {
    Read,
    Bound,
    Untouched,
}

/// What an instruction about [local variables](Numbered::Local) does with one of them.
pub(crate) fn local(opcode: u8, argument: u32, variable: u32) -> Local {
    let used = |place: u32, binds: bool| match place == variable {
        true if binds => Local::Bound,
        true => Local::Read,
        false => Local::Untouched,
    };
    match local_pair(opcode) {
        None => used(argument, opcode == STORE_FAST),
        Some((first, second)) => match used(argument >> 4, first) {
            Local::Untouched => used(argument & 15, second),
            done => done,
        },
    }
}

/// Which way a jump goes. Its argument counts code units from the instruction that follows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Jump {
    Forward,
    Backward,
}

#[cfg(not(Py_3_13))]
mod table {
    use super::{Jump, Numbered};

    pub(crate) const POP_TOP: u8 = 1;
    pub(crate) const NOP: u8 = 9;
    pub(crate) const UNARY_NEGATIVE: u8 = 11;
    pub(crate) const BINARY_SUBSCR: u8 = 25;
    pub(crate) const RETURN_VALUE: u8 = 83;
    /// From 3.12 on.
    pub(crate) const RETURN_CONST: Option<u8> = if cfg!(Py_3_12) { Some(121) } else { None };
    pub(crate) const SETUP_ANNOTATIONS: u8 = 85;
    pub(crate) const LOAD_CONST: u8 = 100;
    pub(crate) const LOAD_NAME: u8 = 101;
    pub(crate) const BUILD_TUPLE: u8 = 102;
    pub(crate) const BUILD_LIST: u8 = 103;
    pub(crate) const LOAD_ATTR: u8 = 106;
    pub(crate) const JUMP_FORWARD: u8 = 110;
    pub(crate) const EXTENDED_ARG: u8 = 144;
    pub(crate) const STORE_FAST: u8 = 125;
    pub(crate) const RESUME: u8 = 151;

    /// Whether each of two local variables in one instruction is bound; `None` for one variable.
    pub(crate) fn local_pair(_opcode: u8) -> Option<(bool, bool)> {
        None
    }

    /// Whether the code may go on with the next instruction.
    pub(crate) fn falls_through(opcode: u8) -> bool {
        const BACKWARD: [u8; 2] = [134, 140];
        !(matches!(opcode, JUMP_FORWARD | RETURN_VALUE)
            || BACKWARD.contains(&opcode)
            || Some(opcode) == RETURN_CONST)
    }

    /// What the argument of an instruction is a number of.
    pub(crate) fn numbered(opcode: u8) -> Numbered {
        const STORE_NAME: u8 = 90;
        const DELETE_NAME: u8 = 91;
        const STORE_ATTR: u8 = 95;
        const DELETE_ATTR: u8 = 96;
        const STORE_GLOBAL: u8 = 97;
        const DELETE_GLOBAL: u8 = 98;
        const LOAD_GLOBAL: u8 = 116;
        const LOAD_FAST: u8 = 124;
        const DELETE_FAST: u8 = 126;
        const LOAD_FAST_CHECK: u8 = 127;
        const MAKE_CELL: u8 = 135;
        const LOAD_CLASSDEREF: u8 = 148;
        const LOAD_SUPER_ATTR: u8 = 141;
        const LOAD_FAST_AND_CLEAR: u8 = 143;
        const LOAD_FROM_DICT_OR_GLOBALS: u8 = 175;
        const LOAD_FROM_DICT_OR_DEREF: u8 = 176;
        const IMPORT_NAME: u8 = 108;
        const IMPORT_FROM: u8 = 109;
        const LOAD_METHOD: u8 = 160;
        const KW_NAMES: u8 = 172;
        match opcode {
            LOAD_ATTR if cfg!(Py_3_12) => Numbered::NameTwice,
            LOAD_METHOD if cfg!(not(Py_3_12)) => Numbered::Name,
            STORE_NAME | DELETE_NAME | STORE_ATTR | DELETE_ATTR | LOAD_NAME | LOAD_ATTR
            | IMPORT_NAME | IMPORT_FROM => Numbered::Name,
            _ if Some(opcode) == RETURN_CONST => Numbered::Constant,
            LOAD_CONST | KW_NAMES => Numbered::Constant,
            LOAD_FAST | STORE_FAST | DELETE_FAST => Numbered::Local,
            LOAD_FAST_CHECK | LOAD_FAST_AND_CLEAR if cfg!(Py_3_12) => Numbered::Local,
            LOAD_SUPER_ATTR | LOAD_FROM_DICT_OR_GLOBALS | LOAD_FROM_DICT_OR_DEREF
                if cfg!(Py_3_12) =>
            {
                Numbered::Unusual
            }
            STORE_GLOBAL | DELETE_GLOBAL | LOAD_GLOBAL | MAKE_CELL..=139 | LOAD_CLASSDEREF => {
                Numbered::Unusual
            }
            _ => Numbered::Other,
        }
    }

    /// Which way an instruction jumps, if it does.
    pub(crate) fn jump(opcode: u8) -> Option<Jump> {
        // From 3.12 on there are no jumps of the last two kinds.
        match opcode {
            93 | JUMP_FORWARD | 114 | 115 | 123 | 128 | 129 => Some(Jump::Forward),
            134 | 140 => Some(Jump::Backward),
            111 | 112 if cfg!(not(Py_3_12)) => Some(Jump::Forward),
            173..=176 if cfg!(not(Py_3_12)) => Some(Jump::Backward),
            _ => None,
        }
    }

    /// Whether an instruction says which arguments of the call that follows have names.
    pub(crate) fn names_arguments(opcode: u8, _next: u8) -> bool {
        const KW_NAMES: u8 = 172;
        opcode == KW_NAMES
    }

    /// What an instruction does, where the compiler chose between several ways to do it.
    pub(crate) fn class(opcode: u8) -> u8 {
        // From 3.12 on there is no LOAD_METHOD.
        const LOAD_METHOD: u8 = 160;
        match opcode {
            LOAD_METHOD if cfg!(not(Py_3_12)) => LOAD_ATTR,
            _ if Some(opcode) == RETURN_CONST => RETURN_VALUE,
            BUILD_LIST => BUILD_TUPLE,
            other => other,
        }
    }
}

#[cfg(Py_3_13)]
mod table {
    use super::{Jump, Numbered};

    pub(crate) const BINARY_SUBSCR: u8 = 5;
    pub(crate) const NOP: u8 = 30;
    pub(crate) const POP_TOP: u8 = 32;
    pub(crate) const RETURN_VALUE: u8 = 36;
    pub(crate) const SETUP_ANNOTATIONS: u8 = 37;
    pub(crate) const UNARY_NEGATIVE: u8 = 42;
    pub(crate) const BUILD_LIST: u8 = 47;
    pub(crate) const BUILD_TUPLE: u8 = 52;
    pub(crate) const EXTENDED_ARG: u8 = 71;
    pub(crate) const JUMP_FORWARD: u8 = 79;
    pub(crate) const LOAD_CONST: u8 = 83;
    pub(crate) const LOAD_NAME: u8 = 92;
    pub(crate) const STORE_NAME: u8 = 114;
    pub(crate) const STORE_FAST: u8 = 110;
    pub(crate) const RESUME: u8 = 149;
    pub(crate) const RETURN_CONST: Option<u8> = Some(RETURNS_CONSTANT);
    const RETURNS_CONSTANT: u8 = 103;

    /// Whether each of two local variables in one instruction is bound; `None` for one variable.
    pub(crate) fn local_pair(opcode: u8) -> Option<(bool, bool)> {
        match opcode {
            88 => Some((false, false)),
            111 => Some((true, false)),
            112 => Some((true, true)),
            _ => None,
        }
    }

    /// Whether the code may go on with the next instruction.
    pub(crate) fn falls_through(opcode: u8) -> bool {
        const BACKWARD: [u8; 2] = [77, 78];
        !(matches!(opcode, JUMP_FORWARD | RETURN_VALUE | RETURNS_CONSTANT)
            || BACKWARD.contains(&opcode))
    }

    /// What the argument of an instruction is a number of.
    pub(crate) fn numbered(opcode: u8) -> Numbered {
        const DELETE_ATTR: u8 = 63;
        const DELETE_DEREF: u8 = 64;
        const DELETE_FAST: u8 = 65;
        const DELETE_GLOBAL: u8 = 66;
        const DELETE_NAME: u8 = 67;
        const IMPORT_FROM: u8 = 74;
        const IMPORT_NAME: u8 = 75;
        const LOAD_ATTR: u8 = 82;
        const LOAD_DEREF: u8 = 84;
        const LOAD_FAST: u8 = 85;
        const LOAD_FAST_CHECK: u8 = 87;
        const LOAD_FAST_LOAD_FAST: u8 = 88;
        const LOAD_FROM_DICT_OR_DEREF: u8 = 89;
        const LOAD_GLOBAL: u8 = 91;
        const LOAD_SUPER_ATTR: u8 = 93;
        const MAKE_CELL: u8 = 94;
        const STORE_ATTR: u8 = 108;
        const STORE_DEREF: u8 = 109;
        const STORE_FAST_STORE_FAST: u8 = 112;
        const STORE_GLOBAL: u8 = 113;
        match opcode {
            LOAD_ATTR => Numbered::NameTwice,
            STORE_NAME | DELETE_NAME | STORE_ATTR | DELETE_ATTR | LOAD_NAME | IMPORT_NAME
            | IMPORT_FROM => Numbered::Name,
            LOAD_CONST | RETURNS_CONSTANT => Numbered::Constant,
            DELETE_FAST | LOAD_FAST..=LOAD_FAST_CHECK | STORE_FAST => Numbered::Local,
            LOAD_FAST_LOAD_FAST | 111..=STORE_FAST_STORE_FAST => Numbered::LocalTwice,
            DELETE_DEREF
            | DELETE_GLOBAL
            | LOAD_DEREF
            | LOAD_SUPER_ATTR
            | MAKE_CELL
            | STORE_DEREF
            | STORE_GLOBAL
            | LOAD_FROM_DICT_OR_DEREF..=LOAD_GLOBAL => Numbered::Unusual,
            _ => Numbered::Other,
        }
    }

    /// Which way an instruction jumps, if it does.
    pub(crate) fn jump(opcode: u8) -> Option<Jump> {
        match opcode {
            72 | JUMP_FORWARD | 97..=100 | 104 => Some(Jump::Forward),
            77 | 78 => Some(Jump::Backward),
            _ => None,
        }
    }

    /// Whether an instruction says which arguments of the call that follows have names.
    pub(crate) fn names_arguments(opcode: u8, next: u8) -> bool {
        const CALL_KW: u8 = 57;
        opcode == LOAD_CONST && next == CALL_KW
    }

    /// What an instruction does, where the compiler chose between several ways to do it. Of two loads
    /// or stores in one, it is the first.
    pub(crate) fn class(opcode: u8) -> u8 {
        const LOAD_FAST: u8 = 85;
        const LOAD_FAST_LOAD_FAST: u8 = 88;
        const STORE_FAST_LOAD_FAST: u8 = 111;
        const STORE_FAST_STORE_FAST: u8 = 112;
        match opcode {
            LOAD_FAST_LOAD_FAST => LOAD_FAST,
            STORE_FAST_LOAD_FAST | STORE_FAST_STORE_FAST => STORE_FAST,
            RETURNS_CONSTANT => RETURN_VALUE,
            BUILD_LIST => BUILD_TUPLE,
            other => other,
        }
    }
}
