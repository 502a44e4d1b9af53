//! Routing attributes: which of them are parameters of the channel, and what is wrong with them.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::deployment::{Deployment, Parameter, Standard};
use super::problem::Problem;
use super::switches::{ParameterKey, Switches};

/// What of the attributes has arrived.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Received {
    /// Values of the parameters that admins added, by API name.
    pub parameters: BTreeMap<String, String>,
    /// Values of the standard ones.
    pub standard: BTreeMap<Standard, String>,
    /// Keys that are no parameter, or that the deployment's form lacks.
    pub dropped: Vec<String>,
}

/// Sorts the attributes of a call.
pub(crate) fn receive(
    deployment: &Deployment,
    switches: &Switches,
    attributes: &Map<String, Json>,
) -> Result<Received, Problem> {
    let mut received = Received::default();
    for (key, value) in attributes {
        let Json::String(value) = value else {
            return Err(Problem::bad(format!("routingAttributes.{key} must be a string")));
        };
        if let Some(standard) = Standard::ALL.into_iter().find(|its| its.key() == key) {
            received.standard.insert(standard, value.clone());
            continue;
        }
        let parameters = &deployment.channel.parameters;
        let Some(parameter) = parameters.iter().find(|its| wire_key(its, switches) == key) else {
            if !switches.unknown_attributes_dropped {
                let message = format!("routingAttributes.{key} is no parameter of the channel");
                return Err(Problem::bad(message));
            }
            received.dropped.push(key.clone());
            continue;
        };
        let in_form = || deployment.form_fields.iter().any(|field| field.name == parameter.name);
        if switches.form_fields_required && !in_form() {
            received.dropped.push(key.clone());
            continue;
        }
        let value = fitting(parameter, value, switches)?;
        received.parameters.insert(parameter.name.clone(), value);
    }
    Ok(received)
}

fn wire_key<'p>(parameter: &'p Parameter, switches: &Switches) -> &'p str {
    match switches.parameter_key {
        ParameterKey::Name => &parameter.name,
        ParameterKey::ExternalName => parameter.outside(),
    }
}

fn fitting(parameter: &Parameter, value: &str, switches: &Switches) -> Result<String, Problem> {
    let longest = parameter.longest();
    let length = value.chars().count();
    if length <= longest {
        return Ok(value.to_owned());
    }
    if switches.long_attributes_refused {
        let name = &parameter.name;
        let message = format!(
            "The value of the custom parameter {name} has {length} characters; at most {longest} are allowed"
        );
        return Err(Problem::bad_as("10096", message));
    }
    Ok(value.chars().take(longest).collect())
}
