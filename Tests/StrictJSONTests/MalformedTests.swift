import StrictJSON
import Testing

@Suite struct MalformedTests {
  @Test(arguments: [
    ("", "1:1: the file is empty; expected a JSON value"),
    (" \n ", "2:2: the file is empty; expected a JSON value"),
    ("\u{FEFF}{}", "1:1: the file starts with a byte order mark; save it as UTF-8 without one"),

    (#"{"a": 1,}"#, #"1:8: trailing comma; remove the comma before "}""#),
    ("[1,\n]", #"1:3: trailing comma; remove the comma before "]""#),
    ("[1,,2]", #"1:4: expected a value, not ",""#),
    ("[1 2]", #"1:4: expected "," or "]" in the array that opens at a.json:1:1, not "2""#),
    ("[1}", #"1:3: expected "," or "]" in the array that opens at a.json:1:1, not "}""#),
    (
      "{\"a\": {\n\"b\": 1 \"c\": 2}}",
      #"2:8: expected "," or "}" in the object that opens at a.json:1:7, not a string"#
    ),
    (
      "{\"a\": [1, 2",
      #"1:12: expected "," or "]" in the array that opens at a.json:1:7; the text ends here"#
    ),
    ("{", "1:2: expected a key in double quotes; the text ends here"),
    ("[", "1:2: expected a value; the text ends here"),
    ("]", #"1:1: expected a value, not "]""#),
    ("{1: 2}", #"1:2: expected a key in double quotes, not "1""#),
    ("{a: 2}", #"1:2: expected a key in double quotes, not the unquoted word "a""#),
    (#"{"a" 1}"#, #"1:6: expected ":" after the key "a", not "1""#),
    (#"{"a":}"#, #"1:6: expected a value, not "}""#),
    (
      #"{"a": 1} x"#,
      #"1:10: expected nothing more after the JSON value, not the unquoted word "x""#
    ),
    ("1 2", #"1:3: expected nothing more after the JSON value, not "2""#),
    ("{}\n{}", #"2:1: expected nothing more after the JSON value, not "{""#),

    ("// a\n{}", "1:1: JSON has no comments; remove this one"),
    ("{ /* a */ }", "1:3: JSON has no comments; remove this one"),
    ("[1, # a\n2]", "1:5: JSON has no comments; remove this one"),
    ("/", #"1:1: expected a value, not "/""#),
    ("{'a': 1}", "1:2: JSON takes no single quotes; use double quotes"),
    ("['a']", "1:2: JSON takes no single quotes; use double quotes"),

    ("NaN", "1:1: JSON has no NaN; use a finite number or null"),
    ("[Infinity]", "1:2: JSON has no Infinity; use a finite number or null"),
    ("-Infinity", "1:2: JSON has no Infinity; use a finite number or null"),
    ("-inf", "1:2: JSON has no inf; use a finite number or null"),
    ("True", #"1:1: expected a value, not the unquoted word "True"; did you mean "true"?"#),
    ("nul", #"1:1: expected a value, not the unquoted word "nul"; did you mean "null"?"#),
    ("None", #"1:1: expected a value, not the unquoted word "None""#),
    ("truely", #"1:1: expected a value, not the unquoted word "truely"; did you mean "true"?"#),
    ("é", #"1:1: expected a value, not "é""#),
    ("\u{1B}[0m", #"1:1: expected a value, not "\u001B""#),

    ("01", "1:1: a number has no leading zeros; remove them"),
    ("-00.5", "1:1: a number has no leading zeros; remove them"),
    ("+1", "1:1: a number has no plus sign; remove it"),
    (".5", "1:1: a number starts with a digit; put a 0 before the point"),
    ("1.", "1:3: expected a digit after the decimal point; the text ends here"),
    ("[1.e5]", #"1:4: expected a digit after the decimal point, not the unquoted word "e5""#),
    ("-", "1:2: expected a digit after the minus sign; the text ends here"),
    ("[-]", #"1:3: expected a digit after the minus sign, not "]""#),
    ("1e", "1:3: expected a digit after the exponent's sign or letter; the text ends here"),
    ("1e+", "1:4: expected a digit after the exponent's sign or letter; the text ends here"),
    ("0x10", #"1:2: expected nothing more after the JSON value, not the unquoted word "x10""#),
    (
      "[0, -1e999]",
      "1:5: number out of range; the largest is 1.7976931348623157e+308 in magnitude"
    ),

    (#"["abc"#, #"1:2: this string has no end; add the closing ""#),
    (
      "\"ab\ncd\"",
      #"1:4: line break in a string; add the closing " or write the break as \n"#
    ),
    ("\"a\tb\"", #"1:3: control character in a string; write it as \t"#),
    ("\"a\0b\"", #"1:3: control character in a string; write it as \u0000"#),
    ("\"a\u{1F}b\"", #"1:3: control character in a string; write it as \u001F"#),
    (
      #""é\x""#,
      #"1:3: unknown escape; JSON has \" \\ \/ \b \f \n \r \t and \uXXXX (a backslash itself is \\)"#
    ),
    (#""\"#, "1:3: expected the rest of an escape; the text ends here"),
    (#""\u12G4""#, #"1:2: \u takes four hexadecimal digits, such as \u00E9"#),
    (#""\u12"#, #"1:2: \u takes four hexadecimal digits, such as \u00E9"#),
    (
      #"{"a": 1, "b": 2, "\u0061": 3}"#,
      #"1:18: duplicate key "a", already at a.json:1:2; remove one of the two"#
    ),
  ])
  func saysWhatIsWrongAndWhere(text: String, message: String) {
    #expect(complaint(text.utf8) == "a.json:" + message)
  }

  @Test(arguments: [
    #""\uD800""#, #""\uDC00""#, #""\uD800\u0041""#, #""\uD800x""#, #""\uD800\n""#,
    #""\uDC00\uD800""#,
  ])
  func refusesLoneSurrogates(text: String) {
    #expect(
      complaint(text.utf8)
        == #"a.json:1:2: lone surrogate escape; a character beyond U+FFFF takes two escapes, "#
        + #"\uD800 to \uDBFF and then \uDC00 to \uDFFF"#)
  }

  @Test(
    arguments: [
      ([0xC0, 0x80], "an overlong encoding (0xC0)"),
      ([0xC1, 0xBF], "an overlong encoding (0xC1)"),
      ([0xE0, 0x80, 0x80], "an overlong encoding (0xE0)"),
      ([0xF0, 0x8F, 0xBF, 0xBF], "an overlong encoding (0xF0)"),
      ([0xED, 0xA0, 0x80], "an encoded surrogate (0xED)"),
      ([0xED, 0xBF, 0xBF], "an encoded surrogate (0xED)"),
      ([0x80], "a continuation byte without a start (0x80)"),
      ([0xFF], "a byte or scalar that doesn't exist (0xFF)"),
      ([0xF4, 0x90, 0x80, 0x80], "a byte or scalar that doesn't exist (0xF4)"),
      ([0xC3], "a scalar that breaks off (0xC3)"),
      ([0xE2, 0x82], "a scalar that breaks off (0xE2 0x82)"),
      ([0xF0, 0x9D, 0x84], "a scalar that breaks off (0xF0 0x9D 0x84)"),
    ] as [([UInt8], String)])
  func refusesInvalidUTF8(bytes: [UInt8], reason: String) {
    // After a line break, and a character of two bytes that makes one column.
    let inString = Array("[\n\"é".utf8) + bytes + Array("\"]".utf8)
    #expect(
      complaint(inString) == "a.json:2:3: invalid UTF-8, \(reason); save the file as UTF-8")
    let atEnd = Array("1\r\n".utf8) + bytes
    #expect(complaint(atEnd) == "a.json:2:1: invalid UTF-8, \(reason); save the file as UTF-8")
  }

  @Test func keepsStrangersControlSequencesOffTheScreen() {
    let key = "\\u001b[31m" + String(repeating: "x", count: 1000)
    let message = complaint("{\"\(key)\": 1, \"\(key)\": 2}".utf8)
    #expect(
      message
        == "a.json:1:1019: duplicate key \"\\u001B[31m\(String(repeating: "x", count: 55))…\", "
        + "already at a.json:1:2; remove one of the two")
  }
}
