//! Variable name: how variables are named across the text of a program.

/// Whether a variable is one of a function, rather than of the module.
///
/// The variables of functions are named by the functions' qualified names (PEP 3155, without `<locals>`): `x` of
/// `main` is `main.x`, and `row` of the method `load` of `Job` is `Job.load.row`. No variable of a module has a
/// name with a dot. Methods of the program's classes are kept by such names too: `Job.load`.
pub fn is_of_function(variable: &str) -> bool {
    variable.contains('.')
}

/// Whether a shell keeps a variable of this name for itself: the results of cells and what was typed into them.
pub fn is_kept_by_shell(variable: &str) -> bool {
    let of_results = variable.strip_prefix('_').is_some_and(|rest| {
        rest.bytes().all(|byte| byte == b'_' || byte == b'i' || byte.is_ascii_digit())
    });
    of_results || matches!(variable, "In" | "Out" | "_ih" | "_oh" | "_dh" | "_exit_code")
}
