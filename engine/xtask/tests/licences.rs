//! Under which licences others' code may be part of the product: those that ask for no more than being named, since
//! Kapok itself asks for no more (MIT OR Apache-2.0).

use std::{fs, path::Path, process::Command};

use serde_json::Value;

const ALLOWED: [&str; 13] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BlueOak-1.0.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Packages with other terms, and why they are taken all the same.
const EXCEPTIONS: [(&str, &str, &str); 5] = [
    (
        "cssparser",
        "MPL-2.0",
        "part of ammonia, which cleans rich text; used unchanged, which the MPL allows in a work under other terms",
    ),
    (
        "dtoa-short",
        "MPL-2.0",
        "part of cssparser; used unchanged, which the MPL allows in a work under other terms",
    ),
    (
        "smartstring",
        "MPL-2.0+",
        "part of rhai; used unchanged, which the MPL allows in a work under other terms",
    ),
    (
        "bpmn-js",
        "SEE LICENSE IN LICENSE",
        "MIT, and its logo stays visible on the canvas",
    ),
    (
        "lightningcss",
        "MPL-2.0",
        "builds the style sheets and is not part of them",
    ),
];

fn is_allowed(package: &str, licence: &str) -> bool {
    let exception = |(name, terms, _): &(&str, &str, &str)| {
        licence == *terms && (package == *name || package.starts_with(&format!("{name}-")))
    };
    let expression = licence.replace(['(', ')'], "").replace('/', " OR ");
    let mut names = expression
        .split(" OR ")
        .flat_map(|part| part.split(" AND "))
        .map(str::trim);
    let allowed = |name: &str| ALLOWED.contains(&name);
    // Where terms are to be met together, all of them have to be acceptable; of alternatives one is enough.
    let by_terms = if expression.contains(" AND ") {
        names.all(allowed)
    } else {
        names.any(allowed)
    };
    by_terms || EXCEPTIONS.iter().any(exception)
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap()
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn assert_allowed<'a>(packages: impl Iterator<Item = (&'a str, &'a str)>) {
    let foreign: Vec<_> = packages.filter(|(name, licence)| !is_allowed(name, licence)).collect();
    assert!(
        foreign.is_empty(),
        "packages under terms that are not in the list: {foreign:?}"
    );
}

#[test]
fn crates_may_be_used() {
    let version = output("rustc", &["--version", "--verbose"]);
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    // Only this platform's crates are known to be here without asking the network.
    let metadata = [
        "metadata",
        "--format-version",
        "1",
        "--locked",
        "--offline",
        "--filter-platform",
        host,
    ];
    let metadata: Value = serde_json::from_str(&output(env!("CARGO"), &metadata)).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert_allowed(packages.iter().map(|package| {
        (
            package["name"].as_str().unwrap(),
            package["license"].as_str().unwrap_or("no licence"),
        )
    }));
}

#[test]
fn npm_packages_may_be_used() {
    let lock = fs::read_to_string(root().join("designer/package-lock.json")).unwrap();
    let lock: Value = serde_json::from_str(&lock).unwrap();
    let packages = lock["packages"].as_object().unwrap();
    // What only tests and tools use is no part of the product.
    let shipped = packages
        .iter()
        .filter(|(path, package)| !path.is_empty() && package["dev"] != true);
    assert_allowed(shipped.map(|(path, package)| {
        let name = path.rsplit("node_modules/").next().unwrap_or(path);
        (name, package["license"].as_str().unwrap_or("no licence"))
    }));
}
