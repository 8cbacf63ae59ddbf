import Domain
import Testing

@testable import ToolServer

struct ArgumentCheckTests {
    private let schema = JSONSchema.object(
        [
            "key": JSONSchema.string(length: 1...10), "limit": JSONSchema.integer(in: 1...100),
            "deep": JSONSchema.boolean(),
            "ids": JSONSchema.array(of: JSONSchema.string(), count: 1...2),
            "class": JSONSchema.string(oneOf: ["a", "b"]),
            "weight": JSONSchema.number(),
            "place": JSONSchema.object(["x": JSONSchema.integer(), "y": JSONSchema.integer()]),
        ], required: ["key"])

    @Test(
        arguments: [
            ["key": "k"], ["key": "k", "limit": 1], ["key": "k", "limit": 100], ["key": "k", "ids": ["a", "b"]],
            ["key": "k", "deep": false, "class": "b", "weight": 0.5], ["key": "k", "limit": .null],
            ["key": .string(String(repeating: "é", count: 10))], ["key": "k", "place": ["x": 1, "y": 2]],
        ] as [[String: JSONValue]])
    func letsThroughWhatFits(arguments: [String: JSONValue]) {
        #expect(ArgumentCheck(schema: schema).faults(of: arguments) == [])
    }

    @Test(
        arguments: [
            ([:], "key is missing; allowed: a string of 1 to 10 characters"),
            (["key": .null], "key is missing; allowed: a string of 1 to 10 characters"),
            (["key": ""], "key is \"\"; allowed: a string of 1 to 10 characters"),
            (["key": 7], "key is 7; allowed: a string of 1 to 10 characters"),
            (["key": "k", "limit": 0], "limit is 0; allowed: a whole number from 1 to 100"),
            (["key": "k", "limit": 1.5], "limit is 1.5; allowed: a whole number from 1 to 100"),
            (["key": "k", "limit": "5"], "limit is \"5\"; allowed: a whole number from 1 to 100"),
            (["key": "k", "limit": true], "limit is true; allowed: a whole number from 1 to 100"),
            (["key": "k", "deep": 1], "deep is 1; allowed: true or false"),
            (["key": "k", "ids": []], "ids has 0 elements; allowed: a list of 1 to 2 elements, each a string"),
            (["key": "k", "ids": ["a", 1]], "ids[1] is 1; allowed: a string"),
            (["key": "k", "class": "c"], "class is \"c\"; allowed: one of a, b"),
            (["key": "k", "weight": "x"], "weight is \"x\"; allowed: a number"),
            (["key": "k", "place": ["x": 1]], "place.y is missing; allowed: a whole number"),
            (
                ["key": "k", "place": ["x": 1, "y": 1, "z": 1]],
                "unknown argument \"place.z\"; allowed: x, y"
            ),
            (["key": "k", "kye": 1], "unknown argument \"kye\"; allowed: class, deep, ids, key, limit, place, weight"),
        ] as [([String: JSONValue], String)])
    func namesTheThingItsValueAndWhatIsAllowed(arguments: [String: JSONValue], fault: String) {
        #expect(ArgumentCheck(schema: schema).faults(of: arguments) == [fault])
    }

    @Test func saysWhereNothingIsAllowed() {
        let faults = ArgumentCheck(schema: JSONSchema.object([:])).faults(of: ["a": 1])
        #expect(faults == ["unknown argument \"a\"; there are none"])
    }

    @Test func shortensWhatIsLong() {
        let faults = ArgumentCheck(schema: schema).faults(of: ["key": .string(String(repeating: "x", count: 9999))])
        #expect(faults.first?.count ?? 999 < 140)
    }

    @Test func writesRangesInWords() {
        #expect("\(Allowed(schema: ["type": "integer", "minimum": 3]))" == "a whole number from 3 on")
        #expect("\(Allowed(schema: ["type": "integer", "maximum": 3]))" == "a whole number up to 3")
        #expect("\(Allowed(schema: ["type": "string", "minLength": 1]))" == "a string of at least 1 characters")
    }
}
