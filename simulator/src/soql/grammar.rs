//! Text to syntax tree; the only user of the parser's types.

use pest::Parser as _;
use pest::iterators::Pair;
use pest_derive::Parser;

use super::ast::{Condition, Literal, Operator, Ordering, Path, Query, Selection};
use crate::org::{ErrorCode, Refusal};

/// Longer texts are refused, as the real API does.
const LONGEST: usize = 100_000;
/// Deeper parentheses than any person writes; the parser recurses.
const DEEPEST: usize = 64;

#[derive(Parser)]
#[grammar = "soql/soql.pest"]
struct Soql;

/// Reads a query.
pub(super) fn parse(text: &str) -> Result<Query, Refusal> {
    if text.len() > LONGEST {
        return Err(malformed("SOQL statements cannot be longer than 100000 characters."));
    }
    if depth(text) > DEEPEST {
        return Err(malformed("too many nested parentheses or NOTs"));
    }
    let mut pairs = Soql::parse(Rule::query, text).map_err(|error| unexpected(text, &error))?;
    let query = pairs.next().ok_or_else(|| malformed("unexpected token: <EOF>"))?;
    read_query(query)
}

/// How deep parentheses and negations may nest, counted before the parser does; texts in quotes count too.
fn depth(text: &str) -> usize {
    let mut open = 0usize;
    let mut deepest = 0;
    for byte in text.bytes() {
        match byte {
            b'(' => open += 1,
            b')' => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(open);
    }
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    deepest + words.filter(|word| word.eq_ignore_ascii_case("not")).count()
}

fn read_query(pair: Pair<'_, Rule>) -> Result<Query, Refusal> {
    let mut query = Query {
        selection: Selection::Fields(Vec::new()),
        from: String::new(),
        condition: None,
        order: Vec::new(),
        limit: None,
        offset: 0,
    };
    let mut counted = Counted::Limit;
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::count => query.selection = Selection::Count,
            Rule::selection => {
                let path = read_selection(part)?;
                if let Selection::Fields(fields) = &mut query.selection {
                    fields.push(path);
                }
            }
            Rule::source => part.as_str().trim().clone_into(&mut query.from),
            Rule::condition => query.condition = Some(read_condition(part)?),
            Rule::ordering => query.order.push(read_ordering(part)),
            Rule::limit => counted = Counted::Limit,
            Rule::offset => counted = Counted::Offset,
            Rule::whole => {
                let number = part.as_str().parse();
                let number = number.map_err(|_| malformed("the number is too large"))?;
                match counted {
                    Counted::Limit => query.limit = Some(number),
                    Counted::Offset => query.offset = number,
                }
            }
            Rule::unsupported_clause => return Err(unsupported(&part)),
            _ => {}
        }
    }
    Ok(query)
}

enum Counted {
    Limit,
    Offset,
}

fn read_selection(pair: Pair<'_, Rule>) -> Result<Path, Refusal> {
    match pair.into_inner().next() {
        Some(part) if part.as_rule() == Rule::path => Ok(read_path(&part)),
        Some(part) => Err(unsupported(&part)),
        None => Err(malformed("unexpected token: FROM")),
    }
}

fn read_path(pair: &Pair<'_, Rule>) -> Path {
    Path {
        names: pair.as_str().split('.').map(str::to_owned).collect(),
        at: pair.as_span().start(),
    }
}

fn read_condition(pair: Pair<'_, Rule>) -> Result<Condition, Refusal> {
    let mut operands = Vec::new();
    let mut any = false;
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::operand => operands.push(read_operand(part)?),
            Rule::conjunction | Rule::disjunction => {
                any |= part.as_rule() == Rule::disjunction;
                let operand = part.into_inner().find(|inner| inner.as_rule() == Rule::operand);
                operands.extend(operand.map(read_operand).transpose()?);
            }
            _ => {}
        }
    }
    Ok(if any { Condition::Any(operands) } else { Condition::All(operands) })
}

fn read_operand(pair: Pair<'_, Rule>) -> Result<Condition, Refusal> {
    let part = pair.into_inner().next().ok_or_else(|| malformed("unexpected token: )"))?;
    match part.as_rule() {
        Rule::negation => {
            let operand = part.into_inner().find(|inner| inner.as_rule() == Rule::operand);
            let operand = operand.ok_or_else(|| malformed("unexpected token: NOT"))?;
            Ok(Condition::Not(Box::new(read_operand(operand)?)))
        }
        Rule::condition => read_condition(part),
        _ => read_comparison(part),
    }
}

fn read_comparison(pair: Pair<'_, Rule>) -> Result<Condition, Refusal> {
    let mut parts = pair.into_inner();
    let (Some(subject), Some(test)) = (parts.next(), parts.next()) else {
        return Err(malformed("unexpected token: <EOF>"));
    };
    let subject = subject.into_inner().next().ok_or_else(|| malformed("a field is missing"))?;
    if subject.as_rule() != Rule::path {
        return Err(unsupported(&subject));
    }
    let path = read_path(&subject);
    match test.as_rule() {
        Rule::membership => {
            let negated = test.clone().into_inner().any(|part| part.as_rule() == Rule::not);
            let literals = read_literals(test)?;
            Ok(Condition::In { path, literals, negated })
        }
        Rule::inclusion => {
            let negated = test.clone().into_inner().any(|part| part.as_rule() == Rule::excludes);
            let literals = read_literals(test)?;
            Ok(Condition::Includes { path, literals, negated })
        }
        Rule::likeness => {
            let raw = test.into_inner().find(|part| part.as_rule() == Rule::literal);
            let literal = raw.map(read_pattern).transpose()?;
            let literal = literal.ok_or_else(|| malformed("LIKE needs a string"))?;
            Ok(Condition::Like { path, literal })
        }
        _ => read_relation(path, test),
    }
}

fn read_relation(path: Path, pair: Pair<'_, Rule>) -> Result<Condition, Refusal> {
    let mut operator = Operator::Equal;
    let mut literal = Literal::Null;
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::operator => {
                operator = match part.as_str() {
                    "!=" | "<>" => Operator::NotEqual,
                    "<=" => Operator::LessOrEqual,
                    ">=" => Operator::GreaterOrEqual,
                    "<" => Operator::Less,
                    ">" => Operator::Greater,
                    _ => Operator::Equal,
                }
            }
            _ => literal = read_literal(part)?,
        }
    }
    Ok(Condition::Compare { path, operator, literal })
}

fn read_literals(pair: Pair<'_, Rule>) -> Result<Vec<Literal>, Refusal> {
    let mut literals = Vec::new();
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::literal => literals.push(read_literal(part)?),
            Rule::subselect => return Err(unsupported(&part)),
            _ => {}
        }
    }
    Ok(literals)
}

fn read_literal(pair: Pair<'_, Rule>) -> Result<Literal, Refusal> {
    let part = pair.into_inner().next().ok_or_else(|| malformed("a value is missing"))?;
    let text = part.as_str();
    match part.as_rule() {
        Rule::null => Ok(Literal::Null),
        Rule::boolean => Ok(Literal::Boolean(text.trim().eq_ignore_ascii_case("true"))),
        Rule::number => Ok(Literal::Number(text.to_owned())),
        Rule::date => Ok(Literal::Date(text.to_owned())),
        Rule::time => Ok(Literal::Time(text.to_owned())),
        Rule::instant => Ok(Literal::Instant(text.to_owned())),
        Rule::string => unescape(inside_quotes(text), false).map(Literal::Text),
        _ => Err(unsupported(&part)),
    }
}

fn read_pattern(pair: Pair<'_, Rule>) -> Result<Literal, Refusal> {
    match pair.into_inner().next() {
        Some(part) if part.as_rule() == Rule::string => {
            unescape(inside_quotes(part.as_str()), true).map(Literal::Pattern)
        }
        _ => Err(malformed("LIKE needs a string")),
    }
}

fn inside_quotes(text: &str) -> &str {
    text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')).unwrap_or(text)
}

/// Resolves escapes; in a pattern `\_` and `\%` stay, for the matcher to read.
fn unescape(text: &str, pattern: bool) -> Result<String, Refusal> {
    let mut resolved = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            resolved.push(character);
            continue;
        }
        match characters.next() {
            Some('n' | 'N') => resolved.push('\n'),
            Some('r' | 'R') => resolved.push('\r'),
            Some('t' | 'T') => resolved.push('\t'),
            Some('b' | 'B') => resolved.push('\u{8}'),
            Some('f' | 'F') => resolved.push('\u{c}'),
            Some('u' | 'U') => {
                let digits: String = characters.by_ref().take(4).collect();
                let code = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32);
                resolved.push(code.ok_or_else(|| invalid_escape(&format!("u{digits}")))?);
            }
            Some('\\') if pattern => resolved.push_str("\\\\"),
            Some(plain @ ('\'' | '"' | '\\')) => resolved.push(plain),
            Some(wildcard @ ('_' | '%')) if pattern => {
                resolved.push('\\');
                resolved.push(wildcard);
            }
            Some(other) => return Err(invalid_escape(&other.to_string())),
            None => return Err(invalid_escape("")),
        }
    }
    Ok(resolved)
}

fn read_ordering(pair: Pair<'_, Rule>) -> Ordering {
    let mut ordering =
        Ordering { path: Path { names: Vec::new(), at: 0 }, descending: false, nulls_last: false };
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::path => ordering.path = read_path(&part),
            Rule::descending => ordering.descending = true,
            Rule::last => ordering.nulls_last = true,
            _ => {}
        }
    }
    ordering
}

fn unsupported(pair: &Pair<'_, Rule>) -> Refusal {
    let name = pair.as_str().split_whitespace().next().unwrap_or_default();
    let name = if name.starts_with('(') { "a subquery" } else { name };
    malformed(&format!("the simulated org does not support {name} here"))
}

fn invalid_escape(sequence: &str) -> Refusal {
    malformed(&format!("Invalid string literal: illegal escape sequence \\{sequence}"))
}

fn unexpected(text: &str, error: &pest::error::Error<Rule>) -> Refusal {
    let at = match error.location {
        pest::error::InputLocation::Pos(at) | pest::error::InputLocation::Span((at, _)) => at,
    };
    let rest = text.get(at..).unwrap_or_default();
    let token = rest.split_whitespace().next().unwrap_or("<EOF>");
    malformed(&super::resolve::located(text, at, &format!("unexpected token: '{token}'")))
}

fn malformed(message: &str) -> Refusal {
    Refusal::request(ErrorCode::MalformedQuery, message)
}
