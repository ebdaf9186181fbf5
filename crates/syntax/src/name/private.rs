//! Private names: `__x` in the code of a class carries the name of the class.

use ruff_python_ast::name::Name;

/// A name as it is known in the code of a class.
pub(crate) fn mangle(name: &Name, class: &Name) -> Name {
    let text = name.as_str();
    if !text.starts_with("__") || text.ends_with("__") || text.contains('.') {
        return name.clone();
    }
    Name::new(format!("_{class}{text}"))
}

/// What private names of a class start with; a class named by underscores alone has none.
pub(crate) fn private_prefix(class: &Name) -> Option<Name> {
    let name = class.as_str().trim_start_matches('_');
    (!name.is_empty()).then(|| Name::new(name))
}
