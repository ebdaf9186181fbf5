//! State: the nodes that stand for external states.

use clew_effects::StateKey;
use clew_graph::Lookup;

/// The node that stands for an external state when it is first met.
///
/// Its name is no name in any program: the state in angle brackets, as in
/// `<file_system /data/a.csv>`.
pub fn state_lookup(key: &StateKey) -> Lookup {
    Lookup { name: format!("<{key}>") }
}

/// The external state that a lookup stands for, if it does.
pub fn looked_up_state(lookup: &Lookup) -> Option<StateKey> {
    lookup.name.strip_prefix('<')?.strip_suffix('>')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looked_up(name: &str) -> Option<StateKey> {
        looked_up_state(&Lookup { name: name.to_owned() })
    }

    #[test]
    fn a_lookup_of_a_state_is_found_again() {
        for name in ["<db>", "<file_system /data/a b.csv>", "<module:matplotlib>", "<network a>b>"]
        {
            let key = looked_up(name).expect("the text names a state");
            assert_eq!(state_lookup(&key).name, name);
        }
    }

    #[test]
    fn no_name_of_a_program_is_a_state() {
        for name in ["file_system", "db", "<lambda>", "<>", ""] {
            assert_eq!(looked_up(name), None);
        }
    }
}
