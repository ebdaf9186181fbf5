use expect_test::expect;

use super::check;

#[test]
fn calls_say_what_they_pass_and_how() {
    check(
        "f",
        r#"
def f(self, x, *args, **kwargs):
    g(x, *args, key=self.k, **kwargs)
    self.m(x).n()
    np.linalg.solve(x)
    args[0](x)
"#,
        expect![[r#"
            f(self, x, args, kwargs)
                call g(x, *args, key=self.k, **kwargs)
                call self.m(x)
                call self.m(x).n()
                call np.linalg.solve(x)
                call args[0](x)
        "#]],
    );
}

#[test]
fn super_is_a_callee_of_its_own() {
    check(
        "fit",
        r#"
class A:
    def fit(self, x):
        return super().fit(x)
    @classmethod
    def make(cls):
        return super(A, cls).make()
"#,
        expect![[r#"
            fit(self, x)
                call super().fit(x)
                return super().fit(x)
        "#]],
    );
}

#[test]
fn super_without_a_method_may_be_anything() {
    check(
        "f",
        r#"
class A:
    def f(self):
        s = super()
        s.fit()
"#,
        expect![[r#"
            f(self)
                call anything.fit()
        "#]],
    );
}

#[test]
fn private_names_carry_their_class() {
    check(
        "f",
        r#"
class _A:
    def f(self):
        self.__x = 1
        self.__go()
"#,
        expect![[r#"
            f(self)
                self._A__x = 1
                call self._A__go()
        "#]],
    );
}
