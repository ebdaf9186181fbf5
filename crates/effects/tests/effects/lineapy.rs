//! Files in LineaPy's schema load as they are and mean what they meant there.

use expect_test::expect;

use crate::support::check;

#[test]
fn every_kind_of_rule_that_lineapy_ships() {
    check(
        &[include_str!("lineapy.annotations.yaml")],
        include_str!("lineapy.calls"),
        expect![[r#"
        builtins:setattr(_, _, _)
            mutates 0; views 2, 0
        builtins:iter(_)
            views *, result
        new builtins:map(_, _)
            views *, result
        builtins:list.append(_)
            mutates self; views self, 0
        builtins:set.add(_)
            mutates self
        operator:setitem(_, _, _)
            mutates 0; views 0, 2
        io:open(_)
            reads file_system; reads cwd
        io:IOBase.write(_)
            mutates self; writes file_system; reads cwd
        pickle:dump(_, _)
            mutates 1
        pandas:read_csv(_)
            reads file_system; reads cwd
        pandas:read_sql(_, _)
            reads db
        pandas.core.generic:NDFrame.to_csv(_)
            writes file_system; reads cwd
        pandas.core.generic:NDFrame.pop(_)
            mutates self
        pandas.core.generic:NDFrame.fillna(_, inplace=True)
            mutates self (varies)
        pandas.core.generic:NDFrame.fillna(_, inplace=False)
            assumed: mutates self; mutates **; views result, self, ** (varies)
        pandas.core.generic:NDFrame.fillna(_)
            no rule
        matplotlib.pyplot:plot(_, _)
            mutates self
        matplotlib.pyplot:savefig(_)
            writes file_system; reads cwd
        matplotlib.axes._subplots:SubplotBase.set_title(_)
            mutates self
        ?sklearn.base:BaseEstimator.fit(_, _)
            mutates self; views self, result
        keras.engine.training:Model.save(_)
            writes file_system; reads cwd
        torch:manual_seed(0)
            mutates self
        PIL.Image:open(_)
            reads file_system; reads cwd
        joblib:dump(_, filename=_)
            writes file_system; mutates filename=; reads cwd
    "#]],
    );
}
