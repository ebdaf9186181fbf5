//! Room: a crate's files as modules, each with what it defines and which paths it names.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, UseTree};

use crate::Result;

/// A crate's modules as its text has them, tests left out.
#[derive(Debug, Default)]
pub(crate) struct House {
    pub(crate) modules: Vec<Module>,
    /// The files, by where they lie in `src`; the first is the crate's face.
    pub(crate) files: Vec<File>,
}

/// A file of the crate.
#[derive(Debug)]
pub(crate) struct File {
    /// Where it lies in `src`.
    pub(crate) place: String,
    /// The modules that it lies in, from the outside in, with its own at the end.
    pub(crate) path: Vec<String>,
    pub(crate) text: String,
}

/// A module: all of a file, or a part of one in braces.
#[derive(Debug)]
pub(crate) struct Module {
    pub(crate) file: usize,
    pub(crate) parent: Option<usize>,
    pub(crate) children: BTreeMap<String, usize>,
    /// What it defines, modules aside.
    pub(crate) items: BTreeSet<String>,
    /// The structs, enums and traits among them.
    pub(crate) types: Vec<String>,
    /// What it brings in, by the name that it has here.
    pub(crate) imports: BTreeMap<String, Vec<String>>,
    /// The modules of which it brings in everything.
    pub(crate) globs: Vec<Vec<String>>,
    /// Every path that it names.
    pub(crate) paths: BTreeSet<Vec<String>>,
}

impl House {
    /// Reads a crate from its face; `load` gives a file's text by its place, where there is one.
    pub(crate) fn read(face: &str, load: &dyn Fn(&str) -> Option<String>) -> Result<Self> {
        let mut house = Self::default();
        let text = load(face).ok_or_else(|| format!("there is no {face}"))?;
        house.add_file(face.to_owned(), text, Vec::new(), None, load)?;
        Ok(house)
    }

    fn add_file(
        &mut self,
        place: String,
        text: String,
        path: Vec<String>,
        parent: Option<usize>,
        load: &dyn Fn(&str) -> Option<String>,
    ) -> Result<usize> {
        let parsed = syn::parse_file(&text).map_err(|error| format!("{place}: {error}"))?;
        self.files.push(File { place, path: path.clone(), text });
        let module = self.add_module(self.files.len() - 1, parent);
        self.add_items(module, &parsed.items, &path, load)?;
        Ok(module)
    }

    fn add_module(&mut self, file: usize, parent: Option<usize>) -> usize {
        self.modules.push(Module {
            file,
            parent,
            children: BTreeMap::new(),
            items: BTreeSet::new(),
            types: Vec::new(),
            imports: BTreeMap::new(),
            globs: Vec::new(),
            paths: BTreeSet::new(),
        });
        self.modules.len() - 1
    }

    fn add_items(
        &mut self,
        module: usize,
        items: &[Item],
        path: &[String],
        load: &dyn Fn(&str) -> Option<String>,
    ) -> Result {
        for item in items {
            let Item::Mod(item) = item else {
                Reader { module: &mut self.modules[module] }.visit_item(item);
                continue;
            };
            if is_for_tests(&item.attrs) {
                continue;
            }
            let name = item.ident.to_string();
            let mut inner = path.to_vec();
            inner.push(name.clone());
            let child = match &item.content {
                Some((_, items)) => {
                    let child = self.add_module(self.modules[module].file, Some(module));
                    self.add_items(child, items, &inner, load)?;
                    child
                }
                None => {
                    let stem = inner.join("/");
                    let (place, text) = [format!("{stem}.rs"), format!("{stem}/mod.rs")]
                        .into_iter()
                        .find_map(|place| load(&place).map(|text| (place, text)))
                        .ok_or_else(|| format!("there is no file for the module {stem}"))?;
                    self.add_file(place, text, inner, Some(module), load)?
                }
            };
            self.modules[module].children.insert(name, child);
        }
        Ok(())
    }
}

struct Reader<'a> {
    module: &'a mut Module,
}

impl Reader<'_> {
    fn import(&mut self, tree: &UseTree, path: &[String]) {
        let with = |name: &syn::Ident| {
            let mut path = path.to_vec();
            if name != "self" || path.is_empty() {
                path.push(name.to_string());
            }
            path
        };
        match tree {
            UseTree::Path(tree) => self.import(&tree.tree, &with(&tree.ident)),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(tree, path);
                }
            }
            UseTree::Glob(_) => {
                self.module.globs.push(path.to_vec());
                self.module.paths.insert(path.to_vec());
            }
            UseTree::Name(tree) => {
                let path = with(&tree.ident);
                let name = path.last().cloned().unwrap_or_default();
                self.bring_in(name, path);
            }
            UseTree::Rename(tree) => self.bring_in(tree.rename.to_string(), with(&tree.ident)),
        }
    }

    fn bring_in(&mut self, name: String, path: Vec<String>) {
        self.module.paths.insert(path.clone());
        self.module.imports.insert(name, path);
    }

    fn define(&mut self, name: &syn::Ident) {
        self.module.items.insert(name.to_string());
    }

    fn define_type(&mut self, name: &syn::Ident) {
        self.define(name);
        self.module.types.push(name.to_string());
    }

    /// Finds the paths in what is handed to a macro.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        let mut end = |path: &mut Vec<String>, colons: &mut usize| {
            if path.len() > 1 {
                self.module.paths.insert(std::mem::take(path));
            }
            path.clear();
            *colons = 0;
        };
        let mut groups = Vec::new();
        for token in tokens {
            match token {
                TokenTree::Ident(name) => {
                    if colons != 2 {
                        end(&mut path, &mut colons);
                    }
                    path.push(name.to_string());
                    colons = 0;
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' && !path.is_empty() => colons += 1,
                TokenTree::Group(group) => {
                    end(&mut path, &mut colons);
                    groups.push(group.stream());
                }
                _ => end(&mut path, &mut colons),
            }
        }
        end(&mut path, &mut colons);
        for group in groups {
            self.tokens(group);
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Const(item) => &item.attrs,
            Item::Enum(item) => &item.attrs,
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            Item::Macro(item) => &item.attrs,
            Item::Mod(item) => &item.attrs,
            Item::Static(item) => &item.attrs,
            Item::Struct(item) => &item.attrs,
            Item::Trait(item) => &item.attrs,
            Item::Type(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            _ => return visit::visit_item(self, item),
        };
        if is_for_tests(attributes) {
            return;
        }
        match item {
            Item::Const(item) => self.define(&item.ident),
            Item::Enum(item) => self.define_type(&item.ident),
            Item::Fn(item) => self.define(&item.sig.ident),
            Item::Static(item) => self.define(&item.ident),
            Item::Struct(item) => self.define_type(&item.ident),
            Item::Trait(item) => self.define_type(&item.ident),
            Item::Type(item) => self.define(&item.ident),
            Item::Use(item) => return self.import(&item.tree, &[]),
            _ => {}
        }
        visit::visit_item(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if !is_for_tests(&item.attrs) {
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.import(&item.tree, &[]);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() && path.segments.len() > 1 {
            let names = path.segments.iter().map(|segment| segment.ident.to_string());
            self.module.paths.insert(names.collect());
        }
        visit::visit_path(self, path);
    }

    fn visit_vis_restricted(&mut self, _: &'ast syn::VisRestricted) {}

    fn visit_macro(&mut self, node: &'ast syn::Macro) {
        self.visit_path(&node.path);
        self.tokens(node.tokens.clone());
    }
}

/// Whether an item is there in tests only.
fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .parse_args::<syn::Meta>()
                .is_ok_and(|condition| condition.path().is_ident("test"))
    })
}
