#if DEBUG
    import Foundation
    @testable import Redaction
    import Testing

    /// Redaction takes a time linear in the text, whatever that is: the looks at a byte are counted, and grow with the text
    /// only.
    @Suite struct RedactionStepsTests {
        private static func steps(_ shape: StepSearch.Shape, bytes: Int) -> Double {
            let count = StepCount()
            let text = shape.text(bytes: bytes)
            _ = Redactor().redact(text, steps: count)
            return Double(count.value) / Double(text.count)
        }

        /// A look-ahead to the end at every place would take eight times the steps per byte of a text eight times as long.
        private static func grows(_ shape: StepSearch.Shape) -> Bool {
            steps(shape, bytes: 16_000) > 1.5 * steps(shape, bytes: 2000) + 150
        }

        static let known: [StepSearch.Shape] = [
            .init(head: "", units: ["eyJ-"], tail: ".eyJ-"),
            .init(head: "", units: ["eyJ-", ".eyJ-"], tail: "."),
            .init(head: "", units: ["M", ".MTIz"], tail: ".a"),
            .init(head: "", units: ["-----BEGIN PRIVATE KEY-----\nComment: "], tail: "\n"),
            .init(head: "-----BEGIN PRIVATE KEY-----\n", units: ["Comment: x\n"], tail: ""),
            .init(head: "", units: ["Private-Lines: 1\nComment: "], tail: ""),
            .init(head: "", units: ["xoxb-", "."], tail: ""),
            .init(head: "", units: ["password=\"\\\""], tail: "\""),
            .init(head: "kind: Secret\n", units: ["data:\n  "], tail: ""),
            .init(head: "", units: ["\u{1b}]"], tail: "\u{7}"),
            .init(head: "", units: ["password: |\n  "], tail: "x"),
            .init(head: "", units: ["user,password\n"], tail: "a,b"),
            .init(head: "user  password\n", units: ["a  b  "], tail: ""),
            .init(head: "", units: ["chpasswd <<E "], tail: "\n"),
            .init(head: "", units: ["%25"], tail: "3D"),
            .init(head: "", units: ["\\"], tail: "u003d"),
            .init(head: "", units: ["<private>", "</private>"], tail: ""),
        ]

        @Test(arguments: known)
        func doesNotGrowFasterThanTheText(shape: StepSearch.Shape) {
            #expect(!Self.grows(shape))
        }

        /// `make full` looks at many times as many.
        @Test func noCombinationOfPiecesGrowsFasterThanTheText() async {
            let rounds: UInt64 = ProcessInfo.processInfo.environment["HOLDFAST_FULL"] == nil ? 30 : 3000
            for seed in 1...rounds {
                var search = StepSearch(seed: seed)
                let shape = search.shape()
                // Other tests wait for the same few threads.
                await Task.yield()
                if Self.grows(shape) { Issue.record("seed \(seed): \(shape)") }
            }
        }
    }
#endif
