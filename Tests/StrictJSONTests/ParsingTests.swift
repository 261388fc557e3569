import StrictJSON
import Testing

@Suite struct ParsingTests {
  @Test func readsTheObjectOfRFC8259() throws {
    let node = try parse(
      """
      {
        "Image": {
          "Width":  800,
          "Height": 600,
          "Title":  "View from 15th Floor",
          "Thumbnail": {
            "Url":    "http://www.example.com/image/481989943",
            "Height": 125,
            "Width":  100
          },
          "Animated" : false,
          "IDs": [116, 943, 234, 38793]
        }
      }
      """)
    #expect(
      node == [
        "Image": [
          "Width": 800, "Height": 600, "Title": "View from 15th Floor",
          "Thumbnail": [
            "Url": "http://www.example.com/image/481989943", "Height": 125, "Width": 100,
          ],
          "Animated": false, "IDs": [116, 943, 234, 38793],
        ]
      ])
  }

  @Test func readsTheArrayOfRFC8259() throws {
    let node = try parse(
      """
      [
        {
           "precision": "zip", "Latitude":  37.7668, "Longitude": -122.3959,
           "City": "SAN FRANCISCO", "Zip": "94107"
        },
        { "precision": "zip", "Latitude": 37.371991, "Longitude": -122.026020 }
      ]
      """)
    #expect(
      node == [
        [
          "precision": "zip", "Latitude": 37.7668, "Longitude": -122.3959,
          "City": "SAN FRANCISCO", "Zip": "94107",
        ],
        ["precision": "zip", "Latitude": 37.371991, "Longitude": -122.026020],
      ])
  }

  @Test func readsScalarsAsWholeTexts() throws {
    #expect(try parse("\"Hello world!\"") == "Hello world!")
    #expect(try parse("42") == 42)
    #expect(try parse("true") == true)
    #expect(try parse("false") == false)
    #expect(try parse(" \t\r\n null \n") == .null)
    #expect(try parse("[]") == [])
    #expect(try parse("{ }") == [:])
  }

  @Test(arguments: [
    ("0", JSONNumber.integer(0)),
    ("-1", .integer(-1)),
    ("9223372036854775807", .integer(.max)),
    ("-9223372036854775808", .integer(.min)),
    ("9223372036854775808", .real(9_223_372_036_854_775_808)),
    ("-9223372036854775809", .real(-9_223_372_036_854_775_808)),
    ("1.0", .real(1)),
    ("1e2", .real(100)),
    ("1E+2", .real(100)),
    ("25e-2", .real(0.25)),
    ("-0.5", .real(-0.5)),
    ("0e5", .real(0)),
    ("1.7976931348623157e308", .real(.greatestFiniteMagnitude)),
    ("5e-324", .real(.leastNonzeroMagnitude)),
    ("1e-400", .real(0)),
    // Halfway between 2⁵³ and its successor, and a hair above: rounds to even, then up.
    ("9007199254740993.0", .real(9_007_199_254_740_992)),
    ("9007199254740993.00000000000000000000000001", .real(9_007_199_254_740_994)),
  ])
  func keepsIntegersAndRealsApart(text: String, number: JSONNumber) throws {
    #expect(try parse(text).value == .number(number))
  }

  @Test func keepsTheSignOfZero() throws {
    guard case .number(.real(let zero)) = try parse("-0").value else {
      Issue.record("-0 isn't a real number")
      return
    }
    #expect(zero == 0 && zero.sign == .minus)
  }

  @Test(arguments: [
    (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
    (#""\u0041\u00e9\u00E9\u20ac""#, "Aéé€"),
    (#""\uD834\uDD1E""#, "\u{1D11E}"),
    (#""\uDBFF\uDFFF""#, "\u{10FFFF}"),
    (#""\u0000""#, "\0"),
    (#""é€𝄞 and \"plain\"""#, "é€𝄞 and \"plain\""),
    ("\"\u{7F}\u{2028}\"", "\u{7F}\u{2028}"),
    (#""""#, ""),
  ])
  func resolvesEscapes(text: String, string: String) throws {
    #expect(try parse(text) == JSONNode(string))
  }

  @Test func knowsWhereValuesAndKeysStand() throws {
    // Line breaks of all three kinds; the second line has characters of two, three and four bytes.
    let node = try parse("{\r\n  \"é€𝄞\": [1,\r    true],\n\n\t\"b\"  :  {\"c\" : \"\\u00e9\"}}")
    guard case .object(let object) = node.value, let first = object.member("é€𝄞"),
      case .array(let elements) = first.node.value, let second = object.member("b"),
      case .object(let inner) = second.node.value, let third = inner.member("c")
    else {
      Issue.record("not the object expected")
      return
    }
    let places = [
      node.location, first.keyLocation, first.node.location, elements[0].location,
      elements[1].location, second.keyLocation, second.node.location, third.keyLocation,
      third.node.location,
    ]
    #expect(
      places.map(\.description) == [
        "a.json:1:1", "a.json:2:3", "a.json:2:10", "a.json:2:11", "a.json:3:5", "a.json:5:2",
        "a.json:5:10", "a.json:5:11", "a.json:5:17",
      ])
  }

  @Test func keepsTheOrderOfTheFile() throws {
    let keys = (0..<50).map { "key \($0 * 7 % 50)" }
    let text = "{" + keys.map { "\"\($0)\": 0" }.joined(separator: ",") + "}"
    guard case .object(let object) = try parse(text).value else {
      Issue.record("not an object")
      return
    }
    #expect(object.members.map(\.key) == keys)
  }
}
