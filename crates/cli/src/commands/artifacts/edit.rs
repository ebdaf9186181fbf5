//! Edit: artifacts deleted, renamed and tagged.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use clew_store::Version;
use serde_json::json;

use crate::commands::StorePlace;
use crate::commands::version_word::{artifact_of, is_taken, versions_of};
use crate::report::say_json;
use crate::{CommandError, shown};

#[derive(Args)]
pub(super) struct Rm {
    /// What to delete: NAME@VERSION, or NAME where there is one version only
    #[arg(value_name = "NAME", required = true)]
    names: Vec<String>,
    /// Deletes all versions of the names
    #[arg(long)]
    all: bool,
    /// Prints JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StorePlace,
}

#[derive(Args)]
pub(super) struct Rename {
    /// The artifact
    #[arg(value_name = "NAME")]
    from: String,
    /// Its new name
    #[arg(value_name = "NEW", value_parser = NonEmptyStringValueParser::new())]
    to: String,
    /// Prints JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StorePlace,
}

#[derive(Args)]
pub(super) struct Tag {
    /// The version: NAME@2, or NAME for the latest
    #[arg(value_name = "NAME")]
    name: String,
    /// The word
    #[arg(value_name = "TAG", required_unless_present = "remove")]
    tag: Option<String>,
    /// Takes this word away
    #[arg(long, value_name = "TAG", conflicts_with = "tag")]
    remove: Option<String>,
    /// Prints JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StorePlace,
}

impl Rm {
    pub(super) fn run(&self) -> Result<u8, CommandError> {
        let store = self.store.open_existing()?;
        let mut chosen = Vec::new();
        // All are found before any is deleted.
        for name in &self.names {
            let artifact = artifact_of(&store, name)?;
            let versions = versions_of(&store, &artifact.name)?;
            let is_plain = *name == artifact.name;
            let which = match (self.all, is_plain && versions.len() > 1) {
                (true, _) if !is_plain => {
                    let name = shown::name(&artifact.name);
                    return Err(CommandError::WrongUse(format!(
                        "--all is for all versions; name `{name}` without one"
                    )));
                }
                (true, _) => Version::All,
                (false, true) => {
                    return Err(CommandError::Several {
                        name: name.clone(),
                        count: versions.len(),
                    });
                }
                (false, false) => Version::Number(artifact.version),
            };
            chosen.push((artifact.name, which));
        }
        let mut deleted = Vec::new();
        for (name, which) in chosen {
            for version in store.delete_artifact(&name, which)? {
                if !self.json {
                    say_line!("deleted {}@{version}", shown::name(&name));
                }
                deleted.push(json!({ "name": name, "version": version }));
            }
        }
        if self.json {
            say_json(&json!(deleted));
        }
        Ok(0)
    }
}

impl Rename {
    pub(super) fn run(&self) -> Result<u8, CommandError> {
        let store = self.store.open_existing()?;
        // So that a name that is almost right is told.
        let artifact = artifact_of(&store, &self.from)?;
        if artifact.name != self.from {
            return Err(CommandError::WrongUse(
                "a name is given to all versions; leave the version out".to_owned(),
            ));
        }
        let count = store.rename_artifact(&self.from, &self.to)?;
        if self.json {
            say_json(&json!({ "name": self.to, "was": self.from, "versions": count }));
            return Ok(0);
        }
        let versions = if count == 1 { "1 version" } else { &format!("{count} versions") };
        say_line!("{} is {} now ({versions})", shown::name(&self.from), shown::name(&self.to));
        Ok(0)
    }
}

impl Tag {
    pub(super) fn run(&self) -> Result<u8, CommandError> {
        let store = self.store.open_existing()?;
        let artifact = artifact_of(&store, &self.name)?;
        let name = shown::name(&artifact.name);
        if let Some(tag) = &self.remove {
            if !store.remove_tag(&artifact.name, tag)? {
                complain!("`{name}` has no tag `{}`", shown::name(tag));
                return Ok(1);
            }
            if self.json {
                say_json(&json!({ "name": artifact.name, "version": null, "tag": tag }));
            }
            return Ok(0);
        }
        let tag = self.tag.as_deref().unwrap_or_default();
        if is_taken(tag) {
            return Err(CommandError::WrongUse(format!(
                "`{}` cannot be a tag: versions, dates and `latest` mean something already",
                shown::name(tag)
            )));
        }
        if !store.set_tag(&artifact.name, tag, artifact.version)? {
            // Somebody has deleted it meanwhile.
            return Err(CommandError::UnknownArtifact {
                name: self.name.clone(),
                near: String::new(),
            });
        }
        if self.json {
            say_json(&json!({ "name": artifact.name, "version": artifact.version, "tag": tag }));
            return Ok(0);
        }
        say_line!("{name}@{} is {name}@{}", shown::name(tag), artifact.version);
        Ok(0)
    }
}
