//! What Python's own syntax changes.

use std::fmt::Write;

use clew_effects::operator::effects;
use clew_effects::{CallShape, Catalog, Class};
use clew_graph::Operator;
use expect_test::expect;

#[test]
fn every_operator_has_effects_on_operands_of_any_type() {
    let mut lines = String::new();
    for &operator in Operator::ALL {
        let effects = effects(operator);
        writeln!(lines, "{}: {} ({})", operator.word(), effects, effects.confidence.word())
            .unwrap();
    }
    expect![[r#"
        add: views result, * (inferred)
        sub: views result, * (inferred)
        mul: views result, * (inferred)
        matmul: views result, * (inferred)
        truediv: views result, * (inferred)
        floordiv: views result, * (inferred)
        mod: views result, * (inferred)
        pow: views result, * (inferred)
        lshift: mutates *; views result, * (assumed)
        rshift: mutates *; views result, * (assumed)
        and_: mutates *; views result, * (assumed)
        or_: mutates *; views result, * (assumed)
        xor: mutates *; views result, * (assumed)
        iadd: mutates 0 shallow; consumes 1; views result, * (inferred)
        isub: mutates 0 shallow; consumes 1; views result, * (inferred)
        imul: mutates 0 shallow; consumes 1; views result, * (inferred)
        imatmul: mutates 0 shallow; consumes 1; views result, * (inferred)
        itruediv: mutates 0 shallow; consumes 1; views result, * (inferred)
        ifloordiv: mutates 0 shallow; consumes 1; views result, * (inferred)
        imod: mutates 0 shallow; consumes 1; views result, * (inferred)
        ipow: mutates 0 shallow; consumes 1; views result, * (inferred)
        ilshift: mutates 0 shallow; consumes 1; views result, * (inferred)
        irshift: mutates 0 shallow; consumes 1; views result, * (inferred)
        iand: mutates 0 shallow; consumes 1; views result, * (inferred)
        ior: mutates 0 shallow; consumes 1; views result, * (inferred)
        ixor: mutates 0 shallow; consumes 1; views result, * (inferred)
        neg: views result, * (inferred)
        pos: views result, * (inferred)
        invert: views result, * (inferred)
        not_: pure (inferred)
        compare: consumes * (inferred)
        and: views result, * (annotated)
        or: views result, * (annotated)
        conditional: views result, * (annotated)
        getattr: views result, 0 (inferred)
        setattr: mutates 0 shallow; views 0, 2 (inferred)
        delattr: mutates 0 shallow (inferred)
        getitem: views result, 0 (inferred)
        setitem: mutates 0 shallow; views 0, 2 (inferred)
        delitem: mutates 0 shallow (inferred)
        delname: pure (inferred)
        slice: pure (inferred)
        list: views result, * (annotated)
        tuple: views result, * (annotated)
        set: views result, * (annotated)
        dict: views result, * (annotated)
        format: pure (inferred)
        alias: views result, * (annotated)
        unpack: consumes *; views result, * (annotated)
        assert: pure (inferred)
        raise: views result, * (annotated)
        await: mutates 0; views result, 0 (assumed)
        import_from: views result, 0 (inferred)
        evaluate: consumes *; views result, * (annotated)
    "#]]
    .assert_eq(&lines);
}

#[test]
fn annotated_types_say_more_than_the_operator_alone() {
    let catalog = Catalog::builtin();
    let mut lines = String::new();
    for (operator, module, class, operands) in [
        (Operator::GetItem, "builtins", "list", 2),
        (Operator::GetItem, "collections", "defaultdict", 2),
        (Operator::GetItem, "pandas", "DataFrame", 2),
        (Operator::SetItem, "pandas.core.indexing", "_LocIndexer", 3),
        (Operator::SetItem, "os", "_Environ", 3),
        (Operator::InplaceAdd, "numpy", "ndarray", 2),
        (Operator::Add, "numpy", "ndarray", 2),
        (Operator::BitOr, "builtins", "set", 2),
        (Operator::BitOr, "nobody", "Knows", 2),
    ] {
        let shape = CallShape::positional(operands).version("pandas", "3.0.1");
        let effects = catalog.operator(operator, &[Class::new(module, class)], &shape);
        writeln!(lines, "{} of {module}.{class}: {effects}", operator.word()).unwrap();
    }
    expect![[r#"
        getitem of builtins.list: views result, 0
        getitem of collections.defaultdict: mutates 0 shallow; views result, 0
        getitem of pandas.DataFrame: pure
        setitem of pandas.core.indexing._LocIndexer: mutates 0
        setitem of os._Environ: mutates 0 shallow; reads environment[1]; writes environment[1]
        iadd of numpy.ndarray: mutates 0 shallow; views result, 0
        add of numpy.ndarray: pure
        or_ of builtins.set: pure
        or_ of nobody.Knows: mutates *; views result, *
    "#]]
    .assert_eq(&lines);
}
