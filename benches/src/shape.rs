//! Shape: how the steps of a program lean on each other.

use clew_graph::{
    Argument, Call, CallTarget, Graph, Import, Literal, Mutate, NodeId, NodeKind, Operator,
};

/// How the steps of a program lean on each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Each step needs the one before: `v1 = v0 + v0`. The last step needs all of them.
    Chain,
    /// Every step needs the first and no other. The last step needs almost nothing.
    FanOut,
    /// Cells that look at a value, plot it and change it in place. The last step needs what
    /// changed the value and none of the plots.
    Notebook,
}

impl Shape {
    /// Every shape.
    pub const ALL: [Self; 3] = [Self::Chain, Self::FanOut, Self::Notebook];

    /// The shape's name, as reports write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chain => "chain",
            Self::FanOut => "fan_out",
            Self::Notebook => "notebook",
        }
    }

    /// A program of this shape with `nodes` steps.
    pub fn graph(self, nodes: usize) -> Graph {
        let mut graph = Graph::new();
        match self {
            Self::Chain => chain(&mut graph, nodes),
            Self::FanOut => fan_out(&mut graph, nodes),
            Self::Notebook => notebook(&mut graph, nodes),
        }
        graph
    }
}

fn chain(graph: &mut Graph, nodes: usize) {
    let mut last = insert(graph, NodeKind::Literal(Literal::Int(1)));
    while graph.len() < nodes {
        last = insert(graph, operator(Operator::Add, [last, last]));
    }
}

fn fan_out(graph: &mut Graph, nodes: usize) {
    let first = insert(graph, NodeKind::Literal(Literal::Int(1)));
    while graph.len() < nodes {
        insert(graph, operator(Operator::Negative, [first]));
    }
}

fn notebook(graph: &mut Graph, nodes: usize) {
    let plots = insert(graph, module("plots"));
    let frames = insert(graph, module("frames"));
    let mut frame = insert(graph, call(frames, []));
    let mut canvas = plots;
    // One cell of eight steps at a time, and as much of the last one as there is room for.
    for step in (0..8).cycle() {
        if graph.len() >= nodes {
            return;
        }
        match step {
            0 | 3 => {
                insert(graph, NodeKind::Literal(Literal::Str("column".to_owned())));
            }
            1 | 4 => {
                let name = before(graph, 1);
                insert(graph, operator(Operator::GetItem, [frame, name]));
            }
            2 => {
                let column = before(graph, 1);
                insert(graph, call(plots, [column, canvas]));
            }
            5 => {
                let (name, column) = (before(graph, 2), before(graph, 1));
                insert(graph, operator(Operator::SetItem, [frame, name, column]));
            }
            6 => {
                let change = before(graph, 1);
                frame = insert(graph, NodeKind::Mutate(Mutate::new(frame, change)));
            }
            _ => {
                let plot = before(graph, 5);
                canvas = insert(graph, NodeKind::Mutate(Mutate::new(canvas, plot)));
            }
        }
    }
}

/// The step that came `steps` ago, 1 being the last one.
fn before(graph: &Graph, steps: usize) -> NodeId {
    graph.nodes()[graph.len() - steps].id
}

fn module(name: &str) -> NodeKind {
    NodeKind::Import(Import { name: name.to_owned(), package: None, version: None })
}

fn operator(operator: Operator, operands: impl IntoIterator<Item = NodeId>) -> NodeKind {
    NodeKind::Call(Call::operator(operator, operands))
}

fn call(function: NodeId, arguments: impl IntoIterator<Item = NodeId>) -> NodeKind {
    let mut call = Call::new(CallTarget::Node(function));
    call.positional = arguments.into_iter().map(|node| Argument { node, starred: false }).collect();
    NodeKind::Call(call)
}

fn insert(graph: &mut Graph, kind: NodeKind) -> NodeId {
    graph.insert(kind).expect("a shape names only steps that it has inserted before")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What share of a program of a thousand steps its last step needs, in per cent.
    fn kept_of_a_thousand(shape: Shape) -> usize {
        let graph = shape.graph(1000);
        assert_eq!(graph.len(), 1000);
        graph.slice(graph.ids().last()).len() / 10
    }

    #[test]
    fn the_end_of_a_chain_needs_all_of_it() {
        assert_eq!(kept_of_a_thousand(Shape::Chain), 100);
    }

    #[test]
    fn the_end_of_a_fan_out_needs_only_its_first_step() {
        assert_eq!(kept_of_a_thousand(Shape::FanOut), 0);
    }

    #[test]
    fn the_end_of_a_notebook_needs_a_part_of_it() {
        let kept = kept_of_a_thousand(Shape::Notebook);
        assert!((25..75).contains(&kept), "{kept} per cent");
    }
}
