//! Picture: a slice drawn as its statements in order, with an arc from each to those that need it.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::{KeptStatement, Need, Position, StatementFacts};

/// What is known of statements besides their text, by where they stand.
pub type Facts = BTreeMap<Position, StatementFacts>;

/// Heights and widths, in pixels.
const ROW: usize = 24;
const TOP: usize = 44;
const SIGN: usize = 8;
/// How far an arc may reach to the left.
const DEEPEST: usize = 150;
/// Of longer lines the beginning is shown.
const WIDEST: usize = 96;

const STYLE: &str = "\
svg{--ink:#1f2328;--dim:#6e7781;--arc:#8c959f;--hot:#0969da;--paper:#fff;--sink:#cf222e;background:var(--paper)}
@media(prefers-color-scheme:dark){svg{--ink:#e6edf3;--dim:#8b949e;--arc:#6e7681;--hot:#58a6ff;--paper:#0d1117;--sink:#ff7b72}}
text{font:13px ui-monospace,Menlo,Consolas,monospace;fill:var(--ink);white-space:pre}
.dim{fill:var(--dim)}.title{font-weight:600}
.arc{fill:none;stroke:var(--arc);stroke-width:1.2}.arc.change{stroke-dasharray:4 3}
.dot{fill:var(--hot)}.dot.wanted{fill:var(--sink)}
.back{fill:transparent}.row{cursor:pointer}.row:hover .back,.row.on .back{fill:var(--arc);fill-opacity:.18}
.arc.on{stroke:var(--hot);stroke-width:2}
";

const SCRIPT: &str = "\
const say=document.getElementById('why');
document.querySelectorAll('.row').forEach(row=>row.addEventListener('click',()=>{
document.querySelectorAll('.on').forEach(each=>each.classList.remove('on'));
row.classList.add('on');const at=row.dataset.at;
document.querySelectorAll('.arc').forEach(arc=>arc.classList.toggle('on',arc.dataset.from===at||arc.dataset.to===at));
say.textContent=row.querySelector('title').textContent;}));
";

/// The picture as an SVG document that needs nothing else: a pointer that rests on a statement shows what it
/// is needed for.
pub fn svg(title: &str, statements: &[KeptStatement], facts: &Facts) -> String {
    let rows = rows_of(statements);
    let arcs = arcs_of(statements, &rows);
    let longest = arcs.iter().map(|arc| arc.to.y.abs_diff(arc.from.y) / ROW).max().unwrap_or(0);
    let gutter = 24 + reach(longest);
    let width_of =
        |statement: &KeptStatement| statement.indent + shortened(&statement.text).chars().count();
    let widest = statements.iter().map(width_of);
    let width = gutter + 70 + SIGN * widest.max().unwrap_or(0).max(title.chars().count());
    let height = rows.last().map_or(TOP, |row| row.y) + ROW;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" role=\"img\">\n<style>{STYLE}</style>\n\
         <text class=\"title\" x=\"12\" y=\"22\">{}</text>\n",
        xml(title)
    );
    for arc in &arcs {
        // A string takes whatever is written into it.
        let _ = writeln!(svg, "{}", arc.drawn(gutter));
    }
    for (row, statement) in rows.iter().zip(statements) {
        if let Some(count) = row.begins {
            let y = row.y - ROW + 5;
            let _ = writeln!(
                svg,
                "<text class=\"dim\" x=\"{}\" y=\"{y}\">In [{count}]</text>",
                gutter + 10
            );
        }
        let _ = writeln!(
            svg,
            "{}",
            drawn(row, statement, facts.get(&statement.position), (gutter, width))
        );
    }
    svg.push_str("</svg>\n");
    svg
}

/// The picture as a page: a click on a statement shows what it needs, what needs it and why, how long it took and what it made.
pub fn html(title: &str, statements: &[KeptStatement], facts: &Facts) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{}</title>\n<style>\
         :root{{color-scheme:light dark}}body{{margin:1.5rem;background:light-dark(#fff,#0d1117);\
         font:14px system-ui,sans-serif}}#why{{position:sticky;bottom:0;background:inherit;border-top:1px solid GrayText;padding:.8rem 0;\
         white-space:pre-wrap;font:13px ui-monospace,Menlo,Consolas,monospace}}</style></head>\n<body>\n{}\
         <div id=\"why\">A click on a statement shows what it is needed for.</div>\n\
         <script>{SCRIPT}</script>\n</body></html>\n",
        xml(title),
        svg(title, statements, facts)
    )
}

/// Where a statement is drawn.
#[derive(Clone, Copy)]
struct Row {
    at: usize,
    y: usize,
    /// The cell whose first statement it is.
    begins: Option<u32>,
}

/// That one statement needs another.
struct Arc {
    from: Row,
    to: Row,
    change: bool,
}

fn rows_of(statements: &[KeptStatement]) -> Vec<Row> {
    let mut y = TOP;
    let mut cell = None;
    let mut rows = Vec::with_capacity(statements.len());
    for (at, statement) in statements.iter().enumerate() {
        let begins = statement.position.cell.filter(|&count| cell.replace(count) != Some(count));
        y += if begins.is_some() { ROW } else { 0 };
        rows.push(Row { at, y, begins });
        y += ROW;
    }
    rows
}

fn arcs_of(statements: &[KeptStatement], rows: &[Row]) -> Vec<Arc> {
    // Of several statements on a line the first stands for it.
    let placed = rows.iter().zip(statements).rev();
    let row_of: BTreeMap<Position, Row> =
        placed.map(|(row, statement)| (statement.position, *row)).collect();
    let mut arcs: Vec<Arc> = Vec::new();
    for (from, statement) in rows.iter().zip(statements) {
        let first = arcs.len();
        for reason in &statement.reasons {
            for user in &reason.users {
                let Some(&to) = row_of.get(user).filter(|to| to.at != from.at) else { continue };
                let change = matches!(reason.need, Need::Change { .. } | Need::State(_));
                match arcs[first..].iter_mut().find(|arc| arc.to.at == to.at) {
                    Some(arc) => arc.change &= change,
                    None => arcs.push(Arc { from: *from, to, change }),
                }
            }
        }
    }
    arcs
}

impl Arc {
    fn drawn(&self, gutter: usize) -> String {
        let (from, to) = (self.from.y, self.to.y);
        let out = gutter.saturating_sub(reach(to.abs_diff(from) / ROW));
        let change = if self.change { " change" } else { "" };
        format!(
            "<path class=\"arc{change}\" data-from=\"{}\" data-to=\"{}\" \
             d=\"M{gutter} {from} C{out} {from} {out} {to} {gutter} {to}\"/>",
            self.from.at, self.to.at
        )
    }
}

/// How far an arc over so many rows reaches to the left: long ones share what room there is.
fn reach(rows: usize) -> usize {
    (14 + 12 * rows).min(DEEPEST + rows.min(60))
}

fn drawn(
    row: &Row,
    statement: &KeptStatement,
    facts: Option<&StatementFacts>,
    (gutter, width): (usize, usize),
) -> String {
    let wanted = statement.reasons.iter().any(|reason| reason.need == Need::Wanted);
    let mut why = format!("{}: {}", statement.position, statement.text);
    for reason in &statement.reasons {
        let _ = write!(why, "\n    {reason}");
    }
    for line in facts.iter().flat_map(|facts| facts.lines()) {
        let _ = write!(why, "\n    {line}");
    }
    let (at, y) = (row.at, row.y);
    format!(
        "<g class=\"row\" data-at=\"{at}\"><title>{}</title>\
         <rect class=\"back\" x=\"{gutter}\" y=\"{}\" width=\"{}\" height=\"{ROW}\"/>\
         <circle class=\"dot{}\" cx=\"{gutter}\" cy=\"{y}\" r=\"{}\"/>\
         <text class=\"dim\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\
         <text x=\"{}\" y=\"{}\">{}</text></g>",
        xml(&why),
        y - ROW / 2,
        width - gutter,
        if wanted { " wanted" } else { "" },
        if wanted { 5 } else { 4 },
        gutter + 46,
        y + 5,
        statement.position.line,
        gutter + 58 + SIGN * statement.indent,
        y + 5,
        xml(&shortened(&statement.text)),
    )
}

fn shortened(line: &str) -> String {
    match line.char_indices().nth(WIDEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

/// A text as XML holds it; signs that it cannot hold are replaced.
fn xml(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\n' | '\t' => safe.push(sign),
            _ if sign.is_control() || ('\u{fffe}'..='\u{ffff}').contains(&sign) => {
                safe.push('\u{fffd}');
            }
            _ => safe.push(sign),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use clew_graph::SourceId;

    use super::*;
    use crate::{Position, Reason};

    fn statement(line: usize, text: &str, needs: &[(Need, &[usize])]) -> KeptStatement {
        let position = |line| Position { source: SourceId::new(0), cell: None, line };
        let reasons = needs.iter().map(|(need, users)| Reason {
            need: need.clone(),
            users: users.iter().copied().map(position).collect(),
        });
        KeptStatement {
            position: position(line),
            text: text.into(),
            indent: 0,
            reasons: reasons.collect(),
        }
    }

    fn program() -> Vec<KeptStatement> {
        let value = |name: &str| Need::Value(Some(name.into()));
        vec![
            statement(1, "a = [1 < 2]", &[(value("a"), &[2, 9])]),
            statement(
                2,
                "a.append('<b>\x07')",
                &[(Need::Change { name: None, cause: None }, &[9])],
            ),
            statement(9, "c = sum(a)", &[(Need::Wanted, &[])]),
        ]
    }

    #[test]
    fn each_need_is_an_arc_and_each_statement_a_row() {
        let drawn = svg("c@0", &program(), &Facts::new());
        assert_eq!(drawn.matches("class=\"row\"").count(), 3);
        assert_eq!(drawn.matches("<path class=\"arc\"").count(), 2);
        assert_eq!(drawn.matches("<path class=\"arc change\"").count(), 1);
        assert_eq!(drawn.matches("dot wanted").count(), 1);
    }

    #[test]
    fn what_is_known_of_a_statement_is_told_with_it() {
        let mut facts = Facts::new();
        let statements = program();
        let known = StatementFacts { seconds: Some(1.5), made: Vec::new() };
        facts.insert(statements[1].position, known);
        let drawn = svg("c@0", &statements, &facts);
        let (_, second) = drawn.split_once("<title>2: ").unwrap();
        assert!(second.split("</title>").next().unwrap().ends_with("\n    took 1.5 s"));
        assert_eq!(drawn.matches("took").count(), 1);
    }

    #[test]
    fn no_text_of_a_program_is_markup() {
        let drawn = html("<script>", &program(), &Facts::new());
        assert!(drawn.contains("a.append('&lt;b&gt;\u{fffd}')"));
        assert_eq!(drawn.matches("<script>").count(), 1, "ours alone");
    }

    #[test]
    fn a_slice_of_nothing_is_a_picture_too() {
        assert!(svg("x", &[], &Facts::new()).ends_with("</svg>\n"));
    }
}
