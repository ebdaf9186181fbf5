//! Figure facets: which parts of figures a statement changes or looks at, where its text names nothing else.
//!
//! All of a figure's artists lead to each other, so whoever changes one changes what every variable of the figure leads
//! to. But who asks bars for their heights sees no title. What is not named here may change and look at all of it.

use clew_effects::{ExternalState, StateKey};
use clew_heap::library::matplotlib::is_of_matplotlib;
use clew_heap::walk::{End, Walk};
use clew_heap::{Address, AddressSet, Lent, Quiet};
use clew_session::{Facet, Facets, FacetsRead};
use clew_syntax::{Target, Template};

use super::outcome::Ended;
use super::state::Recorder;
use crate::names_of_text::{Named, names_of};

/// What drawing adds to.
const DRAWN: [&str; 8] =
    ["xlimits", "ylimits", "lines", "patches", "collections", "texts", "images", "data"];
/// What a text object of a figure may be.
const LABELS: [&str; 3] = ["title", "xlabel", "ylabel"];

impl Recorder {
    /// The parts of figures that the statement at hand changed and looked at, as far as its text says.
    pub(super) fn figure_facets(&self, quiet: Quiet<'_>, ended: &Ended<'_>) -> Facets {
        let plain = !ended.compound
            && !ended.header_only
            && !ended.leaving
            && !ended.calling
            && !ended.raised
            && ended.modules.is_empty();
        if !plain
            || !self.at_hand.entered.is_empty()
            || !self.at_hand.read.is_empty()
            || quiet.module("matplotlib.artist").is_none()
        {
            return Facets::default();
        }
        let mut facets = self.facets_of(quiet, ended).unwrap_or_default();
        // Who makes a figure makes all of it.
        let made = |(key, anew): &(StateKey, bool)| *anew && key.state == ExternalState::Pyplot;
        if self.at_hand.states_written.iter().any(made) {
            facets.changed.clear();
        }
        facets
    }

    fn facets_of(&self, quiet: Quiet<'_>, ended: &Ended<'_>) -> Option<Facets> {
        let variables = self.variables(quiet);
        let mut figures: Vec<(&str, &String, Lent<'_>)> = Vec::new();
        let mut pyplot: Vec<&str> = Vec::new();
        for read in &ended.reads {
            let Some(value) = variables.item(&read.name) else { continue };
            let short = read.name.rsplit('.').next().unwrap_or(&read.name);
            if is_of_figure(value) {
                figures.push((short, &read.name, value));
            }
            if value.is_module() && value.module_name() == "matplotlib.pyplot" {
                pyplot.push(short);
            }
        }
        if figures.is_empty() && pyplot.is_empty() {
            return None;
        }
        let names = names_of(ended.statement.range.of(ended.unit.text()))?;
        // Who has an artist has all of its figure.
        let figure = |named: &Named<'_>| {
            let mut of_name = figures.iter().filter(|(short, ..)| *short == named.name);
            of_name.next().filter(|_| !named.is_attribute).map(|(.., value)| *value)
        };
        for (at, named) in names.iter().enumerate() {
            let Some(value) = figure(named) else { continue };
            // A grid has methods of its own by the names of those of axes.
            let as_with_axes =
                |next: &Named<'_>| leads_to_axes(next.name) || is_of_grids(next.name);
            let onwards = names.get(at + 1).is_some_and(as_with_axes);
            if !named.has_attribute || is_grid(value) && !onwards {
                return None;
            }
        }
        let of = one_axes(&figures, &names, !pyplot.is_empty());
        let is_legend = |value: Lent<'_>| value.class().is_named("matplotlib.legend", "Legend");
        let of_legends = pyplot.is_empty() && figures.iter().all(|(.., value)| is_legend(*value));
        let mut changed: Vec<Facet> = Vec::new();
        let mut read: Vec<Facet> = Vec::new();
        let add = |into: &mut Vec<Facet>, kinds: &[&str]| {
            for &kind in kinds {
                let of = of.filter(|_| !matches!(kind, "xlimits" | "ylimits" | "style" | "look"));
                let facet = Facet { kind: kind.to_owned(), of: of.map(|of| of as u64) };
                if !into.contains(&facet) {
                    into.push(facet);
                }
            }
        };
        for named in &names {
            if named.is_attribute && named.name == "tick_params" && !leaves_labels(&names) {
                add(&mut changed, &["ticks"]);
            }
            if !named.is_attribute {
                if named.is_called && !is_plain_function(named.name) {
                    return None;
                }
                continue;
            }
            if of_legends && is_of_legend(named.name) {
                add(&mut read, &["legend"]);
                if named.name == "set_title" {
                    add(&mut changed, &["legend"]);
                }
            } else if let Some((changes, reads)) = changes_of(named.name) {
                add(&mut changed, changes);
                add(&mut read, reads);
            } else {
                add(&mut read, reads_of(named.name)?);
            }
        }
        // Others have methods of the same names that do more.
        let is_other = |named: &Named<'_>| {
            !named.is_attribute
                && named.has_attribute
                && figure(named).is_none()
                && !pyplot.contains(&named.name)
        };
        if !changed.is_empty() && names.iter().any(is_other) {
            return None;
        }
        if figures.iter().any(|(.., value)| holds_text(*value)) {
            let of_any = LABELS.iter().map(|kind| Facet { kind: (*kind).to_owned(), of: None });
            read.extend(of_any);
        }
        // Who gets an artist looks at its figure later.
        let only_binds = match &ended.statement.template {
            Template::Expression(_) => true,
            Template::Assign { targets, .. } => targets.iter().all(binds_names),
            _ => false,
        };
        let gets_artist =
            |name: &String| variables.item(name).is_some_and(|value| self.leads_to_artist(value));
        let bound = ended.bound.iter().map(|bound| bound.name.clone());
        let gives = bound.filter(gets_artist).collect();
        let variables = figures.iter().map(|(_, name, _)| (*name).clone()).collect();
        // How much place there is depends on all that is to have some.
        let looks_at_all = names.iter().any(|named| named.name == "tight_layout");
        let narrow = only_binds && !looks_at_all;
        let read = narrow.then_some(FacetsRead { facets: read, variables, gives });
        Some(Facets { changed, read })
    }

    /// Whether a value is or leads to a part of a figure, as far as that is seen.
    fn leads_to_artist(&self, value: Lent<'_>) -> bool {
        const BUDGET: usize = 500;
        let mut walk = Walk { boundary: &self.boundary, budget: BUDGET, definitions: false };
        let end =
            walk.run(value, &mut AddressSet::default(), &mut |object| !is_of_matplotlib(object));
        end != End::Complete
    }
}

/// Whether an assignment's target is a variable, or several.
fn binds_names(target: &Target) -> bool {
    match target {
        Target::Name { .. } => true,
        Target::Sequence { targets, .. } => targets.iter().all(binds_names),
        _ => false,
    }
}

/// The axes that a statement is about, where it names those alone and goes nowhere from them.
fn one_axes(
    figures: &[(&str, &String, Lent<'_>)],
    names: &[Named<'_>],
    by_pyplot: bool,
) -> Option<Address> {
    let (.., first) = figures.first()?;
    let same = figures.iter().all(|(.., value)| value == first);
    let goes_on = names.iter().any(|named| named.is_attribute && leads_to_axes(named.name));
    let is_axes =
        first.class().lineage().any(|base| base.is_named("matplotlib.axes._axes", "Axes"));
    (same && !goes_on && !by_pyplot && is_axes).then(|| first.address())
}

/// Whether a value is of a figure: a part of it, a list of those, or a grid of seaborn's that draws into one.
fn is_of_figure(value: Lent<'_>) -> bool {
    const MOST: usize = 64;
    if value.is_exact_list() || value.is_exact_tuple() {
        let items = value.items();
        return items.len() > 0 && items.len() <= MOST && value.items().all(is_of_matplotlib);
    }
    is_of_matplotlib(value) || is_grid(value)
}

/// Whether a value is a grid of axes of seaborn's.
fn is_grid(value: Lent<'_>) -> bool {
    value.class().name().0 == "seaborn.axisgrid"
}

/// Whether a value is a text of a figure, or a list of those.
fn holds_text(value: Lent<'_>) -> bool {
    let is_text = |value: Lent<'_>| {
        value.class().lineage().any(|base| base.is_named("matplotlib.text", "Text"))
    };
    is_text(value)
        || (value.is_exact_list() || value.is_exact_tuple()) && value.items().any(is_text)
}

/// What is changed and looked at of a figure where this is named as an attribute, if it is a method that changes no
/// more than that.
fn changes_of(name: &str) -> Option<(&'static [&'static str], &'static [&'static str])> {
    let drawn = &DRAWN[..];
    Some(match name {
        "set_title" | "title" => (&["title"], &["title", "style"]),
        "set_xlabel" | "xlabel" => (&["xlabel"], &["xlabel", "style"]),
        "set_ylabel" | "ylabel" => (&["ylabel"], &["ylabel", "style"]),
        "grid" | "set_axis_off" | "set_axis_on" => (&["look"], &["look"]),
        "tick_params" => (&["look", "style"], &["look"]),
        "tight_layout" => (&["positions"], &["positions"]),
        "set_titles" => (&["title", "texts"], &["title", "texts", "style"]),
        "set_alpha" | "set_color" | "set_edgecolor" | "set_facecolor" | "set_linestyle"
        | "set_linewidth" | "set_marker" | "set_sizes" => (&["style"], &["style"]),
        "set_array" | "set_data" | "set_height" | "set_offsets" | "set_width" | "set_x"
        | "set_xdata" | "set_y" | "set_ydata" => (&["data"], &["data"]),
        "legend" => {
            (&["legend"], &["legend", "lines", "patches", "collections", "style", "labels"])
        }
        // That of a colorbar is a label of its axes.
        "set_label" => (&["labels", "xlabel", "ylabel"], &["labels", "xlabel", "ylabel"]),
        "set_xlim" => (&["xlimits"], &["xlimits"]),
        "set_ylim" => (&["ylimits"], &["ylimits"]),
        "axhline" | "axvline" | "plot" | "step" => (&["xlimits", "ylimits", "lines"], drawn),
        "axhspan" | "axvspan" => (&["xlimits", "ylimits", "patches"], drawn),
        "bar" | "barh" | "hist" => {
            (&["xlimits", "ylimits", "patches", "lines", "collections"], drawn)
        }
        "fill_between" | "scatter" => (&["xlimits", "ylimits", "collections"], drawn),
        "annotate" | "text" => (&["texts"], &["texts"]),
        "imshow" => (&["xlimits", "ylimits", "images"], drawn),
        _ => return None,
    })
}

/// What is looked at of a figure where this is named as an attribute; `None` where it may be anything.
fn reads_of(name: &str) -> Option<&'static [&'static str]> {
    Some(match name {
        "get_title" => &["title"],
        "get_xlabel" => &["xlabel"],
        "get_ylabel" => &["ylabel"],
        "get_xlim" | "get_xbound" | "get_xscale" => &["xlimits"],
        "get_ylim" | "get_ybound" | "get_yscale" => &["ylimits"],
        "get_position" => &["positions"],
        "get_xticklabels" | "get_xticks" => &["xlimits", "ticks", "positions"],
        "get_yticklabels" | "get_yticks" => &["ylimits", "ticks", "positions"],
        "lines" => &["lines"],
        "patches" => &["patches"],
        "collections" => &["collections"],
        "texts" => &["texts"],
        "images" => &["images"],
        "get_alpha" | "get_color" | "get_edgecolor" | "get_facecolor" | "get_linestyle"
        | "get_linewidth" | "get_marker" | "get_sizes" => &["style"],
        "get_array" | "get_clim" | "get_data" | "get_height" | "get_offsets" | "get_width"
        | "get_x" | "get_xdata" | "get_xy" | "get_y" | "get_ydata" | "vmax" | "vmin" => &["data"],
        "get_label" => &["labels"],
        "get_legend" => &["legend"],
        // What a text says, which nothing above changes otherwise than by its place.
        "get_text" => &[],
        // The ways to axes.
        name if leads_to_axes(name) => &[],
        // What is done with the numbers and texts that come of it.
        "all" | "any" | "astype" | "count" | "flat" | "index" | "item" | "lower" | "max"
        | "mean" | "min" | "ravel" | "round" | "shape" | "size" | "split" | "strip" | "sum"
        | "tolist" | "upper" => &[],
        _ => return None,
    })
}

/// Whether an attribute leads from one part of a figure, or from pyplot, to axes.
fn leads_to_axes(name: &str) -> bool {
    matches!(name, "ax" | "ax_joint" | "ax_marg_x" | "ax_marg_y" | "axes" | "child_axes" | "gca")
}

/// Whether an attribute of a legend tells what it says.
fn is_of_legend(name: &str) -> bool {
    matches!(name, "get_texts" | "get_title" | "set_title" | "texts")
}

/// Whether a method of grids changes of their figure what one of axes by this name does.
fn is_of_grids(name: &str) -> bool {
    matches!(name, "set_titles" | "tight_layout")
}

/// Whether what `tick_params` is given says nothing of which labels are there; how many depends on how large they are.
fn leaves_labels(names: &[Named<'_>]) -> bool {
    const OF_LOOK: [&str; 9] = [
        "axis",
        "color",
        "colors",
        "direction",
        "labelcolor",
        "labelrotation",
        "length",
        "rotation",
        "width",
    ];
    let given = names.iter().filter(|named| !named.is_attribute && !named.has_attribute);
    given.into_iter().all(|named| OF_LOOK.contains(&named.name))
}

/// Whether a function of Python's own asks what it is given for no more than it holds.
fn is_plain_function(name: &str) -> bool {
    matches!(
        name,
        "abs"
            | "all"
            | "any"
            | "bool"
            | "dict"
            | "enumerate"
            | "float"
            | "int"
            | "len"
            | "list"
            | "max"
            | "min"
            | "range"
            | "reversed"
            | "round"
            | "set"
            | "sorted"
            | "str"
            | "sum"
            | "tuple"
            | "zip"
    )
}
