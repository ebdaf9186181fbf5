//! Bench: what do whole programs cost under clew, against plain Python?

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::Result;
use crate::arguments::Arguments;
use crate::clew::{Clew, STORE};
use crate::python::Python;
use crate::workspace::Workspace;

mod notebook;
mod program;

use program::Program;

/// Runs every program both ways in turn and prints the fastest of its runs side by side.
pub(crate) fn run(workspace: &Workspace, mut arguments: Arguments) -> Result {
    let named = arguments.value::<PathBuf>("--python")?;
    let repeats = arguments.value("--repeats")?.unwrap_or(5);
    let clock = if arguments.flag("--cpu") { "cpu_seconds" } else { "seconds" };
    let json = arguments.flag("--json");
    let cells = arguments.flag("--notebook");
    let other = arguments.value::<PathBuf>("--against")?.map(Python::ask).transpose()?;
    let patterns = arguments.flag("--patterns");
    let all = match patterns {
        true => Program::patterns(&workspace.root().join("benches/patterns"))?,
        false => Program::all(),
    };
    let programs = Program::named(all, &arguments.rest()?)?;
    // What is measured is what people install.
    let python = Python::with_clew(workspace, named, true)?;
    if cells {
        return notebook::run(&python, repeats, clock, json);
    }

    let folder = tempfile::tempdir()?;
    let meter = Meter::new(&python, folder.path(), clock)?;
    let mut rows = Vec::new();
    for program in programs {
        rows.push(Row::measure(&meter, program, repeats, other.as_ref())?);
    }
    if json {
        let rows: Vec<Value> = rows.iter().map(Row::json).collect();
        println!("{}", serde_json::to_string_pretty(&rows)?);
        return Ok(());
    }
    if other.is_some() {
        print_against(&rows);
        return Ok(());
    }
    println!(
        "{:<22} {:>9} {:>9} {:>6} {:>9} {:>10} {:>9} {:>9} {:>6}",
        "program",
        "plain s",
        "clew s",
        "ratio",
        "extra ms",
        "µs/stmt",
        "plain MB",
        "clew MB",
        "ratio"
    );
    // What clew takes to start is paid once and not by each statement.
    let start = rows.iter().find(|row| row.program.name == "empty").map(Row::extra);
    for row in &rows {
        row.print(start);
    }
    if patterns {
        print_mean(&rows);
    }
    Ok(())
}

/// Prints the geometric mean of all ratios, and how many are over what is bearable.
fn print_mean(rows: &[Row]) {
    const BEARABLE: f64 = 1.5;
    let ratios: Vec<f64> =
        rows.iter().map(|row| fastest(&row.clew) / fastest(&row.plain)).collect();
    let mean = ratios.iter().map(|ratio| ratio.ln()).sum::<f64>() / ratios.len().max(1) as f64;
    let over = ratios.iter().filter(|&&ratio| ratio > BEARABLE).count();
    println!("geometric mean {:.2}; {over} of {} over {BEARABLE}", mean.exp(), ratios.len());
}

/// Prints what the programs take under this clew and under the other one, and how many times as much
/// that is.
fn print_against(rows: &[Row]) {
    println!(
        "{:<22} {:>9} {:>9} {:>9} {:>7} {:>9} {:>9} {:>7}",
        "program", "plain s", "other s", "this s", "ratio", "other MB", "this MB", "ratio"
    );
    for row in rows {
        let [plain, other, this] = [&row.plain, &row.other, &row.clew].map(|costs| fastest(costs));
        let [before, after] =
            [&row.other, &row.clew].map(|costs| least(costs, |cost| cost.megabytes));
        println!(
            "{:<22} {plain:>9.3} {other:>9.3} {this:>9.3} {:>7.3} {before:>9.1} {after:>9.1} {:>7.3}",
            row.program.name,
            this / other,
            after / before,
        );
    }
}

/// What one run took.
#[derive(Clone, Copy)]
struct Cost {
    seconds: f64,
    megabytes: f64,
}

/// Runs programs and says what they took.
struct Meter<'f> {
    python: &'f Python,
    folder: &'f Path,
    script: PathBuf,
    clock: &'static str,
}

impl<'f> Meter<'f> {
    fn new(python: &'f Python, folder: &'f Path, clock: &'static str) -> Result<Self> {
        let script = folder.join("meter.py");
        fs::write(&script, include_str!("bench/meter.py"))?;
        Ok(Self { python, folder, script, clock })
    }

    /// Runs a command through a small Python program, since only the parent of a process learns
    /// how much memory it took.
    fn measure(&self, command: &Command, work: &Path) -> Result<Cost> {
        let report = self.folder.join("cost.json");
        let status = Command::new(&self.python.path)
            .arg(&self.script)
            .arg(&report)
            .arg(command.get_program())
            .args(command.get_args())
            .current_dir(work)
            .env_remove(STORE)
            .env("MPLBACKEND", "Agg")
            // Threads of linear algebra take turns as they please, which is noise here.
            .envs(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"].map(|name| (name, "1")))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()?;
        if !status.success() {
            return Err(format!("{command:?} failed in {}", work.display()).into());
        }
        let cost: Value = serde_json::from_str(&fs::read_to_string(&report)?)?;
        let figure = |name: &str| cost[name].as_f64().ok_or("the meter left a figure out");
        Ok(Cost { seconds: figure(self.clock)?, megabytes: figure("megabytes")? })
    }
}

/// A program and what its runs took, in the order in which they were made.
struct Row {
    program: Program,
    plain: Vec<Cost>,
    clew: Vec<Cost>,
    /// Under another clew, if there is one to compare with.
    other: Vec<Cost>,
}

impl Row {
    fn measure(
        meter: &Meter<'_>,
        program: Program,
        repeats: usize,
        other: Option<&Python>,
    ) -> Result<Self> {
        // Its own folder, hence a store that the first run makes and the others find.
        let work = meter.folder.join(&*program.name);
        fs::create_dir(&work)?;
        let script = work.join("program.py");
        fs::write(&script, &program.text)?;
        let mut plain = Command::new(&meter.python.path);
        plain.arg(&script);
        let clew = Clew::new(meter.python).run(&script);
        // A store of its own, which may be of another version.
        let other_work = work.join("other");
        fs::create_dir(&other_work)?;
        let other = other.map(|python| Clew::new(python).run(&script));
        let mut row = Self { program, plain: Vec::new(), clew: Vec::new(), other: Vec::new() };
        for _ in 0..repeats.max(1) {
            row.plain.push(meter.measure(&plain, &work)?);
            row.clew.push(meter.measure(&clew, &work)?);
            if let Some(other) = &other {
                row.other.push(meter.measure(other, &other_work)?);
            }
        }
        Ok(row)
    }

    /// The seconds that clew adds.
    fn extra(&self) -> f64 {
        fastest(&self.clew) - fastest(&self.plain)
    }

    fn print(&self, start: Option<f64>) {
        let (plain, clew) = (fastest(&self.plain), fastest(&self.clew));
        let memory = [&self.plain, &self.clew].map(|costs| least(costs, |cost| cost.megabytes));
        let each = match (self.program.statements, start) {
            (Some(statements), Some(start)) => {
                format!("{:.1}", (self.extra() - start) * 1e6 / statements as f64)
            }
            _ => "–".to_owned(),
        };
        println!(
            "{:<22} {plain:>9.3} {clew:>9.3} {:>6.2} {:>9.1} {each:>10} {:>9.1} {:>9.1} {:>6.2}",
            self.program.name,
            clew / plain,
            self.extra() * 1e3,
            memory[0],
            memory[1],
            memory[1] / memory[0],
        );
    }

    fn json(&self) -> Value {
        let runs = |costs: &[Cost]| {
            json!({
                "seconds": costs.iter().map(|cost| cost.seconds).collect::<Vec<f64>>(),
                "megabytes": costs.iter().map(|cost| cost.megabytes).collect::<Vec<f64>>(),
            })
        };
        json!({
            "program": self.program.name,
            "statements": self.program.statements,
            "plain": runs(&self.plain),
            "clew": runs(&self.clew),
            "other": runs(&self.other),
            "ratio": fastest(&self.clew) / fastest(&self.plain),
        })
    }
}

/// The time of the fastest run: whatever else a machine does can only add to it.
fn fastest(costs: &[Cost]) -> f64 {
    least(costs, |cost| cost.seconds)
}

fn least(costs: &[Cost], figure: fn(&Cost) -> f64) -> f64 {
    costs.iter().map(figure).fold(f64::INFINITY, f64::min)
}
