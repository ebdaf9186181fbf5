//! Conform: do scripts do the same under clew as with plain Python?

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::Result;
use crate::arguments::Arguments;
use crate::clew::{Clew, REPORT, STORE};
use crate::compare::{Comparison, compare};
use crate::pool;
use crate::process::{Outcome, Workplace};
use crate::python::Python;
use crate::script::Script;
use crate::workspace::Workspace;

/// Runs every script both ways, prints what differs, and fails if anything does.
pub(crate) fn run(workspace: &Workspace, mut arguments: Arguments) -> Result {
    let named = arguments.value::<PathBuf>("--python")?;
    let jobs = arguments.value("--jobs")?.unwrap_or_else(pool::jobs);
    let timeout = Duration::from_secs(arguments.value("--timeout")?.unwrap_or(60));
    let json = arguments.flag("--json");
    let scripts = Script::find(&arguments.paths()?)?;
    let python = Python::with_clew(workspace, named, false)?;

    let reports = pool::map(jobs, &scripts, |script| {
        let report = Report { script, verdict: judge(&python, script, timeout)? };
        if !json {
            report.print();
        }
        Ok(report)
    });
    let reports: Vec<Report<'_>> = reports.into_iter().collect::<Result<_>>()?;
    let summary = Summary::of(&reports);
    if json {
        let scripts: Vec<Value> = reports.iter().map(Report::json).collect();
        let document = json!({ "scripts": scripts, "summary": summary.json() });
        println!("{}", serde_json::to_string_pretty(&document)?);
    } else {
        println!("\n{summary}");
    }
    match summary.different {
        0 if summary.same == 0 => Err("nothing was compared".into()),
        0 => Ok(()),
        scripts => Err(format!("{scripts} of the scripts do something else under clew").into()),
    }
}

/// What was found about a script.
struct Report<'s> {
    script: &'s Script,
    verdict: Verdict,
}

enum Verdict {
    /// It ran both ways.
    Compared(Box<Pair>),
    /// It did not run both ways, for this reason.
    Skipped(String),
}

/// A script's two runs.
struct Pair {
    plain: Outcome,
    clew: Outcome,
    comparison: Comparison,
    /// How many nodes clew recorded and how many of those it knows nothing of, if it said so.
    nodes: Option<[u64; 2]>,
}

fn judge(python: &Python, script: &Script, timeout: Duration) -> Result<Verdict> {
    if !script.runs_on(python) {
        return Ok(Verdict::Skipped(format!("it is not for Python {}", python.version)));
    }
    let place = Workplace::new()?;
    let file = script.place(&place)?;
    let counts = place.beside("counts.json");
    let run = |command: Command| {
        let mut command = script.prepare(command);
        // Programs may print their environment, so it is the same both ways.
        command.env(STORE, place.beside("store")).env(REPORT, &counts);
        place.run(&mut command, &script.stdin, timeout)
    };
    let run_plain = || {
        let mut command = Command::new(&python.path);
        command.arg(&file);
        run(command)
    };
    let plain = run_plain()?;
    if plain.exit.is_none() {
        return Ok(Verdict::Skipped("plain Python did not end in time".to_owned()));
    }
    if let Some(file) = script.files.iter().find(|&file| !plain.files.contains_key(file)) {
        return Ok(Verdict::Skipped(format!("it says that it writes `{file}` and does not")));
    }
    let clew = run(Clew::new(python).run(&file))?;
    let counts: Option<Value> =
        std::fs::read(&counts).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let nodes =
        counts.and_then(|counts| Some([counts["nodes"].as_u64()?, counts["unknown"].as_u64()?]));
    let comparison = compare(&plain, &clew, run_plain)?;
    Ok(Verdict::Compared(Box::new(Pair { plain, clew, comparison, nodes })))
}

impl Pair {
    fn word(&self) -> &'static str {
        match &self.comparison {
            Comparison { differences, .. } if !differences.is_empty() => "different",
            Comparison { unsteady, .. } if !unsteady.is_empty() => "unsteady",
            _ => "same",
        }
    }
}

impl Report<'_> {
    fn print(&self) {
        let path = self.script.path.display();
        match &self.verdict {
            Verdict::Skipped(reason) => println!("{:9}  {path}: {reason}", "skipped"),
            Verdict::Compared(pair) => {
                let nodes = match pair.nodes {
                    Some([nodes, unknown]) => format!(", {nodes} nodes, {unknown} unknown"),
                    None => String::new(),
                };
                let mut lines = format!(
                    "{:9}  {path}: plain {:.2} s, clew {:.2} s{nodes}",
                    pair.word(),
                    pair.plain.seconds,
                    pair.clew.seconds
                );
                for difference in &pair.comparison.differences {
                    lines += &format!("\n           {difference}");
                }
                for aspect in &pair.comparison.unsteady {
                    lines += &format!("\n           {aspect} also differs between plain runs");
                }
                // In one piece, since scripts are judged at the same time.
                println!("{lines}");
            }
        }
    }

    fn json(&self) -> Value {
        let path = self.script.path.to_string_lossy();
        match &self.verdict {
            Verdict::Skipped(reason) => {
                json!({ "path": path, "verdict": "skipped", "reason": reason })
            }
            Verdict::Compared(pair) => json!({
                "path": path,
                "verdict": pair.word(),
                "differences": pair.comparison.differences,
                "unsteady": pair.comparison.unsteady,
                "exit": pair.plain.exit.and_then(|status| status.code()),
                "plain_seconds": pair.plain.seconds,
                "clew_seconds": pair.clew.seconds,
                "nodes": pair.nodes.map(|[nodes, _]| nodes),
                "unknown": pair.nodes.map(|[_, unknown]| unknown),
            }),
        }
    }
}

/// The figures of all scripts.
#[derive(Default)]
struct Summary {
    same: usize,
    different: usize,
    unsteady: usize,
    skipped: usize,
    plain_seconds: f64,
    clew_seconds: f64,
    nodes: u64,
    unknown: u64,
}

impl Summary {
    fn of(reports: &[Report<'_>]) -> Self {
        let mut summary = Self::default();
        for report in reports {
            let Verdict::Compared(pair) = &report.verdict else {
                summary.skipped += 1;
                continue;
            };
            match pair.word() {
                "same" => summary.same += 1,
                "different" => summary.different += 1,
                _ => summary.unsteady += 1,
            }
            summary.plain_seconds += pair.plain.seconds;
            summary.clew_seconds += pair.clew.seconds;
            let [nodes, unknown] = pair.nodes.unwrap_or_default();
            summary.nodes += nodes;
            summary.unknown += unknown;
        }
        summary
    }

    fn json(&self) -> Value {
        json!({
            "same": self.same,
            "different": self.different,
            "unsteady": self.unsteady,
            "skipped": self.skipped,
            "same_per_cent": percentage(self.same as f64, (self.same + self.different) as f64),
            "plain_seconds": self.plain_seconds,
            "clew_seconds": self.clew_seconds,
            "nodes": self.nodes,
            "unknown": self.unknown,
        })
    }
}

impl std::fmt::Display for Summary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let compared = self.same + self.different;
        writeln!(
            f,
            "{} of {compared} scripts do the same ({:.1}%); {} unsteady and {} skipped besides",
            self.same,
            percentage(self.same as f64, compared as f64),
            self.unsteady,
            self.skipped
        )?;
        write!(
            f,
            "plain {:.1} s, clew {:.1} s; {} nodes, {} unknown ({:.1}%)",
            self.plain_seconds,
            self.clew_seconds,
            self.nodes,
            self.unknown,
            percentage(self.unknown as f64, self.nodes as f64)
        )
    }
}

/// What share `part` is of `whole`; of nothing it is nothing.
pub(crate) fn percentage(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { 100.0 * part / whole }
}
