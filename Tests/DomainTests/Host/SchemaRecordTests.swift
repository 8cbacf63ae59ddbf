import Domain
import Testing

/// Versions side by side on one Redis.
@Suite struct SchemaRecordTests {
    private func told(_ schema: Int64, oldest: Int64, version: String = "9.1") -> SchemaRecord {
        SchemaRecord(fields: ["schema": "\(schema)", "oldest": "\(oldest)", "version": version])
    }

    /// A release works beside the one before it.
    @Test func worksBesideTheReleaseBefore() {
        #expect(SharedSchema.oldest <= SharedSchema.own && SharedSchema.own - SharedSchema.oldest <= 1)
    }

    /// Whoever is not older than the oldest may work, and nobody else.
    @Test func theTooOldAreRefused() {
        for oldest in Int64(0)...20 {
            for own in Int64(0)...20 {
                #expect((told(oldest + 1, oldest: oldest).refusal(of: own) == nil) == (own >= oldest))
            }
        }
    }

    @Test func namesWhatIsThereAndTheWayOut() throws {
        let refusal = try #require(told(7, oldest: 6).refusal(of: 1, program: "2.3"))
        for word in ["holdfast 9.1", "schema 6", "holdfast 2.3 has 1", "install 9.1 or later"] {
            #expect(refusal.contains(word), "\(refusal)")
        }
        // What a hand wrote for a version is not repeated.
        let odd = try #require(told(7, oldest: 6, version: "\u{1b}[31m").refusal(of: 1))
        #expect(odd.contains("a newer holdfast") && !odd.contains("\u{1b}"))
    }

    /// What a hand wrote forbids nothing.
    @Test(arguments: ["", "x", "-3", "99999999999999999999", "1e9"])
    func whatIsNoNumberForbidsNothing(text: String) {
        #expect(SchemaRecord(fields: ["schema": text, "oldest": text]).refusal(of: 1) == nil)
        #expect(SchemaRecord(fields: [:]).refusal(of: 1) == nil)
    }
}
