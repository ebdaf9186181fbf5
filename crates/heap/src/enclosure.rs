//! Enclosure: whether all ways to some objects begin at variables that are known.

use crate::address::{Address, AddressMap, AddressSet};
use crate::frame::Variables;
use crate::kind::{WalkKind, is_plain_atom};
use crate::lent::Lent;
use crate::traversal::traverse;

/// What some values lead to, with who holds what and how many references to each are not accounted for.
#[derive(Default)]
struct Enclosure<'a> {
    numbers: AddressMap<usize>,
    objects: Vec<Lent<'a>>,
    /// By number: how many references come from elsewhere.
    left: Vec<isize>,
    /// Holders and what they hold, by holder.
    held: Vec<(usize, usize)>,
}

/// The objects that some values lead to, where nothing but variables with values among these leads to any of
/// `wanted`. `None` where something else does, or may: an object on the way is held by somebody who was not seen, or
/// there are more than `most`.
pub fn enclosed<'a>(
    values: impl IntoIterator<Item = Lent<'a>>,
    wanted: impl Iterator<Item = Address>,
    (variables, boundary): (Variables<'a>, &AddressSet),
    most: usize,
) -> Option<AddressSet> {
    let mut this = Enclosure::default();
    for value in values {
        this.number(value);
    }
    this.look_into_all(boundary, most)?;
    for value in variables.own_values() {
        if let Some(&number) = this.numbers.get(&value.address()) {
            this.left[number] -= 1;
        }
    }
    let open = this.led_to_from_elsewhere();
    for address in wanted {
        if open[*this.numbers.get(&address)?] {
            return None;
        }
    }
    Some(this.numbers.into_keys().collect())
}

impl<'a> Enclosure<'a> {
    fn number(&mut self, object: Lent<'a>) -> usize {
        let next = self.objects.len();
        let number = *self.numbers.entry(object.address()).or_insert(next);
        if number == next {
            self.objects.push(object);
            let references = isize::try_from(object.references()).unwrap_or(isize::MAX);
            // Walks come to the program's own instances by weak references too, which nobody counts.
            let is_uncounted = object.class().is_of_program();
            self.left.push(if is_uncounted { isize::MAX } else { references });
        }
        number
    }

    /// Looks into every object, by its class's account alone: that names each reference once.
    fn look_into_all(&mut self, boundary: &AddressSet, most: usize) -> Option<()> {
        let mut next = 0;
        while let Some(&holder) = self.objects.get(next) {
            let is_looked_into =
                matches!(WalkKind::of(holder), WalkKind::Container | WalkKind::Fixed);
            if is_looked_into && !boundary.contains(&holder.address()) {
                traverse(holder, |object| {
                    if !is_plain_atom(object) {
                        let number = self.number(object);
                        self.left[number] -= 1;
                        self.held.push((next, number));
                    }
                    self.held.len() <= most
                });
                if self.held.len() > most {
                    return None;
                }
            }
            next += 1;
        }
        Some(())
    }

    /// Which objects somebody else holds, or holds a holder of.
    fn led_to_from_elsewhere(&self) -> Vec<bool> {
        let mut found: Vec<bool> = self.left.iter().map(|&left| left != 0).collect();
        let mut open: Vec<usize> = (0..found.len()).filter(|&number| found[number]).collect();
        while let Some(holder) = open.pop() {
            let first = self.held.partition_point(|&(known, _)| known < holder);
            let held = self.held[first..].iter().take_while(|&&(known, _)| known == holder);
            for &(_, number) in held {
                if !std::mem::replace(&mut found[number], true) {
                    open.push(number);
                }
            }
        }
        found
    }
}
