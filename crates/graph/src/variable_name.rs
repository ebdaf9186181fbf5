//! Variable name: how variables are named across the text of a program.

/// Whether a variable is one of a function, rather than of the module.
///
/// The variables of functions are named by the functions' qualified names (PEP 3155, without `<locals>`): `x` of
/// `main` is `main.x`, and `row` of the method `load` of `Job` is `Job.load.row`. No variable of a module has a
/// name with a dot. Methods of the program's classes are kept by such names too: `Job.load`.
pub fn is_of_function(variable: &str) -> bool {
    variable.contains('.')
}
