//! Opcodes: the instructions that matter here, as each version of CPython numbers them.
//!
//! The numbers are those of CPython's `opcode.h` and `opcode_ids.h`. The module `opcode` is not
//! imported: the program's own folder is the first where modules are looked for by now.

pub(crate) use table::*;

/// What the argument of an instruction at module level is a number of.
pub(crate) enum Numbered {
    /// A name.
    Name,
    /// A name, and in the lowest bit something else.
    NameTwice,
    /// A constant.
    Constant,
    /// Nothing that stands in a table, or there is none.
    Other,
}

#[cfg(not(Py_3_13))]
mod table {
    use super::Numbered;

    pub(crate) const POP_TOP: u8 = 1;
    pub(crate) const NOP: u8 = 9;
    pub(crate) const UNARY_NEGATIVE: u8 = 11;
    pub(crate) const BINARY_SUBSCR: u8 = 25;
    pub(crate) const RETURN_VALUE: u8 = 83;
    pub(crate) const LOAD_CONST: u8 = 100;
    pub(crate) const BUILD_TUPLE: u8 = 102;
    pub(crate) const BUILD_LIST: u8 = 103;
    pub(crate) const LOAD_ATTR: u8 = 106;
    pub(crate) const EXTENDED_ARG: u8 = 144;
    pub(crate) const RESUME: u8 = 151;

    /// What the argument of an instruction is a number of.
    pub(crate) fn numbered(opcode: u8) -> Numbered {
        const STORE_NAME: u8 = 90;
        const STORE_ATTR: u8 = 95;
        const LOAD_NAME: u8 = 101;
        const IMPORT_NAME: u8 = 108;
        const IMPORT_FROM: u8 = 109;
        const LOAD_METHOD: u8 = 160;
        const KW_NAMES: u8 = 172;
        const RETURN_CONST: u8 = 121;
        match opcode {
            LOAD_ATTR if cfg!(Py_3_12) => Numbered::NameTwice,
            LOAD_METHOD if cfg!(not(Py_3_12)) => Numbered::Name,
            STORE_NAME | STORE_ATTR | LOAD_NAME | LOAD_ATTR | IMPORT_NAME | IMPORT_FROM => {
                Numbered::Name
            }
            RETURN_CONST if cfg!(Py_3_12) => Numbered::Constant,
            LOAD_CONST | KW_NAMES => Numbered::Constant,
            _ => Numbered::Other,
        }
    }

    /// Whether an instruction says which arguments of the call that follows have names.
    pub(crate) fn names_arguments(opcode: u8, _next: u8) -> bool {
        const KW_NAMES: u8 = 172;
        opcode == KW_NAMES
    }

    /// What an instruction does, where the compiler chose between several ways to do it.
    pub(crate) fn class(opcode: u8) -> u8 {
        // From 3.12 on there is no LOAD_METHOD, and before it no RETURN_CONST.
        const LOAD_METHOD: u8 = 160;
        const RETURN_CONST: u8 = 121;
        match opcode {
            LOAD_METHOD if cfg!(not(Py_3_12)) => LOAD_ATTR,
            RETURN_CONST if cfg!(Py_3_12) => RETURN_VALUE,
            BUILD_LIST => BUILD_TUPLE,
            other => other,
        }
    }
}

#[cfg(Py_3_13)]
mod table {
    use super::Numbered;

    pub(crate) const BINARY_SUBSCR: u8 = 5;
    pub(crate) const NOP: u8 = 30;
    pub(crate) const POP_TOP: u8 = 32;
    pub(crate) const RETURN_VALUE: u8 = 36;
    pub(crate) const UNARY_NEGATIVE: u8 = 42;
    pub(crate) const BUILD_LIST: u8 = 47;
    pub(crate) const BUILD_TUPLE: u8 = 52;
    pub(crate) const EXTENDED_ARG: u8 = 71;
    pub(crate) const LOAD_CONST: u8 = 83;
    pub(crate) const STORE_NAME: u8 = 114;
    pub(crate) const RESUME: u8 = 149;
    const RETURN_CONST: u8 = 103;

    /// What the argument of an instruction is a number of.
    pub(crate) fn numbered(opcode: u8) -> Numbered {
        const IMPORT_FROM: u8 = 74;
        const IMPORT_NAME: u8 = 75;
        const LOAD_ATTR: u8 = 82;
        const LOAD_NAME: u8 = 92;
        const STORE_ATTR: u8 = 108;
        match opcode {
            LOAD_ATTR => Numbered::NameTwice,
            STORE_NAME | STORE_ATTR | LOAD_NAME | IMPORT_NAME | IMPORT_FROM => Numbered::Name,
            LOAD_CONST | RETURN_CONST => Numbered::Constant,
            _ => Numbered::Other,
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
        const STORE_FAST: u8 = 110;
        const STORE_FAST_LOAD_FAST: u8 = 111;
        const STORE_FAST_STORE_FAST: u8 = 112;
        match opcode {
            LOAD_FAST_LOAD_FAST => LOAD_FAST,
            STORE_FAST_LOAD_FAST | STORE_FAST_STORE_FAST => STORE_FAST,
            RETURN_CONST => RETURN_VALUE,
            BUILD_LIST => BUILD_TUPLE,
            other => other,
        }
    }
}
