import StrictJSON
import Testing

/// Texts for each production of JSON's grammar.
enum GrammarCases {
  /// Texts that test one thing.
  struct Class: CustomTestStringConvertible {
    let name: String
    let texts: [[UInt8]]

    init(_ name: String, _ texts: [String] = [], bytes: [[UInt8]] = []) {
      self.name = name
      self.texts = texts.map { Array($0.utf8) } + bytes
    }

    var testDescription: String { name }
  }

  static let accepted: [Class] = [
    Class("a scalar alone", ["true", "false", "null", "7", "-0.5", "\"\"", "\"a\""]),
    Class(
      "white space around",
      [" 1", "1 ", "\n1\n", "\t[\r\n]\t", " { } ", "[ \n1\t,\r2 ]", "{\"a\"\n:\t1}"]
    ),
    Class("empty array", ["[]", "[ ]", "[[]]", "[[], []]", "[\"\"]"]),
    Class(
      "arrays", ["[1]", "[1,2]", "[null, 1, \"a\", {}, []]", "[1,null,null,null,2]", "[[[[1]]]]"]),
    Class("integers", ["0", "-0", "-1", "10", "123456789", "-9007199254740993"]),
    Class("fractions", ["0.0", "-0.0", "12.340", "0.\(String(repeating: "0", count: 80))1"]),
    Class(
      "exponents",
      ["0e1", "0E+1", "0e-1", "1e5", "1E5", "1e+05", "1E-5", "1.5e3", "1.5E+3", "-1.5e-3", "1e00"]),
    Class("objects", ["{}", "{\"a\":1}", "{\"a\": 1, \"b\": 2}", "{\"a\":{\"b\":{\"c\":[]}}}"]),
    Class("unusual keys", ["{\"\":0}", "{\"\\u0000\":0}", "{\"a b\":0}", "{\"é\":0, \"e\":0}"]),
    Class("same key in different objects", ["{\"a\":{\"a\":1}}", "[{\"a\":1},{\"a\":1}]"]),
    Class(
      "short escapes", [#""\"\\\/\b\f\n\r\t""#, #"["\\"]"#, #""\\\\""#, #""\\n""#, #""\\u0041""#]),
    Class(
      "escapes of a unit",
      [#""\u0000""#, #""\u001f\u001F""#, #""\u0060\u012a\u12AB""#, #""\u00A0\u2028\u2029""#]),
    Class("escapes of a pair", [#""\ud83d\ude39""#, #""\uD834\uDD1E""#, #""\uDBFF\uDFFF""#]),
    Class(
      "escaped noncharacters", [#""\uFFFF\uFFFE\uFDD0""#, #""\uD83F\uDFFE""#, #""\uDBFF\uDFFE""#]),
    Class(
      "characters of one to four bytes",
      ["\"a\u{7F}é€𝄞\"", "\"\u{80}\u{7FF}\u{800}\u{FFFD}\u{10000}\""]),
    // U+FFFE, U+FFFF, U+FDD0, U+1FFFE and U+10FFFF, which Swift has no literal for.
    Class(
      "noncharacters as they are",
      bytes: [
        [0x22, 0xEF, 0xBF, 0xBE, 0xEF, 0xBF, 0xBF, 0xEF, 0xB7, 0x90, 0x22],
        [0x22, 0xF0, 0x9F, 0xBF, 0xBE, 0xF4, 0x8F, 0xBF, 0xBF, 0x22],
      ]),
    Class(
      "invisible characters in strings",
      ["\"\u{200B}\u{2028}\u{2029}\u{2060}\u{2064}\u{FEFF}\u{A0}\""]),
    Class(
      "what looks like syntax in strings", [#""[,]{:}""#, #""// /* */ #""#, #""'""#, #"{"]":"}"}"#]),
    Class("long strings", ["\"\(String(repeating: "x", count: 100_000))\""]),
  ]

  static let refused: [Class] = [
    Class("nothing", ["", " ", "\n", "\t\r\n "]),
    Class(
      "more than one value",
      ["1 2", "[][]", "{}{}", "[],", "\"a\"\"b\"", "[1]2", "{}[]", "null null"]),
    Class("more than one value after a break", ["1\n2", "{}\n{}", "[]\n\n]"]),
    Class("closed, not opened", ["]", "}", "[]]", "{}}", "[1]]", "{\"a\":1}}"]),
    Class(
      "opened, not closed",
      ["[", "{", "[1", "[1,", "[[1]", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "[{"]),
    Class("closed by the other bracket", ["[}", "{]", "[1}", "{\"a\":1]", "[{]}", "{\"a\":[}]"]),
    Class(
      "missing values", ["[,]", "[,1]", "[1,,2]", "{\"a\":}", "{\"a\":,\"b\":1}", "{:1}", "{,}"]),
    Class("trailing commas", ["[1,]", "[1,,]", "[\"\",]", "{\"a\":1,}", "{\"a\":1,,}", "1,"]),
    Class("missing commas", ["[1 2]", "[1 true]", "[\"a\" \"b\"]", "[1[2]]", "{\"a\":1 \"b\":2}"]),
    Class(
      "other separators",
      ["[1;2]", "[1:2]", "{\"a\",1}", "{\"a\"=1}", "{\"a\"::1}", "{\"a\" 1}", "{\"a\"}"]),
    Class(
      "keys that are no strings",
      ["{1:1}", "{a:1}", "{null:1}", "{[]:1}", "{'a':1}", "{[:1}", "{1e999:1}"]),
    Class(
      "duplicate keys",
      ["{\"a\":1,\"a\":2}", "{\"a\":1,\"a\":1}", "{\"a\":1,\"\\u0061\":1}", "{\"\":1,\"\":2}"]),
    Class("words cut off", ["t", "tru", "fals", "nul", "[tru]", "{\"a\":nul"]),
    Class(
      "other words",
      ["True", "NULL", "undefined", "None", "nil", "yes", "truee", "nullx", "a", "å", "\u{FF41}"]),
    Class(
      "signs",
      ["+1", "++1", "--1", "-", "+", "- 1", "-a", "-\"1\"", "[-]", "[+]", "1-", "1+2", "-1-1"]),
    Class("leading zeros", ["00", "01", "-01", "-00", "012.5", "[0 0]", "00e1"]),
    Class(
      "points", [".", ".5", "-.5", "1.", "-1.", "1..5", "1.2.3", ".e1", "1.e5", "1.-5", "0.+1"]),
    Class(
      "exponents",
      [
        "e", "1e", "1E", "1e+", "1e-", "1.5e", "1ee5", "1eE5", "1e5.5", "1e+-5", "1e 5", "1ea",
        "0e+",
      ]),
    Class(
      "other numbers",
      [
        "NaN", "-NaN", "Infinity", "-Infinity", "+Inf", "inf", "0x1", "0x1F", "0b1", "0o7", "1_000",
        "1 000", "1,000", "1f", "1n", "\u{FF11}", "\u{0661}", "½",
      ]),
    Class("garbage after a number", ["1a", "1.5a", "-1x", "[1a]", "1\u{0}", "1é", "1]"]),
    Class(
      "strings without end",
      ["\"", "\"a", "[\"", "[\"a", "{\"", "{\"a", "{\"a\":\"", "\"\\\"", "\"\\", "\"\\u", "\"\\u0"]),
    Class("other quotes", ["'a'", "[']", "`a`", "“a”", "«a»"]),
    Class(
      "unknown escapes",
      [
        #""\x00""#, #""\a""#, #""\v""#, #""\0""#, #""\'""#, #""\U0041""#, #""\ ""#, #""\é""#,
        "\"\\\n\"", "\"\\\u{0}\"", "\"\\😀\"",
      ]),
    Class(
      "escapes of a unit",
      [
        #""\u""#, #""\u1""#, #""\u12""#, #""\u123""#, #""\u123g""#, #""\u 123""#, #""\u-123""#,
        #""\u{41}""#, "\"\\u00\u{FF11}1\"", #""\u00e"]"#,
      ]),
    Class(
      "escapes of a pair",
      [
        #""\uD800""#, #""\uDFFF""#, #""\uD800\n""#, #""\uD800\u""#, #""\uD800\u1""#,
        #""\uD800\uD800""#, #""\uDC00\uD800""#, #""\uD800x""#,
      ]),
    Class(
      "control characters in strings",
      (0..<0x20).map { (byte: UInt8) in "\"" + String(Unicode.Scalar(byte)) + "\"" }),
    Class("escapes outside of strings", [#"\u0031"#, #"[\n]"#, #"{\u0022a":1}"#, #"\u000A"a""#]),
    Class(
      "other white space",
      [
        "\u{B}1", "\u{C}1", "[\u{C}]", "\u{A0}1", "\u{85}1", "\u{2028}1", "\u{2060}1", "\u{3000}1",
        "[\u{200B}]", "{\u{1680}}",
      ]),
    Class(
      "zero bytes", ["\u{0}", "1\u{0}", "[\u{0}]", "{\u{0}}", "\"a\"\u{0}", "tr\u{0}ue", "\u{0}1"]),
    Class(
      "comments",
      [
        "// a\n1", "1 // a", "/* a */1", "[1/**/]", "# a\n1", "1#", "{\"a\":1}/**/",
        "{\"a\":/**/1}", "--1",
      ]),
    Class(
      "other languages",
      ["<a>", "<null>", "*", "a=1", "(1)", "[1..2]", "{1,2}", "$a", "@", "~", "&", "|", "%"]),
    Class(
      "byte order marks", ["\u{FEFF}", "\u{FEFF}1", "\u{FEFF}{}", "1\u{FEFF}"],
      bytes: [[0xEF], [0xEF, 0xBB], [0xEF, 0xBB, 0x31]]),
    Class(
      "UTF-16 and UTF-32",
      bytes: [
        [0xFF, 0xFE, 0x31, 0], [0xFE, 0xFF, 0, 0x31], [0x31, 0], [0, 0x31], [0x5B, 0, 0x5D, 0],
        [0xFF, 0xFE, 0, 0, 0x31, 0, 0, 0], [0x31, 0, 0, 0],
      ]),
    Class("malformed UTF-8 in strings", bytes: malformed.map { [0x22] + $0 + [0x22] }),
    Class(
      "malformed UTF-8 in keys",
      bytes: malformed.map { Array("{\"".utf8) + $0 + Array("\":1}".utf8) }),
    Class(
      "malformed UTF-8 in numbers",
      bytes: malformed.flatMap { bad in ["1", "-1.", "1e"].map { Array($0.utf8) + bad } }),
    Class(
      "malformed UTF-8 in the structure",
      bytes: malformed.flatMap { bad in
        [bad, Array("[".utf8) + bad + Array("]".utf8), Array("[]".utf8) + bad]
      }),
    Class(
      "malformed UTF-8 after an escape",
      bytes: malformed.flatMap { bad in
        ["\"\\", "\"\\u00", "\"\\n"].map { Array($0.utf8) + bad + [0x22] }
      }),
    Class(
      "deep nesting without an end",
      [
        String(repeating: "[", count: 100_000), String(repeating: "{\"a\":", count: 100_000),
        String(repeating: "[{\"a\":", count: 50_000),
      ]),
    Class(
      "numbers beyond the range of Double",
      [
        "1e309", "-1e309", "[1e400]", "1.8e308", "1\(String(repeating: "0", count: 400))",
        "0.1e\(String(repeating: "9", count: 40))",
      ]),
  ]

  /// What the RFC leaves to the parser, and the value here, or nothing where it is refused.
  static let chosen: [([UInt8], JSONValue?)] =
    ([
      ("1e-400", .number(.real(0))),
      ("-1e-400", .number(.real(-0.0))),
      ("123e-10000000", .number(.real(0))),
      ("1e\(String(repeating: "9", count: 40))", nil),
      ("0e\(String(repeating: "9", count: 40))", .number(.real(0))),
      ("9223372036854775807", .number(.integer(.max))),
      ("9223372036854775808", .number(.real(0x1p63))),
      ("-9223372036854775808", .number(.integer(.min))),
      ("-9223372036854775809", .number(.real(-0x1p63))),
      ("100000000000000000000", .number(.real(1e20))),
      ("-0", .number(.real(-0.0))),
      // The same text in two spellings of Unicode is one key.
      ("{\"\u{E9}\":1,\"e\u{301}\":1}", nil),
      ("\u{FEFF}1", nil),
      (#""\uD800""#, nil),
      (#""\uDFFF\uD800""#, nil),
    ] as [(String, JSONValue?)]).map { (Array($0.utf8), $1) }

  /// Bytes that are no UTF-8: overlong, a surrogate, beyond Unicode, broken off, out of place.
  private static let malformed: [[UInt8]] = [
    [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0x80],
    [0xE0, 0x9F, 0xBF], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF],
    [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
    [0xF0, 0x9D, 0x84], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80],
    [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFC, 0x84, 0x80, 0x80, 0x80, 0x80], [0xFE], [0xFF],
  ]
}
