//! `tidegate init`: a new project.

use std::path::{Path, PathBuf};

use clap::builder::PossibleValue;
use tidegate_project::root;
use tidegate_project::template::{self, TEMPLATES, Template, TemplateError};

use crate::failure::Failure;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The new project's folder; no file in it is replaced
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// What the project begins with
    #[arg(long, value_name = "NAME", default_value = TEMPLATES[0].name, value_parser = names())]
    template: String,
}

/// The templates, as the help shows them.
fn names() -> impl clap::builder::TypedValueParser<Value = String> {
    let value = |template: &Template| PossibleValue::new(template.name).help(template.about);
    clap::builder::PossibleValuesParser::new(TEMPLATES.iter().map(value))
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let template = template::find(&arguments.template).unwrap_or(&TEMPLATES[0]);
    let created = template.create(&arguments.folder).map_err(|error| failed(&error))?;
    for file in &created.files {
        anstream::println!("{}", arguments.folder.join(file).display());
    }
    if created.kept_gitignore {
        anstream::eprintln!("your .gitignore is as it was; let it ignore `.tidegate` and `*.plan`");
    }
    next(&arguments.folder);
    Ok(())
}

fn failed(error: &TemplateError) -> Failure {
    match error {
        TemplateError::Occupied(_) => {
            Failure::usage(error.to_string(), "name a folder that has no project yet")
        }
        TemplateError::Disk { .. } => Failure::world(error.to_string(), ""),
    }
}

fn next(folder: &Path) {
    let folder = folder.display();
    let manifest = root::MANIFEST;
    anstream::eprintln!("try it with a local Salesforce org:");
    anstream::eprintln!("  tidegate dev {folder}");
    anstream::eprintln!(
        "with an org of your own, write its address into {manifest}, set the variables named there, \
         and:"
    );
    anstream::eprintln!("  tidegate pull {folder}");
    anstream::eprintln!("  tidegate check {folder}");
}
