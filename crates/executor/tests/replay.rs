//! A slice runs to the same value as the whole: graphs are built from programs by acting on the
//! side effects that the executor reports, then each variable's slice runs on a fresh host.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use clew_effects::{Catalog, Versions};
use clew_executor::{Affected, Executor, NativeError, NativeHost, SideEffect, Value, state_lookup};
use clew_graph::{
    Argument, Call, CallTarget, Global, GlobalRead, Graph, Literal, Lookup, Mutate, NewNode, Node,
    NodeId, NodeKind, Operator, Session, SessionKind, Timestamp,
};
use proptest::collection::vec;
use proptest::prelude::*;

const ANNOTATIONS: &str = "
- module: builtins
  annotations:
  - criteria: { class_instance: list, class_method_names: [append, extend] }
    side_effects:
    - mutated_value: { self_ref: SELF_REF }
    - views: [{ self_ref: SELF_REF }, { positional_argument_index: 0 }]
  - criteria: { class_instance: list, class_method_name: copy }
    side_effects:
    - views: [{ self_ref: SELF_REF }, { result: RESULT }]
  - criteria: { function_name: put }
    side_effects:
    - mutated_value: { external_state: db, key: { positional_argument_index: 0 } }
  - criteria: { function_name: fetch }
    side_effects:
    - dependency: { external_state: db, key: { positional_argument_index: 0 } }
  - criteria: { function_name: wipe }
    side_effects:
    - mutated_value: { external_state: db }
";

/// One statement. Variables and keys are numbers.
#[derive(Clone, Debug)]
enum Statement {
    /// `a = [1]`
    New(u8),
    /// `a = b`
    Alias(u8, u8),
    /// `a = b.copy()`
    Copy(u8, u8),
    /// `a = b + c`
    Concat(u8, u8, u8),
    /// `a = a.__iadd__(b)`
    Extend(u8, u8),
    /// `a.append(2)`
    Append(u8),
    /// `a.append(b)`
    Nest(u8, u8),
    /// `a = b[0]`, if that is a list
    First(u8, u8),
    /// `a[0] = b`
    SetFirst(u8, u8),
    /// `spoil(a)`, which no rule speaks of
    Spoil(u8),
    /// `bump(a)`, which no rule speaks of, and which counts in a global variable
    Bump(u8),
    /// `a.append(counter)`
    AppendCounter(u8),
    /// `put(key, a)`
    Put(u8, u8),
    /// `a = fetch(key)`
    Fetch(u8, u8),
    /// `wipe()`
    Wipe,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn the_slice_of_a_variable_runs_to_its_value(program in vec(statements(), 0..24)) {
        let tracer = Tracer::run(&program);
        for (name, &node) in &tracer.variables {
            let sink = tracer.versions.latest(node);
            let slice = tracer.graph.slice([sink]);
            let mut executor = Executor::new(catalog());
            let mut host = host();
            executor
                .execute_slice(&mut host, &tracer.graph, &slice, &session())
                .map_err(|error| TestCaseError::fail(format!("{error} in\n{}", tracer.graph)))?;
            prop_assert_eq!(
                show(&executor, &host, sink),
                show(&tracer.executor, &tracer.host, sink),
                "{} is {} in\n{}", name, sink, tracer.graph
            );
        }
    }
}

#[test]
fn a_slice_leaves_out_what_has_nothing_to_do_with_it() {
    let tracer = Tracer::run(&[
        Statement::New(0),
        Statement::New(1),
        Statement::Append(1),
        Statement::Put(0, 1),
        Statement::Append(0),
        Statement::Put(1, 0),
        Statement::Fetch(2, 0),
    ]);
    let kept = |name: &str| {
        let sink = tracer.versions.latest(tracer.variables[name]);
        let slice = tracer.graph.slice([sink]);
        let kept = tracer.graph.nodes().iter().filter(|node| slice.contains(node.id));
        kept.map(|node| format!("{node}\n")).collect::<String>()
    };
    expect_test::expect![[r#"
        n0 = literal 1
        n1 = call list(n0)
        n14 = literal 2
        n15 = literal "append"
        n16 = call getattr(n1, n15)
        n17 = call n16(n14)
        n18 = mutate n1 by n17
    "#]]
    .assert_eq(&kept("v0"));
    expect_test::expect![[r#"
        n2 = literal 1
        n3 = call list(n2)
        n4 = literal 2
        n5 = literal "append"
        n6 = call getattr(n3, n5)
        n7 = call n6(n4)
        n8 = mutate n3 by n7
        n9 = literal "key0"
        n10 = lookup put
        n11 = call n10(n9, n8)
        n12 = lookup "<db key0>"
        n13 = mutate n12 by n11
        n24 = literal "key0"
        n25 = lookup fetch
        n26 = call n25(n24) after {n13}
    "#]]
    .assert_eq(&kept("v2"));
}

fn statements() -> impl Strategy<Value = Statement> {
    use Statement as S;
    let name = || 0..4_u8;
    let key = || 0..2_u8;
    prop_oneof![
        name().prop_map(S::New),
        (name(), name()).prop_map(|(a, b)| S::Alias(a, b)),
        (name(), name()).prop_map(|(a, b)| S::Copy(a, b)),
        (name(), name(), name()).prop_map(|(a, b, c)| S::Concat(a, b, c)),
        (name(), name()).prop_map(|(a, b)| S::Extend(a, b)),
        name().prop_map(S::Append),
        (name(), name()).prop_map(|(a, b)| S::Nest(a, b)),
        (name(), name()).prop_map(|(a, b)| S::First(a, b)),
        (name(), name()).prop_map(|(a, b)| S::SetFirst(a, b)),
        name().prop_map(S::Spoil),
        name().prop_map(S::Bump),
        name().prop_map(S::AppendCounter),
        (key(), name()).prop_map(|(key, a)| S::Put(key, a)),
        (name(), key()).prop_map(|(a, key)| S::Fetch(a, key)),
        Just(S::Wipe),
    ]
}

/// The least that builds a graph while a program runs.
struct Tracer {
    graph: Graph,
    executor: Executor,
    host: NativeHost,
    versions: Versions,
    variables: BTreeMap<String, NodeId>,
}

impl Tracer {
    fn run(program: &[Statement]) -> Self {
        let mut tracer = Self {
            graph: Graph::new(),
            executor: Executor::new(catalog()),
            host: host(),
            versions: Versions::new(),
            variables: BTreeMap::new(),
        };
        for statement in program {
            tracer.statement(statement);
        }
        tracer
    }

    fn statement(&mut self, statement: &Statement) {
        use Statement as S;
        match *statement {
            S::New(a) => {
                let one = self.literal(Literal::Int(1));
                let list = self.operator(Operator::List, &[one]);
                self.bind(a, list);
            }
            S::Alias(a, b) => {
                let Some(b) = self.variable(b) else { return };
                let alias = self.operator(Operator::Alias, &[b]);
                self.bind(a, alias);
            }
            S::Copy(a, b) => {
                let Some(b) = self.variable(b) else { return };
                let copy = self.method(b, "copy", &[]);
                self.bind(a, copy);
            }
            S::Concat(a, b, c) => {
                let (Some(b), Some(c)) = (self.variable(b), self.variable(c)) else { return };
                // Doubling doubles; a few dozen statements would fill the memory.
                if self.size(b) + self.size(c) > 100 {
                    return;
                }
                let sum = self.operator(Operator::Add, &[b, c]);
                self.bind(a, sum);
            }
            S::Extend(a, b) => {
                let (Some(list), Some(b)) = (self.variable(a), self.variable(b)) else { return };
                if self.reaches(b, list) || self.size(list) + self.size(b) > 100 {
                    return;
                }
                let list = self.operator(Operator::InplaceAdd, &[list, b]);
                self.bind(a, list);
            }
            S::Append(a) => {
                let Some(a) = self.variable(a) else { return };
                let two = self.literal(Literal::Int(2));
                self.method(a, "append", &[two]);
            }
            S::Nest(a, b) => {
                let (Some(a), Some(b)) = (self.variable(a), self.variable(b)) else { return };
                // A list within itself cannot be shown.
                if self.reaches(b, a) || self.size(a) + self.size(b) > 100 {
                    return;
                }
                self.method(a, "append", &[b]);
            }
            S::First(a, b) => {
                let Some(b) = self.variable(b) else { return };
                let Some(Value::List(_)) = self.elements(b).into_iter().next() else { return };
                let zero = self.literal(Literal::Int(0));
                let first = self.operator(Operator::GetItem, &[b, zero]);
                self.bind(a, first);
            }
            S::SetFirst(a, b) => {
                let (Some(a), Some(b)) = (self.variable(a), self.variable(b)) else { return };
                if self.elements(a).is_empty() || self.reaches(b, a) {
                    return;
                }
                let zero = self.literal(Literal::Int(0));
                self.operator(Operator::SetItem, &[a, zero, b]);
            }
            S::Spoil(a) => {
                let Some(a) = self.variable(a) else { return };
                self.function("spoil", &[a]);
            }
            S::Bump(a) => {
                let Some(a) = self.variable(a) else { return };
                self.function("bump", &[a]);
            }
            S::AppendCounter(a) => {
                let Some(&counter) = self.variables.get("counter") else { return };
                let Some(a) = self.variable(a) else { return };
                self.method(a, "append", &[counter]);
            }
            S::Put(key, a) => {
                let Some(a) = self.variable(a) else { return };
                let key = self.literal(Literal::Str(format!("key{key}")));
                self.function("put", &[key, a]);
            }
            S::Fetch(a, key) => {
                let key = self.literal(Literal::Str(format!("key{key}")));
                let fetched = self.function("fetch", &[key]);
                self.bind(a, fetched);
            }
            S::Wipe => {
                self.function("wipe", &[]);
            }
        }
    }

    fn bind(&mut self, variable: u8, node: NodeId) {
        self.variables.insert(format!("v{variable}"), node);
    }

    fn variable(&self, variable: u8) -> Option<NodeId> {
        let node = self.variables.get(&format!("v{variable}"))?;
        Some(self.versions.latest(*node))
    }

    fn literal(&mut self, literal: Literal) -> NodeId {
        self.step(NodeKind::Literal(literal))
    }

    fn operator(&mut self, operator: Operator, operands: &[NodeId]) -> NodeId {
        self.step(NodeKind::Call(Call::operator(operator, operands.iter().copied())))
    }

    fn call(&mut self, function: NodeId, arguments: &[NodeId]) -> NodeId {
        let mut call = Call::new(CallTarget::Node(function));
        call.positional = arguments.iter().map(|&node| Argument { node, starred: false }).collect();
        self.step(NodeKind::Call(call))
    }

    fn function(&mut self, name: &str, arguments: &[NodeId]) -> NodeId {
        let function = self.step(NodeKind::Lookup(Lookup { name: name.to_owned() }));
        self.call(function, arguments)
    }

    fn method(&mut self, receiver: NodeId, name: &str, arguments: &[NodeId]) -> NodeId {
        let name = self.literal(Literal::Str(name.to_owned()));
        let method = self.operator(Operator::GetAttribute, &[receiver, name]);
        self.call(method, arguments)
    }

    /// Runs a node, completes it by what it turned out to read, adds it, and acts on the rest.
    fn step(&mut self, mut kind: NodeKind) -> NodeId {
        let id = NodeId::new(self.graph.len() as u32);
        let variables: BTreeMap<String, NodeId> = self
            .variables
            .iter()
            .map(|(name, &node)| (name.clone(), self.versions.latest(node)))
            .collect();
        let node = Node { id, span: None, control: None, kind: kind.clone() };
        let side_effects = self
            .executor
            .execute_node(&mut self.host, &node, Some(&variables))
            .expect("the program does not raise");
        if let NodeKind::Call(call) = &mut kind {
            for side_effect in &side_effects {
                match side_effect {
                    SideEffect::AccessedGlobals { read, .. } => {
                        let read = read.iter().filter_map(|name| {
                            let node = *variables.get(name)?;
                            Some(GlobalRead { name: name.clone(), node })
                        });
                        call.global_reads.extend(read);
                    }
                    SideEffect::ImplicitDependency { target: Affected::Node(node), .. } => {
                        call.implicit_dependencies.push((*node).into());
                    }
                    _ => {}
                }
            }
        }
        let source = match &kind {
            NodeKind::Mutate(mutate) => Some(mutate.source),
            _ => None,
        };
        let added = self.graph.insert(NewNode::from(kind)).expect("all that it needs is there");
        assert_eq!(added, id);
        if let Some(source) = source {
            // Before the views, which hold between nodes whose values are known.
            self.versions.replaced(source, id);
        }
        for side_effect in side_effects {
            self.act_on(id, side_effect);
        }
        id
    }

    fn act_on(&mut self, call: NodeId, side_effect: SideEffect) {
        match side_effect {
            SideEffect::AccessedGlobals { written, .. } => {
                for name in written {
                    let node = self.step(NodeKind::Global(Global { name: name.clone(), call }));
                    self.variables.insert(name, node);
                }
            }
            SideEffect::Mutated { target: Affected::State(resource), .. } => {
                let source = self.step(NodeKind::Lookup(state_lookup(&resource)));
                self.step(NodeKind::Mutate(Mutate::new(source, call)));
            }
            SideEffect::Mutated { target: Affected::Node(node), .. } => {
                for source in self.versions.mutate(node) {
                    self.step(NodeKind::Mutate(Mutate::new(source, call)));
                }
            }
            SideEffect::Views { nodes, .. } => self.versions.view(&nodes),
            SideEffect::ImplicitDependency { .. } => {}
        }
    }

    fn value(&self, node: NodeId) -> &Value {
        let value = self.executor.value(node).expect("the node has a value");
        self.host.get(value).expect("the value is kept")
    }

    fn elements(&self, node: NodeId) -> Vec<Value> {
        self.value(node).elements().expect("variables are lists")
    }

    fn size(&self, node: NodeId) -> usize {
        self.value(node).to_string().len()
    }

    fn reaches(&self, from: NodeId, to: NodeId) -> bool {
        fn reaches(from: &Value, to: &Value) -> bool {
            match (from, to) {
                (Value::List(from), Value::List(to)) => {
                    Rc::ptr_eq(from, to)
                        || from.borrow().iter().any(|item| reaches(item, &Value::List(to.clone())))
                }
                _ => false,
            }
        }
        reaches(self.value(from), self.value(to))
    }
}

fn host() -> NativeHost {
    let mut host = NativeHost::new();
    let rows: Rc<RefCell<BTreeMap<String, String>>> = Rc::default();
    let key = |value: &Value| value.to_string();
    let put = Rc::clone(&rows);
    host.define("builtins", "put", move |call| {
        put.borrow_mut().insert(key(call.argument(0)?), call.argument(1)?.to_string());
        Ok(().into())
    });
    let fetched = Rc::clone(&rows);
    host.define("builtins", "fetch", move |call| {
        let row = fetched.borrow().get(&key(call.argument(0)?)).cloned();
        Ok(Value::list(row.map(|row| Value::from(row.as_str()))))
    });
    host.define("builtins", "wipe", move |_| {
        rows.borrow_mut().clear();
        Ok(().into())
    });
    let spoil = |value: &Value| match value {
        Value::List(items) => {
            items.borrow_mut().push(3.into());
            Ok(())
        }
        _ => Err(NativeError::new("TypeError", "a list is needed")),
    };
    host.define("builtins", "spoil", move |call| {
        spoil(call.argument(0)?)?;
        Ok(call.argument(0)?.clone())
    });
    host.define("builtins", "bump", move |call| {
        let count = call.global("counter").ok().and_then(|value| value.as_int()).unwrap_or(0);
        call.set_global("counter", count + 1);
        // The list is bound as well, under a name of its own.
        let list = call.argument(0)?.clone();
        spoil(&list)?;
        call.set_global("v3", list);
        Ok(().into())
    });
    host
}

fn catalog() -> Catalog {
    let mut catalog = Catalog::empty();
    catalog.add("test.yaml", ANNOTATIONS).expect("the annotations are right");
    catalog
}

fn show(executor: &Executor, host: &NativeHost, node: NodeId) -> Option<String> {
    executor.value(node).and_then(|value| host.get(value)).map(Value::to_string)
}

fn session() -> Session {
    Session {
        id: "01890000-0000-7000-8000-000000000000".parse().expect("the id is one"),
        kind: SessionKind::Script,
        python_version: "3.11.0".to_owned(),
        created: Timestamp(0),
        working_directory: "/".to_owned(),
        arguments: Vec::new(),
    }
}
