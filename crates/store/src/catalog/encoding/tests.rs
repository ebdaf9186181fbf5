use clew_graph::{BlockKind, Graph, Operator};
use expect_test::{Expect, expect};

use super::{decode, encode};

/// Lists the bytes of each node of a graph, and sees that they are read back.
fn check(graph: &str, expected: Expect) {
    let graph: Graph = graph.parse().unwrap();
    let mut lines = String::new();
    for node in graph.nodes() {
        let data = encode(&node.kind).unwrap();
        assert_eq!(decode(&data).unwrap(), node.kind);
        let bytes: Vec<String> = data.iter().map(|byte| format!("{byte:02x}")).collect();
        lines.push_str(&format!("{} = {}\n", bytes.join(" "), node.kind));
    }
    expected.assert_eq(&lines);
}

#[test]
fn what_was_stored_once_is_read_for_ever() {
    check(
        r#"
n0 = import pandas
n1 = import pandas package "pandas" version "2.1"
n2 = lookup print
n3 = literal None
n4 = literal True
n5 = literal -1
n6 = literal 100000000000000000000
n7 = literal 1.5
n8 = literal 2.0j
n9 = literal "text"
n10 = literal b"\x00"
n11 = literal ...
n12 = call n2(n3, *n4, key=n5, **n6) reads {a=n7} after {n8, n9}
n13 = call add(n3, n4)
n14 = mutate n3 by n12
n15 = global x of n12
n16 = if n4 companion n12 unexecuted n3
n17 = if n4
n18 = else n16 unexecuted n3
n19 = else n16
n20 = block for reads {a=n3} after {n4} calls {append, print}
n21 = call n2() after {n8, random=n9}
n22 = mutate n3 by n12 as list.append observed
n23 = block for after {random=n4}
n24 = undo "x.clear()" of {n3} reads {x=n4} after {random=n5}
"#,
        expect![[r#"
            00 06 70 61 6e 64 61 73 00 00 = import pandas
            00 06 70 61 6e 64 61 73 01 06 70 61 6e 64 61 73 01 03 32 2e 31 = import pandas package "pandas" version "2.1"
            01 05 70 72 69 6e 74 = lookup print
            02 00 = literal None
            02 01 01 = literal True
            02 02 01 = literal -1
            02 03 15 31 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 = literal 100000000000000000000
            02 04 00 00 00 00 00 00 f8 3f = literal 1.5
            02 05 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 40 = literal 2.0j
            02 06 04 74 65 78 74 = literal "text"
            02 07 01 00 = literal b"\x00"
            02 08 = literal ...
            03 00 02 02 03 00 04 01 02 01 03 6b 65 79 05 00 06 01 01 61 07 02 08 09 = call n2(n3, *n4, key=n5, **n6) reads {a=n7} after {n8, n9}
            03 01 00 02 03 00 04 00 00 00 00 = call add(n3, n4)
            04 03 0c = mutate n3 by n12
            05 01 78 0c = global x of n12
            06 04 01 0c 01 03 = if n4 companion n12 unexecuted n3
            06 04 00 00 = if n4
            07 10 01 03 = else n16 unexecuted n3
            07 10 00 = else n16
            08 00 01 01 61 03 01 04 02 06 61 70 70 65 6e 64 05 70 72 69 6e 74 = block for reads {a=n3} after {n4} calls {append, print}
            09 00 02 00 00 00 02 08 00 09 01 06 72 61 6e 64 6f 6d = call n2() after {n8, random=n9}
            0a 03 0c 01 0b 6c 69 73 74 2e 61 70 70 65 6e 64 02 = mutate n3 by n12 as list.append observed
            0b 00 00 01 04 01 06 72 61 6e 64 6f 6d 00 = block for after {random=n4}
            0c 09 78 2e 63 6c 65 61 72 28 29 01 03 01 01 78 04 01 05 01 06 72 61 6e 64 6f 6d = undo "x.clear()" of {n3} reads {x=n4} after {random=n5}
        "#]],
    );
}

#[test]
fn an_operator_keeps_its_number() {
    let words: Vec<&str> = Operator::ALL.iter().map(|operator| operator.word()).collect();
    expect!["add sub mul matmul truediv floordiv mod pow lshift rshift and_ or_ xor iadd isub imul imatmul itruediv ifloordiv imod ipow ilshift irshift iand ior ixor neg pos invert not_ compare and or conditional getattr setattr delattr getitem setitem delitem delname slice list tuple set dict format alias unpack assert raise await import_from evaluate"].assert_eq(&words.join(" "));
}

#[test]
fn a_kind_of_block_keeps_its_number() {
    let words: Vec<&str> = BlockKind::ALL.iter().map(|kind| kind.word()).collect();
    expect!["for while with try match def class unexecuted unknown inner call"]
        .assert_eq(&words.join(" "));
}

#[test]
fn bytes_of_a_kind_that_is_not_known_are_an_error() {
    assert!(decode(&[200, 1, 2, 3]).is_err());
}
