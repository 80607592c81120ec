use super::*;

fn rows(file: &[u8], kind: SheetKind) -> Result<Vec<Line>, Error> {
    let mut rows = Vec::new();
    read(file, kind, Limits::RECORDS, &mut |line| {
        rows.push(line);
        Ok(())
    })?;
    Ok(rows)
}

fn cells(file: &[u8], kind: SheetKind) -> Vec<Vec<String>> {
    rows(file, kind)
        .expect("reads")
        .into_iter()
        .map(|(_, cells)| cells)
        .collect()
}

#[test]
fn tables_are_read_as_they_are_written() {
    let sheet = Sheet::read(
        "\u{feff}登录名, 姓名\nli.na,\"李,娜\"\n\n,\nwang\n".as_bytes(),
        SheetKind::Csv,
    )
    .expect("reads");
    assert_eq!(sheet.headings, ["登录名", "姓名"]);
    assert_eq!(
        sheet.rows,
        [(2, vec!["li.na".into(), "李,娜".into()]), (5, vec!["wang".into()])]
    );
    let long = "a\n".repeat(Limits::PEOPLE.rows + 2);
    assert!(Sheet::read(long.as_bytes(), SheetKind::Csv).is_err());
}

#[test]
fn encodings_and_delimiters_are_found_out() {
    let gb18030 = encoding_rs::GB18030.encode("名称,备注\n木棉,甲\n").0.into_owned();
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain("名称\t备注\n木棉\t甲\n".encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let files: [&[u8]; 6] = [
        "名称,备注\n木棉,甲\n".as_bytes(),
        "\u{feff}名称;备注\r\n木棉;甲\r\n".as_bytes(),
        "名称\t备注\n木棉\t甲".as_bytes(),
        "sep=|\n名称|备注\n木棉|甲".as_bytes(),
        &gb18030,
        &utf16,
    ];
    for file in files {
        assert_eq!(
            cells(file, SheetKind::Csv),
            [["名称", "备注"], ["木棉", "甲"]],
            "{file:?}"
        );
    }
    let quoted = cells("\"a,b;c\";d\n\"x\"\"y\";'=1+1\n".as_bytes(), SheetKind::Csv);
    assert_eq!(quoted, [["a,b;c", "d"], ["x\"y", "=1+1"]]);
}

/// Files that are made to break whoever reads them: each ends with a sentence.
#[test]
fn hostile_files_are_refused() {
    let mut wide = "x,".repeat(1_000_000);
    wide.push('y');
    let huge = format!("name\n\"{}\"\n", "x".repeat(1 << 20));
    let unclosed = "name,note\na,\"b\nc,d\ne,f\n";
    let files: Vec<(&str, SheetKind, Vec<u8>)> = vec![
        ("nothing", SheetKind::Csv, Vec::new()),
        ("spaces", SheetKind::Csv, b" ,\n,,\n".to_vec()),
        ("NUL bytes", SheetKind::Csv, b"a,b\n\0,c\n".to_vec()),
        ("no encoding", SheetKind::Csv, vec![0xff, 0x80, 0xff]),
        ("1,000,000 columns", SheetKind::Csv, wide.into_bytes()),
        ("a huge cell", SheetKind::Csv, huge.into_bytes()),
        ("a quote never closed", SheetKind::Csv, unclosed.into()),
        ("too many rows", SheetKind::Csv, "a\n".repeat(500_002).into_bytes()),
        ("no archive", SheetKind::Xlsx, b"PK\x03\x04 no archive".to_vec()),
        (
            "an archive without a workbook",
            SheetKind::Xlsx,
            archive(&[("a.txt", b"a")]),
        ),
        ("a bomb", SheetKind::Xlsx, bomb()),
        (
            "broken XML",
            SheetKind::Xlsx,
            workbook("<row r=\"1\"><c r=\"A1\"><v>1</v>"),
        ),
        (
            "a column far away",
            SheetKind::Xlsx,
            workbook("<row r=\"1\"><c r=\"XFD1\"><v>1</v></c></row>"),
        ),
        (
            "rows out of order",
            SheetKind::Xlsx,
            workbook("<row r=\"5\"><c r=\"A5\"><v>1</v></c></row><row r=\"2\"><c r=\"A2\"><v>1</v></c></row>"),
        ),
    ];
    for (what, kind, file) in files {
        let error = rows(&file, kind).expect_err(what);
        let refusal = error.refusal().expect(what);
        assert_eq!(refusal.code, "sheet.unreadable", "{what}");
        assert!(!refusal.text.zh.is_empty() && !refusal.text.en.is_empty(), "{what}");
    }
}

#[test]
fn a_bomb_is_refused_whatever_it_says_of_itself() {
    let mut file = bomb();
    // Its directory, and what stands before the file, say that it unfolds to ten bytes.
    for begin in [[0x50, 0x4b, 0x01, 0x02], [0x50, 0x4b, 0x03, 0x04]] {
        let at = file.windows(4).position(|window| window == begin).expect("a header");
        let size = at + if begin[2] == 1 { 24 } else { 22 };
        file[size..size + 4].copy_from_slice(&10_u32.to_le_bytes());
    }
    assert!(rows(&file, SheetKind::Xlsx).is_err());
}

/// A sheet that says that it has a million rows and columns has the cells that are there.
#[test]
fn no_table_of_all_cells_is_made() {
    let sheet = workbook(
        "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>名称</t></is></c></row>\
         <row r=\"1048576\"><c r=\"B1048576\"><v>0.30000000000000004</v></c></row>",
    );
    let read = rows(&sheet, SheetKind::Xlsx).expect("reads");
    assert_eq!(
        read,
        [(1, vec!["名称".into()]), (1_048_576, vec![String::new(), "0.3".into()])]
    );
}

fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    use std::io::Write;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in files {
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file(*name, options).expect("begins");
        writer.write_all(content).expect("writes");
    }
    writer.finish().expect("ends").into_inner()
}

/// Half a million bytes that unfold to more than 512 MB.
fn bomb() -> Vec<u8> {
    archive(&[("xl/sharedStrings.xml", &vec![b'x'; (512 << 20) + 1])])
}

fn workbook(rows: &str) -> Vec<u8> {
    let sheet = format!(
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><dimension ref=\"A1:XFD1048576\"/>\
         <sheetData>{rows}</sheetData></worksheet>"
    );
    archive(&[
        (
            "[Content_Types].xml",
            b"<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>",
        ),
        (
            "_rels/.rels",
            b"<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r\" \
              Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" \
              Target=\"xl/workbook.xml\"/></Relationships>",
        ),
        (
            "xl/_rels/workbook.xml.rels",
            b"<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" \
              Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" \
              Target=\"worksheets/sheet1.xml\"/></Relationships>",
        ),
        (
            "xl/workbook.xml",
            b"<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
              xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">\
              <sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>",
        ),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}
