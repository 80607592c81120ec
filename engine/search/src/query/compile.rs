//! A filter as a tree of tests on columns, with the same result as `kapok_rules::Condition` on the record.

use std::{cmp::Ordering, sync::Arc};

use kapok_protocol::{Filter, Operator, Test, Value};
use kapok_rules::{Condition, order, resolve};
use tantivy::columnar::StrColumn;

use super::{
    ids::Ids,
    moment,
    row::{RowTest, SYSTEM_FIELDS, Source},
};
use crate::{
    Error,
    bits::Bits,
    fact::SHORT,
    number::millionths,
    order::lower_bound,
    part::{Part, term},
    predicate::Node,
    schema::{MORE, path},
};

/// So many values of an `in` are looked up as terms.
const TERMS: usize = 64;

/// What a filter wants of one part.
pub(crate) fn compile<'q>(part: &Part, source: Source<'q>, filter: &Filter) -> Result<Node<'q>, Error> {
    let each = |parts: &[Filter]| {
        parts
            .iter()
            .map(|filter| compile(part, source, filter))
            .collect::<Result<Vec<_>, _>>()
    };
    Ok(match filter {
        Filter::All(parts) => Node::all(each(parts)?),
        Filter::Any(parts) => Node::any(each(parts)?),
        Filter::Not(inner) => compile(part, source, inner)?.negated(),
        Filter::Test(test) => {
            // Of each pair of operators one is the other's opposite, for missing values too.
            let (op, negated) = match test.op {
                Operator::NotEqual => (Operator::Equal, true),
                Operator::NotIn => (Operator::In, true),
                Operator::NotEmpty => (Operator::Empty, true),
                op => (op, false),
            };
            let test = Test { op, ..test.clone() };
            let node = Compiling::new(part, source, test)?.node()?;
            if negated { node.negated() } else { node }
        }
    })
}

struct Compiling<'p, 'q> {
    part: &'p Part,
    source: Source<'q>,
    test: Test,
    operand: Value,
    path: String,
}

impl<'p, 'q> Compiling<'p, 'q> {
    fn new(part: &'p Part, source: Source<'q>, test: Test) -> Result<Self, Error> {
        let operand = resolve(&test.value, source.context).map_err(Error::Filter)?;
        Ok(Self {
            part,
            source,
            path: path(source.entity, &test.field),
            operand,
            test,
        })
    }

    fn node(&self) -> Result<Node<'q>, Error> {
        let name = self.test.field.split('.').next().unwrap_or_default();
        if SYSTEM_FIELDS.contains(&name) {
            return match name == self.test.field {
                true => self.system(),
                // Nothing is inside of these, so there it is null.
                false if self.test.op == Operator::Empty => Ok(Node::Always),
                false => Ok(Node::Never),
            };
        }
        let node = self.by_columns()?;
        Ok(match self.part.marks(&self.path)? {
            Some(marks) if self.test.op != Operator::Empty => Node::Marked {
                marks,
                row: self.row()?,
                others: Box::new(node),
            },
            _ => node,
        })
    }

    fn row(&self) -> Result<RowTest<'q>, Error> {
        let condition = Condition::new(&Filter::Test(self.test.clone())).map_err(Error::Filter)?;
        RowTest::new(self.source, self.part, condition, &self.test.field)
    }

    fn system(&self) -> Result<Node<'q>, Error> {
        let name = self.test.field.as_str();
        match (name, self.test.op) {
            ("created_at" | "updated_at", Operator::Empty) | ("id" | "version", Operator::Empty) => Ok(Node::Never),
            ("owner" | "created_by", Operator::Empty) => Ok(match self.part.column_of_ids(name)? {
                Some(column) => Node::HasId(column).negated(),
                None => Node::Always,
            }),
            ("id" | "owner" | "created_by", Operator::Equal) => self.ids(std::slice::from_ref(&self.operand)),
            ("id" | "owner" | "created_by", Operator::In) => self.ids(self.operand.as_list().unwrap_or_default()),
            (
                "created_at" | "updated_at",
                Operator::Equal | Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual,
            ) => self.moments(),
            _ => Ok(Node::Row(self.row()?)),
        }
    }

    fn ids(&self, values: &[Value]) -> Result<Node<'q>, Error> {
        let id = |value: &Value| {
            let text = value.as_text()?;
            text.parse::<u64>().ok().filter(|id| id.to_string() == text)
        };
        let ids: Ids = values.iter().filter_map(id).collect();
        let name = self.test.field.as_str();
        let Some(column) = self.part.column_of_ids(name)?.filter(|_| !ids.is_empty()) else {
            return Ok(Node::Never);
        };
        let fields = &self.part.fields;
        let field = match name {
            "id" => Some(fields.id),
            "owner" => Some(fields.owner),
            _ => None,
        };
        let terms = field.filter(|_| ids.len() <= TERMS).map(|field| {
            ids.iter()
                .map(|id| (field, tantivy::Term::from_field_u64(field, id)))
                .collect()
        });
        Ok(Node::Ids {
            column,
            ids: Arc::new(ids),
            terms,
        })
    }

    fn moments(&self) -> Result<Node<'q>, Error> {
        let (Some(text), Some(column)) = (self.operand.as_text(), self.part.column_of_numbers(&self.test.field)?)
        else {
            return Ok(Node::Never);
        };
        let (place, exact) = moment::lower_bound(text);
        Ok(between(self.test.op, place, exact).map_or(Node::Never, |(low, high)| Node::Moments { column, low, high }))
    }

    fn by_columns(&self) -> Result<Node<'q>, Error> {
        match (self.test.op, &self.operand) {
            (Operator::Empty, _) => Ok(self.has_value()?.negated()),
            (Operator::Equal, operand) => self.equal(operand),
            (Operator::In, Value::List(items)) => self.among(items),
            (Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual, operand) => {
                self.ordered(operand)
            }
            (Operator::Contains, Value::Text(text)) => Ok(Node::any([self.containing(text)?, self.item(text)?])),
            (Operator::StartsWith, Value::Text(text)) => self.starting(text),
            _ => Ok(Node::Never),
        }
    }

    fn has_value(&self) -> Result<Node<'q>, Error> {
        let (part, path) = (self.part, &self.path);
        let marked = part.marks(path)?.map(|column| Node::Numbers {
            column,
            low: MORE,
            high: MORE,
        });
        let kinds = [
            part.texts(path)?.map(Node::HasText),
            part.numbers(path)?.map(Node::HasNumber),
            part.flags(path)?.map(Node::HasFlag),
            part.items(path)?.map(Node::HasText),
            marked,
        ];
        Ok(Node::any(kinds.into_iter().flatten()))
    }

    fn equal(&self, operand: &Value) -> Result<Node<'q>, Error> {
        Ok(match operand {
            Value::Text(text) => self.texts_between(text, Operator::Equal)?,
            Value::Number(_) | Value::Bool(_) => self.ordered_by(operand, Operator::Equal)?,
            Value::List(_) => match self.part.items(&self.path)? {
                Some(items) => Node::all([Node::HasText(items), Node::Row(self.row()?)]),
                None => Node::Never,
            },
            Value::Null | Value::Map(_) => Node::Never,
        })
    }

    fn among(&self, items: &[Value]) -> Result<Node<'q>, Error> {
        let texts: Vec<&str> = items.iter().filter_map(Value::as_text).collect();
        let others = items.iter().filter(|item| item.as_text().is_none());
        let mut nodes = others.map(|item| self.equal(item)).collect::<Result<Vec<_>, _>>()?;
        if let Some(column) = self.part.texts(&self.path)? {
            let mut ordinals = Bits::none(column.num_terms() as u32);
            let mut found = Vec::new();
            for text in texts {
                if let Some(ordinal) = column.dictionary().term_ord(text)? {
                    ordinals.insert(ordinal as u32);
                    found.push((self.part.fields.texts, term(self.part.fields.texts, &self.path, text)));
                }
            }
            if !found.is_empty() {
                nodes.push(Node::Ordinals {
                    column: column.ords().clone(),
                    ordinals: Arc::new(ordinals),
                    terms: (found.len() <= TERMS).then_some(found),
                });
            }
        }
        Ok(Node::any(nodes))
    }

    fn ordered(&self, operand: &Value) -> Result<Node<'q>, Error> {
        match operand {
            Value::Text(text) => self.texts_between(text, self.test.op),
            operand => self.ordered_by(operand, self.test.op),
        }
    }

    /// For the kinds of values that are not texts.
    fn ordered_by(&self, operand: &Value, op: Operator) -> Result<Node<'q>, Error> {
        let accepts = |order: Ordering| match op {
            Operator::Equal => order.is_eq(),
            Operator::Less => order.is_lt(),
            Operator::LessOrEqual => order.is_le(),
            Operator::Greater => order.is_gt(),
            _ => order.is_ge(),
        };
        Ok(match operand {
            Value::Number(number) => {
                let Some(column) = self.part.numbers(&self.path)? else {
                    return Ok(Node::Never);
                };
                let number = millionths(*number);
                // A number between two that fit is like the place in front of the greater one.
                let place = if number.exact {
                    number.floor
                } else {
                    number.floor.saturating_add(1)
                };
                let range = between(op, place, number.exact);
                range.map_or(Node::Never, |(low, high)| Node::Numbers { column, low, high })
            }
            Value::Bool(_) => {
                let Some(column) = self.part.flags(&self.path)? else {
                    return Ok(Node::Never);
                };
                let wanted = [false, true]
                    .into_iter()
                    .filter(|flag| order(&Value::Bool(*flag), operand).is_some_and(accepts));
                Node::any(wanted.map(|wanted| Node::Flag {
                    column: column.clone(),
                    wanted,
                }))
            }
            _ => Node::Never,
        })
    }

    fn texts_between(&self, text: &str, op: Operator) -> Result<Node<'q>, Error> {
        let Some(column) = self.part.texts(&self.path)? else {
            return Ok(Node::Never);
        };
        let (place, exact) = lower_bound(&column, text.as_bytes())?;
        let find = (op == Operator::Equal && text.len() <= SHORT)
            .then(|| (self.part.fields.texts, term(self.part.fields.texts, &self.path, text)));
        let range = between(op, place as i64, exact);
        Ok(range.map_or(Node::Never, |(low, high)| ordinals(&column, low, high, find)))
    }

    fn starting(&self, text: &str) -> Result<Node<'q>, Error> {
        let Some(column) = self.part.texts(&self.path)? else {
            return Ok(Node::Never);
        };
        let (low, _) = lower_bound(&column, text.as_bytes())?;
        // No text has this byte, so all that begin with the text stand before it.
        let end = [text.as_bytes(), &[0xff]].concat();
        let (high, _) = lower_bound(&column, &end)?;
        Ok(ordinals(&column, low as i64, high as i64 - 1, None))
    }

    fn containing(&self, text: &str) -> Result<Node<'q>, Error> {
        let Some(column) = self.part.texts(&self.path)? else {
            return Ok(Node::Never);
        };
        let mut found = Bits::none(column.num_terms() as u32);
        let mut terms = column.dictionary().stream()?;
        let mut any = false;
        while terms.advance() {
            if std::str::from_utf8(terms.key()).is_ok_and(|term| term.contains(text)) {
                found.insert(terms.term_ord() as u32);
                any = true;
            }
        }
        Ok(match any {
            true => Node::Ordinals {
                column: column.ords().clone(),
                ordinals: Arc::new(found),
                terms: None,
            },
            false => Node::Never,
        })
    }

    /// Lists that have an item.
    fn item(&self, text: &str) -> Result<Node<'q>, Error> {
        let Some(column) = self.part.items(&self.path)? else {
            return Ok(Node::Never);
        };
        let found = column.dictionary().term_ord(text)?;
        let term = (self.part.fields.items, term(self.part.fields.items, &self.path, text));
        Ok(found.map_or(Node::Never, |ordinal| {
            ordinals(&column, ordinal as i64, ordinal as i64, Some(term))
        }))
    }
}

fn ordinals<'q>(
    column: &StrColumn,
    low: i64,
    high: i64,
    term: Option<(tantivy::schema::Field, tantivy::Term)>,
) -> Node<'q> {
    let low = low.max(0);
    if low > high {
        return Node::Never;
    }
    Node::Range {
        column: column.ords().clone(),
        low: low as u64,
        high: high as u64,
        term,
    }
}

/// The places that an operator accepts, both ends included. `place` is that of the operand, or, when it has none, of the
/// next greater value.
fn between(op: Operator, place: i64, exact: bool) -> Option<(i64, i64)> {
    let before = place.checked_sub(1);
    let behind = if exact { place.checked_add(1) } else { Some(place) };
    let (low, high) = match op {
        Operator::Equal => exact.then_some((place, place))?,
        Operator::Less => (i64::MIN, before?),
        Operator::LessOrEqual if exact => (i64::MIN, place),
        Operator::LessOrEqual => (i64::MIN, before?),
        Operator::Greater => (behind?, i64::MAX),
        _ => (place, i64::MAX),
    };
    (low <= high).then_some((low, high))
}
