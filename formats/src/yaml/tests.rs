use super::*;

fn root(text: &str) -> Node {
    read(text.as_bytes()).unwrap().root.unwrap()
}

fn refusal(bytes: &[u8]) -> Refusal {
    read(bytes).unwrap_err()
}

#[test]
fn places_are_counted_from_one() {
    let root = root("a: 1\nb:\n  - x\n  - y: z\n");
    assert_eq!(root.place, Place { line: 1, column: 1 });
    assert_eq!(root.entry("b").unwrap().place, Place { line: 2, column: 1 });
    let items = root.get("b").unwrap().items().unwrap();
    assert_eq!(items[0].place, Place { line: 3, column: 5 });
    assert_eq!(items[1].entry("y").unwrap().place, Place { line: 4, column: 5 });
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_accepted() {
    let root = root("\u{feff}a: x\r\nb: |\r\n  one\r\n  two\r\n");
    assert_eq!(root.get("a").unwrap().text(), Some("x"));
    assert_eq!(root.get("b").unwrap().text(), Some("one\ntwo\n"));
}

#[test]
fn json_is_accepted() {
    let root = root("{\"a\": [1, \"2\", null], \"b\": {\"c\": true}}");
    assert_eq!(root.get("a").unwrap().items().unwrap().len(), 3);
    assert_eq!(root.get("b").unwrap().get("c").unwrap().kind(), "a truth value");
}

#[test]
fn the_meaning_of_plain_scalars_is_that_of_yaml_1_2() {
    let meaning = |text: &str| {
        Scalar {
            text: text.into(),
            plain: true,
        }
        .meaning()
    };
    for text in ["", "~", "null"] {
        assert_eq!(meaning(text), Meaning::Null, "{text}");
    }
    for text in [
        "yes",
        "no",
        "on",
        "off",
        "y",
        "0.2.1",
        "2017-04-15",
        "1e",
        "inf",
        "nan",
        "-",
        "+",
        ".",
    ] {
        assert_eq!(meaning(text), Meaning::Text, "{text}");
    }
    for text in ["0", "-12", "0.10", "1e3", "0x1F", "0o17", ".5", ".inf"] {
        assert_eq!(meaning(text), Meaning::Number, "{text}");
    }
    assert_eq!(meaning("True"), Meaning::Bool(true));
    assert_eq!(
        Scalar {
            text: "true".into(),
            plain: false
        }
        .meaning(),
        Meaning::Text
    );
}

#[test]
fn anchors_and_merge_keys_are_expanded() {
    let root = root("base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\nmany:\n  <<: [{p: 1}, {p: 2, q: 3}]\n");
    let text = |node: &Node, key: &str| node.get(key).unwrap().text().unwrap().to_owned();
    let merged = root.get("use").unwrap();
    assert_eq!((text(merged, "x"), text(merged, "y")), ("1".into(), "3".into()));
    let many = root.get("many").unwrap();
    assert_eq!((text(many, "p"), text(many, "q")), ("1".into(), "3".into()));
}

#[test]
fn a_key_that_stands_twice_is_reported_and_the_first_kept() {
    let document = read(b"a: 1\nb: 2\na: 3\n").unwrap();
    assert_eq!(
        document.duplicates,
        vec![Duplicate {
            key: "a".into(),
            place: Place { line: 3, column: 1 }
        }]
    );
    assert_eq!(document.root.unwrap().get("a").unwrap().text(), Some("1"));
}

#[test]
fn an_empty_file_has_no_root() {
    for text in ["", "\n\n", "# only a comment\n", "---\n", "~"] {
        assert_eq!(read(text.as_bytes()).unwrap().root, None, "{text:?}");
    }
}

#[test]
fn hostile_files_are_refused_with_a_reason() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let items = vec![format!("*a{}", level - 1); 9].join(", ");
        bomb = format!("{bomb}a{level}: &a{level} [{items}]\n");
    }
    let deep_flow = "[".repeat(100_000);
    let deep_block = (0..200).map(|level| " ".repeat(level) + "a:\n").collect::<String>();
    let many = format!("a: [{}]", "x, ".repeat(MAX_NODES + 1));
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("too_large", bomb.into_bytes()),
        ("too_large", many.into_bytes()),
        ("yaml_syntax", deep_flow.into_bytes()),
        ("too_deep", deep_block.into_bytes()),
        ("file_too_large", vec![b'a'; MAX_BYTES + 1]),
        ("control_character", b"name: a\0b\n".to_vec()),
        ("encoding", b"name: caf\xe9\n".to_vec()),
        ("encoding", b"\xff\xfen\0a\0m\0e\0".to_vec()),
        ("several_documents", b"a: 1\n---\nb: 2\n".to_vec()),
        ("tag", b"name: !!python/object:os.system {a: b}\n".to_vec()),
        ("tag", b"name: !include secrets.yml\n".to_vec()),
        ("alias", b"a: &a [*a]\n".to_vec()),
        ("yaml_syntax", b"a: *nowhere\n".to_vec()),
        ("key_not_text", b"{a: b}: c\n".to_vec()),
        ("key_not_text", b"? [a, b]\n: c\n".to_vec()),
        ("merge_key", b"a:\n  <<: text\n".to_vec()),
        ("yaml_syntax", b"a: [1, 2\n".to_vec()),
        ("yaml_syntax", b"a: \"open\n".to_vec()),
    ];
    for (code, bytes) in cases {
        let head = String::from_utf8_lossy(&bytes[..bytes.len().min(40)]).into_owned();
        assert_eq!(refusal(&bytes).code, code, "{head}");
    }
}

#[test]
fn a_refusal_says_where() {
    assert_eq!(refusal(b"ok: 1\nname: caf\xe9\n").place, Place { line: 2, column: 10 });
    assert_eq!(refusal(b"a: 1\nb: x\0").place, Place { line: 2, column: 5 });
}

#[test]
fn a_very_long_line_is_read_in_bounded_time() {
    let text = format!("a: {}\n", "word ".repeat(200_000));
    assert!(root(&text).get("a").unwrap().text().unwrap().len() > 900_000);
}
