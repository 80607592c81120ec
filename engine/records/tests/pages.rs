//! Pages: what a widget names must be there, each kind has its own keys, and layers are laid over each other.

use std::collections::BTreeSet;

use kapok_records::{
    Catalogue, ChartShape, DefinitionError, Definitions, Layer, Measure, Step, Widget, WidgetKind, Width, plan,
};
use serde_json::json;

const COMPANY: &str = r#"
[entities."a.visit"]
label = { zh = "拜访", en = "Visit" }
title = "title"
calendar = "day"

[entities."a.visit".fields]
title = { pos = 1, type = "text", label = { zh = "", en = "" } }
day = { pos = 2, type = "date", label = { zh = "", en = "" } }
state = { pos = 3, type = "choice", label = { zh = "", en = "" }, choices = { open = { pos = 1, label = { zh = "", en = "" } } } }
cost = { pos = 4, type = "money", label = { zh = "", en = "" } }
above = { pos = 5, type = "reference", entity = "a.visit", label = { zh = "", en = "" } }
number = { pos = 6, type = "auto-number", pattern = "V{0000}", label = { zh = "", en = "" } }
last = { pos = 7, type = "roll-up", entity = "a.visit", field = "above", function = "max", value = "day", label = { zh = "", en = "" } }

[entities."a.visit".views]
mine = { pos = 1, label = { zh = "", en = "" }, filter = { field = "owner", op = "=", value = "$me" }, columns = { title = 1, day = 2 }, sort = "-day" }
board = { pos = 2, label = { zh = "", en = "" }, kind = "kanban", field = "state" }

[roles.sales]
label = { zh = "销售", en = "Sales" }

[totals."a.all"]
label = { zh = "", en = "" }
entity = "a.visit"
function = "count"
role = "sales"
"#;

fn parsed(page: &str) -> Definitions {
    let source = format!("{COMPANY}\n[pages.\"a.desk\"]\npos = 1\nlabel = {{ zh = \"台\", en = \"Desk\" }}\n{page}");
    Definitions::parse("a.toml", &source).unwrap_or_else(|errors| panic!("{page}\n{errors:#?}"))
}

fn widget(keys: &str) -> Result<Vec<Widget>, DefinitionError> {
    let page = format!("[pages.\"a.desk\".widgets.w]\npos = 1\nlabel = {{ zh = \"\", en = \"\" }}\n{keys}");
    let source = format!("{COMPANY}\n[pages.\"a.desk\"]\npos = 1\nlabel = {{ zh = \"台\", en = \"Desk\" }}\n{page}");
    let first = |errors: Vec<DefinitionError>| errors.into_iter().next().expect("an error");
    let definitions = Definitions::parse("a.toml", &source).map_err(first)?;
    let catalogue = Catalogue::new([definitions]).map_err(first)?;
    Ok(catalogue.page("a.desk").expect("there").widgets.clone())
}

#[test]
fn what_is_wrong_with_a_widget_is_said_at_its_key() {
    let of = "entity = \"a.visit\"";
    let cases = [
        ("kind = \"map\"".to_owned(), "kind", "map"),
        (format!("kind = \"list\"\n{of}\nfield = \"day\""), "field", "kind list"),
        (
            format!("kind = \"frame\"\nfile = \"pages/a.html\"\n{of}"),
            "entity",
            "kind frame",
        ),
        ("kind = \"list\"".to_owned(), "", "“entity” is missing"),
        (
            "kind = \"list\"\nentity = \"a.nothing\"".to_owned(),
            "entity",
            "a.nothing",
        ),
        (
            format!("kind = \"list\"\n{of}\nview = \"none\""),
            "view",
            "no view “none”",
        ),
        (
            format!("kind = \"list\"\n{of}\nview = \"board\""),
            "view",
            "another kind",
        ),
        (
            format!("kind = \"list\"\n{of}\nview = \"mine\"\nfilter = {{ field = \"day\", op = \"empty\" }}"),
            "view",
            "not both",
        ),
        (
            format!("kind = \"list\"\n{of}\nfilter = {{ field = \"dai\", op = \"empty\" }}"),
            "filter",
            "“dai”",
        ),
        (
            format!("kind = \"list\"\n{of}\ncolumns = {{ dai = 1 }}"),
            "columns.dai",
            "“dai”",
        ),
        (format!("kind = \"list\"\n{of}\nsort = \"-dai\""), "sort", "“dai”"),
        (format!("kind = \"list\"\n{of}\nlimit = 101"), "limit", "100"),
        (format!("kind = \"kanban\"\n{of}"), "", "“field” is missing"),
        (format!("kind = \"kanban\"\n{of}\nfield = \"day\""), "field", "lanes"),
        (
            format!("kind = \"calendar\"\n{of}\nend_field = \"cost\""),
            "end_field",
            "last day",
        ),
        (format!("kind = \"tree\"\n{of}\nfield = \"state\""), "field", "parent"),
        (format!("kind = \"timeline\"\n{of}"), "", "“field” is missing"),
        (
            format!("kind = \"timeline\"\n{of}\nfield = \"cost\""),
            "field",
            "moment",
        ),
        (
            format!("kind = \"number\"\n{of}\nmeasure = \"sum\""),
            "",
            "“field” is missing",
        ),
        (
            format!("kind = \"number\"\n{of}\nmeasure = \"sum\"\nfield = \"day\""),
            "field",
            "measured",
        ),
        (format!("kind = \"number\"\n{of}\nfield = \"cost\""), "field", "count"),
        ("kind = \"number\"\ntotal = \"a.none\"".to_owned(), "total", "a.none"),
        (format!("kind = \"number\"\ntotal = \"a.all\"\n{of}"), "entity", "total"),
        (format!("kind = \"chart\"\n{of}"), "", "“group” is missing"),
        (
            format!("kind = \"chart\"\n{of}\ngroup = \"cost\""),
            "group",
            "counted by",
        ),
        (
            format!("kind = \"chart\"\n{of}\ngroup = \"state\"\nstep = \"day\""),
            "step",
            "no date",
        ),
        (
            format!("kind = \"chart\"\n{of}\ngroup = \"state\"\nmeasure = \"max\"\nfield = \"cost\""),
            "measure",
            "count or sum",
        ),
        ("kind = \"report\"".to_owned(), "", "“report” is missing"),
        ("kind = \"form\"".to_owned(), "", "“entity” is missing"),
        (
            format!("kind = \"form\"\nprocess = \"leave\"\n{of}"),
            "entity",
            "process",
        ),
        (
            format!("kind = \"form\"\n{of}\nvalues = {{ state = \"gone\" }}"),
            "values.state",
            "begins",
        ),
        (
            format!("kind = \"form\"\n{of}\nvalues = {{ number = \"V1\" }}"),
            "values.number",
            "begins",
        ),
        (
            "kind = \"frame\"\nfile = \"pages/../a.html\"".to_owned(),
            "file",
            "pages/NAME.html",
        ),
        (
            "kind = \"frame\"\nfile = \"pages/a.html\"\nheight = 9".to_owned(),
            "height",
            "2000",
        ),
    ];
    for (keys, at, words) in cases {
        let error = widget(&keys).expect_err(&keys);
        let path = "pages.\"a.desk\".widgets.w";
        let path = if at.is_empty() {
            path.to_owned()
        } else {
            format!("{path}.{at}")
        };
        assert_eq!(error.path, path, "{keys}\n{error}");
        assert!(error.text.en.contains(words), "{keys}\n{error}");
        assert!(error.line > 30 && !error.text.zh.is_empty(), "{keys}\n{error}");
    }
    let unknown = Catalogue::new([parsed("roles = [\"chief\"]\n[pages.\"a.desk\".widgets]")]).unwrap_err();
    assert!(
        unknown[0].text.en.contains("chief") && unknown[0].path == "pages.\"a.desk\".roles",
        "{unknown:?}"
    );
}

#[test]
fn what_a_widget_does_not_say_comes_from_its_view_and_its_entity() {
    let one = |keys: &str| widget(keys).unwrap_or_else(|error| panic!("{keys}\n{error}")).remove(0);
    let of = "entity = \"a.visit\"";
    match one(&format!(
        "kind = \"list\"\n{of}\nview = \"mine\"\nlimit = 5\nwidth = \"third\""
    )) {
        Widget {
            width: Width::Third,
            kind:
                WidgetKind::List {
                    records,
                    sort,
                    limit: 5,
                },
            ..
        } => {
            assert_eq!(records.columns, ["title", "day"]);
            assert_eq!(records.view.as_deref(), Some("mine"));
            assert!(records.filter.is_some() && sort.is_some_and(|sort| sort.descending));
        }
        other => panic!("{other:?}"),
    }
    let calendar = one(&format!("kind = \"calendar\"\n{of}")).kind;
    assert!(matches!(calendar, WidgetKind::Calendar { field, .. } if field == "day"));
    let board = one(&format!("kind = \"kanban\"\n{of}\nview = \"board\"")).kind;
    assert!(matches!(board, WidgetKind::Kanban { field, .. } if field == "state"));
    // A roll-up is what it counts.
    let last = one(&format!("kind = \"timeline\"\n{of}\nfield = \"last\"")).kind;
    assert!(matches!(last, WidgetKind::Timeline { field, .. } if field == "last"));
    let made = one(&format!("kind = \"timeline\"\n{of}\nfield = \"created_at\"")).kind;
    assert!(matches!(made, WidgetKind::Timeline { .. }));
    let count = one(&format!("kind = \"number\"\n{of}")).kind;
    assert!(matches!(
        count,
        WidgetKind::Number {
            measure: Measure::Count,
            ..
        }
    ));
    let chart = one(&format!(
        "kind = \"chart\"\n{of}\ngroup = \"day\"\nmeasure = \"sum\"\nfield = \"cost\""
    ))
    .kind;
    assert!(
        matches!(&chart, WidgetKind::Chart { step: Some(Step::Month), sum: Some(sum), shape: ChartShape::Bar, .. } if sum == "cost"),
        "{chart:?}"
    );
    let form = one(&format!("kind = \"form\"\n{of}\nvalues = {{ day = \"$today\" }}")).kind;
    assert!(matches!(form, WidgetKind::NewRecord { values, .. } if values.len() == 1));
}

#[test]
fn administrators_change_add_and_disable() {
    let shipped = parsed(
        "roles = [\"sales\"]\n[pages.\"a.desk\".widgets]\n\
         list = { pos = 2, kind = \"list\", entity = \"a.visit\", view = \"mine\", label = { zh = \"单\", en = \"List\" } }\n\
         count = { pos = 1, kind = \"number\", total = \"a.all\", label = { zh = \"数\", en = \"Count\" } }",
    );
    let with = |layer: serde_json::Value| {
        let layer = Definitions::administrator(&layer).unwrap_or_else(|errors| panic!("{errors:#?}"));
        assert_eq!(layer.layer, Layer::Administrator);
        Catalogue::new([shipped.clone(), layer])
    };
    let names = |catalogue: &Catalogue| -> Vec<String> {
        let widgets = catalogue.pages().flat_map(|page| &page.widgets);
        widgets.map(|widget| widget.id.clone()).collect()
    };
    let before = with(json!({})).unwrap();
    assert_eq!(names(&before), ["count", "list"]);
    assert_eq!(
        before.page("a.desk").unwrap().roles,
        BTreeSet::from(["sales".to_owned()])
    );

    let chart = json!({ "pos": 0, "kind": "chart", "entity": "a.visit", "group": "state", "label": { "zh": "图", "en": "Chart" } });
    let changed = with(json!({ "pages": { "a.desk": { "widgets": {
        "count": { "disabled": true }, "list": { "limit": 3 }, "chart": chart } } } }))
    .unwrap();
    assert_eq!(names(&changed), ["chart", "list"]);
    let said: Vec<_> = plan(&before, &changed)
        .into_iter()
        .map(|change| (change.text.en, change.destructive))
        .collect();
    assert_eq!(said, [("The page “Desk” changes.".to_owned(), false)]);

    let gone = with(json!({ "pages": { "a.desk": { "disabled": true } } })).unwrap();
    assert_eq!(gone.pages().count(), 0);
    // What is put out of use elsewhere takes its widget along.
    let retired = with(json!({ "extend": { "a.visit": { "views": { "mine": { "disabled": true } } } } })).unwrap();
    assert_eq!(names(&retired), ["count"]);
    // What a widget is stays the plugin's to say.
    let errors = with(json!({ "pages": { "a.desk": { "widgets": { "list": { "kind": "frame" } } } } })).unwrap_err();
    assert_eq!(errors[0].path, "pages.\"a.desk\".widgets.list.kind");
}
