//! YAML: a text as a tree that knows where each part stands.

use std::borrow::Cow;

use clew_graph::Literal;
use rustc_hash::FxHashMap;
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span};

use super::{AnnotationError, Problem};

/// A part of a YAML text.
#[derive(Clone, Debug)]
pub(super) struct Yaml<'a> {
    pub(super) mark: Mark,
    pub(super) content: YamlContent<'a>,
}

/// Where a part stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    line: usize,
    column: usize,
}

#[derive(Clone, Debug)]
pub(super) enum YamlContent<'a> {
    Scalar { text: Cow<'a, str>, plain: bool },
    List(Vec<Yaml<'a>>),
    Map(Vec<(Yaml<'a>, Yaml<'a>)>),
}

/// A problem on its way to the name of its file.
pub(super) type Result<T> = std::result::Result<T, (Mark, Problem)>;

impl Mark {
    /// The line, counted from one.
    pub(super) fn line(self) -> usize {
        self.line
    }

    pub(super) fn error(self, file: &str, problem: Problem) -> AnnotationError {
        AnnotationError { file: file.to_owned(), line: self.line, column: self.column, problem }
    }
}

impl From<Span> for Mark {
    fn from(span: Span) -> Self {
        Self { line: span.start.line(), column: span.start.col() + 1 }
    }
}

impl<'a> Yaml<'a> {
    /// Reads a text of one document; an empty text is an empty list.
    pub(super) fn parse(text: &'a str) -> Result<Self> {
        let mut events = Events {
            parser: Parser::new_from_str(text),
            anchors: FxHashMap::default(),
            copied: 0,
            depth: 0,
        };
        let mut root = None;
        loop {
            let (event, mark) = events.next()?;
            match event {
                Event::Nothing | Event::StreamStart | Event::DocumentEnd => {}
                Event::DocumentStart(_) if root.is_some() => {
                    return Err((mark, Problem::Unsupported("several documents")));
                }
                Event::DocumentStart(_) => {
                    let (event, mark) = events.next()?;
                    root = Some(events.tree(event, mark)?);
                }
                _ => break,
            }
        }
        match root {
            Some(root) if !root.is_null() => Ok(root),
            _ => Ok(Self {
                mark: Mark { line: 1, column: 1 },
                content: YamlContent::List(Vec::new()),
            }),
        }
    }

    pub(super) fn fail<T>(&self, problem: Problem) -> Result<T> {
        Err((self.mark, problem))
    }

    pub(super) fn unexpected<T>(&self, expected: &'static str) -> Result<T> {
        let found = match &self.content {
            YamlContent::Scalar { .. } if self.is_null() => "nothing".to_owned(),
            YamlContent::Scalar { text, .. } => format!("`{text}`"),
            YamlContent::List(_) => "a list".to_owned(),
            YamlContent::Map(_) => "a mapping".to_owned(),
        };
        self.fail(Problem::Unexpected { expected, found })
    }

    pub(super) fn list(&self, expected: &'static str) -> Result<&[Self]> {
        match &self.content {
            YamlContent::List(items) => Ok(items),
            _ => self.unexpected(expected),
        }
    }

    /// The text of a string. `expected` says what it should have been.
    pub(super) fn text(&self, expected: &'static str) -> Result<&str> {
        match (&self.content, self.literal()) {
            (YamlContent::Scalar { text, .. }, Some(Literal::Str(_))) if !text.is_empty() => {
                Ok(text)
            }
            _ => self.unexpected(expected),
        }
    }

    /// One string, or a list of some.
    pub(super) fn texts(&self, expected: &'static str) -> Result<Vec<String>> {
        match &self.content {
            YamlContent::List(items) if !items.is_empty() => {
                items.iter().map(|item| Ok(item.text(expected)?.to_owned())).collect()
            }
            _ => Ok(vec![self.text(expected)?.to_owned()]),
        }
    }

    pub(super) fn is_true(&self) -> bool {
        self.literal() == Some(Literal::Bool(true))
    }

    /// What a scalar means by YAML's core schema.
    pub(super) fn literal(&self) -> Option<Literal> {
        let YamlContent::Scalar { text, plain } = &self.content else { return None };
        if !plain {
            return Some(Literal::Str(text.to_string()));
        }
        Some(match &**text {
            "" | "~" | "null" | "Null" | "NULL" => Literal::None,
            "true" | "True" | "TRUE" => Literal::Bool(true),
            "false" | "False" | "FALSE" => Literal::Bool(false),
            text => match (text.parse(), text.parse()) {
                (Ok(integer), _) => Literal::Int(integer),
                (_, Ok(float))
                    if text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) =>
                {
                    Literal::Float(float)
                }
                _ => Literal::Str(text.to_owned()),
            },
        })
    }

    fn size(&self) -> usize {
        1 + match &self.content {
            YamlContent::Scalar { .. } => 0,
            YamlContent::List(items) => items.iter().map(Self::size).sum(),
            YamlContent::Map(entries) => {
                entries.iter().map(|(key, value)| key.size() + value.size()).sum::<usize>()
            }
        }
    }

    fn is_null(&self) -> bool {
        self.literal() == Some(Literal::None)
    }
}

struct Events<'a> {
    parser: Parser<'a, saphyr_parser::StrInput<'a>>,
    anchors: FxHashMap<usize, Yaml<'a>>,
    // How many parts aliases have copied: aliases of aliases can grow without end.
    copied: usize,
    // How many lists and mappings are open.
    depth: usize,
}

const MOST_COPIES: usize = 100_000;

// Far more than any annotation needs, and little enough for the stack.
const MOST_DEPTH: usize = 100;

impl<'a> Events<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Mark)> {
        match self.parser.next_event() {
            None => Ok((Event::StreamEnd, Mark { line: 1, column: 1 })),
            Some(Ok((event, span))) => Ok((event, span.into())),
            Some(Err(error)) => Err(syntax(&error)),
        }
    }

    fn tree(&mut self, event: Event<'a>, mark: Mark) -> Result<Yaml<'a>> {
        if self.depth == MOST_DEPTH {
            return Err((mark, Problem::Unsupported("lists and mappings this deep")));
        }
        self.depth += 1;
        let tree = self.part(event, mark);
        self.depth -= 1;
        tree
    }

    fn part(&mut self, event: Event<'a>, mark: Mark) -> Result<Yaml<'a>> {
        let anchor = match &event {
            Event::Scalar(_, _, anchor, _)
            | Event::SequenceStart(anchor, _)
            | Event::MappingStart(anchor, _) => *anchor,
            Event::Alias(anchor) => {
                return match self.anchors.get(anchor) {
                    Some(yaml) if self.copied + yaml.size() <= MOST_COPIES => {
                        self.copied += yaml.size();
                        Ok(yaml.clone())
                    }
                    _ => Err((mark, Problem::Unsupported("aliases that repeat this much"))),
                };
            }
            _ => 0,
        };
        let unsupported = |what| Err((mark, Problem::Unsupported(what)));
        let content = match event {
            Event::Scalar(_, _, _, Some(_))
            | Event::SequenceStart(_, Some(_))
            | Event::MappingStart(_, Some(_)) => return unsupported("tags"),
            Event::Scalar(text, style, _, _) => {
                YamlContent::Scalar { text, plain: style == ScalarStyle::Plain }
            }
            Event::SequenceStart(..) => {
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd, _) => break,
                        (event, mark) => items.push(self.tree(event, mark)?),
                    }
                }
                YamlContent::List(items)
            }
            Event::MappingStart(..) => {
                let mut entries = Vec::new();
                loop {
                    match self.next()? {
                        (Event::MappingEnd, _) => break,
                        (event, mark) => {
                            let key = self.tree(event, mark)?;
                            let (event, mark) = self.next()?;
                            entries.push((key, self.tree(event, mark)?));
                        }
                    }
                }
                YamlContent::Map(entries)
            }
            _ => YamlContent::Scalar { text: Cow::Borrowed(""), plain: true },
        };
        let yaml = Yaml { mark, content };
        if anchor != 0 {
            self.anchors.insert(anchor, yaml.clone());
        }
        Ok(yaml)
    }
}

fn syntax(error: &ScanError) -> (Mark, Problem) {
    let mark = error.marker();
    let mark = Mark { line: mark.line(), column: mark.col() + 1 };
    (mark, Problem::Syntax(error.info().to_owned()))
}
